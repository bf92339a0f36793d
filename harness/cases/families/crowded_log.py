"""A device log that fills up: what was said to be in it is in it, however many (GBCS 13.7, CS03, CS07)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial
from typing import TYPE_CHECKING, Final

from harness.cases.asn1_requests import Partner
from harness.cases.case import Case, CheckFailed, Purpose
from harness.cases.outcomes import was_done
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS
from harness.cases.wording import octets_text
from harness.codecs.asn1.joining import DeviceLogResponse
from harness.crypto.certificates import KeyUsage
from harness.crypto.issuing import device_certificate
from harness.crypto.keys import derive_private_key
from harness.gbcs.roles import DeviceRole, DeviceType

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

    from harness.cases.bench import Bench

_CLAUSE: Final = "GBCS 13.7, 13.9, CS03, CS07"
_MANY: Final = 17
"""One more than the most that a device log has to hold (CHTS 4.4.8, SMETS2 7.4.4, 9.4.4)."""
_FIRST: Final = 0x0200_DB00_0000_1000
_JOINED: Final = {
    ("CS03C", DeviceRole.GSME): DeviceType.PPMID,
    ("CS03A2", DeviceRole.PPMID): DeviceType.ESME,
    ("CS03A2", DeviceRole.HCALCS): DeviceType.ESME,
}
"""Joins that need no answer of the other end, which is nowhere, and what that other end is."""


def _partner(bench: Bench, number: int, kind: DeviceType) -> Partner:
    entity_id = (_FIRST + number).to_bytes(8, "big")
    issuer = bench.parties.device_issuer
    return Partner(entity_id, kind, device_certificate(issuer, _key(), KeyUsage.KEY_AGREEMENT, entity_id))


@cache
def _key() -> EllipticCurvePublicKey:
    return derive_private_key(b"devices that are nowhere", "agreement").public_key()


def _run(bench: Bench, subject: Subject, reading: Subject) -> None:
    kind = _JOINED[subject.use_case, subject.target]
    taken: set[bytes] = set()
    for number in range(_MANY):
        partner = _partner(bench, number, kind)
        command = bench.command(subject.use_case, subject.target, subject.sender, argument=partner)
        if not was_done(bench.exchange(command)):
            break
        taken.add(partner.entity_id)
    payload = bench.exchange(reading.command(bench)).payload
    entries = (payload.entries if isinstance(payload, DeviceLogResponse) else None) or ()
    missing = taken - {entry.device_id for entry in entries}
    if missing:
        raise CheckFailed(
            _CLAUSE,
            f"{len(taken)} devices in the log, the joining of each of which succeeded",
            f"{len(missing)} of them missing, such as {octets_text(min(missing))}",
        )


def _cases() -> Iterator[Case]:
    readings = {subject.target: subject for subject in SUBJECTS if subject.use_case == "CS07"}
    for subject in SUBJECTS:
        if (subject.use_case, subject.target) not in _JOINED:
            continue
        yield subject.refused_alone.case(
            Purpose.CONSISTENT,
            detail="full_log",
            title=f"The {subject.device} says so when its device log has no room for one more",
            why="a device that is reported as joined and is not is searched for in the wrong place",
            clause=_CLAUSE,
            run=partial(_run, subject=subject, reading=readings[subject.target]),
        )


CASES: Final = tuple(_cases())
