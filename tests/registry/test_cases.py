"""Cases pass on every built-in device without defects, and each defect is failed by a case that names it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest

from device_profiles import catalogue, profiles_of, specimens
from device_profiles.home import HomeProfile
from device_profiles.model import DeviceKind, DeviceProfile, Feature, HanBand, Version
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


def _made_up(version: str, *, equipped: bool) -> HomeProfile:
    """A home whose devices all have one GBCS version, and every optional equipment or none."""
    features = frozenset(Feature) if equipped else frozenset()
    made = {}
    for kind in DeviceKind:
        profile = clean_profiles(kind)[0]
        model = replace(profile.model, features=features, bands=frozenset(HanBand))
        firmware = replace(profile.firmware, gbcs=Version.parse(version), features=frozenset())
        made[kind] = DeviceProfile(model, firmware)
    return HomeProfile(made)


HOMES = tuple(_homes())
MADE_UP = (
    _made_up("4.1", equipped=True),
    _made_up("3.2", equipped=True),
    _made_up("1.0", equipped=False),
)
"""Homes such as nobody has, so that versions and equipment meet which no model brings together."""
EVERY_HOME = (*HOMES, *MADE_UP)


def run(case: Case, home: HomeProfile) -> frozenset[DeviceKind]:
    """Run a case in a fresh home; the kinds of device that took part."""
    port = FACTORY.build(home, frames=case.on_frames)
    case.run(Bench(port, FACTORY.pki))
    return frozenset(KIND_OF[role] for role in port.touched)


def fails(case: Case, home: HomeProfile) -> bool:
    """Whether a case applies to a home and fails it."""
    if case.applies(home) is not None:
        return False
    try:
        run(case, home)
    except CheckFailed:
        return True
    except InconclusiveOutcome:
        return False
    return False


@pytest.mark.parametrize("home", EVERY_HOME, ids=lambda home: home.devices[DeviceKind.ESME].label)
def test_clean_devices_pass_whatever_applies_and_touch_what_is_declared(home: HomeProfile) -> None:
    ran = 0
    for case in all_cases():
        if case.applies(home) is None:
            assert run(case, home) <= set(case.participants), case.case_id
            ran += 1
    assert ran > 1_000


def test_every_case_applies_to_some_clean_home() -> None:
    never = [case.case_id for case in all_cases() if all(case.applies(home) for home in EVERY_HOME)]
    assert never == []


def test_whether_a_case_applies_is_decided_by_its_participants_alone() -> None:
    for home in (HOMES[0], HOMES[-1], *MADE_UP):
        for case in all_cases():
            if not case.whole_home:
                among = {kind: home.devices[kind] for kind in case.participants}
                assert case.applies(home) == case.applies(HomeProfile(among)), case.case_id


def test_a_case_needs_nobody_but_its_participants() -> None:
    whole = HOMES[0]
    for case in all_cases():
        if not case.whole_home:
            home = HomeProfile({kind: whole.devices[kind] for kind in case.participants})
            if case.applies(home) is None:
                assert run(case, home) <= set(case.participants), case.case_id


EXCLUDING = re.compile(
    r"the home has no [\w -]+"
    r"|.+ (is in GBCS from|was in GBCS until) \d+\.\d+( on)?; the [\w -]+ has GBCS \d+\.\d+"
    r"|GBCS \d+\.\d+, which the [\w -]+ has, has the use case"
    r"|the [\w -]+ has no [\w -]+"
    r"|the [\w -]+ has GBCS \d+\.\d+, which is not (older|newer) than the hub's, \d+\.\d+"
    r"|the [\w -]+'s profile does not say whether it has [\w -]+"
)


def test_whatever_does_not_apply_says_which_statement_excludes_it() -> None:
    bare = HomeProfile({kind: MADE_UP[2].devices[kind] for kind in (DeviceKind.COMMS_HUB, DeviceKind.ESME)})
    reasons = {case.applies(home) for home in (*EVERY_HOME, bare) for case in all_cases()} - {None}
    assert len(reasons) > 50
    assert [reason for reason in reasons if not EXCLUDING.fullmatch(str(reason))] == []


@pytest.mark.parametrize("absent", [kind for kind in DeviceKind if kind is not DeviceKind.COMMS_HUB])
def test_homes_without_a_kind_still_pass(absent: DeviceKind) -> None:
    whole = HOMES[0]
    home = HomeProfile({kind: profile for kind, profile in whole.devices.items() if kind is not absent})
    for case in all_cases():
        reason = case.applies(home)
        if absent in case.participants and not case.whole_home:
            assert reason is not None, case.case_id
            assert reason.startswith("the home has no "), (case.case_id, reason)
        else:
            assert reason == case.applies(whole), case.case_id
    run(case_by_id("TC_home_answers_1"), home)


def test_a_hub_alone_is_a_home() -> None:
    hub = clean_profiles(DeviceKind.COMMS_HUB)[0]
    assert run(case_by_id("TC_home_answers_1"), HomeProfile({DeviceKind.COMMS_HUB: hub})) == {
        DeviceKind.COMMS_HUB
    }


SPECIMENS = tuple(profile for model in specimens() for profile in profiles_of(model))


def naming(defect: str) -> tuple[Case, ...]:
    """The cases that name a defect."""
    return tuple(case for case in all_cases() if defect in case.catches)


def is_caught(profile: DeviceProfile, defect: str) -> bool:
    """Whether some case that names a defect fails a device among sound ones, of some home."""
    homes = (HomeProfile({**home.devices, profile.kind: profile}) for home in EVERY_HOME)
    return any(fails(case, home) for home in homes for case in naming(defect))


@pytest.mark.parametrize(
    "specimen", SPECIMENS, ids=lambda profile: f"{profile.firmware.defects[0]}-{profile.kind}"
)
def test_every_specimen_is_failed_by_a_case_that_names_its_defect(specimen: DeviceProfile) -> None:
    (defect,) = specimen.firmware.defects
    assert is_caught(specimen, defect)


def with_defect(case: Case, defect: str) -> Iterator[HomeProfile]:
    """Homes with a defect in one participant of a case: in its specimens, or in an otherwise sound device."""
    for specimen in SPECIMENS:
        if defect in specimen.firmware.defects and specimen.kind in case.participants:
            yield HomeProfile({**HOMES[0].devices, specimen.kind: specimen})
    for home in EVERY_HOME:
        for kind in sorted(all_defects()[defect].applies_to & set(case.participants)):
            sound = home.devices[kind]
            defective = DeviceProfile(sound.model, replace(sound.firmware, defects=(defect,)))
            yield HomeProfile({**home.devices, kind: defective})


@pytest.mark.parametrize("defect", all_defects())
def test_every_case_that_names_a_defect_fails_it_in_some_device(defect: str) -> None:
    spared = [
        case.case_id
        for case in naming(defect)
        if not any(fails(case, home) for home in with_defect(case, defect))
    ]
    assert spared == []


@pytest.mark.parametrize(
    "profile",
    [profile for model in catalogue() for profile in profiles_of(model) if profile.firmware.defects],
    ids=lambda profile: profile.key,
)
def test_built_in_devices_with_defects_fail_a_case_that_names_them(profile: DeviceProfile) -> None:
    for defect in profile.firmware.defects:
        assert is_caught(profile, defect), defect
