"""Access requests from the catalogue's COSEM rows: what to read, set and do, and with which constants.

Rows of one attribute or method make one item, in the order of the rows. Sensitive attributes are read
through the data protection object that their use case names (GBCS 7.2.10, 7.3.9).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from harness.codecs.cosem_data import NULL, BitString, Data, DataTag
from harness.codecs.dlms_types import AccessKind, AccessRequest, AccessSpecification
from harness.gbcs.use_case import CosemRow, ItemKind, UseCase

DATA_PROTECTION: Final = 30
_INVOKE_FLAGS: Final = 0x2000_0000
_SENSITIVE_CRA: Final = b"\x04"
_TAGS: Final = {tag.name.lower().replace("_", "-"): tag for tag in DataTag}

_Key = tuple[int, bytes, ItemKind, int]


def access_request(
    row: UseCase, *, counter: int, device: bytes, party: bytes, values: Iterable[Data] = ()
) -> AccessRequest:
    """The request of a use case. ``values`` fill what the catalogue leaves open, in its order.

    ``device`` and ``party`` are entity identifiers, for the protection of sensitive attributes.
    Raises ValueError for too few values.
    """
    given = iter(values)
    protection = protection_of(counter, party, device)
    secret = tuple(one for one in row.cosem if one.sensitive)
    items = [_item(key, rows, secret, protection, given) for key, rows in _items_of(row.cosem)]
    return AccessRequest(
        invoke_id_of(counter),
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
    if len(row.constants) != 1:
        return None
    (value,) = row.constants
    tag = tag_of(row)
    if tag is DataTag.BIT_STRING:
        return Data(tag, BitString(str(value)))
    return Data(tag, bool(value) if tag is DataTag.BOOLEAN else value)


def _items_of(rows: Iterable[CosemRow]) -> Iterator[tuple[_Key, list[CosemRow]]]:
    items: dict[_Key, list[CosemRow]] = {}
    for row in rows:
        if (
            row.sensitive
            or row.class_id is None
            or row.instance is None
            or row.kind is None
            or row.index is None
        ):
            continue
        items.setdefault((row.class_id, row.instance, row.kind, row.index), []).append(row)
    yield from items.items()


def _item(
    key: _Key, rows: list[CosemRow], secret: tuple[CosemRow, ...], protection: Data, given: Iterator[Data]
) -> tuple[AccessSpecification, Data]:
    class_id, instance, kind, index = key
    if class_id == DATA_PROTECTION:
        restricted = any(row.type == "octet-string" for row in rows)
        data = _protected_reading(secret, protection, given, restricted=restricted)
        access = AccessKind.ACTION
    elif kind is ItemKind.METHOD:
        data, access = _argument(rows, given), AccessKind.ACTION
    elif rows[0].constants:
        data, access = _argument(rows, given), AccessKind.SET
    else:
        data, access = NULL, AccessKind.GET
    return AccessSpecification(access, class_id, instance, index), data


def _argument(rows: list[CosemRow], given: Iterator[Data]) -> Data:
    """One value, or a structure where a method takes several."""
    members = []
    for row in rows:
        if row.type:
            constant = constant_of(row)
            members.append(_taken(given, row.name) if constant is None else constant)
    return members[0] if len(members) == 1 else structure(*members)


def _taken(given: Iterator[Data], what: str) -> Data:
    value = next(given, None)
    if value is None:
        raise ValueError(f"the catalogue leaves a value open and none is given: {what}")
    return value


def _protected_reading(
    secret: tuple[CosemRow, ...], protection: Data, given: Iterator[Data], *, restricted: bool
) -> Data:
    """The argument of ``get_protected_attributes``: what to read, of which time, and for whom."""
    restriction = structure(Data(DataTag.ENUM, 0), NULL)
    if restricted:
        restriction = structure(Data(DataTag.ENUM, 1), structure(_taken(given, "from"), _taken(given, "to")))
    attributes = {(row.class_id, row.instance, row.index) for row in secret}
    wanted = [
        structure(
            Data(DataTag.LONG_UNSIGNED, class_id),
            Data(DataTag.OCTET_STRING, instance),
            Data(DataTag.INTEGER, index),
            Data(DataTag.LONG_UNSIGNED, 0),
            restriction,
        )
        for class_id, instance, index in sorted(attributes, key=str)
    ]
    return structure(Data(DataTag.ARRAY, tuple(wanted)), Data(DataTag.ARRAY, (protection,)))
