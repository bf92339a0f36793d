"""A counter is good once, and only upwards: for each party, over all its commands (GBCS 4.3.1.5, 6.2.4)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

from harness.cases.case import Case, Purpose, preamble
from harness.cases.refusal import Refusal, expect_refused
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.roles import DeviceRole
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
_RAISING: Final = {
    (DeviceRole.ESME, "ECS04b"): "ECS70",
    (DeviceRole.ESME, ""): "ECS04b",
    (DeviceRole.GSME, ""): "GCS40b",
    (DeviceRole.SAPC, "CS06"): "ECS70",
}
"""Another command that raises the floor of its party: for one use case of a device, or for all others."""


def _used(bench: Bench, subject: Subject) -> Command:
    """A command that was carried out."""
    with preamble():
        subject.prepare(bench)
        command = subject.command(bench)
        bench.exchange(command)
    return command


def _replay(bench: Bench, subject: Subject) -> None:
    command = _used(bench, subject)
    refusal = Refusal(CLAUSE, f"counter {command.order.counter} was used before", _ALERTS)
    expect_refused(bench, subject.target, command.octets, refusal, subject.effect)


def _below_floor(bench: Bench, subject: Subject, raising: str) -> None:
    low = bench.next_counter()
    with preamble():
        subject.prepare(bench)
        bench.exchange(bench.command(raising, subject.target, subject.sender))
    late = subject.command(bench, counter=low)
    refusal = Refusal(
        CLAUSE, f"counter {low} is below that of {raising}, taken from the same party before", _ALERTS
    )
    expect_refused(bench, subject.target, late.octets, refusal, subject.effect)


def _replay_after_restart(bench: Bench, subject: Subject) -> None:
    command = _used(bench, subject)
    bench.operate(subject.target, Stimulus.RESTART)
    refusal = Refusal(CLAUSE, f"counter {command.order.counter} was used before the restart", _ALERTS)
    expect_refused(bench, subject.target, command.octets, refusal, subject.effect)


def _raising(subject: Subject) -> str | None:
    """The command that raises the floor for a subject, None where its device has no other."""
    found = _RAISING.get((subject.target, subject.use_case)) or _RAISING.get((subject.target, ""))
    return None if found == subject.use_case else found


def _cases() -> Iterator[Case]:
    for subject in SUBJECTS:
        if not subject.row.replay_protected:
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
            catches=("replay-counter-lost-on-restart",),
        )
        raising = _raising(subject)
        if raising is not None:
            yield subject.case(
                Purpose.COUNTER_FLOOR,
                title=f"The {subject.device} keeps one floor for all commands of a party: {subject.doing}",
                why="a command that was held back must not act after a later one",
                clause=CLAUSE,
                run=partial(_below_floor, subject=subject, raising=raising),
                catches=("per-use-case-replay-counter",),
            )


CASES: Final = tuple(_cases())
