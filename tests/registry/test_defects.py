"""Every seeded defect: well formed, known to nobody but itself, and seen in what the device does."""

from dataclasses import fields, replace
from importlib.resources import files
from pathlib import Path

import pytest

import harness.emulators
from device_profiles import catalogue, profiles_of, specimens
from device_profiles.home import HomeProfile
from device_profiles.model import DeviceKind, DeviceProfile
from harness.emulators.defect import Defect, Hooks, Seam, all_defects, hooks_of
from harness.emulators.home import HomeFactory
from harness.emulators.templates import ROLES_OF

DEFECTS = tuple(all_defects().values())
each_defect = pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.id)


def test_modules_and_defects_are_one_to_one() -> None:
    names = {
        entry.name.removesuffix(".py").replace("_", "-")
        for entry in (files("harness.emulators") / "defects").iterdir()
        if entry.name.endswith(".py") and entry.name != "__init__.py"
    }
    assert names == set(all_defects())
    assert list(all_defects()) == sorted(all_defects())


def test_every_sighting_has_a_defect() -> None:
    assert {defect.field_defect for defect in DEFECTS} == {None, *range(1, 61)}


@each_defect
def test_defect_says_what_it_is(defect: Defect) -> None:
    assert defect.id == defect.id.strip().lower()
    assert len(defect.title) > 20
    assert not defect.title.endswith(".")
    assert defect.clause
    assert defect.field_defect is None or defect.field_defect > 0
    assert defect.applies_to
    # An in-home display takes no commands: only what it shows can be wrong.
    assert DeviceKind.IHD not in defect.applies_to or defect.on_display is not None


@each_defect
def test_defect_hangs_in_at_least_one_seam(defect: Defect) -> None:
    assert [seam for seam in Seam if getattr(hooks_of([defect]), seam)]


def test_seams_are_those_that_devices_have() -> None:
    assert [field.name for field in fields(Hooks)] == list(Seam)


def test_devices_name_no_defect() -> None:
    root = Path(harness.emulators.__file__).parent
    sources = [path for path in root.rglob("*.py") if path.parent.name != "defects"]
    assert len(sources) > 20
    for path in sources:
        text = path.read_text(encoding="utf-8")
        assert [name for name in all_defects() if name in text] == [], path


def test_each_defect_has_a_specimen_of_every_kind_that_can_carry_it() -> None:
    carried = sorted((model.kind, one.defects) for model in specimens() for one in model.firmwares)
    assert carried == sorted((kind, (defect.id,)) for defect in DEFECTS for kind in defect.applies_to)


def test_profiles_name_defects_that_there_are_and_that_can_be_theirs() -> None:
    carried = [(model.kind, name) for model in catalogue() for one in model.firmwares for name in one.defects]
    assert len({name for _, name in carried}) >= 10
    for kind, name in carried:
        assert kind in all_defects()[name].applies_to, (kind, name)


@each_defect
@pytest.mark.parametrize("kind", DeviceKind)
def test_defect_hangs_in_devices_of_its_kinds_alone(defect: Defect, kind: DeviceKind) -> None:
    hub, sound = (
        next(profile for model in catalogue() if model.kind is one for profile in profiles_of(model))
        for one in (DeviceKind.COMMS_HUB, kind)
    )
    defective = DeviceProfile(sound.model, replace(sound.firmware, defects=(defect.id,)))
    home = HomeFactory(b"seed").build(HomeProfile({DeviceKind.COMMS_HUB: hub, kind: defective}))
    hooks = home._reached(ROLES_OF[kind][-1]).template.hooks
    assert hooks == (hooks_of([defect]) if kind in defect.applies_to else Hooks())
