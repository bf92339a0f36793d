"""Runs end alike, however the work is done, shared or not, in one sitting or killed and gone on with."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import psutil
import pytest
from distributed import LocalCluster

from device_profiles.errors import InputError
from harness.execution.conduct import conduct, open_run
from harness.execution.crew import cluster
from harness.execution.events import ChunksStored, RunEnded, RunStarted
from harness.execution.manifesting import manifest_of
from harness.execution.memory import MemoryWatch
from harness.execution.plan import Plan
from harness.execution.planning import make_plan
from harness.records.reader import RunReader
from harness.records.types import Verdict
from test_matrix import Matrix

SAMPLES = Path(__file__).with_name("samples")
EXECUTIONS = 498


def test_events_add_up_to_the_summary(plan: Plan, carry_out: Any, tmp_path: Path) -> None:
    first, *stored, last = carry_out(plan, tmp_path)
    assert isinstance(first, RunStarted)
    assert (first.executions, first.stored) == (plan.executions, 0)
    assert all(isinstance(event, ChunksStored) for event in stored)
    assert [event.stored for event in stored] == sorted({event.stored for event in stored})
    assert isinstance(last, RunEnded)
    assert last.complete
    with RunReader(tmp_path) as run:
        summary = run.summary()
    assert summary.complete
    assert summary.verdicts == last.verdicts
    assert summary.executions == plan.executions
    assert sum(summary.inherited.values()) == plan.combinations * len(plan.cases)
    assert summary.peak_memory is not None
    assert summary.peak_memory > 10_000_000
    assert all(summary.verdicts[verdict] for verdict in Verdict if verdict is not Verdict.NOT_APPLICABLE)


def test_another_sitting_does_nothing_twice(plan: Plan, carry_out: Any, tmp_path: Path) -> None:
    carry_out(plan, tmp_path)
    first, *stored, last = carry_out(plan, tmp_path)
    assert first.stored == plan.executions
    assert stored == []
    assert last.complete


def test_sharing_changes_no_verdict_of_any_combination(
    demo: Matrix, samples: ModuleType, carry_out: Any, each_combination: Any, tmp_path: Path
) -> None:
    # The case that trespasses is left out: sharing makes no promise for it, which is why it is an ERROR.
    shared = make_plan(demo, samples.CASES, seed=7)
    exhaustive = make_plan(demo, samples.CASES, seed=7, sharing=False)
    carry_out(shared, tmp_path / "shared")
    carry_out(exhaustive, tmp_path / "exhaustive")
    one, other = (each_combination(tmp_path / name) for name in ("shared", "exhaustive"))
    assert one.keys() == other.keys()
    for case_id in one:
        assert one[case_id].tolist() == other[case_id].tolist(), case_id
    assert exhaustive.executions > shared.executions


def test_processes_find_what_one_process_finds(
    plan: Plan, carry_out: Any, content: Any, tmp_path: Path
) -> None:
    carry_out(plan, tmp_path / "alone")
    carry_out(plan, tmp_path / "processes", workers=2)
    assert content(tmp_path / "alone") == content(tmp_path / "processes")


def test_a_cluster_that_is_there_already_finds_the_same(
    plan: Plan, samples: ModuleType, carry_out: Any, content: Any, tmp_path: Path
) -> None:
    carry_out(plan, tmp_path / "alone")
    with LocalCluster(
        n_workers=1,
        threads_per_worker=1,
        processes=False,
        protocol="tcp",
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
    ) as there:
        crew = cluster(plan, samples.all_cases, there.scheduler_address)
        manifest = manifest_of(plan, started="2026-02-03T11:17:00+00:00", commands=())
        with MemoryWatch() as memory, open_run(tmp_path / "cluster", plan, manifest) as store:
            assert conduct(plan, store, crew, lambda event: None, memory)
    assert content(tmp_path / "cluster") == content(tmp_path / "alone")


def test_another_plan_is_refused_in_one_line(
    plan: Plan, samples: ModuleType, demo: Matrix, carry_out: Any, tmp_path: Path
) -> None:
    carry_out(plan, tmp_path)
    for other, what in (
        (replace(plan, seed=8), "seed (7 there, 8 here)"),
        (replace(plan, chunk_executions=51), "chunk size (50 there, 51 here)"),
        (make_plan(demo, samples.CASES[1:], seed=7, chunk_executions=50), "cases ("),
        (
            make_plan(demo, samples.CASES, seed=7, sharing=False, chunk_executions=50),
            "sharing (on there, off here)",
        ),
    ):
        with pytest.raises(InputError) as refusal:
            carry_out(other, tmp_path)
        assert what in str(refusal.value)
        assert len(str(refusal.value).splitlines()) == 1


def _drive(folder: Path, workers: int, *options: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(SAMPLES)}
    words = [sys.executable, str(SAMPLES / "drive_run.py"), str(folder), str(workers), *options]
    return subprocess.run(
        words,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        start_new_session=True,
    )


def _stored(folder: Path) -> int:
    with RunReader(folder) as run:
        assert not run.manifest.complete
        return run.summary().executions


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("undisturbed")
    assert _drive(folder, 0).returncode == 0
    return folder


@pytest.mark.parametrize("workers", [0, 2])
def test_a_killed_run_goes_on_where_it_was(
    workers: int, undisturbed: Path, content: Any, tmp_path: Path
) -> None:
    for after in (100, 300):
        killed = _drive(tmp_path, workers, "--signal", "SIGKILL", "--after", str(after))
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        assert after <= _stored(tmp_path) < EXECUTIONS
    finished = _drive(tmp_path, workers)
    assert finished.returncode == 0, finished.stderr
    assert content(tmp_path) == content(undisturbed)


@pytest.mark.parametrize("workers", [0, 2])
def test_an_interrupted_run_stops_in_good_order(
    workers: int, undisturbed: Path, content: Any, tmp_path: Path
) -> None:
    stopped = _drive(tmp_path, workers, "--signal", "SIGINT", "--after", "100", "--to", "group")
    assert stopped.returncode == 4, stopped.stderr
    assert stopped.stderr == ""
    assert 100 <= _stored(tmp_path) < EXECUTIONS
    finished = _drive(tmp_path, workers)
    assert finished.returncode == 0, finished.stderr
    assert content(tmp_path) == content(undisturbed)


def test_a_worker_that_dies_is_replaced(undisturbed: Path, content: Any, tmp_path: Path) -> None:
    finished = _drive(tmp_path, 2, "--signal", "SIGKILL", "--after", "60", "--to", "worker")
    assert finished.returncode == 0, finished.stderr
    assert content(tmp_path) == content(undisturbed)


def test_a_killed_run_leaves_no_process_behind(tmp_path: Path) -> None:
    _drive(tmp_path, 2, "--signal", "SIGKILL", "--after", "100")
    children = [int(pid) for pid in (tmp_path / "children").read_text().split()]
    assert len(children) >= 2
    deadline = time.monotonic() + 20
    while left := [pid for pid in children if psutil.pid_exists(pid)]:
        assert time.monotonic() < deadline, f"still there: {left}"
        time.sleep(0.2)


def test_a_run_killed_before_its_plan_was_stored_starts_again(
    plan: Plan, carry_out: Any, tmp_path: Path
) -> None:
    from harness.records.store import RunStore  # noqa: PLC0415 - only here

    RunStore(tmp_path).close()
    _, *_, last = carry_out(plan, tmp_path)
    assert last.complete
