"""The decision on a run: pass or fail, and what it rests on.

An execution counts against the run unless it passed or did not apply. ERROR and INCONCLUSIVE count
like FAIL: neither shows that the devices work. What the baseline failed already, at the same case and
the same devices, does not count; nor does what a waiver tolerates that still holds. A run that is
incomplete decides nothing, and one that tested nothing passes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from harness.records.types import CaseRecord, FactorRecord, Verdict
from reports.baseline import Comparison, compare
from reports.results import CaseResults, Results, load_results
from reports.verdicts import FIRST_BAD_RANK, Tally, look, ranks
from reports.waivers import Waiver

if TYPE_CHECKING:
    from harness.records.reader import RunReader


class GateExit(IntEnum):
    """How the gate ends; the numbers are exit codes of the command line."""

    PASS = 0
    FAILED = 1
    INCOMPLETE = 4
    NOTHING_SELECTED = 5


class Standing(IntEnum):
    """What the gate makes of one execution that did not pass."""

    NONE = 0
    """It passed, did not apply, or was not run."""
    NEW = 1
    STILL = 2
    """The baseline failed there too."""
    TOLERATED = 3
    EXPIRED = 4
    """A waiver speaks of it that no longer holds."""


COUNTING = (Standing.NEW, Standing.EXPIRED)
"""Standings that fail the gate."""
_COUNTS: Final = np.isin(np.arange(len(Standing)), COUNTING)
"""For each standing whether it does."""

Standings = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class CaseOutcome:
    """One case before the gate. ``standings`` has one value for each tuple of its results.

    ``fixed`` are tuples that the baseline failed and this run passed; ``gone`` counts those that the
    baseline failed and this run did not decide.
    """

    results: CaseResults
    standings: Standings
    fixed: npt.NDArray[np.int64]
    gone: int

    @property
    def record(self) -> CaseRecord:
        """The case."""
        return self.results.record

    def count(self, *standings: Standing) -> int:
        """How many executions have one of these standings."""
        return sum(int(np.count_nonzero(self.standings == standing)) for standing in standings)

    def counts_against(self) -> npt.NDArray[np.bool_]:
        """Which executions fail the gate."""
        return _COUNTS[self.standings]

    @property
    def counting(self) -> int:
        """How many executions fail the gate."""
        return self.count(*COUNTING)


@dataclass(frozen=True, slots=True)
class WaiverUse:
    """A waiver and how many executions that did not pass it speaks of."""

    waiver: Waiver
    expired: bool
    matched: int


@dataclass(frozen=True)
class GateResult:
    """The decision in words: ``headline``, and ``reasons`` with the most important first."""

    exit_code: GateExit
    headline: str
    reasons: tuple[str, ...]
    results: Results
    baseline_id: str | None
    outcomes: tuple[CaseOutcome, ...]
    waivers: tuple[WaiverUse, ...]
    tally: Tally

    @property
    def run_id(self) -> str:
        """The run that was decided on."""
        return self.results.manifest.run_id

    @property
    def passed(self) -> bool:
        """Whether the run may go on."""
        return self.exit_code is GateExit.PASS

    def count(self, *standings: Standing) -> int:
        """How many executions have one of these standings, over all cases."""
        return sum(outcome.count(*standings) for outcome in self.outcomes)

    @property
    def fixed(self) -> int:
        """Executions that the baseline failed and this run passed."""
        return sum(len(outcome.fixed) for outcome in self.outcomes)

    @property
    def gone(self) -> int:
        """Executions that the baseline failed and this run did not decide."""
        return sum(outcome.gone for outcome in self.outcomes)


def decide(
    run: RunReader,
    baseline: RunReader | None = None,
    waivers: Sequence[Waiver] = (),
    today: date | None = None,
) -> GateResult:
    """Decide on a stored run. ``today`` is needed where there are waivers: they expire.

    Raises InputError where the baseline is incomplete.
    """
    return decide_on(load_results(run), load_results(baseline) if baseline else None, waivers, today)


def decide_on(
    results: Results,
    baseline: Results | None = None,
    waivers: Sequence[Waiver] = (),
    today: date | None = None,
) -> GateResult:
    """The decision, on verdicts that are loaded already."""
    comparison = compare(results, baseline) if baseline else None
    judge = _Judge(results, comparison, waivers, today)
    outcomes = tuple(judge.outcome(case) for case in results.cases)
    tally = sum((outcome.results.tally for outcome in outcomes), Tally())
    exit_code = _exit_code(results, tally, outcomes)
    return GateResult(
        exit_code=exit_code,
        headline=_HEADLINES[exit_code],
        reasons=tuple(_reasons(exit_code, results, tally, outcomes)),
        results=results,
        baseline_id=baseline.manifest.run_id if baseline else None,
        outcomes=outcomes,
        waivers=judge.uses(),
        tally=tally,
    )


@dataclass
class _Judge:
    results: Results
    comparison: Comparison | None
    waivers: Sequence[Waiver]
    today: date | None
    matched: list[int] = field(init=False)
    expired: list[bool] = field(init=False)
    factors: dict[str, FactorRecord] = field(init=False)

    def __post_init__(self) -> None:
        if self.waivers and self.today is None:
            raise ValueError("waivers need the date of today")
        self.matched = [0] * len(self.waivers)
        self.expired = [self.today is not None and waiver.expired(self.today) for waiver in self.waivers]
        self.factors = {factor.name: factor for factor in self.results.manifest.factors}

    def outcome(self, case: CaseResults) -> CaseOutcome:
        bad = ranks(case.verdicts) >= FIRST_BAD_RANK
        standings = np.where(bad, np.uint8(Standing.NEW), np.uint8(Standing.NONE)).astype(np.uint8)
        tolerated = np.zeros(len(bad), dtype=np.bool_)
        lapsed = np.zeros(len(bad), dtype=np.bool_)
        for number, waiver in enumerate(self.waivers if bad.any() else ()):
            spoken_of = bad & waiver.matches(case.record, self.factors, case.levels)
            spoken_of &= np.isin(case.verdicts, [int(verdict) for verdict in waiver.verdicts])
            self.matched[number] += int(spoken_of.sum())
            target = lapsed if self.expired[number] else tolerated
            target |= spoken_of
        standings[lapsed] = Standing.EXPIRED
        fixed, gone = np.empty(0, dtype=np.int64), 0
        if self.comparison is not None:
            known, fixed, gone = self.comparison.of(case)
            standings[bad & known & ~lapsed] = Standing.STILL
        standings[tolerated] = Standing.TOLERATED
        return CaseOutcome(case, standings, fixed, gone)

    def uses(self) -> tuple[WaiverUse, ...]:
        return tuple(
            WaiverUse(waiver, expired, matched)
            for waiver, expired, matched in zip(self.waivers, self.expired, self.matched, strict=True)
        )


def _exit_code(results: Results, tally: Tally, outcomes: Sequence[CaseOutcome]) -> GateExit:
    if not results.manifest.executions or (results.manifest.complete and not tally.decided):
        return GateExit.NOTHING_SELECTED
    if not results.manifest.complete:
        return GateExit.INCOMPLETE
    return GateExit.FAILED if any(outcome.counting for outcome in outcomes) else GateExit.PASS


def _reasons(
    exit_code: GateExit, results: Results, tally: Tally, outcomes: Sequence[CaseOutcome]
) -> list[str]:
    reasons = []
    if exit_code is GateExit.INCOMPLETE:
        reasons.append(f"{tally.total:,} of {results.manifest.executions:,} executions are stored")
    for verdict, because in _COUNTS_BECAUSE.items():
        counting = [
            int((entry.counts_against() & (entry.results.verdicts == verdict)).sum()) for entry in outcomes
        ]
        if any(counting):
            cases = sum(count > 0 for count in counting)
            reasons.append(
                f"{sum(counting):,} {_plural(sum(counting), 'execution')} of {cases:,}"
                f" {_plural(cases, 'case')} {look(verdict).ended}{because}"
            )
    for standing, text in _ALSO.items():
        count = sum(outcome.count(standing) for outcome in outcomes)
        if count:
            reasons.append(f"{count:,} {_plural(count, 'execution')} {text}")
    return reasons


def _plural(count: int, noun: str) -> str:
    return noun if count == 1 else noun + "s"


_HEADLINES = {
    GateExit.PASS: "Gate passed",
    GateExit.FAILED: "Gate failed",
    GateExit.INCOMPLETE: "Run incomplete: nothing is decided",
    GateExit.NOTHING_SELECTED: "Nothing was tested, so nothing passed",
}
_COUNTS_BECAUSE = {
    Verdict.FAIL: "",
    Verdict.ERROR: ": a fault of the harness, which shows nothing about the devices, and so fails the gate",
    Verdict.INCONCLUSIVE: ": not shown to work, and so the gate fails",
}
_ALSO = {
    Standing.EXPIRED: "had a waiver that has expired",
    Standing.STILL: "did not pass in the baseline either, and so do not count",
    Standing.TOLERATED: "did not pass and are tolerated by a waiver",
}
