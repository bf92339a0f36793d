"""What the home area network costs. Run with ``pytest tests/benchmarks --benchmark-only``.

How much a home may cost: an idle day of a dual-fuel home under 200 ms of
one core, a message to the electricity meter and its answer back under 2 ms.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from device_profiles.model import HanBand
from harness.network.clock import DAY, HOUR, MINUTE, SECOND, Duration, Instant
from harness.network.han.device_log import DeviceLog
from harness.network.han.keep_alive import KeepAlive, serve_keep_alive
from harness.network.han.medium import RADIOS, Medium
from harness.network.han.mirror import Mirror, report_register
from harness.network.han.node import Node
from harness.network.han.simulation import HomeAreaNetwork
from harness.network.han.stack_types import NodeSettings
from harness.network.han.timekeeping import follow_time, serve_time
from harness.network.han.trust_centre import TrustCentre
from harness.network.han.tunnel import DeviceTunnel, HubTunnels

START = Instant(800_000_000 * SECOND)
HUB, ELECTRICITY, GAS, DISPLAY = range(0x00DB123456789000, 0x00DB123456789004)
BANDS = (HanBand.GHZ_2_4, HanBand.SUB_GHZ)
IDLE_DAY = 0.2
REMOTE_READ = 0.002
SLACK = 3
"""A busy machine is slower than the one that the limits were measured on."""


class Home:
    """A hub, an electricity meter, a sleepy gas meter and a display, and all that they do unasked."""

    def __init__(self, gas_band: HanBand = HanBand.GHZ_2_4) -> None:
        media = {band: Medium(RADIOS[band], place) for place, band in enumerate(BANDS)}
        self.air = HomeAreaNetwork(media, START)
        hub = self.hub = Node(NodeSettings(eui64=HUB, bands=BANDS, coordinator=True))
        self.electricity = Node(NodeSettings(eui64=ELECTRICITY))
        gas = Node(NodeSettings(eui64=GAS, bands=(gas_band,), sleepy=True))
        display = Node(NodeSettings(eui64=DISPLAY))
        centre = TrustCentre(hub, DeviceLog(), pan=0x1A2B, extended_pan=HUB, seed=b"benchmark")
        self.tunnels = HubTunnels(hub)
        serve_keep_alive(hub)
        serve_time(hub, lambda now: now)
        Mirror(hub, GAS)
        for place, node in enumerate((self.electricity, gas, display)):
            centre.admit(node, bytes((place,)) * 16)
            KeepAlive(node, Instant(START + (place + 1) * MINUTE))
            follow_time(node, Instant(START + HOUR), lambda time: None)
        report_register(gas, Instant(START + MINUTE), lambda now: now // HOUR)
        DeviceTunnel(gas, first_poll=Instant(START + MINUTE))
        self.tunnel = DeviceTunnel(self.electricity, first_poll=START)
        for node in (hub, self.electricity, gas, display):
            self.air.add(node)

    def run(self, duration: Duration) -> None:
        """Let time run."""
        self.air.run(Instant(self.air.now + duration))


@pytest.fixture(scope="module")
def settled() -> Callable[[HanBand], Home]:
    def made(band: HanBand) -> Home:
        home = Home(band)
        home.run(HOUR)
        return home

    return made


@pytest.mark.parametrize("band", BANDS)
def test_an_idle_day(benchmark: Any, settled: Callable[[HanBand], Home], band: HanBand) -> None:
    home = settled(band)
    before = home.air.frames
    benchmark.pedantic(home.run, (DAY,), rounds=3)
    assert home.air.frames > before + 3_000
    assert benchmark.stats.stats.min < SLACK * IDLE_DAY


def test_a_remote_read(benchmark: Any, settled: Callable[[HanBand], Home]) -> None:
    home = settled(HanBand.GHZ_2_4)
    request, response = b"\xdd" + bytes(120), b"\xdd" + bytes(250)

    def read() -> None:
        home.tunnels.send(ELECTRICITY, request, home.air.now)
        home.air.touch(home.hub)
        home.run(SECOND)
        assert home.tunnel.received.pop().octets == request
        home.tunnel.send(response, home.air.now)
        home.air.touch(home.electricity)
        home.run(SECOND)
        assert home.tunnels.received.pop().octets == response

    benchmark(read)
    assert benchmark.stats.stats.median < SLACK * REMOTE_READ


def test_a_home_is_made(benchmark: Any) -> None:
    benchmark(Home)
    assert benchmark.stats.stats.median < 0.002
