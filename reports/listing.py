"""What counts against a run, listed with its findings: as much as JUnit and Markdown have room for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from harness.records.types import Finding, Verdict
from reports import words
from reports.evidence import Execution, fetch, finding_id
from reports.gate import COUNTING, CaseOutcome, GateResult, Standing
from reports.homes import FirstHomes, inherit
from reports.verdicts import NOT_RUN_RANK

if TYPE_CHECKING:
    from harness.records.reader import RunReader


@dataclass(frozen=True, slots=True)
class Device:
    """A device in one execution."""

    factor: str
    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Listed:
    """An execution that counts against the run. ``finding`` is None where none was stored."""

    verdict: Verdict
    standing: Standing
    devices: tuple[Device, ...]
    finding: Finding | None
    finding_id: str


@dataclass(frozen=True, slots=True)
class Listing:
    """For each case, by its number, the first executions that count; and whether that is all of them."""

    by_case: dict[int, tuple[Listed, ...]]
    complete: bool


def list_counting(run: RunReader, gate: GateResult, *, per_case: int, in_all: int) -> Listing:
    """List what counts: the first ``per_case`` of each case, as long as there are fewer than ``in_all``."""
    chosen: dict[int, list[Execution]] = {}
    room = in_all
    for outcome in gate.outcomes:
        rows = np.flatnonzero(outcome.counts_against())[: min(per_case, room)].tolist()
        if rows:
            case = outcome.results
            chosen[case.number] = [Execution(case.number, case.group_number, row) for row in rows]
            room -= len(rows)
    executions = [execution for own in chosen.values() for execution in own]
    homes = _first_homes(run, gate, executions)
    found = fetch(run, gate.results, executions, homes)
    listed = {
        number: tuple(
            _listed(
                gate.outcomes[number],
                execution,
                found.get(execution),
                homes[execution.group, execution.row][0],
            )
            for execution in own
        )
        for number, own in chosen.items()
    }
    return Listing(listed, complete=len(executions) == gate.count(*COUNTING))


def _first_homes(
    run: RunReader, gate: GateResult, executions: Sequence[Execution]
) -> dict[tuple[int, int], tuple[int, tuple[int, ...]]]:
    first = FirstHomes((execution.group, execution.row) for execution in executions)
    if executions:
        for shard in inherit(run.combination_chunks(), gate.results.groups, NOT_RUN_RANK):
            first.add(shard)
    return first.found


def _listed(outcome: CaseOutcome, execution: Execution, finding: Finding | None, combination: int) -> Listed:
    case = outcome.results
    factors = {factor.name: factor for factor in case.factors}
    levels = case.levels[execution.row].tolist()
    devices = []
    for name, level in zip(case.record.participants, levels, strict=True):
        record = factors[name].levels[level]
        devices.append(Device(words.factor_title(name), record.key, record.label))
    return Listed(
        Verdict(int(case.verdicts[execution.row])),
        Standing(int(outcome.standings[execution.row])),
        tuple(devices),
        finding,
        finding_id(case.record.case_id, combination),
    )
