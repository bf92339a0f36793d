"""Sharing is honest: cases of every kind give each home of the demo matrix the verdicts that it inherits."""

from pathlib import Path
from typing import Any

import pytest

from harness.cases.case import Case
from harness.cases.suite import all_cases
from harness.execution import crew
from harness.execution.conduct import conduct, open_run
from harness.execution.manifesting import manifest_of
from harness.execution.memory import MemoryWatch
from harness.execution.planning import make_plan
from harness.records.reader import RunReader
from harness.records.types import Verdict
from test_matrix import Matrix


def _of_every_kind() -> tuple[Case, ...]:
    """Some cases for each purpose and each set of participants: what sharing goes by."""
    chosen: dict[tuple[object, ...], list[Case]] = {}
    for case in all_cases():
        chosen.setdefault((case.purpose, case.participants), []).append(case)
    return tuple(case for alike in chosen.values() for case in (alike[0], *alike[1::40]))


@pytest.mark.slow
def test_the_suite_gives_every_home_the_verdicts_that_it_inherits(
    demo: Matrix, each_combination: Any, tmp_path: Path
) -> None:
    cases = _of_every_kind()
    assert len(cases) > 200
    for name, sharing in (("shared", True), ("exhaustive", False)):
        plan = make_plan(demo, cases, seed=1, sharing=sharing)
        manifest = manifest_of(plan, started="2026-02-03T11:17:00+00:00", commands=())
        workers = crew.processes(plan, all_cases, crew.cores())
        with MemoryWatch() as memory, open_run(tmp_path / name, plan, manifest) as store:
            assert conduct(plan, store, workers, lambda event: None, memory)
    shared, exhaustive = (each_combination(tmp_path / name) for name in ("shared", "exhaustive"))
    assert len(shared) == len(cases)
    for case_id, verdicts in shared.items():
        assert verdicts.tolist() == exhaustive[case_id].tolist(), case_id
        assert Verdict.ERROR not in set(verdicts.tolist()), case_id
    with RunReader(tmp_path / "shared") as one, RunReader(tmp_path / "exhaustive") as other:
        assert one.summary().inherited == other.summary().inherited == other.summary().verdicts
