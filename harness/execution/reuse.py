"""What an earlier run found out and still holds: taken over, so that only what a change can affect is done.

An execution depends on its case, on the profiles of the participants, and on the plan's basis (catalogue,
codecs, emulated devices, seed, carriage). Where all of these are the same, so is the verdict, with its
reason and its evidence. An ERROR is never taken over: it says nothing about a device.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from harness.execution.perform import Outcome
from harness.execution.plan import Chunk, Plan
from harness.records.columns import Codes, Levels, Numbers
from harness.records.evidence import Evidence, pack_evidence, unpack_evidence
from harness.records.manifest import Manifest
from harness.records.reader import RunReader
from harness.records.types import Verdict

_UNKNOWN: Final = 0xFF
_CASES_KEPT: Final = 8
"""Cases whose stored results stay in memory: outcomes come back in nearly the order of the plan."""


@dataclass(frozen=True, slots=True)
class _Results:
    """All that is stored of one case, by the number of the tuple in the earlier run."""

    verdicts: Codes
    reasons: npt.NDArray[Any]
    evidence: dict[int, Evidence]


def differences(manifest: Manifest, plan: Plan) -> tuple[str, ...]:
    """What every verdict depends on and is not the same now: with any of these nothing can be taken over."""
    stored = dict(manifest.plan_digests)
    found = [name for name, text in plan.basis if stored.get(name) != text]
    if manifest.sharing is not plan.sharing:
        found.append("sharing")
    elif not plan.sharing and [own.name for own in manifest.factors] != [
        own.name for own in plan.matrix.factors
    ]:
        found.append("factors of the matrix")
    return tuple(found)


class EarlierRun:
    """A stored run, as seen from a plan from which it has no ``differences``."""

    def __init__(self, run: RunReader, plan: Plan) -> None:
        self._run = run
        self._plan = plan
        self._positions_of: dict[int, Numbers] = {}
        self._results_of: OrderedDict[int, _Results] = OrderedDict()
        self.executions_taken = 0
        before = {(case.case_id, case.source_digest, case.participants) for case in run.manifest.cases}
        self._unchanged = frozenset(
            number
            for number, case in enumerate(plan.cases)
            if (case.record.case_id, case.record.source_digest, case.record.participants) in before
            and case.record.participants
        )

    def rest(self, chunk: Chunk) -> Chunk:
        """The chunk with what is not known of it left to do."""
        known = self._known(chunk)
        if known is None:
            return chunk
        return replace(chunk, left=tuple(np.flatnonzero(known[1] == _UNKNOWN).tolist()))

    def taken(self, chunk: Chunk) -> Outcome:
        """The outcome of a chunk of which nothing is left to do."""
        address = self._plan.address(chunk, self._plan.homes(chunk))
        return self.completed(Outcome(chunk, address, b"", (), (), None, 0.0, 0))

    def completed(self, outcome: Outcome) -> Outcome:
        """An outcome with what is known put beside what was done."""
        known = None if outcome.chunk.left is None else self._known(outcome.chunk)
        if known is None:
            return outcome
        positions, verdicts = known
        results = self._results(outcome.chunk.case_number)
        rows = np.array(outcome.chunk.left, dtype=np.int64)
        codes = verdicts.copy()
        codes[rows] = np.frombuffer(outcome.verdicts, dtype=np.uint8)
        taken = np.flatnonzero(verdicts != _UNKNOWN)
        reasons = dict(zip(taken.tolist(), results.reasons[positions[taken]].tolist(), strict=True))
        reasons |= dict(zip(rows.tolist(), _texts(outcome), strict=True))
        evidence = list(unpack_evidence(outcome.evidence))
        evidence += (
            replace(results.evidence[place], row=row)
            for row, place in zip(taken.tolist(), positions[taken].tolist(), strict=True)
            if place in results.evidence
        )
        self.executions_taken += len(taken)
        distinct = {text: number for number, text in enumerate(sorted({*reasons.values()} - {""}), start=1)}
        return replace(
            outcome,
            verdicts=codes.tobytes(),
            reasons=tuple(distinct),
            reason_of=tuple(distinct.get(reasons[row], 0) for row in range(len(codes))) if distinct else (),
            evidence=pack_evidence(sorted(evidence, key=lambda entry: entry.row)),
        )

    def _known(self, chunk: Chunk) -> tuple[Numbers, Codes] | None:
        """For each execution its number in the earlier run and its verdict there, or that it is unknown."""
        if chunk.case_number not in self._unchanged:
            return None
        positions = self._positions(chunk.projection)[chunk.first : chunk.first + chunk.count]
        verdicts = self._results(chunk.case_number).verdicts[positions]
        verdicts[(positions < 0) | (verdicts == Verdict.ERROR)] = _UNKNOWN
        return positions, verdicts

    def _positions(self, projection: int) -> Numbers:
        """For each tuple of the plan's projection its number in the earlier run, -1 for none."""
        if projection not in self._positions_of:
            self._positions_of[projection] = self._find(projection)
        return self._positions_of[projection]

    def _find(self, projection: int) -> Numbers:
        factors = self._plan.projections[projection]
        before = self._run.tuples(self._names(projection))
        columns = [self._levels_before(factor) for factor in factors]
        now = np.concatenate([levels for levels, _ in self._plan.blocks(projection)])
        wanted = np.stack([old[now[:, place]] for place, old in enumerate(columns)], axis=1)
        keys = _keys(before)
        order = np.argsort(keys, kind="stable")
        places = np.searchsorted(keys, _keys(wanted.astype(np.uint16)), sorter=order)
        found: Numbers = order[np.minimum(places, len(order) - 1)]
        return np.where((before[found] == wanted).all(axis=1), found, -1)

    def _names(self, projection: int) -> tuple[str, ...]:
        return tuple(self._plan.matrix.factors[factor].name for factor in self._plan.projections[projection])

    def _levels_before(self, factor: int) -> Numbers:
        """For each level of a factor its index in the earlier run, -1 where it was not there as it is now."""
        names = [own.name for own in self._run.manifest.factors]
        digests = self._run.manifest.level_digests[names.index(self._plan.matrix.factors[factor].name)]
        index = {digest: place for place, digest in enumerate(digests)}
        return np.array(
            [index.get(digest, -1) for digest in self._plan.level_digests[factor]], dtype=np.int64
        )

    def _results(self, case_number: int) -> _Results:
        if case_number not in self._results_of:
            self._results_of[case_number] = self._read(case_number)
            if len(self._results_of) > _CASES_KEPT:
                self._results_of.popitem(last=False)
        return self._results_of[case_number]

    def _read(self, case_number: int) -> _Results:
        planned = self._plan.cases[case_number]
        size = self._run.size(self._names(planned.projection))
        results = _Results(np.full(size, _UNKNOWN, dtype=np.uint8), np.full(size, "", dtype=object), {})
        for stored in self._run.stored(planned.record.case_id):
            part = slice(stored.first, stored.first + len(stored.verdicts))
            results.verdicts[part] = stored.verdicts
            if stored.reasons:
                results.reasons[part] = stored.reasons
            results.evidence.update({stored.first + entry.row: entry for entry in stored.evidence})
        return results


def _texts(outcome: Outcome) -> Iterator[str]:
    """The reason of each execution that was done, "" for none."""
    if not outcome.reason_of:
        yield from ("" for _ in outcome.verdicts)
        return
    yield from (outcome.reasons[number - 1] if number else "" for number in outcome.reason_of)


def _keys(levels: Levels) -> npt.NDArray[Any]:
    """One octet string for each row, in the order of the rows' numbers."""
    rows = np.ascontiguousarray(levels, dtype=">u2")
    return rows.view(f"S{2 * rows.shape[1]}").reshape(-1)
