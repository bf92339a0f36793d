"""The verdicts of a stored run, as tables that fit in memory: the start of every report."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from harness.records.manifest import Manifest
from harness.records.types import CaseRecord, FactorRecord
from reports.tuples import Executions, Group, Rows, group_executions
from reports.verdicts import NOT_RUN, Codes, Tally, ranks

if TYPE_CHECKING:
    from harness.records.reader import RunReader


@dataclass(frozen=True, eq=False)
class CaseResults:
    """One case of the run: ``number`` in the manifest, and its row of its group.

    ``factors`` are those of the run.
    """

    number: int
    record: CaseRecord
    factors: tuple[FactorRecord, ...]
    group_number: int
    group: Group
    row: int

    @property
    def levels(self) -> Rows:
        """Tuples of level indices, a column for each participant."""
        return self.group.levels

    @property
    def verdicts(self) -> Codes:
        """The verdict of each tuple, or NOT_RUN."""
        verdicts: Codes = self.group.verdicts[self.row]
        return verdicts

    @cached_property
    def tally(self) -> Tally:
        """Stored executions by verdict."""
        return Tally.of_ranks(ranks(self.verdicts[self.verdicts != NOT_RUN]))


@dataclass(frozen=True, eq=False)
class Results:
    """All verdicts of a run. ``cases`` are in the order of the manifest."""

    manifest: Manifest
    sizes: tuple[int, ...]
    groups: tuple[Group, ...]
    cases: tuple[CaseResults, ...]


def load_results(run: RunReader) -> Results:
    """Read every verdict of a run. Costs a few octets for each execution."""
    manifest = run.manifest
    sizes = tuple(len(factor.levels) for factor in manifest.factors)
    positions = {factor.name: position for position, factor in enumerate(manifest.factors)}
    members: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for number, case in enumerate(manifest.cases):
        members[tuple(positions[name] for name in case.participants)].append(number)
    groups = tuple(
        group_executions(participants, sizes, [_executions(run, number, len(participants)) for number in own])
        for participants, own in members.items()
    )
    found = {
        number: CaseResults(number, manifest.cases[number], manifest.factors, group_number, group, row)
        for group_number, group in enumerate(groups)
        for row, number in enumerate(group.cases)
    }
    return Results(manifest, sizes, groups, tuple(found[number] for number in range(len(manifest.cases))))


def _executions(run: RunReader, number: int, width: int) -> Executions:
    chunks = list(run.executions(run.manifest.cases[number].case_id))
    levels = [np.empty((0, width), dtype=np.uint16), *(levels for levels, _ in chunks)]
    verdicts = [np.empty(0, dtype=np.uint8), *(verdicts for _, verdicts in chunks)]
    return Executions(number, np.concatenate(levels), np.concatenate(verdicts))
