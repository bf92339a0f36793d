"""A device log that fills up: what was said to be in it is in it, however many (GBCS 13.7, CS03, CS07)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial
from typing import TYPE_CHECKING, Final

from harness.cases.applicability import all_of
from harness.cases.asn1_requests import Partner
from harness.cases.case import Case, CheckFailed, Purpose
from harness.cases.outcomes import was_done
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS
from harness.cases.terms import Terms
from harness.cases.wording import octets_text
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
_ADDED: Final = {
    ("CS03C", DeviceRole.GSME): DeviceType.PPMID,
    ("CS03A2", DeviceRole.PPMID): DeviceType.ESME,
    ("CS03A2", DeviceRole.HCALCS): DeviceType.ESME,
    ("CCS01", DeviceRole.CHF): DeviceType.PPMID,
}
"""Additions that need no answer of what is added, which is nowhere, and what that is."""
_READINGS: Final = {DeviceRole.CHF: "CCS06"}
_READING: Final = "CS07"


def _added(bench: Bench, subject: Subject, entity_id: bytes) -> object:
    """The argument of a command that adds a device."""
    kind = _ADDED[subject.use_case, subject.target]
    if subject.target is DeviceRole.CHF:
        given = (("ieee_address", entity_id), ("key", bytes(16)), ("device_type", int(kind)))
        return Terms(given=given)
    certificate = device_certificate(bench.parties.device_issuer, _key(), KeyUsage.KEY_AGREEMENT, entity_id)
    return Partner(entity_id, kind, certificate)


@cache
def _key() -> EllipticCurvePublicKey:
    return derive_private_key(b"devices that are nowhere", "agreement").public_key()


def _run(bench: Bench, subject: Subject, reading: Subject) -> None:
    taken: set[bytes] = set()
    for number in range(_MANY):
        entity_id = (_FIRST + number).to_bytes(8, "big")
        argument = _added(bench, subject, entity_id)
        command = bench.command(subject.use_case, subject.target, subject.sender, argument=argument)
        if not was_done(bench.exchange(command)):
            break
        taken.add(entity_id)
    logged = bench.exchange(reading.command(bench)).message.payload
    missing = {entity_id for entity_id in taken if entity_id not in logged}
    if missing:
        raise CheckFailed(
            _CLAUSE,
            f"{len(taken)} devices in the log, the addition of each of which succeeded",
            f"{len(missing)} of them missing, such as {octets_text(min(missing))}",
        )


def _cases() -> Iterator[Case]:
    by_name = {(subject.use_case, subject.target): subject for subject in SUBJECTS}
    for subject in SUBJECTS:
        if (subject.use_case, subject.target) not in _ADDED:
            continue
        reading = by_name[_READINGS.get(subject.target, _READING), subject.target]
        alone = subject.refused_alone
        yield alone.case(
            Purpose.CONSISTENT,
            detail="full_log",
            title=f"The {subject.device} says so when its device log has no room for one more",
            why="a device that is reported as joined and is not is searched for in the wrong place",
            clause=_CLAUSE,
            run=partial(_run, subject=subject, reading=reading),
            applies=all_of(alone.applies, reading.applies),
        )


CASES: Final = tuple(_cases())
