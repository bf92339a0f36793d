"""A run as its pages see it: everything counted, named and linked, ready to be shown."""

from __future__ import annotations

import re
import shlex
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from harness.records.manifest import Manifest, RunSummary
from harness.records.types import Finding, LevelRecord
from reports import words
from reports.causes import Blamed, Cause
from reports.evidence import Evidence, Example, Execution, FirstFound, finding_id
from reports.frames import Decode
from reports.gate import CaseOutcome, GateResult
from reports.homes import HomeCounts
from reports.results import CaseResults, Results
from reports.tuples import Group
from reports.verdicts import NOT_APPLICABLE_RANK, NOT_RUN_RANK, Look, Tally, look, ranks

_NUMBERS = re.compile(r"\w*\d\w*")
LISTED = 50
"""Failing tuples listed on a case's page for each cause."""


@dataclass(frozen=True)
class LevelView:
    """One device (or region) of one factor, with its page. ``homes`` counts homes by worst verdict."""

    factor: int
    number: int
    factor_title: str
    record: LevelRecord
    path: str
    homes: Tally


@dataclass(frozen=True)
class TupleView:
    """One execution that did not pass. ``combination`` is the first home that inherits it."""

    levels: tuple[LevelView, ...]
    look: Look
    homes: int
    combination: int
    finding_id: str
    evidence: EvidenceView | None


@dataclass(frozen=True)
class EvidenceView:
    """A finding with its page."""

    evidence: Evidence
    path: str
    levels: tuple[LevelView, ...]
    home: tuple[LevelView, ...]
    look: Look


@dataclass(frozen=True)
class CauseView:
    """A cause in words. ``cases`` are positions; ``homes`` is None where they were not counted."""

    number: int
    cause: Cause
    places: tuple[LevelView, ...]
    homes: int | None
    evidence: tuple[EvidenceView, ...]

    @property
    def cases(self) -> tuple[int, ...]:
        """The cases that it explains failures of."""
        return tuple(entry.case for entry in self.cause.blamed)

    @property
    def anchor(self) -> str:
        """Its place on the page of all causes."""
        return f"cause-{self.number + 1}"

    @property
    def symptoms(self) -> tuple[str, ...]:
        """What was seen, each text once."""
        return tuple(
            dict.fromkeys(words.first_line(entry.evidence.finding.reason) for entry in self.evidence)
        )


@dataclass(frozen=True)
class BlamedView:
    """Failures of one case that have a cause in common; the first ``LISTED`` of them."""

    cause: CauseView
    count: int
    listed: tuple[TupleView, ...]


@dataclass(frozen=True)
class CaseView:
    """One case with its page. ``homes`` counts homes by the verdict that they inherit."""

    outcome: CaseOutcome
    path: str
    participants: tuple[str, ...]
    homes: Tally
    blamed: tuple[BlamedView, ...]
    evidence: tuple[EvidenceView, ...]

    @property
    def tally(self) -> Tally:
        """Executions by verdict."""
        return self.outcome.results.tally


@dataclass(frozen=True)
class SharingView:
    """Cases with the same participants: what was executed, and for how many homes it stands."""

    participants: tuple[str, ...]
    cases: int
    tuples: int
    executions: int
    inherited: int


@dataclass(frozen=True)
class RunView:
    """Everything the pages show. ``folder`` is the run's folder as commands name it."""

    folder: str
    manifest: Manifest
    summary: RunSummary
    results: Results
    gate: GateResult
    homes: HomeCounts
    levels: tuple[tuple[LevelView, ...], ...]
    cases: tuple[CaseView, ...]
    causes: tuple[CauseView, ...]
    evidence: tuple[EvidenceView, ...]
    sharing: tuple[SharingView, ...]
    not_applicable: tuple[dict[str, int], ...]
    decode: Decode | None

    @cached_property
    def failures(self) -> int:
        """Executions that neither passed nor did not apply."""
        return sum(case.tally.bad for case in self.cases)

    @cached_property
    def inherited(self) -> Tally:
        """Verdicts, each counted once for every home that inherits it."""
        return sum((case.homes for case in self.cases), Tally())

    @property
    def quoted_folder(self) -> str:
        """The run's folder for a command line."""
        return shlex.quote(self.folder)

    def quoted(self, text: str) -> str:
        """Any text for a command line."""
        return shlex.quote(text)

    @cached_property
    def causes_of_level(self) -> dict[tuple[int, int], list[CauseView]]:
        """For each device the causes that it is part of."""
        result: dict[tuple[int, int], list[CauseView]] = defaultdict(list)
        for cause in self.causes:
            for place in cause.cause.places:
                result[place].append(cause)
        return result


def listed_tuples(causes: Sequence[Cause]) -> Iterable[tuple[int, int]]:
    """Pairs of group and tuple that case pages list."""
    for cause in causes:
        for blamed in cause.blamed:
            for row in blamed.tuples[:LISTED].tolist():
                yield blamed.group, row


class ViewBuilder:
    """Puts a view together from what was counted."""

    def __init__(self, results: Results, homes: HomeCounts, first_found: FirstFound) -> None:
        self._results = results
        self._homes = homes
        self._first_found = first_found
        self.levels = tuple(self._levels(factor) for factor in range(len(results.sizes)))
        self._case_paths = _paths("cases", [case.record.case_id for case in results.cases])

    def evidence(
        self, examples: Sequence[Example], found: Mapping[Execution, Finding]
    ) -> tuple[EvidenceView, ...]:
        """Findings with their pages, by cause and case."""
        shown = [
            Evidence(one, found[one.execution], self._first_found[one.execution.group, one.execution.row][0])
            for one in examples
            if one.execution in found
        ]
        shown.sort(key=lambda entry: (entry.cause, entry.case, entry.example.execution.row))
        paths = _paths("evidence", [entry.finding_id for entry in shown])
        return tuple(self._evidence(entry, path) for entry, path in zip(shown, paths, strict=True))

    def causes(self, causes: Sequence[Cause], evidence: Sequence[EvidenceView]) -> tuple[CauseView, ...]:
        """Causes in words, with the evidence for them."""
        shown: dict[int, list[EvidenceView]] = defaultdict(list)
        for entry in evidence:
            shown[entry.evidence.cause].append(entry)
        return tuple(
            CauseView(
                number,
                cause,
                tuple(self.levels[factor][level] for factor, level in cause.places),
                self._homes_with(cause),
                tuple(shown[number]),
            )
            for number, cause in enumerate(causes)
        )

    def cases(
        self, gate: GateResult, causes: Sequence[CauseView], evidence: Sequence[EvidenceView]
    ) -> tuple[CaseView, ...]:
        """Cases, with their failures by cause."""
        blamed: dict[int, list[tuple[CauseView, Blamed]]] = defaultdict(list)
        for cause in causes:
            for entry in cause.cause.blamed:
                blamed[entry.case].append((cause, entry))
        shown = {entry.evidence.example.execution: entry for entry in evidence}
        own: dict[int, list[EvidenceView]] = defaultdict(list)
        for view in evidence:
            own[view.evidence.case].append(view)
        return tuple(
            CaseView(
                outcome,
                path,
                tuple(words.factor_title(name) for name in outcome.record.participants),
                self._inherited(outcome.results),
                tuple(self._blamed(cause, entry, shown) for cause, entry in blamed[number]),
                tuple(own[number]),
            )
            for number, (outcome, path) in enumerate(zip(gate.outcomes, self._case_paths, strict=True))
        )

    def sharing(self) -> tuple[SharingView, ...]:
        """What was executed, by participants; what stands for most homes first."""
        views = []
        for group in self._results.groups:
            cases = [self._results.cases[number] for number in group.cases]
            inherited = sum((self._inherited(case) for case in cases), Tally())
            names = (self._results.manifest.factors[factor].name for factor in group.participants)
            views.append(
                SharingView(
                    tuple(words.factor_title(name) for name in names),
                    len(cases),
                    len(group.keys),
                    sum(case.tally.total for case in cases),
                    inherited.total - inherited.counts[NOT_RUN_RANK],
                )
            )
        return tuple(sorted(views, key=lambda view: (view.tuples, view.participants)))

    def _levels(self, factor: int) -> tuple[LevelView, ...]:
        record = self._results.manifest.factors[factor]
        paths = _paths("devices", [f"{record.name} {level.key}" for level in record.levels], factor)
        return tuple(
            LevelView(
                factor,
                number,
                words.factor_title(record.name),
                level,
                path,
                Tally(tuple(self._homes.singles[factor][number].tolist())),
            )
            for number, (level, path) in enumerate(zip(record.levels, paths, strict=True))
        )

    def _evidence(self, entry: Evidence, path: str) -> EvidenceView:
        execution = entry.example.execution
        group = self._results.groups[execution.group]
        home = tuple(self.levels[factor][level] for factor, level in enumerate(entry.finding.home))
        levels = self._levels_of(group, execution.row)
        return EvidenceView(entry, path, levels, home, look(entry.finding.verdict))

    def _levels_of(self, group: Group, row: int) -> tuple[LevelView, ...]:
        levels = group.levels[row].tolist()
        return tuple(
            self.levels[factor][level] for factor, level in zip(group.participants, levels, strict=True)
        )

    def _blamed(self, cause: CauseView, entry: Blamed, shown: Mapping[Execution, EvidenceView]) -> BlamedView:
        case = self._results.cases[entry.case]
        rows = entry.tuples[:LISTED].tolist()
        listed = []
        for row in rows:
            combination, _ = self._first_found[entry.group, row]
            listed.append(
                TupleView(
                    self._levels_of(case.group, row),
                    look(int(case.verdicts[row])),
                    int(self._homes.weights[entry.group][row]),
                    combination,
                    finding_id(case.record.case_id, combination),
                    shown.get(Execution(entry.case, entry.group, row)),
                )
            )
        return BlamedView(cause, len(entry.tuples), tuple(listed))

    def _inherited(self, case: CaseResults) -> Tally:
        weights = self._homes.weights[case.group_number]
        counted = Tally.of_ranks(ranks(case.verdicts), weights[:-1])
        absent = NOT_APPLICABLE_RANK if self._results.manifest.complete else NOT_RUN_RANK
        return counted + Tally.of_ranks(np.array([absent]), weights[-1:])

    def _homes_with(self, cause: Cause) -> int | None:
        if cause.everywhere:
            return self._homes.count
        if len(cause.places) == 1:
            ((factor, level),) = cause.places
            return int(self._homes.singles[factor][level].sum())
        if len(cause.places) == 2:
            (a, level_a), (b, level_b) = sorted(cause.places)
            return int(self._homes.pairs[a, b][0, level_a, level_b].sum())
        return None


def _paths(folder: str, names: Sequence[str], prefix: int | None = None) -> list[str]:
    """A file for each name: readable where the name is harmless, and always its own."""
    width = len(str(len(names)))
    start = "" if prefix is None else f"{prefix + 1}-"
    return [
        f"{folder}/{start}{number:0{width}}-{re.sub(r'[^A-Za-z0-9]+', '-', name)[:60].strip('-')}.html"
        for number, name in enumerate(names, 1)
    ]
