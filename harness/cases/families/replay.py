"""A counter is good once, and only upwards: for each party, over all its commands (GBCS 4.3.1.5, 6.2.4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from harness.cases.case import Case, Purpose, preamble
from harness.cases.refusal import Refusal, expect_refused
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS, trust
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.port import Stimulus

if TYPE_CHECKING:
    from harness.cases.bench import Bench
    from harness.cases.command import Command

CLAUSE: Final = "GBCS 4.3.1.5, 6.2.4"
_ALERTS: Final = frozenset(
    {
        AlertCode.TRUSTED_SOURCE_AUTHENTICATION_FAILED,
        AlertCode.COMMAND_FORMAT_OR_INTEGRITY_FAILED,
        AlertCode.UNUSUAL_NUMBER_OF_BAD_COMMANDS,
    }
)
_METERS: Final = frozenset({DeviceRole.ESME, DeviceRole.GSME, DeviceRole.SAPC})
_SUPPLIER: Final = RemotePartyRole.SUPPLIER
_NETWORK_OPERATOR: Final = RemotePartyRole.NETWORK_OPERATOR
_BROKER: Final = RemotePartyRole.ACCESS_CONTROL_BROKER
_RAISING: Final = {
    (DeviceRole.ESME, _SUPPLIER): ("ECS04b", "ECS70"),
    (DeviceRole.ESME, _NETWORK_OPERATOR): ("ECS37", "ECS29e"),
    (DeviceRole.ESME, _BROKER): ("ECS50", "ECS39b"),
    (DeviceRole.GSME, _SUPPLIER): ("GCS40b", "GCS28"),
    (DeviceRole.GSME, _BROKER): ("GCS31", "GCS36"),
    (DeviceRole.SAPC, _SUPPLIER): ("ECS70", "ECS38"),
    (DeviceRole.CHF, _BROKER): ("CCS01", "CS02c"),
    (DeviceRole.GPF, _SUPPLIER): ("CS02c",),
    (DeviceRole.PPMID, _SUPPLIER): ("CS02c",),
    (DeviceRole.HCALCS, _SUPPLIER): ("CS02c",),
}
"""Commands that raise the floor of a party at a device: the first, or the second for the first itself."""


def _alerts(subject: Subject) -> frozenset[int]:
    """What is raised, to whom we know: not after a command that changed whom the device knows."""
    return frozenset() if subject.use_case in trust.CHANGING_PARTIES else _ALERTS


def _used(bench: Bench, subject: Subject) -> Command:
    """A command that was carried out."""
    with preamble():
        subject.prepare(bench)
        command = subject.command(bench)
        bench.exchange(command)
    return command


def _replay(bench: Bench, subject: Subject) -> None:
    command = _used(bench, subject)
    refusal = Refusal(CLAUSE, f"counter {command.order.counter} was used before", _alerts(subject))
    expect_refused(bench, subject.target, command.octets, refusal, subject.effect)


def _below_floor(bench: Bench, subject: Subject, raising: Subject) -> None:
    low = bench.next_counter()
    with preamble():
        subject.prepare(bench)
        bench.exchange(raising.command(bench, subject.sender))
    late = subject.command(bench, counter=low)
    refusal = Refusal(
        CLAUSE,
        f"counter {low} is below that of {raising.use_case}, taken from the same party before",
        _ALERTS,
    )
    expect_refused(bench, subject.target, late.octets, refusal, subject.effect)


def _replay_after_restart(bench: Bench, subject: Subject) -> None:
    command = _used(bench, subject)
    bench.operate(subject.target, Stimulus.RESTART)
    refusal = Refusal(
        CLAUSE, f"counter {command.order.counter} was used before the restart", _alerts(subject)
    )
    expect_refused(bench, subject.target, command.octets, refusal, subject.effect)


def raising_of(subject: Subject, role: RemotePartyRole) -> Subject | None:
    """What raises a party's floor where a subject is sent to, None where it has nothing else to send."""
    choices = _RAISING.get((subject.target, role), ())
    names = [name for name in choices if name != subject.use_case]
    return _BY_NAME.get((names[0], subject.target)) if names else None


def _caught(subject: Subject, defect: str) -> tuple[str, ...]:
    """Defects of metering firmware; not seen where the command itself changes who or what is believed."""
    changing = subject.use_case in trust.CHANGING_PARTIES or subject.use_case == "CS02d"
    return () if changing or subject.target not in _METERS else (defect,)


_BY_NAME: Final = {(subject.use_case, subject.target): subject for subject in SUBJECTS}


def _cases() -> Iterator[Case]:
    for subject in SUBJECTS:
        if not subject.row.replay_protected or not subject.accepted:
            continue
        yield subject.case(
            Purpose.REPLAY,
            title=f"The {subject.device} takes a command once: {subject.doing}",
            why="whoever records a command must not be able to give it again",
            clause=CLAUSE,
            run=partial(_replay, subject=subject),
        )
        yield subject.case(
            Purpose.REPLAY,
            detail="after_restart",
            title=f"The {subject.device} takes a command once, restart or not: {subject.doing}",
            why="a cut of the power must not make recorded commands good again",
            clause=CLAUSE,
            run=partial(_replay_after_restart, subject=subject),
            catches=_caught(subject, "replay-counter-lost-on-restart"),
        )
        raising = raising_of(subject, subject.sender)
        if raising is not None and not subject.is_top_up:
            yield replace(subject, beside=(*subject.beside, *raising.beside)).case(
                Purpose.COUNTER_FLOOR,
                title=f"The {subject.device} keeps one floor for all commands of a party: {subject.doing}",
                why="a command that was held back must not act after a later one",
                clause=CLAUSE,
                run=partial(_below_floor, subject=subject, raising=raising),
                catches=_caught(subject, "per-use-case-replay-counter"),
            )


CASES: Final = tuple(_cases())
