"""Devices that differ in names alone are tried for one another, and nothing is known less well for it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from device_profiles.loader import catalogue, profiles_of, specimens
from device_profiles.model import DeviceKind, DeviceModel, Feature
from device_profiles.writing import file_name, write_model
from harness.cases.suite import all_cases
from harness.execution.likeness import Likenesses
from harness.execution.perform import Outcome, Performer
from harness.execution.plan import Plan
from harness.execution.planning import make_plan
from harness.records.evidence import Evidence
from harness.records.reader import RunReader
from harness.records.types import Verdict
from test_matrix import Level, Matrix, load_matrix

MATRIX = """\
name: namesakes
title: One hub and one meter under many names, and meters that are not like them
level: model
alike: true
profiles: [models]
factors:
  comms_hub: {}
  esme: {}
  gsme: {}
"""
MODELS = {model.name: model for model in catalogue()}


def _named(model: DeviceModel, number: int) -> DeviceModel:
    """The same device as another maker's."""
    return replace(
        model,
        name=f"{model.name} by maker {number}",
        maker=f"Maker {number}",
        manufacturer=f"{0xF800 + number:04X}",
        firmwares=tuple(
            replace(one, version=f"{int(one.version, 16) + number:08X}") for one in model.firmwares
        ),
    )


@pytest.fixture(scope="module")
def namesakes(tmp_path_factory: pytest.TempPathFactory) -> Matrix:
    folder = tmp_path_factory.mktemp("namesakes")
    (folder / "models").mkdir()
    devices = [
        *(_named(MODELS["Tamar LR2"], number) for number in range(2)),
        *(_named(MODELS["Harrow & Vale S1"], number) for number in range(5)),
        MODELS["Harrow & Vale P1"],
        MODELS["Norvane G1"],
    ]
    for device in devices:
        (folder / "models" / file_name(device)).write_text(write_model(device), encoding="utf-8")
    (folder / "matrix.yaml").write_text(MATRIX, encoding="utf-8")
    return load_matrix(folder / "matrix.yaml")


def _outcomes(plan: Plan, source: Callable[[], Any]) -> list[Outcome]:
    performer = Performer(plan, source)
    return [performer.perform(chunk) for chunk in plan.chunks()]


def test_cases_of_the_suite_come_to_the_same_when_namesakes_are_tried_for_one_another(
    namesakes: Matrix,
) -> None:
    kinds = {DeviceKind.COMMS_HUB, DeviceKind.ESME}
    cases = [case for case in all_cases() if kinds >= set(case.participants) and not case.on_frames][::25]
    assert len(cases) > 100
    shared = _outcomes(make_plan(namesakes, cases, seed=1), lambda: cases)
    each = _outcomes(make_plan(replace(namesakes, alike=False), cases, seed=1), lambda: cases)
    assert {Verdict.PASS, Verdict.NOT_APPLICABLE} <= {code for one in shared for code in one.verdicts}
    for one, other in zip(shared, each, strict=True):
        assert (one.verdicts, one.reasons, one.reason_of) == (other.verdicts, other.reasons, other.reason_of)
        assert other.performed == len(other.verdicts)
    assert sum(one.performed for one in shared) < sum(one.performed for one in each) / 2


def test_what_does_not_pass_is_carried_out_for_each(namesakes: Matrix, samples: ModuleType) -> None:
    outcomes = _outcomes(make_plan(namesakes, samples.CASES, seed=1), samples.all_cases)
    bad = [one for one in outcomes if {Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.ERROR} & {*one.verdicts}]
    assert bad
    for one in bad:
        told = sum(code not in {Verdict.PASS, Verdict.NOT_APPLICABLE} for code in one.verdicts)
        assert one.performed >= told


def test_combinations_are_driven_one_by_one(namesakes: Matrix) -> None:
    whole = [case for case in all_cases() if case.whole_home][:2]
    outcomes = _outcomes(make_plan(namesakes, whole, seed=1), lambda: whole)
    assert sum(one.performed for one in outcomes) == namesakes.count() * len(whole) > 0


def test_a_run_says_how_much_of_it_was_carried_out(
    namesakes: Matrix, samples: ModuleType, carry_out: Any, tmp_path: Path
) -> None:
    plan = make_plan(namesakes, samples.CASES, seed=1)
    carry_out(plan, tmp_path / "run")
    with RunReader(tmp_path / "run") as run:
        assert run.manifest.alike
        summary = run.summary()
    assert 0 < summary.performed < summary.executions == plan.executions


def test_a_run_that_tries_each_is_another_run(namesakes: Matrix, samples: ModuleType) -> None:
    shared, each = (
        make_plan(matrix, samples.CASES, seed=1) for matrix in (namesakes, replace(namesakes, alike=False))
    )
    assert [name for name, text in shared.digests if dict(each.digests)[name] != text] == ["devices alike"]


def _bad(row: int) -> Evidence:
    return Evidence(row, Verdict.FAIL, "expected one; observed two", "", "", "", ())


@pytest.mark.parametrize(
    ("came", "performed"),
    [
        ([None, None, None, None], 2),
        (["no gas meter"] * 4, 2),
        ([None, "no gas meter", None, None], 4),
        ([None, _bad(1), None, None], 4),
        ([_bad(0), _bad(0), _bad(0), _bad(0)], 4),
    ],
)
def test_two_must_agree_that_nothing_is_wrong(came: list[Any], performed: int) -> None:
    likenesses = Likenesses([5, 5, 5, 5])
    judged = [likenesses.judge(row, lambda row=row: came[row]) for row in range(4)]
    assert likenesses.performed == performed
    if performed == len(came):
        assert judged == came


def test_unlike_devices_say_nothing_of_each_other() -> None:
    likenesses = Likenesses([1, 2, 1, 2])
    for row in range(4):
        likenesses.judge(row, lambda: None)
    assert likenesses.performed == 4


def test_devices_are_alike_by_all_that_a_profile_says_but_names(namesakes: Matrix) -> None:
    meters = namesakes.factor("esme").levels
    assert len({level.likeness for level in meters}) == 2
    level = meters[0]
    assert level.profile is not None
    model, firmware = level.profile.model, level.profile.firmware
    for changed in (
        replace(level.profile, model=replace(model, bands=frozenset(), wan=frozenset())),
        replace(level.profile, model=replace(model, features=model.features ^ {Feature.APC})),
        replace(level.profile, model=replace(model, features_known=False)),
        replace(level.profile, firmware=replace(firmware, gbcs=MODELS["Tamar LR2"].firmwares[0].gbcs)),
        replace(level.profile, firmware=replace(firmware, defects=("counter-not-advanced",))),
    ):
        assert replace(level, profile=changed).likeness != level.likeness


def test_a_device_with_a_defect_is_like_no_other() -> None:
    profiles = [profile for model in specimens() for profile in profiles_of(model)]
    broken = [Level(profile.key, profile.label, profile) for profile in profiles if profile.firmware.defects]
    assert len({level.likeness for level in broken}) == len({level.key for level in broken}) > 50
