"""The list of surviving mutants is brought up to date without losing a reason."""

from pathlib import Path

import pytest
import yaml

from device_profiles.errors import InputError
from harness.emulators.defect import Hooks, Seam
from harness.emulators.mutants import Fault, Mutant, Site
from harness.execution.mutation import Hunted
from harness.execution.survivors import NOT_YET, update_survivors
from harness.gbcs.roles import DeviceRole


def hunted(what: str, caught_by: str | None) -> Hunted:
    site = Site(Seam.BEFORE_ENCODE, "ECS17b")
    return Hunted(DeviceRole.ESME, Mutant("ECS17b", what, next(iter(Fault)), Hooks(), site), caught_by, True)


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    path = tmp_path / "survivors.yaml"
    survivors = {
        "cannot be seen": ["ESME ECS17b: first", "ESME ECS17b: second"],
        NOT_YET: ["ESME ECS17b: third"],
    }
    path.write_text(yaml.safe_dump({"least_share_caught": 0.5, "mutants": 4, "survivors": survivors}))
    return path


def test_reasons_stay_with_those_that_still_survive(listed: Path) -> None:
    found = [hunted("first", None), hunted("second", "TC_X_1"), hunted("third", None), hunted("fourth", None)]
    assert update_survivors(listed, found) == (1, 1)
    now = yaml.safe_load(listed.read_text())
    assert now == {
        "least_share_caught": 0.5,
        "mutants": 4,
        "survivors": {
            "cannot be seen": ["ESME ECS17b: first"],
            NOT_YET: ["ESME ECS17b: third", "ESME ECS17b: fourth"],
        },
    }
    before = listed.read_text()
    assert update_survivors(listed, found) == (0, 0)
    assert listed.read_text() == before


@pytest.mark.parametrize("text", ["", "a: [", "survivors: {}"])
def test_a_file_that_is_no_list_is_refused_and_kept(listed: Path, text: str) -> None:
    listed.write_text(text)
    with pytest.raises(InputError):
        update_survivors(listed, [])
    assert listed.read_text() == text
