"""The catalogue of GBCS use cases: data files beside this module, read when first asked for, then kept.

``use_cases.yaml`` holds one line per use case, ``cosem_rows.yaml`` and ``zcl_rows.yaml`` the rows of
their items as tables; each file explains its columns. A file that does not say what it should raises
``CatalogueError`` with the entry and the field.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, partial
from importlib.resources import files
from typing import Any, Final, TypeVar

import yaml

from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.gbcs.use_case import (
    Access,
    CosemRow,
    ItemKind,
    MessageType,
    PayloadFamily,
    UseCase,
    ZclRow,
    obis_octets,
)

_T = TypeVar("_T")
_TYPE: Final = re.compile(r"([a-z0-9-]+?)(?:\((\d+)\))?")
_ITEM: Final = re.compile(r"(\d+) (\S+) ([am])(\d+)")
_COMMAND: Final = re.compile(r"(?:([0-9A-F]{2}) (.+)|-)")
_FLAGS: Final = {"optional", "twin", "sensitive"}


class CatalogueError(ValueError):
    """A data file of the catalogue does not say what it should."""


def use_cases() -> tuple[UseCase, ...]:
    """All use cases, in the order of their message codes."""
    return tuple(_by_id().values())


def use_case(identifier: str) -> UseCase:
    """The use case of this name, as ``ECS17b``. Raises KeyError."""
    return _by_id()[identifier]


def by_message_code(code: int) -> UseCase | None:
    """The use case of a message code, None for a code that the catalogue does not have."""
    return _by_code().get(code)


@cache
def _by_id() -> dict[str, UseCase]:
    found: dict[str, UseCase] = {}
    for entry in read_data("use_cases.yaml"):
        made = _use_case(entry)
        if made.id in found:
            raise CatalogueError(f"use_cases.yaml: {made.id}: listed twice")
        found[made.id] = made
    return found


@cache
def _by_code() -> dict[int, UseCase]:
    found: dict[int, UseCase] = {}
    for made in use_cases():
        for code in made.message_codes:
            if code in found:
                raise CatalogueError(f"use_cases.yaml: {made.id}: {code:#06x} is also {found[code].id}")
            found[code] = made
    return found


def read_data(name: str) -> Any:
    """What a data file beside this module holds."""
    # The loader in C is ten times as fast; some builds of PyYAML come without it.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    with files("harness.gbcs").joinpath(name).open("rb") as stream:
        return yaml.load(stream, Loader=loader)  # noqa: S506 - one of the safe loaders


def _use_case(entry: dict[str, Any]) -> UseCase:
    rest = dict(entry)
    identifier = str(rest.pop("id"))

    def take(key: str, convert: Callable[[Any], _T], default: Any = None) -> _T:
        value = rest.pop(key, default)
        try:
            return convert(value)
        except (KeyError, ValueError, TypeError) as error:
            raise CatalogueError(f"use_cases.yaml: {identifier}: {key}: {value!r}") from error

    made = UseCase(
        id=identifier,
        title=take("title", str),
        message_codes=take("codes", tuple),
        targets=take("targets", _devices),
        message_type=take("type", MessageType),
        payload_family=take("family", PayloadFamily),
        future_datable=take("future", bool),
        replay_protected=take("replay", bool),
        roles=take("roles", _parties, ()),
        response_date_time=take("date_time", bool),
        since=rest.pop("since", None),
        until=rest.pop("until", None),
        service_reference=rest.pop("service", ""),
        access=take("access", Access, "update"),
        separate_response_recipient=take("separate_response", bool),
        has_preconditions=take("preconditions", bool),
        supplier_only_at=take("supplier_only_at", _devices, ()),
        mac_only_roles=take("mac_only_roles", _parties, ()),
        signature_only_roles=take("signature_only_roles", _parties, ()),
        _cosem=partial(cosem_rows, identifier),
        _zcl=partial(zcl_rows, identifier),
    )
    if rest:
        raise CatalogueError(f"use_cases.yaml: {identifier}: unknown fields {', '.join(rest)}")
    return made


def _devices(names: list[str]) -> frozenset[DeviceRole]:
    return frozenset(DeviceRole[name] for name in names)


def _parties(names: list[str]) -> frozenset[RemotePartyRole]:
    return frozenset(RemotePartyRole[name.upper()] for name in names)


@cache
def _table(name: str) -> dict[str, str]:
    table: dict[str, str] = read_data(name)
    return table


@cache
def cosem_rows(identifier: str) -> tuple[CosemRow, ...]:
    """COSEM rows of a use case, empty where it has none."""
    return _rows("cosem_rows.yaml", identifier, _cosem_row)


@cache
def zcl_rows(identifier: str) -> tuple[ZclRow, ...]:
    """ZCL rows of a use case, empty where it has none."""
    return _rows("zcl_rows.yaml", identifier, _zcl_row)


@cache
def cosem_row_owners() -> tuple[str, ...]:
    """Names of all entries of the table of COSEM rows."""
    return tuple(_table("cosem_rows.yaml"))


@cache
def zcl_row_owners() -> tuple[str, ...]:
    """Names of all entries of the table of ZCL rows."""
    return tuple(_table("zcl_rows.yaml"))


def _rows(name: str, identifier: str, convert: Callable[[list[str]], _T]) -> tuple[_T, ...]:
    made = []
    for number, line in enumerate(_table(name).get(identifier, "").splitlines(), 1):
        try:
            made.append(convert([cell.strip() for cell in line.split(" | ")]))
        except ValueError as error:
            raise CatalogueError(f"{name}: {identifier}: row {number}: {error}") from error
    return tuple(made)


def _cosem_row(cells: list[str]) -> CosemRow:
    item, type_, constant, flag_text, name, member, reference = cells
    flags = _flags(flag_text)
    kind_of = _TYPE.fullmatch(type_) if type_ != "-" else None
    if type_ != "-" and not kind_of:
        raise ValueError(f"type {type_!r}")
    place = _ITEM.fullmatch(item)
    if item != "-" and not place:
        raise ValueError(f"item {item!r}")
    return CosemRow(
        class_id=int(place[1]) if place else None,
        instance=obis_octets(place[2]) if place else None,
        kind=ItemKind(place[3]) if place else None,
        index=int(place[4]) if place else None,
        type=kind_of[1] if kind_of else "",
        size=int(kind_of[2]) if kind_of and kind_of[2] else None,
        constants=() if constant == "-" else tuple(_constant(kind_of, one) for one in constant.split(" or ")),
        optional="optional" in flags,
        twin_element="twin" in flags,
        sensitive="sensitive" in flags,
        name=name,
        member=_text(member),
        reference=_text(reference),
    )


def _constant(kind_of: re.Match[str] | None, text: str) -> int | bytes | str:
    """A constant in the form that its type has; hexadecimal and binary text carry 0x and 0b."""
    if kind_of and kind_of[1] == "octet-string":
        return bytes.fromhex(text.removeprefix("0x")) if text.startswith("0x") else bytes((int(text),))
    if kind_of and kind_of[1] == "bit-string":
        return text[2:]
    return int(text, 0)


def _zcl_row(cells: list[str]) -> ZclRow:
    cluster, commands, type_, field, flag_text, name, reference = cells
    command, response = (_COMMAND.fullmatch(part.strip()) for part in commands.split(" > "))
    if not command or not response:
        raise ValueError(f"commands {commands!r}")
    return ZclRow(
        cluster=int(cluster, 16),
        command=int(command[1], 16) if command[1] else None,
        command_name=command[2] or "",
        response=int(response[1], 16) if response[1] else None,
        response_name=response[2] or "",
        type=_text(type_),
        field=_text(field),
        attributes=_attributes(field),
        sensitive="sensitive" in _flags(flag_text),
        name=name,
        reference=_text(reference),
    )


def _flags(text: str) -> set[str]:
    flags = set(text.split()) - {"-"}
    if not flags <= _FLAGS:
        raise ValueError(f"flags {text!r}")
    return flags


def _text(cell: str) -> str:
    return "" if cell == "-" else cell


def _attributes(field: str) -> tuple[int, ...]:
    """Identifiers behind the last colon: one, a list, or a range."""
    _, colon, identifiers = field.rpartition(":")
    if not colon or not re.fullmatch(r"[0-9A-Fa-fx, -]+", identifiers):
        return ()
    found: list[int] = []
    for part in identifiers.split(","):
        first, _, last = part.strip().partition("-")
        found.extend(range(int(first, 16), int(last or first, 16) + 1))
    return tuple(found)
