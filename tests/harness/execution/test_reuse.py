"""A run takes over from an earlier one what depends on nothing that has changed, and nothing else."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from harness.execution import crew
from harness.execution.conduct import conduct, open_run, record_of
from harness.execution.events import Event, RunEnded
from harness.execution.interrupt import StopWish
from harness.execution.manifesting import manifest_of
from harness.execution.memory import MemoryWatch
from harness.execution.plan import Plan, PlannedCase
from harness.execution.planning import make_plan
from harness.execution.reuse import EarlierRun, differences
from harness.records.reader import RunReader
from harness.records.types import Verdict
from test_matrix import Matrix, load_matrix

HOMES = Path(__file__).with_name("samples") / "homes.yaml"


@dataclass
class Bench:
    """Runs of plans, each in a folder of its own."""

    samples: ModuleType
    folder: Path
    carry_out: Callable[[Plan, Path], Any]
    content: Callable[[Path], Any]

    def fresh(self, plan: Plan, name: str = "before") -> Path:
        """A run from nothing."""
        self.carry_out(plan, self.folder / name)
        return self.folder / name

    def reusing(self, plan: Plan, before: Path) -> tuple[Path, int]:
        """A run beside an earlier one, and how many executions it took over."""
        folder = self.folder / "after"
        events: list[Event] = []
        with (
            RunReader(before) as run,
            MemoryWatch() as memory,
            open_run(folder, plan, _manifest(plan)) as store,
        ):
            earlier = EarlierRun(run, plan)
            team = replace(crew.alone(plan, self.samples.all_cases), earlier=earlier)
            conduct(plan, store, team, events.append, memory)
        assert isinstance(events[-1], RunEnded)
        assert events[-1].complete
        return folder, earlier.executions_taken


@pytest.fixture
def bench(samples: ModuleType, tmp_path: Path, carry_out: Any, content: Any) -> Bench:
    return Bench(samples, tmp_path, carry_out, content)


def _manifest(plan: Plan) -> Any:
    return manifest_of(plan, started="2026-02-03T11:17:00+00:00", commands=())


def _executed(folder: Path) -> dict[tuple[str, ...], Verdict]:
    """The verdict of each execution, by the case and the devices that took part."""
    with RunReader(folder) as run:
        factors = {factor.name: factor.levels for factor in run.manifest.factors}
        return {
            (
                case.case_id,
                *(factors[name][at].key for name, at in zip(case.participants, row, strict=True)),
            ): (Verdict(verdict))
            for case in run.manifest.cases
            for levels, verdicts in run.executions(case.case_id)
            for row, verdict in zip(levels.tolist(), verdicts.tolist(), strict=True)
        }


def _errors(folder: Path) -> int:
    with RunReader(folder) as run:
        return run.summary().verdicts[Verdict.ERROR]


def test_all_but_faults_of_the_harness_is_taken_over(plan: Plan, bench: Bench) -> None:
    before = bench.fresh(plan)
    after, taken = bench.reusing(plan, before)
    assert bench.content(after) == bench.content(before)
    assert _errors(after) > 0
    assert taken == plan.executions - _errors(after)


def test_where_devices_come_and_go_what_stays_is_taken_over(plan: Plan, bench: Bench) -> None:
    homes = bench.folder / "homes.yaml"
    written = HOMES.read_text(encoding="utf-8")
    # Those that stay have another place in their factor than before.
    homes.write_text(
        written.replace('"Penhallow Two"', '"Penhallow One"').replace('"Norvane G2"', '"Brightwater G1"'),
        encoding="utf-8",
    )
    other = make_plan(load_matrix(homes), bench.samples.CASES, seed=7, chunk_executions=40)
    before, scratch = bench.fresh(plan), bench.fresh(other, "scratch")
    after, taken = bench.reusing(other, before)
    assert bench.content(after) == bench.content(scratch)
    known = _executed(before)
    assert taken == sum(known.get(key, Verdict.ERROR) is not Verdict.ERROR for key in _executed(after))
    assert 0 < taken < other.executions


def test_a_case_that_changed_is_run_again(plan: Plan, bench: Bench) -> None:
    before = bench.fresh(plan)
    changed = next(case for case in plan.cases if "gas" in case.record.case_id)
    other = PlannedCase(replace(changed.record, source_digest="other"), changed.projection)
    cases = tuple(other if case is changed else case for case in plan.cases)
    after, taken = bench.reusing(replace(plan, cases=cases), before)
    assert taken == plan.executions - plan.sizes[changed.projection] - _errors(after)
    assert bench.content(after) == bench.content(before)


def test_without_sharing_each_combination_is_found_again(demo: Matrix, bench: Bench) -> None:
    plan = make_plan(demo, bench.samples.CASES, seed=7, sharing=False)
    before = bench.fresh(plan)
    after, taken = bench.reusing(plan, before)
    assert bench.content(after) == bench.content(before)
    assert taken == plan.executions - _errors(after)


def test_an_interrupted_run_is_as_good_as_a_finished_one_as_far_as_it_came(plan: Plan, bench: Bench) -> None:
    half = tuple(plan.chunks())[::2]
    before = bench.folder / "half"
    with open_run(before, plan, _manifest(plan)) as store:
        (outcomes,) = crew.alone(plan, bench.samples.all_cases).work(iter([half]), StopWish())
        store.add([record_of(plan, outcome) for outcome in outcomes])
    after, taken = bench.reusing(plan, before)
    assert bench.content(after) == bench.content(bench.fresh(plan, "scratch"))
    assert taken == sum(chunk.count for chunk in half) - _errors(before)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"seed": 8}, ("seed",)),
        ({"frames": True}, ("home area network",)),
        ({"engine": "other"}, ("source of the emulated devices",)),
        ({"sharing": False}, ("sharing",)),
        ({}, ()),
    ],
)
def test_what_all_verdicts_depend_on_is_compared_first(
    plan: Plan, bench: Bench, change: dict[str, Any], named: tuple[str, ...]
) -> None:
    with RunReader(bench.fresh(plan)) as run:
        assert differences(run.manifest, replace(plan, **change)) == named
