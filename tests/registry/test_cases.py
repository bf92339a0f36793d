"""Cases pass on every built-in device without defects, and each defect is failed by a case that names it."""

from collections.abc import Iterator
from functools import cache

import pytest

from device_profiles import catalogue, profiles_of, specimens
from device_profiles.home import HomeProfile
from device_profiles.model import DeviceKind, DeviceProfile
from harness.cases.applicability import KIND_OF
from harness.cases.bench import Bench
from harness.cases.case import Case, CheckFailed, InconclusiveOutcome
from harness.cases.suite import all_cases, case_by_id
from harness.emulators.defect import all_defects
from harness.emulators.home import HomeFactory

FACTORY = HomeFactory(b"registry of cases")


@cache
def clean_profiles(kind: DeviceKind) -> tuple[DeviceProfile, ...]:
    profiles = (profile for model in catalogue() if model.kind is kind for profile in profiles_of(model))
    return tuple(profile for profile in profiles if not profile.firmware.defects)


def _homes() -> Iterator[HomeProfile]:
    """As few homes as hold every clean profile."""
    profiles = {kind: clean_profiles(kind) for kind in DeviceKind}
    for index in range(max(map(len, profiles.values()))):
        yield HomeProfile({kind: some[index % len(some)] for kind, some in profiles.items()})


HOMES = tuple(_homes())


def run(case: Case, home: HomeProfile) -> frozenset[DeviceKind]:
    """Run a case in a fresh home; the kinds of device that took part."""
    port = FACTORY.build(home)
    case.run(Bench(port, FACTORY.pki))
    return frozenset(KIND_OF[role] for role in port.touched)


def failed(home: HomeProfile) -> set[str]:
    """Ids of the cases that a home fails."""
    found = set()
    for case in all_cases():
        if case.applies(home) is None:
            try:
                run(case, home)
            except CheckFailed:
                found.add(case.case_id)
            except InconclusiveOutcome:
                pass
    return found


@pytest.mark.parametrize("home", HOMES, ids=lambda home: home.devices[DeviceKind.ESME].label)
def test_clean_devices_pass_whatever_applies_and_touch_what_is_declared(home: HomeProfile) -> None:
    ran = 0
    for case in all_cases():
        if case.applies(home) is None:
            assert run(case, home) <= set(case.participants), case.case_id
            ran += 1
    assert ran > 300


def test_every_case_applies_to_some_clean_home() -> None:
    never = [case.case_id for case in all_cases() if all(case.applies(home) for home in HOMES)]
    assert never == []


def test_whether_a_case_applies_is_decided_by_its_participants_alone() -> None:
    for home in HOMES:
        for case in all_cases():
            if not case.whole_home:
                among = {kind: home.devices[kind] for kind in case.participants}
                assert case.applies(home) == case.applies(HomeProfile(among)), case.case_id


@pytest.mark.parametrize("absent", [kind for kind in DeviceKind if kind is not DeviceKind.COMMS_HUB])
def test_homes_without_a_kind_still_pass(absent: DeviceKind) -> None:
    whole = HOMES[0]
    home = HomeProfile({kind: profile for kind, profile in whole.devices.items() if kind is not absent})
    for case in all_cases():
        reason = case.applies(home)
        assert (reason is None) == (absent not in case.participants or case.whole_home), (
            case.case_id,
            reason,
        )
    run(case_by_id("TC_home_answers_1"), home)


def test_a_hub_alone_is_a_home() -> None:
    hub = clean_profiles(DeviceKind.COMMS_HUB)[0]
    assert run(case_by_id("TC_home_answers_1"), HomeProfile({DeviceKind.COMMS_HUB: hub})) == {
        DeviceKind.COMMS_HUB
    }


SPECIMENS = tuple(profile for model in specimens() for profile in profiles_of(model))


@cache
def failed_by(specimen: str) -> frozenset[str]:
    """Ids of the cases that a specimen fails among sound devices."""
    (profile,) = (profile for profile in SPECIMENS if profile.key == specimen)
    return frozenset(failed(HomeProfile({**HOMES[0].devices, profile.kind: profile})))


@pytest.mark.parametrize(
    "specimen", SPECIMENS, ids=lambda profile: f"{profile.firmware.defects[0]}-{profile.kind}"
)
def test_every_specimen_is_failed_by_a_case_that_names_its_defect(specimen: DeviceProfile) -> None:
    (defect,) = specimen.firmware.defects
    naming = {case.case_id for case in all_cases() if defect in case.catches}
    assert naming & failed_by(specimen.key)


@pytest.mark.parametrize("defect", all_defects())
def test_every_case_that_names_a_defect_fails_it_in_some_device(defect: str) -> None:
    naming = {case.case_id for case in all_cases() if defect in case.catches}
    carrying = (profile for profile in SPECIMENS if defect in profile.firmware.defects)
    assert naming <= frozenset().union(*(failed_by(profile.key) for profile in carrying))


@pytest.mark.parametrize(
    "profile",
    [profile for model in catalogue() for profile in profiles_of(model) if profile.firmware.defects],
    ids=lambda profile: profile.key,
)
def test_built_in_devices_with_defects_fail_a_case_that_names_them(profile: DeviceProfile) -> None:
    whole = HOMES[0]
    found = failed(HomeProfile({**whole.devices, profile.kind: profile}))
    for defect in profile.firmware.defects:
        assert any(defect in case_by_id(case_id).catches for case_id in found), defect
