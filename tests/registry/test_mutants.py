"""Devices that are broken mechanically are noticed, but for those that are listed with the reason why not."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from device_profiles import catalogue, profiles_of
from harness.cases.suite import all_cases
from harness.emulators.home import HomeFactory
from harness.execution.mutation import Hunted, hunt, newest_clean_home
from harness.execution.survivors import NOT_YET
from harness.gbcs.roles import DeviceRole

LISTED = Path(__file__).with_name("surviving_mutants.yaml")
ROLES = tuple(role for role in DeviceRole if role is not DeviceRole.IHD)
"""An in-home display obeys no remote party: there is nothing in it to break at the seams."""


@cache
def table() -> dict[str, Any]:
    return yaml.safe_load(LISTED.read_text(encoding="utf-8"))


def survivors_listed() -> dict[str, str]:
    """The reason why each mutant that is listed survives, by the name of the mutant."""
    return {name: reason for reason, names in table()["survivors"].items() for name in names}


def hunted() -> tuple[Hunted, ...]:
    home = newest_clean_home(profile for model in catalogue() for profile in profiles_of(model))
    return tuple(hunt(HomeFactory(b"mutants"), home, ROLES, all_cases()))


@pytest.mark.slow
def test_enough_is_caught_and_whatever_survives_is_listed_with_a_reason() -> None:
    """What is listed may be caught by now: ``harness cases mutants --update`` takes it off the list."""
    found = hunted()
    survivors = {one.name for one in found if one.caught_by is None}
    assert sorted(survivors - survivors_listed().keys()) == []
    assert len(survivors) <= (1 - table()["least_share_caught"]) * len(found)


def test_every_reason_is_one() -> None:
    assert NOT_YET not in table()["survivors"]
    assert all(len(reason) > 20 for reason in table()["survivors"])


def test_no_less_is_promised_than_19_of_20() -> None:
    assert table()["least_share_caught"] >= 0.95
