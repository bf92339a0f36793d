"""Firmware that is sent, waits for its day, and runs: what was read before it is read after it (GBCS 11)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from harness.cases.case import Case, CheckFailed, preamble
from harness.cases.images import distribute
from harness.cases.subjects import SUBJECTS
from harness.cases.told import Told, expect_told, told_by
from harness.cases.updates import FETCHED, UPDATE_CLAUSE, UPDATES, Update, installed_version
from harness.codecs.asn1.joining import DeviceLogResponse
from harness.network.clock import HOUR, MINUTE, Duration, Instant

if TYPE_CHECKING:
    from harness.cases.bench import Bench
    from harness.cases.inspection import Answer

_LEAD: Final = Duration(2 * HOUR)
_SETTLED: Final = Duration(2 * MINUTE)
_SUBJECTS: Final = {(subject.use_case, subject.target): subject for subject in SUBJECTS}
_Said = dict[str, tuple[Told, tuple[object, ...]]]


def _read(bench: Bench, update: Update) -> _Said:
    """What the device says of everything that is to stay, by use case."""
    said = {}
    for name in update.reads:
        subject = _SUBJECTS[name, update.target]
        if subject.applies(bench.port.profile) is None:
            answer = bench.exchange(subject.command(bench))
            said[name] = (told_by(answer), _partners(answer))
    return said


def _partners(answer: Answer) -> tuple[object, ...]:
    payload = answer.payload
    return tuple(payload.entries or ()) if isinstance(payload, DeviceLogResponse) else ()


def _update(bench: Bench, update: Update) -> str:
    """Have new firmware run, at the time that is planned for it where there is one; its version."""
    image = distribute(bench, update.target, 1)
    bench.wait(FETCHED)
    if update.activated:
        due = Instant((bench.now // MINUTE + 1) * MINUTE + _LEAD)
        update.plan(bench, image, due)
        bench.wait(Duration(due - bench.now - MINUTE))
        update.expect_running(bench, installed_version(bench, update.target))
        bench.wait(Duration(due - bench.now))
    bench.wait(_SETTLED)
    return image.firmware_version.hex().upper()


def _run(bench: Bench, update: Update) -> None:
    with preamble():
        before = _read(bench, update)
    version = _update(bench, update)
    update.expect_running(bench, version)
    after = _read(bench, update)
    for name, (told, partners) in before.items():
        told_now, partners_now = after[name]
        for place, value in told.items():
            expect_told(UPDATE_CLAUSE, place, f"as {name} told before the update", value, told_now.get(place))
        if partners_now != partners:
            raise CheckFailed(
                UPDATE_CLAUSE, "the device log as before the update", f"{len(partners_now)} other entries"
            )


def _case(update: Update) -> Case:
    when = "from the time on that was planned for it" if update.activated else "once it has verified it"
    return update.case(
        "same_reads",
        title=f"runs new firmware {when}, and says of all that was set the same as before",
        why="an update that loses a tariff, a limit or a neighbour shows weeks later, in all homes at once",
        run=partial(_run, update=update),
    )


CASES: Final = tuple(map(_case, UPDATES))
