"""A plan covers every tuple of every case once, and depends on what it should and nothing else."""

import pickle
from dataclasses import replace
from types import ModuleType

import numpy as np
import pytest

from device_profiles.model import DeviceKind
from harness.execution.manifesting import manifest_of
from harness.execution.plan import Plan
from harness.execution.planning import make_plan
from test_matrix import Matrix


def _number(plan: Plan, case_id: str) -> int:
    return next(i for i, case in enumerate(plan.cases) if case.record.case_id == case_id)


def _homes(plan: Plan, case_id: str) -> np.ndarray:
    wanted = _number(plan, case_id)
    return np.concatenate([plan.homes(chunk) for chunk in plan.chunks() if chunk.case_number == wanted])


def test_a_shared_case_runs_once_for_each_tuple(plan: Plan, demo: Matrix) -> None:
    homes = _homes(plan, "TC_SAMPLE_meter_1")
    hub, esme = (
        [factor.name for factor in demo.factors].index(kind)
        for kind in (DeviceKind.COMMS_HUB, DeviceKind.ESME)
    )
    every = np.concatenate(list(demo.chunks(1000)))
    assert len(homes) == len(np.unique(every[:, [hub, esme]], axis=0))
    assert len(np.unique(homes[:, [hub, esme]], axis=0)) == len(homes)
    valid = set(map(tuple, every.tolist()))
    assert all(tuple(home) in valid for home in homes.tolist())


def test_a_whole_home_case_runs_on_every_combination(plan: Plan, demo: Matrix) -> None:
    assert _homes(plan, "TC_SAMPLE_home_1").tolist() == np.concatenate(list(demo.chunks(1000))).tolist()


def test_without_sharing_every_case_runs_on_every_combination(demo: Matrix, samples: ModuleType) -> None:
    plan = make_plan(demo, samples.CASES, seed=7, sharing=False, chunk_executions=64)
    assert plan.executions == len(samples.CASES) * demo.count()
    every = np.concatenate(list(demo.chunks(1000))).tolist()
    for case in samples.CASES:
        assert _homes(plan, case.case_id).tolist() == every


def test_verdicts_are_inherited_by_every_combination_once(plan: Plan, demo: Matrix) -> None:
    for number in range(len(plan.cases)):
        chunks = [chunk for chunk in plan.chunks() if chunk.case_number == number]
        assert sum(int(plan.weights(chunk).sum()) for chunk in chunks) == demo.count()


def test_what_others_rely_on_goes_first(demo: Matrix, samples: ModuleType) -> None:
    last = samples.CASES[-1]
    plan = make_plan(demo, [*samples.CASES[:-1], replace(last, leads=True)], seed=7)
    assert plan.cases[next(plan.chunks()).case_number].record.case_id == last.case_id


def test_chunks_are_numbered_and_counted(plan: Plan) -> None:
    chunks = list(plan.chunks())
    assert [chunk.number for chunk in chunks] == list(range(len(chunks)))
    assert sum(chunk.count for chunk in chunks) == plan.executions
    assert max(chunk.count for chunk in chunks) <= plan.chunk_executions


def test_batches_hold_what_is_left(plan: Plan) -> None:
    chunks = list(plan.chunks())
    finished = {chunk.number for chunk in chunks[::3]}
    batches = list(plan.batches(plan.chunks_left(finished)))
    assert [chunk for batch in batches for chunk in batch] == [c for c in chunks if c.number not in finished]
    assert all(sum(chunk.count for chunk in batch) <= plan.chunk_executions for batch in batches)
    assert len(batches) < len(chunks) - len(finished), "small chunks go together"
    assert list(plan.chunks_left({chunk.number for chunk in chunks})) == []


def test_a_plan_travels_light(plan: Plan) -> None:
    list(plan.blocks(1))
    sent = pickle.dumps(plan)
    assert len(sent) < 100_000
    arrived = pickle.loads(sent)  # noqa: S301 - our own octets
    chunks = list(plan.chunks())
    assert list(arrived.chunks()) == chunks
    assert arrived.digest == plan.digest
    for chunk in chunks:
        assert arrived.homes(chunk).tolist() == plan.homes(chunk).tolist()


def test_a_case_whose_devices_no_home_has_runs_once(demo: Matrix, samples: ModuleType) -> None:
    lonely = replace(samples.CASES[0], participants=(DeviceKind.SAPC,))
    plan = make_plan(demo, [lonely], seed=7)
    assert plan.executions == 1
    [chunk] = plan.chunks()
    assert plan.weights(chunk).tolist() == [demo.count()]


def test_the_digest_follows_from_what_is_planned(demo: Matrix, samples: ModuleType) -> None:
    cases = samples.CASES
    plan = make_plan(demo, cases, seed=7)
    assert plan.digest == make_plan(demo, cases, seed=7).digest
    others = [
        make_plan(demo, cases, seed=8),
        make_plan(demo, cases, seed=7, sharing=False),
        make_plan(demo, cases[1:], seed=7),
        make_plan(demo, [replace(cases[0], source_digest="2"), *cases[1:]], seed=7),
        make_plan(_without_a_hub(demo), cases, seed=7),
    ]
    assert len({plan.digest, *(other.digest for other in others)}) == len(others) + 1


def _without_a_hub(matrix: Matrix) -> Matrix:
    return replace(
        matrix,
        constraints=(),
        factors=tuple(
            replace(factor, levels=factor.levels[:-1]) if factor.kind is DeviceKind.COMMS_HUB else factor
            for factor in matrix.factors
        ),
    )


def _with_other_firmware(matrix: Matrix, kind: DeviceKind) -> Matrix:
    """The same matrix with one firmware of that kind changed in what it can do."""

    def changed(level: object) -> object:
        profile = level.profile  # type: ignore[attr-defined] # a Level
        firmware = replace(profile.firmware, image_hash="00" * 32)
        return replace(level, profile=replace(profile, firmware=firmware))  # type: ignore[type-var] # a Level

    factors = []
    for factor in matrix.factors:
        if factor.kind is kind:
            last = max(i for i, level in enumerate(factor.levels) if level.profile is not None)
            levels = tuple(changed(level) if i == last else level for i, level in enumerate(factor.levels))
            factor = replace(factor, levels=levels)  # noqa: PLW2901 - the changed factor takes its place
        factors.append(factor)
    return replace(matrix, factors=tuple(factors))


def _addresses(plan: Plan) -> dict[str, list[str]]:
    return {
        case.record.case_id: [
            plan.address(chunk, plan.homes(chunk)) for chunk in plan.chunks() if chunk.case_number == number
        ]
        for number, case in enumerate(plan.cases)
    }


def test_a_changed_firmware_changes_the_address_of_what_it_takes_part_in(
    demo: Matrix, samples: ModuleType
) -> None:
    before = _addresses(make_plan(demo, samples.CASES, seed=7))
    after = _addresses(make_plan(_with_other_firmware(demo, DeviceKind.GSME), samples.CASES, seed=7))
    same = {case_id for case_id in before if before[case_id] == after[case_id]}
    assert same == {"TC_SAMPLE_error_1", "TC_SAMPLE_meter_1"}


@pytest.mark.parametrize("change", ["seed", "case"])
def test_seed_and_case_are_part_of_the_address(demo: Matrix, samples: ModuleType, change: str) -> None:
    before = _addresses(make_plan(demo, samples.CASES, seed=7))
    cases = [replace(case, source_digest="2") if change == "case" else case for case in samples.CASES]
    after = _addresses(make_plan(demo, cases, seed=8 if change == "seed" else 7))
    assert all(before[case_id] != after[case_id] for case_id in before)


def test_the_manifest_says_what_is_planned(plan: Plan) -> None:
    manifest = manifest_of(plan, started="2026-02-03T11:17:00+00:00", commands=("harness run",))
    assert manifest.run_id == f"homes-{plan.digest[:12]}"
    assert manifest.executions == plan.executions
    assert [len(factor.levels) for factor in manifest.factors] == [len(own) for own in manifest.level_digests]
    hubs = next(factor for factor in manifest.factors if factor.name == "comms_hub")
    assert dict(hubs.levels[0].attributes).keys() >= {"Maker", "Firmware", "GBCS"}
    text = repr(manifest)
    for factor in plan.matrix.factors:
        for level in factor.levels:
            for defect in level.profile.firmware.defects if level.profile else ():
                assert defect not in text, "a manifest must not give seeded defects away"
