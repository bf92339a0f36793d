"""A case applies, or its reason for not applying says which statement of which profile excludes it."""

from dataclasses import replace

import pytest

from device_profiles.home import HomeProfile
from device_profiles.model import DeviceKind, DeviceProfile, Version
from harness.cases.applicability import KIND_OF, all_of, has, of_version, with_equipment
from harness.gbcs.equipment import Equipment
from harness.gbcs.roles import DeviceRole


def _with(home: HomeProfile, profile: DeviceProfile) -> HomeProfile:
    return HomeProfile({**home.devices, profile.kind: profile})


def test_every_function_sits_in_a_box() -> None:
    assert KIND_OF.keys() == set(DeviceRole)
    assert set(KIND_OF.values()) == set(DeviceKind)


def test_missing_devices_are_named(full_home: HomeProfile) -> None:
    without = HomeProfile(
        {kind: one for kind, one in full_home.devices.items() if kind is not DeviceKind.GSME}
    )
    needs = has(DeviceKind.COMMS_HUB, DeviceKind.GSME)
    assert needs(full_home) is None
    assert needs(without) == "the home has no gas meter"


def test_a_feature_is_there_or_not_or_unknown(full_home: HomeProfile) -> None:
    meter = full_home.devices[DeviceKind.ESME]
    needs = with_equipment(DeviceKind.ESME, Equipment.LOAD_SWITCH)
    assert needs(full_home) is None
    bare = replace(meter.model, features=frozenset())
    firmware = replace(meter.firmware, features=frozenset())
    without = _with(full_home, DeviceProfile(bare, firmware))
    assert needs(without) == "the electricity meter has no load switch"
    unknown = _with(full_home, DeviceProfile(replace(bare, features_known=False), firmware))
    assert needs(unknown) == "the electricity meter's profile does not say whether it has a load switch"


@pytest.mark.parametrize(
    ("version", "since", "until", "expected"),
    [
        ("3.2", "3.2", None, None),
        ("3.2", None, "3.2", None),
        ("2.1", "3.2", None, "ECS99 is in GBCS from 3.2 on; the gas meter has GBCS 2.1"),
        ("4.10", "4.9", None, None),
        ("4.0", None, "3.2", "ECS99 was in GBCS until 3.2; the gas meter has GBCS 4.0"),
    ],
)
def test_versions_bound_a_use_case(
    full_home: HomeProfile, version: str, since: str | None, until: str | None, expected: str | None
) -> None:
    meter = full_home.devices[DeviceKind.GSME]
    old = DeviceProfile(meter.model, replace(meter.firmware, gbcs=Version.parse(version)))
    needs = of_version(
        DeviceKind.GSME,
        "ECS99",
        since=Version.parse(since) if since else None,
        until=Version.parse(until) if until else None,
    )
    assert needs(_with(full_home, old)) == expected


def test_the_first_reason_is_given(full_home: HomeProfile) -> None:
    both = all_of(has(DeviceKind.IHD), has(DeviceKind.PPMID))
    hub_alone = HomeProfile({DeviceKind.COMMS_HUB: full_home.devices[DeviceKind.COMMS_HUB]})
    assert both(hub_alone) == "the home has no in-home display"
    assert both(full_home) is None
