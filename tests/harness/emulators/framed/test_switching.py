"""A switch elsewhere in a home of frames: what it does while its meter cannot be heard, and after."""

import pytest

from device_profiles.model import DeviceKind, Feature
from harness.emulators.subjects.controllers import Controllers, Direction, Target
from harness.emulators.subjects.controllers import Order as Level
from harness.gbcs.roles import DeviceRole
from harness.network.clock import HOUR, MINUTE, SECOND, Duration, Instant
from harness.network.port import Display, Stimulus

ESME, HCALCS = DeviceRole.ESME, DeviceRole.HCALCS
ELSEWHERE = Target(Direction.OUTPUT, 2)


@pytest.fixture
def home(make_tester, profile, factory):
    sound = make_tester(esme=profile(DeviceKind.ESME, features=frozenset(Feature)))
    return factory.build(sound.home.profile, frames=True)


def test_a_switch_stays_without_its_meter_and_follows_it_once_that_is_on_the_network_again(home):
    now = home.now
    home._inside(ESME).part(Controllers).order(ELSEWHERE, Level(100, now, Instant(now + 30 * MINUTE)))
    assert home.read_display(HCALCS, Display.SWITCH) == "on"
    home.operate(ESME, Stimulus.POWER_OFF)
    home.wait(HOUR)
    assert home.read_display(HCALCS, Display.SWITCH) == "on"
    home.operate(ESME, Stimulus.POWER_ON)
    # The meter has yet to find its way back to the hub
    home.wait(Duration(30 * SECOND))
    assert home.read_display(HCALCS, Display.SWITCH) == "off"
