"""A run held against an earlier one: what failed there too, what is fixed.

Two runs need not have the same matrix. A case is the same by its id and the names of its participants,
a device by its key; anything else is new.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from device_profiles.errors import InputError, InputProblem
from harness.records.types import FactorRecord
from reports.results import CaseResults, Results
from reports.tuples import Rows
from reports.verdicts import FIRST_BAD_RANK, PASS_RANK, ranks

Known = tuple[npt.NDArray[np.bool_], npt.NDArray[np.int64], int]
"""For one case: which of its tuples the baseline failed; those of them that pass now; how many of the
baseline's failures this run did not decide."""


@dataclass(frozen=True)
class Comparison:
    """The baseline in terms of the run. ``level_of`` maps its level indices, -1 for a device not here."""

    cases: Mapping[tuple[str, frozenset[str]], CaseResults]
    level_of: Mapping[str, npt.NDArray[np.int64]]

    def of(self, case: CaseResults) -> Known:
        """What the baseline says of one case of the run."""
        known = np.zeros(len(case.group.keys), dtype=np.bool_)
        earlier = self.cases.get(_identity(case))
        if earlier is None:
            return known, np.empty(0, dtype=np.int64), 0
        failed = earlier.levels[ranks(earlier.verdicts) >= FIRST_BAD_RANK]
        place = self._places(case, earlier, failed)
        found = np.unique(place[place >= 0])
        known[found] = True
        rank = ranks(case.verdicts[found])
        fixed = found[rank == PASS_RANK]
        return known, fixed, len(failed) - len(fixed) - int((rank >= FIRST_BAD_RANK).sum())

    def _places(self, case: CaseResults, earlier: CaseResults, failed: Rows) -> npt.NDArray[np.int64]:
        """The tuple of the run for each tuple of the baseline, -1 where there is none."""
        columns = [earlier.record.participants.index(name) for name in case.record.participants]
        mapped = np.stack(
            [
                self.level_of[name][failed[:, column]]
                for name, column in zip(case.record.participants, columns, strict=True)
            ]
            or [np.zeros(len(failed), dtype=np.int64)],
            axis=1,
        )
        present = (mapped >= 0).all(axis=1)
        place = np.full(len(failed), -1, dtype=np.int64)
        place[present] = case.group.place(mapped[present])
        return place


def compare(results: Results, baseline: Results) -> Comparison:
    """Prepare a comparison. Raises InputError where the baseline is incomplete."""
    if not baseline.manifest.complete:
        expected = "expected a complete run as baseline: what it did not run would look new"
        raise InputError([InputProblem(f"run {baseline.manifest.run_id}", 0, 0, "", expected)])
    here = {factor.name: factor for factor in results.manifest.factors}
    return Comparison(
        cases={_identity(case): case for case in baseline.cases},
        level_of={
            factor.name: _level_map(factor, here[factor.name])
            for factor in baseline.manifest.factors
            if factor.name in here
        },
    )


def _identity(case: CaseResults) -> tuple[str, frozenset[str]]:
    return case.record.case_id, frozenset(case.record.participants)


def _level_map(earlier: FactorRecord, here: FactorRecord) -> npt.NDArray[np.int64]:
    positions = {level.key: position for position, level in enumerate(here.levels)}
    return np.array([positions.get(level.key, -1) for level in earlier.levels], dtype=np.int64)
