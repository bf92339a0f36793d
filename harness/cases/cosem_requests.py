"""Access requests from the catalogue's COSEM rows: what to read, set and do, and with which values.

Rows of one attribute or method make one item, in the order of the rows. Sensitive attributes are read
through the data protection object that their use case names, parts of logs by a range of time (GBCS
7.2.10, 7.3.9; DLMS Blue Book: Profile generic).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from harness.cases.cosem_values import Filling, data_of, date_time, filled
from harness.codecs.cosem_data import NULL, Data, DataTag
from harness.codecs.cosem_shapes import Item, items_of
from harness.codecs.dlms_types import AccessKind, AccessRequest, AccessSpecification, Selector
from harness.gbcs.use_case import Access, CosemRow, ItemKind, UseCase
from harness.network.clock import Instant, utc_time_of

DATA_PROTECTION: Final = 30
_INVOKE_FLAGS: Final = 0x2000_0000
_SENSITIVE_CRA: Final = b"\x04"
_TAGS: Final = {tag.name.lower().replace("_", "-"): tag for tag in DataTag}
_RANGE_SELECTOR: Final = 1
_PROFILE_CLOCK: Final = bytes.fromhex("00005E2C64FF")


@dataclass(frozen=True, slots=True)
class Ends:
    """The two parties of an exchange by entity identifier, and the command's counter."""

    counter: int
    party: bytes
    device: bytes


def access_request(
    row: UseCase, ends: Ends, filling: Filling, span: tuple[Instant, Instant]
) -> AccessRequest:
    """The request of a use case; ``span`` is the part of a log that is read, where it reads one."""
    given = frozenset(name for name, _ in filling.given)
    items = [_item(item, row, ends, filling, span) for item in _named(row, given)]
    return AccessRequest(
        invoke_id_of(ends.counter),
        tuple(specification for specification, _ in items),
        tuple(data for _, data in items),
    )


def invoke_id_of(counter: int) -> int:
    """Long-invoke-id-and-priority: a confirmed service, and the counter's low three octets."""
    return _INVOKE_FLAGS | counter & 0xFF_FFFF


def protection_of(counter: int, originator: bytes, recipient: bytes) -> Data:
    """Protection parameters: encrypted and authenticated between two parties, with their agreed key."""
    return structure(
        Data(DataTag.ENUM, 2),
        structure(
            octet_string(_SENSITIVE_CRA + counter.to_bytes(8, "big")),
            octet_string(originator),
            octet_string(recipient),
            octet_string(b""),
            structure(Data(DataTag.ENUM, 2), structure(octet_string(b"\x02"), octet_string(b""))),
        ),
    )


def structure(*members: Data) -> Data:
    """A structure."""
    return Data(DataTag.STRUCTURE, members)


def octet_string(octets: bytes) -> Data:
    """An octet-string."""
    return Data(DataTag.OCTET_STRING, octets)


def tag_of(row: CosemRow) -> DataTag:
    """The tag of a row's type."""
    return _TAGS[row.type]


def constant_of(row: CosemRow) -> Data | None:
    """The only value that the catalogue allows, or None where it leaves a choice."""
    return data_of(tag_of(row), row.constants[0]) if len(row.constants) == 1 else None


def items_named(row: UseCase) -> tuple[Item, ...]:
    """The items that a use case's command names, in its order."""
    return tuple(_named(row))


def _named(row: UseCase, given: Collection[str] = ()) -> Iterator[Item]:
    """Items but those that travel inside another one; of those that may be left out, one controller's.

    That is the one that a value is given for, else the first. A reading command names them all.
    """
    items = [item for item in items_of(row.id) if not item.sensitive or item.key[0] == DATA_PROTECTION]
    if row.access is not Access.READ:
        optional = [item for item in items if item.optional]
        wanted = [_about(item) for item in optional if item.title in given] or list(map(_about, optional))
        items = [item for item in items if not item.optional or _about(item) == wanted[0]]
    yield from items


def _about(item: Item) -> str:
    """What an item belongs to, such as a controller."""
    return item.title.partition(":")[0]


def _item(
    item: Item, row: UseCase, ends: Ends, filling: Filling, span: tuple[Instant, Instant]
) -> tuple[AccessSpecification, Data]:
    class_id, instance, kind, index = item.key
    selector, data, access = None, NULL, AccessKind.GET
    if class_id == DATA_PROTECTION:
        data, access = _protected_reading(item, row, ends, span), AccessKind.ACTION
    elif kind is ItemKind.METHOD:
        data = NULL if item.value is None else filled(item.value, filling)
        access = AccessKind.ACTION
    elif item.ranged:
        selector, access = Selector(_RANGE_SELECTOR, _range(span)), AccessKind.GET_WITH_SELECTION
    elif row.access is Access.UPDATE and item.value is not None and not item.returned:
        data, access = filled(item.value, filling), AccessKind.SET
    return AccessSpecification(access, class_id, instance, index, selector), data


def _range(span: tuple[Instant, Instant]) -> Data:
    """Entries of a log by the clock that stamps them: from, to, and every column."""
    start, end = (Data(DataTag.DOUBLE_LONG_UNSIGNED, utc_time_of(moment)) for moment in span)
    stamping = structure(
        Data(DataTag.LONG_UNSIGNED, 1),
        octet_string(_PROFILE_CLOCK),
        Data(DataTag.INTEGER, 2),
        Data(DataTag.LONG_UNSIGNED, 0),
    )
    return structure(stamping, start, end, Data(DataTag.ARRAY, ()))


def _protected_reading(item: Item, row: UseCase, ends: Ends, span: tuple[Instant, Instant]) -> Data:
    """The argument of ``get_protected_attributes``: what to read, of which time, and for whom."""
    restriction = structure(Data(DataTag.ENUM, 0), NULL)
    if any(one.type == "octet-string" for one in item.rows):
        start, end = (octet_string(date_time(moment)) for moment in span)
        restriction = structure(Data(DataTag.ENUM, 1), structure(start, end))
    wanted = [
        structure(
            Data(DataTag.LONG_UNSIGNED, one.key[0]),
            octet_string(one.key[1]),
            Data(DataTag.INTEGER, one.key[3]),
            Data(DataTag.LONG_UNSIGNED, 0),
            restriction,
        )
        for one in protected_items(row)
    ]
    protection = protection_of(ends.counter, ends.party, ends.device)
    return structure(Data(DataTag.ARRAY, tuple(wanted)), Data(DataTag.ARRAY, (protection,)))


def protected_items(row: UseCase) -> tuple[Item, ...]:
    """Items that are read through a data protection object, in the order of the rows."""
    return tuple(one for one in items_of(row.id) if one.sensitive and one.key[0] != DATA_PROTECTION)
