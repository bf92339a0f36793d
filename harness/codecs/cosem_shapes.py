"""What one COSEM datum is made of, with the catalogue's row for each of its parts.

Grown from the member column of the rows: ``entries:entries[0..20].spec_day_entry.day_id`` says that the
attribute is an array of up to twenty structures with a member ``day_id``. All rows of one attribute or
method together give its shape; commands are filled and answers are checked by it, on either side.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from harness.codecs.cosem_data import DataTag
from harness.gbcs.catalogue import cosem_rows
from harness.gbcs.use_case import CosemRow, ItemKind

ItemKey = tuple[int, bytes, ItemKind, int]
"""Class, instance, attribute or method, its index."""

_TAGS: Final = {tag.name.lower().replace("_", "-"): tag for tag in DataTag}
_STEP: Final = re.compile(r"([^.\[\]]+)(?:\[(\d+)(of\d+)?\.\.(\d+)\])?")
"""One name of a path; brackets hold the least and the most elements, or which of how many there must be."""
_SELECTING: Final = "range_descriptor."
_NOTES: Final = "see_notes_column"
_OUTPUT: Final = "methodOutput"
_UNFOLDED: Final = {
    "execution_time_date": ((".time", "octet-string", 4), (".date", "octet-string", 5)),
    "credit_charge_configuration": (
        ("[0..30].credit_charge.credit_reference", "octet-string", 6),
        ("[0..30].credit_charge.charge_reference", "octet-string", 6),
        ("[0..30].credit_charge.collection_configuration", "bit-string", 3),
    ),
}
"""Members that the rows do not take further apart (DLMS Blue Book: Single action schedule, Account)."""


@dataclass(frozen=True, slots=True)
class Part:
    """One value: its type, its size (None where open), and the only values allowed (empty where free).

    ``name`` is the member's in the Blue Book, ``title`` the one in SMETS, CHTS or GBCS.
    """

    name: str
    title: str
    reference: str
    tag: DataTag
    size: int | None
    constants: tuple[int | bytes | str, ...]
    twin_element: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A structure."""

    name: str
    members: tuple[Shape, ...]

    @property
    def twin_element(self) -> bool:
        """Whether everything in it is the second element's."""
        return all(member.twin_element for member in self.members)


@dataclass(frozen=True, slots=True)
class Series:
    """An array, compact or not, of at least and at most so many elements."""

    name: str
    element: Shape
    least: int
    most: int

    @property
    def twin_element(self) -> bool:
        """Whether the elements are the second element's."""
        return self.element.twin_element


Shape = Part | Group | Series


@dataclass(frozen=True, slots=True)
class Item:
    """An attribute or method of a use case with its rows, and the shapes that they say.

    ``value`` is what is read, set or given to a method, ``output`` what a method returns; each is None
    where the rows say nothing of it. ``ranged`` is whether a range of a log is asked for.
    """

    key: ItemKey
    rows: tuple[CosemRow, ...]
    value: Shape | None
    output: Shape | None
    ranged: bool

    @property
    def title(self) -> str:
        """What it is called in SMETS, CHTS or GBCS."""
        return self.rows[0].name

    @property
    def sensitive(self) -> bool:
        """Whether its value only travels encrypted."""
        return all(row.sensitive for row in self.rows)

    @property
    def optional(self) -> bool:
        """Whether a command may leave it out."""
        return all(row.optional for row in self.rows)

    @property
    def twin_element(self) -> bool:
        """Whether only meters with a second element have it."""
        return all(row.twin_element for row in self.rows)

    @property
    def returned(self) -> bool:
        """Whether it is only read, even in a use case that changes something."""
        return all(_OUTPUT in row.name for row in self.rows)


@cache
def items_of(use_case: str) -> tuple[Item, ...]:
    """Attributes and methods of a use case, in the order of its message."""
    found: dict[ItemKey, list[CosemRow]] = {}
    for row in cosem_rows(use_case):
        if row.class_id is not None and row.instance and row.kind and row.index is not None:
            found.setdefault((row.class_id, row.instance, row.kind, row.index), []).append(row)
    return tuple(_item(key, rows) for key, rows in found.items())


def parts_of(shape: Shape | None) -> Iterator[Part]:
    """Every part in a shape, in order."""
    if isinstance(shape, Part):
        yield shape
    elif isinstance(shape, Series):
        yield from parts_of(shape.element)
    elif shape is not None:
        for member in shape.members:
            yield from parts_of(member)


def _item(key: ItemKey, rows: list[CosemRow]) -> Item:
    ranged = any(_path(row).startswith(_SELECTING) for row in rows)
    values = [row for row in rows if not _path(row).startswith(_SELECTING)]
    outputs = [row for row in values if key[2] is ItemKind.METHOD and _OUTPUT in row.name]
    inputs = [row for row in values if row not in outputs]
    return Item(key, tuple(rows), _shape_of(inputs), _shape_of(outputs), ranged)


@dataclass(slots=True)
class _Branch:
    """Part of a shape that is still growing: a row and a type at its end, or branches further inside."""

    least: int | None = None
    most: int = 0
    leaf: tuple[CosemRow, str, int | None] | None = None
    inside: dict[str, _Branch] = field(default_factory=dict)


def _shape_of(rows: list[CosemRow]) -> Shape | None:
    """The shape that rows say; where some name a part of the datum, those that name none announce it."""
    inside = [row for row in rows if ":" in row.member]
    announced = [row for row in rows if row.type and row.member != _NOTES and row.type != "null"]
    grown: dict[str, _Branch] = {}
    for row in inside or announced[:1]:
        for path, kind, size in _unfolded(row):
            _grow(grown, path).leaf = (row, kind, size)
    shapes = tuple(_shape(name, branch) for name, branch in grown.items())
    if not shapes:
        return None
    return shapes[0] if len(shapes) == 1 else Group("", shapes)


def _path(row: CosemRow) -> str:
    return row.member.partition(":")[2] or row.member


def _unfolded(row: CosemRow) -> Iterable[tuple[str, str, int | None]]:
    path = _path(row)
    inside = _UNFOLDED.get(path.rpartition(".")[2])
    if inside is None:
        return [(path, row.type, row.size)]
    return [(path + further, kind, size) for further, kind, size in inside]


def _grow(grown: dict[str, _Branch], path: str) -> _Branch:
    branch = _Branch()
    for name, first, counted, last in _STEP.findall(path):
        branch = grown.setdefault(name, _Branch())
        if last:
            branch.least, branch.most = int(last if counted else first), int(last)
        grown = branch.inside
    return branch


def _shape(name: str, branch: _Branch) -> Shape:
    members = tuple(_shape(inner, further) for inner, further in branch.inside.items())
    if branch.least is not None:
        element = members[0] if len(members) == 1 else Group(name, members)
        return Series(name, element, branch.least, branch.most)
    if members:
        return Group(name, members)
    if branch.leaf is None:
        raise ValueError(f"{name} is no part of anything")
    row, kind, size = branch.leaf
    constants = row.constants if kind == row.type else ()
    return Part(name, row.name, row.reference, _TAGS[kind], size, constants, row.twin_element)
