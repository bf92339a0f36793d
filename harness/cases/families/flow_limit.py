"""The limit for uncontrolled gas flow is kept as finely as it was set (SMETS2 4.6.4.33, GCS24a, GCS21a)."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Final

from harness.cases.case import Case, CheckFailed, Purpose, preamble
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS
from harness.cases.terms import Terms
from harness.cases.told import told_by

if TYPE_CHECKING:
    from harness.cases.bench import Bench
    from harness.cases.inspection import Answer

_CLAUSE: Final = "SMETS2 4.6.4.33, GBCS GCS24a"
_SET: Final = "GCS24a"
_READ: Final = "GCS21a"
_METERING: Final = 0x0702
_THRESHOLD: Final = 0x0B10
_MULTIPLIER: Final = 0x0B12
_DIVISOR: Final = 0x0B13
_LIMIT: Final = 12_345
"""In units of a ten-thousandth of a cubic metre an hour, as the command has them: not a whole one."""
_UNIT: Final = 10_000


def _run(bench: Bench, subject: Subject, reading: Subject) -> None:
    terms = Terms(given=(("uncontrolled_flow_threshold", _LIMIT),))
    with preamble():
        bench.exchange(bench.command(_SET, subject.target, subject.sender, argument=terms))
    found = _limit_in(bench.exchange(reading.command(bench)))
    wanted = Fraction(_LIMIT, _UNIT)
    if found != wanted:
        raise CheckFailed(
            _CLAUSE,
            f"a limit of {float(wanted):g} m3 an hour, as it was set",
            "none" if found is None else f"{float(found):g} m3 an hour",
        )


def _limit_in(answer: Answer) -> Fraction | None:
    """The limit that a meter tells, in cubic metres an hour."""
    values = {place.where: value for place, value in told_by(answer).items()}
    threshold, multiplier, divisor = (
        values.get((_METERING, attribute)) for attribute in (_THRESHOLD, _MULTIPLIER, _DIVISOR)
    )
    if not isinstance(threshold, int) or not isinstance(multiplier, int) or not isinstance(divisor, int):
        return None
    return Fraction(threshold * multiplier, divisor) if divisor else None


def _case(subject: Subject, reading: Subject) -> Case:
    return subject.case(
        Purpose.CONSISTENT,
        detail="as_fine",
        title="The GSME keeps the limit for uncontrolled flow to a fraction of a cubic metre an hour",
        why="a leak of less than a whole cubic metre an hour fills a room all the same",
        clause=_CLAUSE,
        run=partial(_run, subject=subject, reading=reading),
    )


_BY_NAME: Final = {subject.use_case: subject for subject in SUBJECTS}
CASES: Final = (_case(_BY_NAME[_SET], _BY_NAME[_READ]),)
