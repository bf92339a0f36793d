"""Certificates that must not get into a trust anchor cell (GBCS 13.3): wrong use, wrong role, no path.

Each goes alone into a command that is in order otherwise. The answer must say that the cell was not
replaced, and the device must go on believing whom it believed before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import TYPE_CHECKING, Final

from harness.cases.asn1_requests import Renewal
from harness.cases.case import Case, CheckFailed, Purpose
from harness.cases.command import STRANGER
from harness.cases.outcomes import was_done
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS
from harness.cases.subjects.trust import REPLACED, renewal_for
from harness.cases.wording import party_name
from harness.codecs.asn1.credentials import DIGITAL_SIGNATURE, TrustAnchorCell
from harness.crypto.pki import Credentials, SeededPki
from harness.gbcs.roles import RemotePartyRole

if TYPE_CHECKING:
    from harness.cases.bench import Bench

_CLAUSE: Final = "GBCS 4.3.2.6, 13.3"
_SUPPLIER: Final = RemotePartyRole.SUPPLIER
_NETWORK_OPERATOR: Final = RemotePartyRole.NETWORK_OPERATOR


@dataclass(frozen=True, slots=True)
class _Fault:
    """What is wrong: words of the case id and title, and the certificate with its path."""

    detail: str
    says: str
    made: Callable[[SeededPki, TrustAnchorCell], tuple[bytes, bytes]]


def _certificate(party: Credentials, *, signs: bool) -> bytes:
    return party.ds_certificate if signs else party.ka_certificate


def _of_other_use(parties: SeededPki, cell: TrustAnchorCell) -> tuple[bytes, bytes]:
    party = parties.party(cell.role, STRANGER)
    return _certificate(party, signs=cell.key_usage != DIGITAL_SIGNATURE), parties.issuing_certificate


def _of_other_role(parties: SeededPki, cell: TrustAnchorCell) -> tuple[bytes, bytes]:
    # A supplier may control load as well, but a network operator may not; nobody else is a supplier.
    other = _SUPPLIER if cell.role is _NETWORK_OPERATOR else _NETWORK_OPERATOR
    party = parties.party(other, STRANGER)
    return _certificate(party, signs=cell.key_usage == DIGITAL_SIGNATURE), parties.issuing_certificate


def _of_other_root(_parties: SeededPki, cell: TrustAnchorCell) -> tuple[bytes, bytes]:
    elsewhere = _another_infrastructure()
    party = elsewhere.party(cell.role, STRANGER)
    return _certificate(party, signs=cell.key_usage == DIGITAL_SIGNATURE), elsewhere.issuing_certificate


@cache
def _another_infrastructure() -> SeededPki:
    return SeededPki(b"certificates that nobody here vouches for")


_FAULTS: Final = (
    _Fault("other_use", "is for another use than the cell", _of_other_use),
    _Fault("other_role", "is of another role than the cell", _of_other_role),
    _Fault("other_root", "leads to another root", _of_other_root),
)


def _run(bench: Bench, subject: Subject, fault: _Fault) -> None:
    whole = renewal_for(bench, subject.use_case, subject.target)
    cell = whole.replacements[0].cell
    certificate, issuer = fault.made(bench.parties, cell)
    renewal = Renewal((replace(whole.replacements[0], certificate=certificate),), (issuer,))
    answer = bench.exchange(bench.command(subject.use_case, subject.target, subject.sender, argument=renewal))
    if was_done(answer):
        raise CheckFailed(
            _CLAUSE,
            f"no change of the {party_name(cell.role)}'s credentials: the certificate {fault.says}",
            "success",
        )
    reading = _READING.get(subject.target)
    if reading is not None:
        reading.verify(bench, reading, reading.sender)


_READING: Final = {subject.target: subject for subject in SUBJECTS if subject.use_case == "CS02a"}


def _cases() -> Iterator[Case]:
    for subject in SUBJECTS:
        if subject.use_case not in REPLACED or not subject.accepted:
            continue
        for fault in _FAULTS:
            yield subject.case(
                Purpose.NO_SIDE_EFFECT,
                detail=fault.detail,
                title=f"The {subject.device} takes no certificate that {fault.says}: {subject.doing}",
                why="whoever gets a certificate of any kind must not become the owner of the device",
                clause=_CLAUSE,
                run=partial(_run, subject=subject, fault=fault),
            )


CASES: Final = tuple(_cases())
