"""Every case fails some broken device, or is in the table of those that nothing fails, which says why."""

from collections import Counter
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import cache

import pytest

from device_profiles import catalogue, profiles_of
from device_profiles.home import HomeProfile
from device_profiles.model import DeviceProfile, Feature, HanBand, Version
from harness.cases.suite import all_cases
from harness.cases.unfailed import UNFAILED, reason_for
from harness.emulators.home import HomeFactory
from harness.execution.proving import Proof, prove, sound_homes

PROFILES = tuple(profile for model in catalogue() for profile in profiles_of(model))


def made_up(version: str, *, equipped: bool) -> HomeProfile:
    """A home whose devices have one GBCS version, and every optional equipment or none."""
    devices = {}
    for kind, profile in sound_homes(PROFILES)[0].devices.items():
        features = frozenset(Feature) if equipped else frozenset()
        model = replace(profile.model, features=features, bands=frozenset(HanBand))
        firmware = replace(profile.firmware, gbcs=Version.parse(version), features=frozenset())
        devices[kind] = DeviceProfile(model, firmware)
    return HomeProfile(devices)


@cache
def proofs() -> tuple[Proof, ...]:
    made = (made_up("4.1", equipped=True), made_up("3.2", equipped=True), made_up("1.0", equipped=False))
    return tuple(prove(HomeFactory(b"proofs"), (*sound_homes(PROFILES), *made), all_cases()))


def test_what_nothing_fails_is_in_the_table() -> None:
    surprising = [
        one.case.case_id for one in proofs() if not one.can_fail and not reason_for(one.case.case_id)
    ]
    assert surprising == []


def test_every_case_was_tried_on_some_home() -> None:
    assert [one.case.case_id for one in proofs() if not one.defects and one.home is None] == []


@pytest.mark.parametrize("pattern", [pattern for patterns in UNFAILED.values() for pattern in patterns])
def test_every_entry_of_the_table_is_about_cases_that_nothing_fails(pattern: str) -> None:
    assert [one for one in proofs() if not one.can_fail and fnmatchcase(one.case.case_id, pattern)], (
        "a broken device fails all of them by now"
    )


def test_nearly_all_cases_fail_something() -> None:
    found = Counter(one.can_fail for one in proofs())
    assert found[True] > 20 * found[False]
