"""A hub of one GBCS version and a device of another in one home (GBCS 6.2.4, 7.1, 11).

Homes are not updated all at once. A hub carries what it does not know itself, since a message is between
the remote party and the device; a device does what its own version has, whatever the hub's has, and is
silent to the rest. What both know goes on working in between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from operator import gt, lt
from typing import TYPE_CHECKING, Final

from device_profiles.home import HomeProfile
from device_profiles.model import DeviceKind, Version
from harness.cases.applicability import KIND_OF, Applicability, all_of, of_version
from harness.cases.case import Case, Purpose
from harness.cases.refusal import Refusal, expect_silence
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS
from harness.gbcs.roles import DeviceRole
from harness.gbcs.use_case import Access

if TYPE_CHECKING:
    from harness.cases.bench import Bench

_CLAUSE: Final = "GBCS 6.2.4, 7.1, 11"
_KNOWN_TO_ALL: Final = "CS07"
_SINCE_LATELY: Final = frozenset({DeviceRole.SAPC})
"""Devices of which there are none for older versions than those of the newest hubs."""


def _run(bench: Bench, asked: tuple[Subject, ...], anyone: Subject) -> None:
    home = bench.port.profile
    anyone.verify(bench, anyone, anyone.sender)
    for subject in asked:
        if any(equipped(home) is not None for equipped in subject.equipped):
            continue
        if _in_version(subject)(home) is None:
            subject.verify(bench, subject, subject.sender)
        else:
            refusal = Refusal(_CLAUSE, f"its version does not have {subject.use_case}")
            expect_silence(bench, bench.device(subject.target), subject.command(bench).octets, refusal)
    anyone.verify(bench, anyone, anyone.sender)


def _in_version(subject: Subject) -> Applicability:
    """Whether the target's own version has the use case."""
    since, until = (
        None if one is None else Version.parse(one) for one in (subject.row.since, subject.row.until)
    )
    return of_version(KIND_OF[subject.target], subject.use_case, since=since, until=until)


def _apart(subject: Subject, differs: Callable[[Version, Version], bool], words: str) -> Applicability:
    kind = KIND_OF[subject.target]

    def applies(home: HomeProfile) -> str | None:
        hub, own = (home.devices[one].firmware.gbcs for one in (DeviceKind.COMMS_HUB, kind))
        apart = f"the {subject.device} has GBCS {own}, which is not {words} than the hub's, {hub}"
        return None if differs(own, hub) else apart

    return applies


def _cases() -> Iterator[Case]:
    for anyone in SUBJECTS:
        kind = KIND_OF[anyone.target]
        if anyone.use_case != _KNOWN_TO_ALL or kind is DeviceKind.COMMS_HUB:
            continue
        asked = tuple(
            one
            for one in SUBJECTS
            if one.target is anyone.target
            and one.row.access is Access.READ
            and (one.row.since or one.row.until)
            and one.accepted
            and not one.has_preamble
            and one.participants == anyone.participants
        )
        for words, differs in (("older", lt), ("newer", gt)):
            if differs is lt and anyone.target in _SINCE_LATELY:
                continue
            yield anyone.case(
                Purpose.JOURNEY,
                detail=f"{words}_than_hub",
                title=f"The {anyone.device}, {words} than the hub, goes by its own version of GBCS",
                why="homes are updated box by box, and must work in between",
                clause=_CLAUSE,
                run=partial(_run, asked=asked, anyone=anyone),
                applies=all_of(anyone.applies, _apart(anyone, differs, words)),
            )


CASES: Final = tuple(_cases())
