"""Findings picked for the report: a few for each cause of each case, never all of a million.

What is picked depends on the verdicts alone, so the same run always shows the same evidence. The id of
a finding is the case and the number of a combination that inherits it, ``TC_…@123``: enough to find it
in the stored run again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from harness.records.types import Finding
from reports.causes import Cause
from reports.results import Results

if TYPE_CHECKING:
    from harness.records.reader import RunReader

EXAMPLES = 2
"""Findings shown of one case for one cause."""
MOST_SHOWN = 300
"""Findings shown of one run, apart from the first of each case and of each cause, which are always shown."""
_FEW = 5000
"""Up to so many failures of a case, reading them all is cheaper than looking each one up."""

FirstFound = Mapping[tuple[int, int], tuple[int, tuple[int, ...]]]


@dataclass(frozen=True, slots=True)
class Execution:
    """One execution: ``row`` is its tuple in its group."""

    case: int
    group: int
    row: int


@dataclass(frozen=True, slots=True)
class Example:
    """An execution to be shown for a cause, which is a position."""

    cause: int
    execution: Execution


@dataclass(frozen=True, slots=True)
class Evidence:
    """A finding to be shown, ``combination`` being the first that inherits it."""

    example: Example
    finding: Finding
    combination: int

    @property
    def case(self) -> int:
        """Position of the case."""
        return self.example.execution.case

    @property
    def cause(self) -> int:
        """Position of the cause."""
        return self.example.cause

    @property
    def finding_id(self) -> str:
        """What ``harness report RUN --finding`` takes."""
        return finding_id(self.finding.case_id, self.combination)


def finding_id(case_id: str, combination: int) -> str:
    """The id of what a combination inherits from a case."""
    return f"{case_id}@{combination}"


def parse_finding_id(text: str) -> tuple[str, int]:
    """Case id and number of the combination. Raises ValueError."""
    case_id, separator, number = text.rpartition("@")
    if not separator or not number.isascii() or not number.isdigit():
        raise ValueError("expected a case and the number of a combination, such as TC_ECS17b_nominal_1@42")
    return case_id, int(number)


def choose(causes: Sequence[Cause]) -> tuple[Example, ...]:
    """Executions to be shown: the first of every case and of every cause before others of either."""
    rounds: list[list[Example]] = [[] for _ in range(EXAMPLES)]
    for number, cause in enumerate(causes):
        for blamed in cause.blamed:
            spread = np.linspace(0, len(blamed.tuples) - 1, min(EXAMPLES, len(blamed.tuples)))
            for place, row in enumerate(blamed.tuples[spread.astype(np.int64)].tolist()):
                rounds[place].append(Example(number, Execution(blamed.case, blamed.group, row)))
    cases: set[int] = set()
    explained: set[int] = set()
    firsts: list[Example] = []
    others: list[Example] = []
    for example in (example for examples in rounds for example in examples):
        shown = example.execution.case in cases and example.cause in explained
        (others if shown else firsts).append(example)
        cases.add(example.execution.case)
        explained.add(example.cause)
    return (*firsts, *others[: max(0, MOST_SHOWN - len(firsts))])


def fetch(
    run: RunReader, results: Results, executions: Iterable[Execution], first_found: FirstFound
) -> dict[Execution, Finding]:
    """Read the findings of some executions. One that was stored without finding is left out."""
    by_case: dict[int, list[Execution]] = defaultdict(list)
    for execution in executions:
        by_case[execution.case].append(execution)
    found: dict[Execution, Finding] = {}
    for case, own in by_case.items():
        few = results.cases[case].tally.bad <= _FEW
        found.update(_read_all(run, results, own) if few else _look_up(run, results, own, first_found))
    return found


def _read_all(
    run: RunReader, results: Results, executions: Sequence[Execution]
) -> Iterator[tuple[Execution, Finding]]:
    case = results.cases[executions[0].case]
    wanted = {tuple(case.levels[execution.row].tolist()): execution for execution in executions}
    for finding in run.findings(case.record.case_id):
        execution = wanted.get(finding.levels)
        if execution is not None and finding.verdict == case.verdicts[execution.row]:
            yield execution, finding
            del wanted[finding.levels]
            if not wanted:
                return


def _look_up(
    run: RunReader, results: Results, executions: Sequence[Execution], first_found: FirstFound
) -> Iterator[tuple[Execution, Finding]]:
    for execution in executions:
        _, home = first_found[execution.group, execution.row]
        for finding in run.findings_of(results.cases[execution.case].record.case_id, home)[:1]:
            yield execution, finding
