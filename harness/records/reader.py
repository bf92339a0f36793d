"""A stored run, read-only: finished, interrupted, or still being written."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from harness.records.columns import (
    Codes,
    Levels,
    Numbers,
    unpack_codes,
    unpack_levels,
    unpack_numbers,
)
from harness.records.document import decode_manifest
from harness.records.evidence import Evidence, unpack_evidence
from harness.records.manifest import Manifest, RunSummary
from harness.records.schema import open_for_reading, refuse, run_file
from harness.records.store import count_verdicts
from harness.records.types import CaseRecord, Finding, Verdict

_BAD = "failed + inconclusive + errors"
_COLUMN_OF = {
    Verdict.PASS: "passed",
    Verdict.FAIL: "failed",
    Verdict.INCONCLUSIVE: "inconclusive",
    Verdict.NOT_APPLICABLE: "not_applicable",
    Verdict.ERROR: "errors",
}


@dataclass(frozen=True, slots=True)
class _Block:
    """Consecutive tuples: level indices of the projection's factors, and of the homes that they ran in."""

    first: int
    levels: Levels
    homes: Levels


@dataclass(frozen=True, slots=True)
class StoredChunk:
    """What is stored of a case on consecutive tuples of a projection, from number ``first`` on.

    ``reasons`` has the reason why the case does not apply for each tuple, "" for none; it is empty where
    no tuple has one. Rows of ``evidence`` count from ``first``.
    """

    first: int
    verdicts: Codes
    reasons: tuple[str, ...]
    evidence: tuple[Evidence, ...]


class RunReader:
    """Reads the run in a folder (or its file).

    Raises InputError where there is none, where it was stored with another schema, or where it is damaged.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = run_file(path)
        self._connection = open_for_reading(path)
        self._blocks: dict[int, _Block] = {}
        self._block_starts: dict[int, Numbers] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    @cached_property
    def manifest(self) -> Manifest:
        """The plan of the run, and whether all of it was executed."""
        (text,) = self._connection.execute("SELECT document FROM manifest").fetchone()
        (stored,) = self._connection.execute("SELECT total(count) FROM chunk").fetchone()
        try:
            planned = decode_manifest(text, complete=False)
            return decode_manifest(text, complete=True) if planned.executions == stored else planned
        except ValueError as error:
            raise refuse(self.path, f"expected a whole run: {error}") from None

    def summary(self) -> RunSummary:
        """The run in numbers."""
        inherited = Counter[Verdict]()
        for (text,) in self._connection.execute("SELECT inherited FROM chunk"):
            inherited.update(dict(zip(Verdict, json.loads(text), strict=True)))
        seconds, peak = self._connection.execute(
            "SELECT total(seconds), max(peak_memory) FROM sitting"
        ).fetchone()
        verdicts = count_verdicts(self._connection)
        (performed,) = self._connection.execute("SELECT total(performed) FROM chunk").fetchone()
        return RunSummary(
            combinations=self.manifest.combinations,
            planned=self.manifest.executions,
            executions=sum(verdicts.values()),
            performed=int(performed),
            verdicts=verdicts,
            inherited={verdict: inherited[verdict] for verdict in Verdict},
            seconds=seconds,
            peak_memory=peak,
            complete=self.manifest.complete,
        )

    def combination_chunks(self) -> Iterator[Levels]:
        """All combinations in lexicographic order, N × F level indices at a time."""
        for start in self._starts(0):
            yield self._block(0, int(start)).levels

    def combination(self, number: int) -> Levels:
        """The level indices of one combination, counted from 0. Raises IndexError."""
        if not 0 <= number < self.manifest.combinations:
            raise IndexError(f"combination {number} of {self.manifest.combinations}")
        block = self._block_with(0, number)
        row: Levels = block.levels[number - block.first]
        return row

    def executions(self, case_id: str) -> Iterator[tuple[Levels, Codes]]:
        """The stored executions of a case, in order, some at a time.

        Gives level indices (n × participants) and verdicts (n). In a run without sharing a tuple comes
        once for every combination that holds it. Raises KeyError for a case that is not in the run.
        """
        case = self._case(case_id)
        for row in self._chunks_of(case_id):
            columns = self._columns(case, row["projection"])
            tuples = self._tuples(row["projection"], row["first"], row["count"])
            yield np.concatenate([part.levels for part in tuples])[:, columns], self._verdicts(row)

    def tuples(self, factors: Sequence[str]) -> Levels:
        """All tuples of the projection on these factors, n × k level indices in order. Raises KeyError."""
        number = self._projection_on(factors)
        return np.concatenate([self._block(number, int(start)).levels for start in self._starts(number)])

    def size(self, factors: Sequence[str]) -> int:
        """How many tuples the projection on these factors has. Raises KeyError."""
        number = self._projection_on(factors)
        (size,) = self._connection.execute(
            "SELECT tuples FROM projection WHERE projection = ?", (number,)
        ).fetchone()
        return int(size)

    def stored(self, case_id: str) -> Iterator[StoredChunk]:
        """All that is stored of a case, in order. Raises KeyError for a case that is not in the run."""
        texts = {0: "", **dict(self._connection.execute("SELECT reason, text FROM reason"))}
        for row in self._chunks_of(case_id):
            reasons: tuple[str, ...] = ()
            if row["reasons"] is not None:
                numbers = self._whole(unpack_numbers, row["reasons"], row["count"]).tolist()
                reasons = tuple(texts[number] for number in numbers)
            yield StoredChunk(row["first"], self._verdicts(row), reasons, tuple(self._evidence(row)))

    def not_applicable(self, case_id: str) -> dict[str, int]:
        """Why a case did not apply: reasons with their number of executions."""
        counted = Counter[int]()
        for row in self._chunks_of(case_id, "AND reasons IS NOT NULL"):
            counted.update(self._whole(unpack_numbers, row["reasons"], row["count"]).tolist())
        texts = dict(self._connection.execute("SELECT reason, text FROM reason"))
        return {texts[number]: count for number, count in counted.most_common() if number}

    def findings(self, case_id: str | None = None, verdict: Verdict | None = None) -> Iterator[Finding]:
        """Findings (everything neither PASS nor NOT_APPLICABLE), by case and then in order of tuples."""
        column = _BAD if verdict is None else _COLUMN_OF[verdict]
        for case in self.manifest.cases:
            if case_id is not None and case.case_id != case_id:
                continue
            for row in self._chunks_of(case.case_id, f"AND {column} > 0"):
                for finding in self._findings_in(case, row):
                    if verdict is None or finding.verdict is verdict:
                        yield finding

    def findings_of(self, case_id: str, home: Sequence[int]) -> tuple[Finding, ...]:
        """What one combination inherits from one case: its findings, given all its level indices."""
        case = self._case(case_id)
        found: list[Finding] = []
        places: dict[int, int | None] = {}
        for row in self._chunks_of(case_id, f"AND {_BAD} > 0"):
            projection: int = row["projection"]
            if projection not in places:  # looking it up goes through all of the projection's tuples
                places[projection] = self._place(projection, home)
            place = places[projection]
            if place is not None and row["first"] <= place < row["first"] + row["count"]:
                wanted = place - row["first"]
                found.extend(self._findings_in(case, row, wanted))
        return tuple(found)

    # Rows of the store

    def _case(self, case_id: str) -> CaseRecord:
        return self.manifest.cases[self._case_numbers[case_id]]

    @cached_property
    def _case_numbers(self) -> dict[str, int]:
        return {case.case_id: number for number, case in enumerate(self.manifest.cases)}

    @cached_property
    def _factor_numbers(self) -> dict[str, int]:
        return {factor.name: number for number, factor in enumerate(self.manifest.factors)}

    @cached_property
    def _projections(self) -> dict[int, tuple[int, ...]]:
        rows = self._connection.execute("SELECT projection, factors FROM projection")
        return {number: tuple(json.loads(text)) for number, text in rows}

    def _projection_on(self, factors: Sequence[str]) -> int:
        wanted = tuple(self._factor_numbers[name] for name in factors)
        for number, own in self._projections.items():
            if own == wanted:
                return number
        raise KeyError(f"no projection on {', '.join(factors)}")

    def _chunks_of(self, case_id: str, condition: str = "") -> Iterator[sqlite3.Row]:
        cursor = self._connection.cursor()
        cursor.row_factory = sqlite3.Row
        return cursor.execute(
            # The condition is one of this module's own texts, never anything from outside.
            f"SELECT * FROM chunk WHERE case_number = ? {condition} ORDER BY first",  # noqa: S608 - see above
            (self._case_numbers[case_id],),
        )

    def _verdicts(self, row: sqlite3.Row) -> Codes:
        verdicts: Codes = self._whole(unpack_codes, row["verdicts"], row["count"])
        return verdicts

    def _columns(self, case: CaseRecord, projection: int) -> list[int]:
        """Where a projection's tuples hold the case's participants."""
        factors = self._projections[projection]
        return [factors.index(self._factor_numbers[name]) for name in case.participants]

    def _findings_in(
        self, case: CaseRecord, row: sqlite3.Row, wanted: int | None = None
    ) -> Iterator[Finding]:
        columns = self._columns(case, row["projection"])
        for evidence in self._evidence(row):
            if wanted is not None and evidence.row != wanted:
                continue
            number = row["first"] + evidence.row
            block = self._block_with(row["projection"], number)
            levels = block.levels[number - block.first][columns]
            home = block.homes[number - block.first]
            yield Finding(
                case.case_id,
                tuple(levels.tolist()),
                tuple(home.tolist()),
                evidence.verdict,
                evidence.reason,
                evidence.clause,
                evidence.expected,
                evidence.observed,
                evidence.frames,
            )

    def _evidence(self, row: sqlite3.Row) -> Iterator[Evidence]:
        try:
            yield from unpack_evidence(row["findings"])
        except ValueError as error:
            raise refuse(self.path, f"expected a whole run: {error}") from None

    # Tuples

    def _starts(self, projection: int) -> Numbers:
        if projection not in self._block_starts:
            rows = self._connection.execute(
                "SELECT first FROM tuples WHERE projection = ? ORDER BY first", (projection,)
            )
            self._block_starts[projection] = np.array([first for (first,) in rows], dtype=np.int64)
        return self._block_starts[projection]

    def _block_with(self, projection: int, number: int) -> _Block:
        starts = self._starts(projection)
        return self._block(projection, int(starts[np.searchsorted(starts, number, side="right") - 1]))

    def _block(self, projection: int, first: int) -> _Block:
        """The block that starts there; the last of each projection is kept, as readers go forward."""
        kept = self._blocks.get(projection)
        if kept is not None and kept.first == first:
            return kept
        count, levels, homes = self._connection.execute(
            "SELECT count, levels, homes FROM tuples WHERE projection = ? AND first = ?",
            (projection, first),
        ).fetchone()
        own: Levels = self._whole(unpack_levels, levels, count, len(self._projections[projection]))
        block = _Block(
            first,
            own,
            own if homes is None else self._whole(unpack_levels, homes, count, len(self.manifest.factors)),
        )
        self._blocks[projection] = block
        return block

    def _tuples(self, projection: int, first: int, count: int) -> Iterator[_Block]:
        """Tuples number ``first`` and the ``count - 1`` after it, in the blocks that hold them."""
        number, end = first, first + count
        while number < end:
            block = self._block_with(projection, number)
            part = slice(number - block.first, min(end - block.first, len(block.levels)))
            if part.start >= len(block.levels):
                raise refuse(self.path, f"expected a whole run: tuple {number} of {projection} is missing")
            yield _Block(number, block.levels[part], block.homes[part])
            number = block.first + part.stop

    def _place(self, projection: int, home: Sequence[int]) -> int | None:
        """The number of the tuple that a combination holds, None where there is none."""
        wanted = np.array([home[factor] for factor in self._projections[projection]], dtype=np.uint16)
        for start in self._starts(projection):
            block = self._block(projection, int(start))
            found = np.flatnonzero((block.levels == wanted).all(axis=1))
            if len(found):
                return int(start + found[0])
        return None

    def _whole(self, unpack: Any, blob: bytes, *shape: int) -> Any:
        try:
            return unpack(blob, *shape)
        except ValueError as error:
            raise refuse(self.path, f"expected a whole run: {error}") from None
