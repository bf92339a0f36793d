"""A verdict that is not a pass, told to a person: clause, expectation, what came, and the messages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from harness.cases.wording import message_text
from harness.codecs.envelope import decode_message
from harness.codecs.errors import DecodeError
from harness.codecs.tree_difference import FieldDifference, differences
from harness.execution.perform import EXPECTED
from harness.network.clock import Instant, datetime_of
from harness.records.hints import hint
from harness.records.types import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.cases.case import Case
    from harness.records.evidence import Evidence
    from harness.records.types import FrameRecord

_WIDTH: Final = 10
_MOST_DIFFERENCES: Final = 20


def told(case: Case, evidence: Evidence) -> Iterator[str]:
    """Lines for a terminal."""
    yield f"{evidence.verdict.name}: {case.title}"
    for name, text in _facts(case, evidence):
        yield f"{name:<{_WIDTH}}{text}"
    yield from _difference_lines(frame_differences(evidence.frames))
    for frame in evidence.frames:
        yield from frame_lines(frame)


def frame_differences(frames: Sequence[FrameRecord]) -> tuple[FieldDifference, ...]:
    """What the last message that came says differently from the one that would have been right."""
    if len(frames) < 2 or frames[-1].note != EXPECTED:
        return ()
    return differences(frames[-1].octets, frames[-2].octets)


def frame_lines(frame: FrameRecord) -> Iterator[str]:
    """A message in one line, and its octets in another."""
    try:
        said = message_text(decode_message(frame.octets))
    except DecodeError as error:
        said = f"no message: {error}"
    if frame.note == EXPECTED:
        yield f"expected instead: {said}"
    else:
        moment = datetime_of(Instant(frame.at)).strftime("%H:%M:%S.%f")
        yield f"{moment} {frame.source} > {frame.destination}: {said}"
    yield f"    {frame.octets.hex().upper()}"


def _facts(case: Case, evidence: Evidence) -> Iterator[tuple[str, str]]:
    if evidence.verdict is Verdict.FAIL:
        yield "clause", evidence.clause
        yield "expected", evidence.expected
        yield "observed", evidence.observed
    else:
        yield "reason", evidence.reason
    yield "matters", case.why
    if evidence.verdict is not Verdict.ERROR:
        yield "hint", hint(case.purpose, evidence.expected, evidence.observed, evidence.reason)


def _difference_lines(found: Sequence[FieldDifference]) -> Iterator[str]:
    for place, one in enumerate(found[:_MOST_DIFFERENCES]):
        name = "" if place else "differs"
        said = f"expected {one.expected or 'nothing'}, came {one.came or 'nothing'}"
        yield f"{name:<{_WIDTH}}{one.path}: {said}"
    if len(found) > _MOST_DIFFERENCES:
        yield f"{'':<{_WIDTH}}and {len(found) - _MOST_DIFFERENCES} fields more"
