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


def hunted(role: DeviceRole) -> tuple[Hunted, ...]:
    home = newest_clean_home(profile for model in catalogue() for profile in profiles_of(model))
    return tuple(hunt(HomeFactory(b"mutants"), home, [role], all_cases()))


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_survivors_are_those_listed_with_a_reason(role: DeviceRole) -> None:
    found = hunted(role)
    survivors = {one.name for one in found if one.caught_by is None}
    listed = {name for name in survivors_listed() if name.startswith(f"{role.name} ")}
    assert survivors == listed
    assert len(found) == table()["mutants"][role.name]


def test_enough_is_caught() -> None:
    """The share of mutants caught, by the list and the numbers that stand in it."""
    total = sum(table()["mutants"].values())
    assert len(survivors_listed()) <= (1 - table()["least_share_caught"]) * total
