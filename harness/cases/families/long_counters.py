"""Counters of eight octets come back as they were sent, also where their first bit is set (CS02a, X.690 8.3).

A device tells the highest counter that it took from each party as an INTEGER in DER, which has a zero octet
before a first bit that is set: without it the number reads as a negative one.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

from harness.cases.case import Case, CheckFailed, Purpose, preamble
from harness.cases.families.replay import raising_of
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS
from harness.cases.wording import party_name
from harness.codecs.asn1.credentials import CredentialsResponse
from harness.gbcs.roles import RemotePartyRole

if TYPE_CHECKING:
    from harness.cases.bench import Bench

_CLAUSE: Final = "GBCS 4.2, 13.2, CS02a, ITU-T X.690 8.3"
_COUNTER: Final = 0x00C0_0000_0000_0001
"""Above all that parties count by today; the first of its seven octets has its first bit set."""


def _run(bench: Bench, subject: Subject, raising: Subject) -> None:
    role = raising.sender
    with preamble():
        bench.exchange(raising.command(bench, role, counter=_COUNTER))
    command = bench.command(subject.use_case, subject.target, role, counter=_COUNTER + 1, argument=(role,))
    payload = bench.exchange(command).payload
    details = payload.details if isinstance(payload, CredentialsResponse) else ()
    found = next((one.current_counter for one in details if one.role is role), None)
    if found != _COUNTER:
        raise CheckFailed(_CLAUSE, f"{_COUNTER} as the counter of the {party_name(role)}", str(found))


def _raising(subject: Subject) -> Subject | None:
    for role in (RemotePartyRole.SUPPLIER, RemotePartyRole.ACCESS_CONTROL_BROKER):
        found = raising_of(subject, role)
        if found is not None and found.sender is role and role in subject.accepted:
            return found
    return None


def _cases() -> Iterator[Case]:
    for subject in SUBJECTS:
        raising = _raising(subject) if subject.use_case == "CS02a" else None
        if raising is not None:
            yield subject.case(
                Purpose.CONSISTENT,
                detail="long_counter",
                title=f"The {subject.device} tells a party's counter as it was sent, however large",
                why="a party that is told a wrong floor numbers its commands below the right one",
                clause=_CLAUSE,
                run=partial(_run, subject=subject, raising=raising),
            )


CASES: Final = tuple(_cases())
