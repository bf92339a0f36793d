"""What homes of frames cost. Run with ``pytest tests/benchmarks --benchmark-only``.

Meant to hold on one core: an idle day of a dual-fuel home under 200 ms, a remote read over the wide area
network, hub, tunnel and meter and back under 2 ms, a home made in under 5 ms.
"""

from __future__ import annotations

from typing import Any

import pytest

from device_profiles import catalogue, profiles_of
from device_profiles.home import HomeProfile
from device_profiles.model import DeviceKind
from harness.cases.bench import Bench
from harness.cases.suite import case_by_id
from harness.emulators.home import HomeFactory
from harness.network.clock import DAY, HOUR

DUAL_FUEL = (DeviceKind.COMMS_HUB, DeviceKind.ESME, DeviceKind.GSME, DeviceKind.IHD)


@pytest.fixture(scope="module")
def factory() -> HomeFactory:
    return HomeFactory(b"benchmark", frames=True)


def home_of(*kinds: DeviceKind) -> HomeProfile:
    profiles = [profile for model in catalogue() for profile in profiles_of(model)]
    sound = [profile for profile in profiles if not profile.firmware.defects]
    hub = max((one for one in sound if one.kind is kinds[0]), key=lambda one: len(one.model.bands))
    devices = {hub.kind: hub}
    for kind in kinds[1:]:
        devices[kind] = next(one for one in sound if one.kind is kind and one.model.bands & hub.model.bands)
    return HomeProfile(devices)


@pytest.mark.parametrize("kinds", [DUAL_FUEL, tuple(DeviceKind)], ids=["dual fuel", "every device"])
def test_an_idle_day(benchmark: Any, factory: HomeFactory, kinds: tuple[DeviceKind, ...]) -> None:
    home = factory.build(home_of(*kinds))
    home.wait(HOUR)
    benchmark.pedantic(home.wait, (DAY,), rounds=5)


@pytest.mark.parametrize("kinds", [DUAL_FUEL, tuple(DeviceKind)], ids=["dual fuel", "every device"])
def test_a_home_is_made(benchmark: Any, factory: HomeFactory, kinds: tuple[DeviceKind, ...]) -> None:
    profile = home_of(*kinds)
    factory.build(profile)
    benchmark(factory.build, profile)


@pytest.mark.parametrize("case_id", ["TC_ECS17b_nominal_1", "TC_ECS52_nominal_1", "TC_GCS13a_nominal_2"])
def test_a_case_in_a_home_of_its_own(benchmark: Any, factory: HomeFactory, case_id: str) -> None:
    """The home made, a remote read there and back, and the answer checked."""
    case, profile = case_by_id(case_id), home_of(*DUAL_FUEL)
    benchmark(lambda: case.run(Bench(factory.build(profile), factory.pki)))
