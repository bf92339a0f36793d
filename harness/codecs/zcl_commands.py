"""Every ZCL command: general ones declared here, those of clusters by ``harness/gbcs/zcl_commands.yaml``.

Adding a command of a cluster is a row there. General commands carry attributes of any cluster (ZCL 2.5).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

import yaml
from construct import Construct

from harness.codecs.declaration import Little, Octets, Rest
from harness.codecs.zcl_layout import (
    Attribute,
    Conditional,
    Each,
    EntryOf,
    Named,
    Optional,
    String,
    value_layout,
)

_U8: Final = Little(1)
_U16: Final = Little(2)
UNKNOWN: Final = Named({"payload": Rest()})
_ANALOG_TYPES: Final = frozenset({*range(0x20, 0x30), 0x38, 0x39, 0x3A, 0xE0, 0xE1, 0xE2})


def _only(part: Construct, field: str, wanted: Callable[[int], bool]) -> Conditional:
    """A field that is there where the one before it of that name is as wanted."""
    return Conditional(lambda values: part if field in values and wanted(values[field]) else None)


def _reportable_change(values: Mapping[str, Any]) -> Construct | None:
    """Only of attributes that are quantities, in their own type (ZCL 2.4.7.1.7)."""
    data_type = values.get("data_type")
    return value_layout(data_type) if data_type in _ANALOG_TYPES else None


def _sent(values: Mapping[str, Any]) -> bool:
    """Whether a reporting configuration is there and of reports that are sent, not awaited."""
    return not values.get("status") and values.get("direction") == 0


_REPORTING: Final[dict[str, Construct]] = {
    "direction": _U8,
    "attribute": _U16,
    "data_type": Conditional(lambda values: _U8 if _sent(values) else None),
    "minimum_interval": Conditional(lambda values: _U16 if _sent(values) else None),
    "maximum_interval": Conditional(lambda values: _U16 if _sent(values) else None),
    "reportable_change": Conditional(_reportable_change),
    "timeout": Conditional(
        lambda values: _U16 if not values.get("status") and values["direction"] == 1 else None
    ),
}
_FAILED: Final = bool
_WRITE_STATUS: Final = EntryOf({"status": _U8, "attribute": _only(_U16, "status", _FAILED)})
_REPORTING_STATUS: Final = EntryOf(
    {
        "status": _U8,
        "direction": _only(_U8, "status", _FAILED),
        "attribute": _only(_U16, "status", _FAILED),
    }
)
GENERAL: Final[dict[int, tuple[str, Named]]] = {
    0x00: ("Read Attributes", Named({"attributes": Each(Attribute(status=False, typed=False))})),
    0x01: ("Read Attributes Response", Named({"attributes": Each(Attribute(status=True, typed=True))})),
    0x02: ("Write Attributes", Named({"attributes": Each(Attribute(status=False, typed=True))})),
    0x03: (
        "Write Attributes Undivided",
        Named({"attributes": Each(Attribute(status=False, typed=True))}),
    ),
    0x04: ("Write Attributes Response", Named({"statuses": Each(_WRITE_STATUS)})),
    0x05: (
        "Write Attributes No Response",
        Named({"attributes": Each(Attribute(status=False, typed=True))}),
    ),
    0x06: ("Configure Reporting", Named({"configurations": Each(EntryOf(_REPORTING))})),
    0x07: ("Configure Reporting Response", Named({"statuses": Each(_REPORTING_STATUS)})),
    0x08: (
        "Read Reporting Configuration",
        Named({"attributes": Each(EntryOf({"direction": _U8, "attribute": _U16}))}),
    ),
    0x09: (
        "Read Reporting Configuration Response",
        Named({"configurations": Each(EntryOf({"status": _U8, **_REPORTING}))}),
    ),
    0x0A: ("Report Attributes", Named({"attributes": Each(Attribute(status=False, typed=True))})),
    0x0B: ("Default Response", Named({"command_identifier": _U8, "status": _U8})),
    0x0C: ("Discover Attributes", Named({"start_attribute": _U16, "maximum_attributes": _U8})),
    0x0D: (
        "Discover Attributes Response",
        Named({"complete": _U8, "attributes": Each(EntryOf({"attribute": _U16, "data_type": _U8}))}),
    ),
}
_FIELDS: Final[dict[str, Construct]] = {
    **{f"u{size * 8}": Little(size) for size in (1, 2, 3, 4, 6)},
    **{f"bits{size * 8}": Little(size) for size in (1, 2, 4)},
    "enum8": Little(1),
    "i32": Little(4, signed=True),
    "utc": Little(4),
    "date": Octets(4),
    "octets": String(),
    "text": String(),
    "eui64": Little(8),
    "mac": Octets(16),
    "rest": Rest(),
}
_TESTS: Final[dict[str, Callable[[int, int], bool]]] = {
    "equals": lambda value, wanted: value == wanted,
    "has": lambda value, wanted: bool(value & wanted),
    "from": lambda value, wanted: value >= wanted,
}


@cache
def commands() -> dict[tuple[int, bool, int], tuple[str, Named]]:
    """Name and declaration of each cluster command, by cluster, server as sender, and identifier."""
    text = (files("harness.gbcs") / "zcl_commands.yaml").read_text(encoding="utf-8")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return {
        (row["cluster"], row["side"] == "server", row["command"]): (row["name"], Named(_parts(row["fields"])))
        for row in yaml.load(text, Loader=loader)  # noqa: S506 - a safe loader either way
    }


def _parts(rows: Mapping[str, Any]) -> dict[str, Construct]:
    return {name: _part(described) for name, described in rows.items()}


def _part(described: Any) -> Construct:
    if isinstance(described, str):
        return _FIELDS[described]
    if "optional" in described:
        return Optional(_FIELDS[described["optional"]])
    if "where" in described:
        return _where(_part(described["is"]), described)
    count = _FIELDS[described["count"]] if "count" in described else None
    each = described["each"]
    return Each(_FIELDS[each] if isinstance(each, str) else EntryOf(_parts(dict(each))), count)


def _where(part: Construct, described: Mapping[str, Any]) -> Conditional:
    name = next(name for name in _TESTS if name in described)
    test, wanted = _TESTS[name], described[name]
    return _only(part, described["where"], lambda value: test(value, wanted))
