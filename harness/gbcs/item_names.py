"""What the data of a use case are called: shapes with names, grown from the member column of the rows.

A member such as ``entries:entries[0..50].spec_day_entry.index`` says that the attribute is an array of
structures called ``spec_day_entry`` with a member ``index``. All rows of one attribute or method
together give its shape.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

from harness.gbcs.catalogue import cosem_rows, use_cases
from harness.gbcs.use_case import CosemRow, ItemKind

ItemKey = tuple[int, bytes, ItemKind, int]
"""Class, instance, attribute or method, its index."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Names for one datum and those inside it.

    ``title`` is the name in SMETS, CHTS or GBCS, of a datum without any inside. ``repeated`` data
    hold any number of their one member.
    """

    name: str
    title: str = ""
    members: tuple[Shape, ...] = ()
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """An attribute or method of a use case. ``protected`` ones travel inside a class 30 answer."""

    key: ItemKey
    title: str
    shape: Shape
    protected: bool


@cache
def items_of(use_case: str) -> tuple[Item, ...]:
    """Attributes and methods of a use case, in the order of its message."""
    found: dict[ItemKey, list[CosemRow]] = {}
    for row in cosem_rows(use_case):
        if row.class_id is not None and row.instance and row.kind and row.index is not None:
            found.setdefault((row.class_id, row.instance, row.kind, row.index), []).append(row)
    return tuple(_item(key, rows) for key, rows in found.items())


@cache
def item_of(use_case: str, key: ItemKey) -> Item | None:
    """One item of a use case; where the use case does not have it, that of any which does."""
    own = next((item for item in items_of(use_case) if item.key == key), None)
    return own or _all_items().get(key)


@cache
def _all_items() -> dict[ItemKey, Item]:
    return {item.key: item for one in use_cases() for item in items_of(one.id)}


def plain_titles(use_case: str) -> tuple[Shape, ...]:
    """Data that an alert carries outside of any object, in order."""
    return tuple(Shape(row.member, row.name) for row in cosem_rows(use_case) if row.class_id is None)


def _item(key: ItemKey, rows: list[CosemRow]) -> Item:
    inside = [row for row in rows if ":" in row.member and not row.member.endswith(_OF_SELECTION)]
    attribute = (inside or rows)[0].member.partition(":")[0]
    about = rows[0].name.partition(": ")[0]
    title = rows[0].name if len(rows) == 1 else f"{about}: {attribute}"
    paths = [path for row in inside for path in _paths(row)]
    shape = shape_of(attribute, paths) if paths else Shape(attribute, rows[0].name)
    return Item(key, title, shape, protected=all(row.sensitive for row in rows))


def _paths(row: CosemRow) -> Iterable[tuple[str, str]]:
    path = row.member.partition(":")[2]
    last = path.rpartition(".")[2]
    return [(path + further, row.name) for further in _UNFOLDED.get(last, ("",))]


_OF_SELECTION: Final = ("range_descriptor.from_value", "range_descriptor.to_value")
"""Members of the parameter of selective access, which is not part of what is read."""
_UNFOLDED: Final = {
    "execution_time_date": (".time", ".date"),
    "credit_charge_configuration": (
        "[].credit_charge.credit_reference",
        "[].credit_charge.charge_reference",
        "[].credit_charge.collection_configuration",
    ),
}
"""Members that the rows do not take further apart (DLMS Blue Book: Single action schedule, Account)."""


_STEP: Final = re.compile(r"[^.\[\]]+(?:\[[^\]]*\])?")
"""One name of a path, with its brackets, in which dots may stand."""


def shape_of(name: str, paths: Iterable[tuple[str, str]]) -> Shape:
    """A shape from member paths and the titles of what they lead to.

    A path is names joined by dots; a name with brackets is repeated.
    """
    grown: dict[str, _Branch] = {}
    for path, title in paths:
        branches = grown
        for step in _STEP.findall(path):
            branch = branches.setdefault(step, _Branch({}))
            branches = branch.inside
        branch.title = title
    if len(grown) != 1:
        return Shape(name, members=tuple(_shape(step, branch) for step, branch in grown.items()))
    ((step, branch),) = grown.items()
    return _shape(step, branch)


@dataclass(slots=True)
class _Branch:
    inside: dict[str, _Branch]
    title: str = ""


def _shape(step: str, branch: _Branch) -> Shape:
    name, bracket, _ = step.partition("[")
    members = tuple(_shape(inner, further) for inner, further in branch.inside.items())
    return Shape(name, branch.title, members, repeated=bool(bracket))


_PARAMETERS: Final = (
    "type",
    "options.transaction_id",
    "options.originator",
    "options.recipient",
    "options.other_information",
    "options.key_info.type",
    "options.key_info.options.key_parameters",
    "options.key_info.options.key_ciphered_data",
)
_OBJECT: Final = (
    "class_id",
    "logical_name",
    "attribute_index",
    "data_index",
    "restriction.type",
    "restriction.value.from",
    "restriction.value.to",
)


def _fixed(name: str, *paths: str) -> Shape:
    return shape_of(name, [(path, "") for path in paths])


def _prefixed(prefix: str, paths: Iterable[str]) -> list[str]:
    return [f"{prefix}.{path}" for path in paths]


_PROTECTION: Final = _prefixed("protection_parameters[].parameters", _PARAMETERS)
PROTECTED_REQUEST: Final = _fixed(
    "get_protected_attributes", *_prefixed("object_list[].object", _OBJECT), *_PROTECTION
)
"""Input of method 1 of a Data protection object (class 30): what to read, and how to protect it."""
PROTECTED_RESPONSE: Final = _fixed("get_protected_attributes", *_PROTECTION, "protected_attributes")
"""Its output: how it was protected, and the ciphertext."""
RANGE: Final = _fixed(
    "range",
    *_prefixed("restricting_object", ("class_id", "logical_name", "attribute_index", "data_index")),
    "from_value",
    "to_value",
    "selected_values",
)
"""Parameter of selective access 1 to a profile's buffer (class 7)."""
