"""A small matrix, sample cases that end in every way, and runs of them."""

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from harness.execution import crew
from harness.execution.conduct import conduct, open_run
from harness.execution.events import Event
from harness.execution.manifesting import manifest_of
from harness.execution.memory import MemoryWatch
from harness.execution.plan import Plan
from harness.execution.planning import make_plan
from harness.records.reader import RunReader
from test_matrix import Matrix, load_matrix

SAMPLES = Path(__file__).with_name("samples")


@pytest.fixture(scope="session")
def samples() -> Iterator[ModuleType]:
    """The module ``sample_cases``, found by worker processes too: their path is a copy of ours."""
    sys.path.insert(0, str(SAMPLES))
    yield importlib.import_module("sample_cases")
    sys.path.remove(str(SAMPLES))


@pytest.fixture(scope="session")
def demo() -> Matrix:
    return load_matrix(SAMPLES / "homes.yaml")


@pytest.fixture
def plan(demo: Matrix, samples: ModuleType) -> Plan:
    return make_plan(demo, samples.CASES, seed=7, chunk_executions=50)


class Runs:
    """Carries plans out with the sample cases."""

    def __init__(self, source: Callable[[], Any]) -> None:
        self._source = source

    def __call__(self, plan: Plan, folder: Path, workers: int = 0) -> list[Event]:
        chosen = crew.processes(plan, self._source, workers) if workers else crew.alone(plan, self._source)
        events: list[Event] = []
        manifest = manifest_of(plan, started="2026-02-03T11:17:00+00:00", commands=())
        with MemoryWatch() as memory, open_run(folder, plan, manifest) as store:
            conduct(plan, store, chosen, events.append, memory)
        return events


@pytest.fixture
def carry_out(samples: ModuleType) -> Runs:
    return Runs(samples.all_cases)


def content_of(folder: Path) -> dict[str, Any]:
    """Everything that a run found out, apart from how long it took."""
    with RunReader(folder) as run:
        return {
            case.case_id: (
                [(levels.tolist(), verdicts.tolist()) for levels, verdicts in run.executions(case.case_id)],
                list(run.findings(case.case_id)),
                run.not_applicable(case.case_id),
            )
            for case in run.manifest.cases
        }


def verdict_of_each_combination(folder: Path) -> dict[str, np.ndarray]:
    """For each case, the verdict that each combination has or inherits, in order of combinations."""
    with RunReader(folder) as run:
        names = [factor.name for factor in run.manifest.factors]
        combinations = np.concatenate(list(run.combination_chunks()))
        inherited = {}
        for case in run.manifest.cases:
            columns = [names.index(name) for name in case.participants]
            if not run.manifest.sharing:
                # In order of combinations already: each has its own execution.
                inherited[case.case_id] = np.concatenate([own for _, own in run.executions(case.case_id)])
                continue
            verdicts = {
                tuple(row): verdict
                for levels, own in run.executions(case.case_id)
                for row, verdict in zip(levels.tolist(), own.tolist(), strict=True)
            }
            inherited[case.case_id] = np.array(
                [verdicts[tuple(row)] for row in combinations[:, columns].tolist()]
            )
        return inherited


@pytest.fixture
def content() -> Callable[[Path], dict[str, Any]]:
    return content_of


@pytest.fixture
def each_combination() -> Callable[[Path], dict[str, np.ndarray]]:
    return verdict_of_each_combination
