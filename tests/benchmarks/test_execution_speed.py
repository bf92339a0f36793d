"""What a run costs apart from its cases, and with them. Run with ``--benchmark-only``."""

from pathlib import Path
from typing import Any

import pytest

from harness.cases.suite import all_cases
from harness.execution.perform import Performer
from harness.execution.plan import Plan
from harness.execution.planning import make_plan
from harness.records.store import ChunkRecord, ProjectionRecord, RunStore, TupleBlock
from test_matrix import load_matrix


@pytest.fixture(scope="module")
def national() -> Plan:
    return make_plan(load_matrix("national"), all_cases(), seed=1)


def test_plan_the_national_matrix(benchmark: Any) -> None:
    matrix = load_matrix("national")
    plan = benchmark(lambda: make_plan(matrix, all_cases(), seed=1))
    assert plan.combinations > 100_000


def test_store_the_combinations_of_the_national_matrix(
    benchmark: Any, national: Plan, tmp_path_factory: pytest.TempPathFactory
) -> None:
    from harness.execution.manifesting import manifest_of  # noqa: PLC0415 - only here

    manifest = manifest_of(national, started="2026-02-03T11:17:00+00:00", commands=())

    def prepare() -> Path:
        with RunStore(tmp_path_factory.mktemp("store")) as store:
            blocks = (TupleBlock(levels, homes) for levels, homes in national.blocks(0))
            store.prepare(manifest, [ProjectionRecord(national.projections[0], national.sizes[0], blocks)])
            return store.path

    path = benchmark.pedantic(prepare, rounds=3)
    assert path.stat().st_size < 10_000_000


def test_execute_whole_homes(benchmark: Any, national: Plan) -> None:
    """A thousand homes of the matrix, every device answering: 0.8 ms each is what five minutes allow."""
    performer = Performer(national, all_cases)
    whole = [chunk for chunk in national.chunks() if chunk.projection == 0]
    performer.perform(whole[len(whole) // 2])
    outcome = benchmark.pedantic(lambda: performer.perform(whole[len(whole) // 2]), rounds=3)
    assert len(outcome.verdicts) == national.chunk_executions
    assert benchmark.stats.stats.min < 0.8


def test_add_finished_chunks(
    benchmark: Any, national: Plan, tmp_path_factory: pytest.TempPathFactory
) -> None:
    numbers = iter(range(10_000_000))
    verdicts = bytes(1000)
    with RunStore(tmp_path_factory.mktemp("store")) as store:

        def add() -> None:
            number = next(numbers)
            record = ChunkRecord(number, 0, 0, number * 1000, "00" * 32, verdicts, (1000, 0, 0, 0, 0), 0.5)
            store.add([record])

        benchmark(add)
    assert benchmark.stats.stats.median < 0.005
