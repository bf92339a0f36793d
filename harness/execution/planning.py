"""Making a plan of a matrix and cases."""

from __future__ import annotations

from collections.abc import Sequence

from harness.cases.case import Case
from harness.execution.digests import engine_digest
from harness.execution.plan import CHUNK_EXECUTIONS, Plan, PlannedCase
from harness.records.types import CaseRecord
from test_matrix import Matrix


def make_plan(
    matrix: Matrix,
    cases: Sequence[Case],
    *,
    seed: int,
    sharing: bool = True,
    chunk_executions: int = CHUNK_EXECUTIONS,
) -> Plan:
    """The plan of every case on every home that it has to see."""
    everything = tuple(range(len(matrix.factors)))
    numbers: dict[tuple[int, ...], int] = {everything: 0}
    planned: list[PlannedCase] = []
    for case in cases:
        participants = everything if case.whole_home else _participants(matrix, case)
        record = _record(matrix, case, participants)
        projection = numbers.setdefault(participants, len(numbers)) if sharing else 0
        planned.append(PlannedCase(record, projection))
    projections = tuple(numbers)
    sizes = (matrix.count(), *(_tuples(matrix, factors) for factors in projections[1:]))
    return Plan(matrix, tuple(planned), projections, sizes, seed, sharing, engine_digest(), chunk_executions)


def _participants(matrix: Matrix, case: Case) -> tuple[int, ...]:
    """Positions of the factors that the case's devices are levels of; a home may have none of a kind."""
    return tuple(
        position for position, factor in enumerate(matrix.factors) if factor.kind in case.participants
    )


def _record(matrix: Matrix, case: Case, participants: Sequence[int]) -> CaseRecord:
    return CaseRecord(
        case_id=case.case_id,
        title=case.title,
        clause=case.clause,
        use_case=case.use_case,
        purpose=case.purpose.value,
        participants=tuple(matrix.factors[position].name for position in participants),
        source_digest=case.source_digest,
        leads=case.leads,
    )


def _tuples(matrix: Matrix, factors: Sequence[int]) -> int:
    return len(matrix.project([matrix.factors[factor].name for factor in factors]).tuples)
