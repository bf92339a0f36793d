"""A log that is cleared is empty, and what happened before is not in it any more (SMETS2 5.6.3.8, 5.6.3.9).

Something is brought about that the log notes; it is read, cleared and read again. What the clearing itself
leaves behind may be in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from harness.cases.alerts import code_text
from harness.cases.applicability import all_of
from harness.cases.bench import patience_with
from harness.cases.case import Case, CheckFailed, InconclusiveOutcome, Purpose, preamble
from harness.cases.event_log import Logged, events_told
from harness.cases.outcomes import was_done
from harness.cases.subjects import SUBJECTS
from harness.cases.wording import device_name
from harness.gbcs.roles import DeviceRole
from harness.network.clock import SECOND, Duration
from harness.network.port import Stimulus

if TYPE_CHECKING:
    from harness.cases.bench import Bench
    from harness.cases.subject import Subject

_CLAUSE: Final = "SMETS2 4.5.3.5, 5.6.3.8, 5.6.3.9"
_A_MINUTE: Final = Duration(60 * SECOND)
_BY_NAME: Final = {(one.use_case, one.target): one for one in SUBJECTS}


@dataclass(frozen=True, slots=True)
class _Log:
    """A log of a device: what clears it, what reads it, and the command that leaves an entry, or by hand."""

    clearing: str
    reading: str
    target: DeviceRole
    order: str | None = None


_LOGS: Final = (
    _Log("ECS15a", "ECS35a", DeviceRole.ESME),
    _Log("CS11", "CS10a", DeviceRole.GSME),
    _Log("ECS15c", "ECS35f", DeviceRole.ESME, "ECS47"),
    _Log("ECS15c", "ECS35g", DeviceRole.ESME, "ECS47a"),
    _Log("ECS15c", "ECS35g", DeviceRole.SAPC, "ECS47a"),
)


def _bring_about(bench: Bench, log: _Log) -> None:
    """Have something happen that the log notes."""
    if log.order is None:
        bench.operate(log.target, Stimulus.WATCHDOG_BARKED)
        bench.messages(patience_with(log.target))
    else:
        order = _BY_NAME[log.order, log.target]
        bench.exchange(order.command(bench))
    bench.wait(_A_MINUTE)


def _run(bench: Bench, log: _Log, read: Callable[[Bench], list[Logged]]) -> None:
    clearing = _BY_NAME[log.clearing, log.target]
    with preamble():
        _bring_about(bench, log)
        before = read(bench)
    if not before:
        raise InconclusiveOutcome("the log was empty before it was cleared")
    if not was_done(bench.exchange(clearing.command(bench))):
        raise CheckFailed(_CLAUSE, "the log to be cleared", "a refusal")
    left = set(before) & set(read(bench))
    if left:
        raise CheckFailed(
            _CLAUSE,
            f"nothing from before in the log of the {device_name(log.target)}",
            ", ".join(code_text(code) for _, code in sorted(left)),
        )


def _entries(bench: Bench, reading: Subject) -> list[Logged]:
    return list(events_told(bench, bench.exchange(reading.command(bench))))


def _cases() -> Iterator[Case]:
    for number, log in enumerate(_LOGS, 1):
        involved = [_BY_NAME[name, log.target] for name in (log.clearing, log.reading, log.order) if name]
        clearing, reading = involved[:2]
        what = "its controllers' log" if log.order else "its event log"
        yield Case(
            case_id=f"TC_{log.clearing}_journey_emptied_{number}",
            title=f"The {device_name(log.target)} has cleared {what} of all that was in it ({log.reading})",
            why="the next visit looks for what happened since; an old entry is hunted for once more",
            clause=f"{_CLAUSE}, GBCS {log.clearing}",
            use_case=log.clearing,
            purpose=Purpose.JOURNEY,
            participants=clearing.participants,
            applies=all_of(*(one.applies for one in involved)),
            covers=(log.reading,),
            run=partial(_run, log=log, read=partial(_entries, reading=reading)),
        )


CASES: Final = tuple(_cases())
