"""What emulated devices cost. Run with ``pytest tests/benchmarks --benchmark-only``.

The limits are several times what was measured on one core of a 2020s server, so that they hold on a
busy machine and still catch a change of order.
"""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from device_profiles import catalogue, profiles_of
from device_profiles.home import HomeProfile
from device_profiles.model import DeviceKind
from harness.cases.bench import Bench
from harness.cases.suite import case_by_id
from harness.emulators.device import EmulatedDevice
from harness.emulators.home import EmulatedHome, HomeFactory
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.clock import DAY, Duration

MICROSECOND = 1e-6
KINDS = (DeviceKind.COMMS_HUB, DeviceKind.ESME, DeviceKind.GSME, DeviceKind.PPMID, DeviceKind.IHD)


@pytest.fixture(scope="module")
def factory() -> HomeFactory:
    return HomeFactory(b"benchmarks")


@pytest.fixture(scope="module")
def profile() -> HomeProfile:
    """The first sound device of each kind."""
    return HomeProfile(
        {
            kind: next(
                profile
                for model in catalogue()
                if model.kind is kind
                for profile in profiles_of(model)
                if not profile.firmware.defects
            )
            for kind in KINDS
        }
    )


def commands(home: EmulatedHome, factory: HomeFactory, name: str, target: DeviceRole) -> Iterator[bytes]:
    """Ever new commands of the supplier to one device."""
    bench = Bench(home, factory.pki)
    while True:
        yield bench.command(name, target, RemotePartyRole.SUPPLIER).octets


@pytest.fixture
def serving(
    factory: HomeFactory, profile: HomeProfile
) -> Callable[[str, DeviceRole], Callable[[], tuple[Any, ...]]]:
    """For a use case and a device: makes a device's next command, as the set-up of one round."""

    def serve(name: str, target: DeviceRole) -> Callable[[], tuple[Any, ...]]:
        home = factory.build(profile)
        octets = commands(home, factory, name, target)
        home.send(next(octets))
        home.wait(DAY)
        device = home._reached(target)
        return lambda: ((device, next(octets), home), {})

    return serve


def answer(device: EmulatedDevice, octets: bytes, home: EmulatedHome) -> None:
    device.receive(octets, home.now)
    assert len(device.outgoing(home.now)) == 1


def test_building_a_home(benchmark: Any, factory: HomeFactory, profile: HomeProfile) -> None:
    factory.build(profile)
    benchmark(factory.build, profile)
    assert benchmark.stats.stats.mean < 50 * MICROSECOND


@pytest.mark.parametrize(
    ("name", "target", "limit"),
    [
        ("ECS52", DeviceRole.ESME, 150),
        ("ECS17b", DeviceRole.ESME, 250),
        ("GCS38", DeviceRole.GSME, 150),
        ("GCS13a", DeviceRole.GPF, 250),
        ("CS07", DeviceRole.PPMID, 300),
    ],
)
def test_one_read_on_the_device(
    benchmark: Any, serving: Any, name: str, target: DeviceRole, limit: int
) -> None:
    """Octets in, octets out: parse, MAC check, execution, response, MAC."""
    benchmark.pedantic(answer, setup=serving(name, target), rounds=1_000)
    assert benchmark.stats.stats.median < limit * MICROSECOND


@pytest.mark.parametrize(("name", "target"), [("ECS43", DeviceRole.ESME), ("GCS40b", DeviceRole.GSME)])
def test_one_critical_command_on_the_device(
    benchmark: Any, serving: Any, name: str, target: DeviceRole
) -> None:
    """As a read, with a signature to verify and one to make."""
    benchmark.pedantic(answer, setup=serving(name, target), rounds=300)
    assert benchmark.stats.stats.median < 500 * MICROSECOND


def test_half_hour_log_of_a_day(benchmark: Any, serving: Any) -> None:
    benchmark.pedantic(answer, setup=serving("ECS22b", DeviceRole.ESME), rounds=200)
    assert benchmark.stats.stats.median < 2_000 * MICROSECOND


def test_whole_home_that_answers(benchmark: Any, factory: HomeFactory, profile: HomeProfile) -> None:
    """The case that every combination is driven by, tester's side included."""
    case = case_by_id("TC_home_answers_1")

    def run() -> None:
        case.run(Bench(factory.build(profile), factory.pki))

    run()
    benchmark(run)
    assert benchmark.stats.stats.median < 2_400 * MICROSECOND


def test_idle_day(benchmark: Any, factory: HomeFactory, profile: HomeProfile) -> None:
    home = factory.build(profile)
    benchmark(home.wait, Duration(DAY))
    assert benchmark.stats.stats.mean < 0.2


def test_memory_of_an_idle_home(benchmark: Any, factory: HomeFactory, profile: HomeProfile) -> None:
    """What each further home holds once all of its devices have answered, in octets."""
    case = case_by_id("TC_home_answers_1")
    homes = [factory.build(profile) for _ in range(21)]
    case.run(Bench(homes[0], factory.pki))
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for home in homes[1:]:
            case.run(Bench(home, factory.pki))
            home.wait(Duration(DAY))
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    each = (after - before) // len(homes[1:])
    benchmark.extra_info["octets"] = each
    benchmark(factory.build, profile)
    assert each < 2_000_000
