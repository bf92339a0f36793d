"""A device supports what its profile states: reads in which profiles differ are tried (ISO/IEC 9646-5, 6).

Every other case relies on the profile to say what applies, so these go before them. No read tells of use
cases as such, so those reads are sent that some version or equipment has and another has not; a device
answers the ones that its profile includes, and no other (GBCS 6.2.4).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind
from harness.cases.applicability import KIND_OF, has
from harness.cases.bench import patience_with
from harness.cases.case import Case, CheckFailed, Purpose
from harness.cases.known_parties import KNOWN_SINCE
from harness.cases.subjects import SUBJECTS
from harness.cases.wording import device_name
from harness.codecs.message import Cra
from harness.gbcs.roles import DeviceRole
from harness.gbcs.use_case import Access

if TYPE_CHECKING:
    from harness.cases.bench import Bench
    from harness.cases.subject import Subject

_CLAUSE: Final = "GBCS 6.2.4, 20"
_UNSAID: Final = "does not say"
"""In the reason of an equipment that a profile leaves open: it may be there or not."""


def _run(bench: Bench, target: DeviceRole, reads: tuple[Subject, ...]) -> None:
    home, stated, asked = bench.port.profile, set(), set()
    for subject in reads:
        excluded = subject.applies(home)
        if excluded is not None and _UNSAID in excluded:
            continue
        command = subject.command(bench)
        asked.add(subject.use_case)
        if excluded is None:
            stated.add(subject.use_case)
        bench.send_octets(command.octets, to=target)
    found = _answered(bench, target, reads) & asked
    if found != stated:
        wanted = ", ".join(sorted(stated)) or "none"
        without, beyond = sorted(stated - found), sorted(found - stated)
        raise CheckFailed(
            _CLAUSE,
            f"an answer of the {device_name(target)} to what its profile states: {wanted}",
            f"no answer to {', '.join(without) or 'none of the others'};"
            f" answers beyond its profile: {', '.join(beyond) or 'none'}",
        )


def _answered(bench: Bench, target: DeviceRole, reads: tuple[Subject, ...]) -> set[str]:
    """The use cases that the device answered; nothing is asked of what the answers say."""
    device = bench.device(target).entity_id
    names = {code: subject.use_case for subject in reads for code in subject.row.message_codes}
    return {
        names[received.message.message_code]
        for received in bench.messages(patience_with(target))
        if received.message.cra is Cra.RESPONSE
        and received.message.originator == device
        and received.message.message_code in names
    }


def _differs(subject: Subject) -> bool:
    """Whether a subject is a read that one profile has and another has not, and that needs nobody else."""
    row = subject.row
    return (
        row.access is Access.READ
        and not subject.beside
        and bool(subject.accepted)
        and subject.sender not in KNOWN_SINCE
        and (row.since is not None or row.until is not None or bool(subject.equipped))
    )


def _cases() -> Iterator[Case]:
    for target in DeviceRole:
        reads = tuple(one for one in SUBJECTS if one.target is target and _differs(one))
        if not reads:
            continue
        participants = tuple(kind for kind in DeviceKind if kind in {DeviceKind.COMMS_HUB, KIND_OF[target]})
        yield Case(
            case_id=f"TC_statement_consistent_as_stated_{target.value}",
            title=f"The {device_name(target)} answers the reads that its profile states, and no others",
            why="a profile that states what a device is not makes nonsense of every verdict on it",
            clause=_CLAUSE,
            use_case="",
            purpose=Purpose.CONSISTENT,
            participants=participants,
            applies=has(*participants),
            run=partial(_run, target=target, reads=reads),
            leads=True,
        )


CASES: Final = tuple(_cases())
