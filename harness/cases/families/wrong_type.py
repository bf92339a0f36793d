"""A value of the wrong type is not taken, not even in part (GBCS 7.2.10, 7.3; DLMS Green Book; X.690).

Protection and form are in order, so the device looks at the value itself. It may refuse the command as a
whole, or answer that the item could not be carried out; it may not say that it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from harness.cases.bench import patience_with
from harness.cases.case import Case, CheckFailed, Purpose, preamble
from harness.cases.command import Command
from harness.cases.cosem_requests import DATA_PROTECTION, items_named, octet_string
from harness.cases.inspection import payload_in
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS
from harness.cases.tampering import with_payload
from harness.codecs.cosem_data import NULL, Data, DataTag
from harness.codecs.cosem_shapes import Part, Shape
from harness.codecs.dlms_types import AccessRequest, AccessResponse, DataAccessResult
from harness.codecs.gbz_types import GbzComponent, GbzPayload
from harness.codecs.message import Cra
from harness.codecs.payload import encode_payload
from harness.gbcs.use_case import Access, ItemKind, PayloadFamily

if TYPE_CHECKING:
    from harness.cases.bench import Bench
    from harness.codecs.payload import Payload

_CLAUSES: Final = {
    PayloadFamily.DLMS: "GBCS 7.2.10, DLMS Green Book 9.3",
    PayloadFamily.GBZ: "GBCS 7.3, ZCL 2.4",
    PayloadFamily.ASN1: "GBCS 13, X.690",
}
_FLAWS: Final = {
    PayloadFamily.DLMS: "a value of another type",
    PayloadFamily.GBZ: "a ZCL command that ends before its last field does",
    PayloadFamily.ASN1: "an element of another type",
}
_SEQUENCE: Final = 0x30
_OTHER_TAGS: Final = {_SEQUENCE: 0x31, 0x05: 0x04}
"""Tags of X.690 in place of others: a set for a sequence, octets for nothing, a sequence for all else."""
_ODD: Final = b"?"
_DEFAULT_RESPONSE: Final = 0x0B
_SUCCESS: Final = b"\x00"


def _run(bench: Bench, subject: Subject) -> None:
    with preamble():
        subject.prepare(bench)
    command = subject.command(bench)
    spoilt = _spoilt(command)
    if spoilt is None:
        raise TypeError(f"{subject.use_case} has no value to spoil")
    device, before = bench.device(subject.target), subject.seen(bench)
    bench.send_octets(with_payload(command, spoilt), to=subject.target)
    for received in bench.messages(patience_with(subject.target)):
        message = received.message
        if message.cra is Cra.RESPONSE and message.originator == device.entity_id:
            _expect_failure(subject, payload_in(message))
    after = subject.seen(bench)
    if after != before:
        clause = _CLAUSES[subject.row.payload_family]
        raise CheckFailed(clause, f"nothing done by the {subject.device}: still {before}", f"{after}")


def _expect_failure(subject: Subject, payload: Payload) -> None:
    """Check that an answer says of the spoilt item, or of some component, that it was not carried out."""
    failed = False
    if isinstance(payload, AccessResponse):
        failed = any(one.result != DataAccessResult.SUCCESS for one in payload.results)
    elif isinstance(payload, GbzPayload):
        failed = any(
            one.command == _DEFAULT_RESPONSE and one.payload[1:] != _SUCCESS for one in payload.components
        )
    if not failed:
        family = subject.row.payload_family
        raise CheckFailed(_CLAUSES[family], f"{_FLAWS[family]} refused by the {subject.device}", "success")


def _spoilt(command: Command) -> bytes | None:
    payload = command.payload
    if isinstance(payload, AccessRequest):
        return _spoilt_access(payload)
    if isinstance(payload, GbzPayload):
        return _spoilt_components(payload)
    octets = command.message.payload
    return bytes((_OTHER_TAGS.get(octets[0], _SEQUENCE),)) + octets[1:]


def _spoilt_access(request: AccessRequest) -> bytes | None:
    """The first value of another type: text for a range, an octet-string for a number or a structure."""
    specifications, data = list(request.specifications), list(request.data)
    for place, (specification, datum) in enumerate(zip(specifications, data, strict=True)):
        if specification.selector is not None:
            selector = replace(specification.selector, parameter=octet_string(_ODD))
            specifications[place] = replace(specification, selector=selector)
        elif datum != NULL:
            data[place] = _other_type(datum)
        else:
            continue
        return encode_payload(replace(request, specifications=tuple(specifications), data=tuple(data)))
    return None


def _other_type(datum: Data) -> Data:
    return Data(DataTag.UNSIGNED, 0) if datum.tag is DataTag.OCTET_STRING else octet_string(_ODD)


def _spoilt_components(payload: GbzPayload) -> bytes | None:
    """The last field of the last component cut short by an octet, with its length to match."""
    last: GbzComponent = payload.components[-1]
    if not last.payload:
        return None
    short = replace(last, payload=last.payload[:-1])
    return encode_payload(replace(payload, components=(*payload.components[:-1], short)))


def _has_value(subject: Subject) -> bool:
    """Whether a command of the subject carries anything with a type; a plain DLMS reading does not."""
    row = subject.row
    if row.payload_family is not PayloadFamily.DLMS:
        return True
    return any(
        item.ranged
        or item.key[0] == DATA_PROTECTION
        or (item.key[2] is ItemKind.METHOD and item.value is not None and not _is_null(item.value))
        or (row.access is Access.UPDATE and item.value is not None and not item.returned)
        for item in items_named(row)
    )


def _is_null(shape: Shape) -> bool:
    return isinstance(shape, Part) and shape.tag is DataTag.NULL


def _cases() -> Iterator[Case]:
    for subject in SUBJECTS:
        if not subject.accepted or not _has_value(subject):
            continue
        family = subject.row.payload_family
        yield subject.case(
            Purpose.WRONG_TYPE,
            title=f"The {subject.device} does not take {_FLAWS[family]}: {subject.doing}",
            why="what a device makes of a value that it cannot understand is anybody's guess",
            clause=_CLAUSES[family],
            run=partial(_run, subject=subject),
        )


CASES: Final = tuple(_cases())
