"""What the wide area network learns of a hub's mains: the last gasp, and the return."""

import pytest

from harness.gbcs.roles import DeviceRole
from harness.network.clock import MINUTE, SECOND, Duration
from harness.network.port import Stimulus

CHF, ESME = DeviceRole.CHF, DeviceRole.ESME


@pytest.fixture(params=[False, True], ids=["messages", "frames"])
def home(request, factory, tester):
    return factory.build(tester.home.profile, frames=request.param)


def told(home):
    return [(one.hub, one.has_mains) for one in home.power_notices]


def test_hub_tells_of_the_loss_and_the_return_of_its_mains(home):
    hub = home.devices[CHF].entity_id
    home.operate(CHF, Stimulus.POWER_OFF)
    assert told(home) == []
    home.wait(Duration(MINUTE))
    assert told(home) == [(hub, False)]
    home.operate(CHF, Stimulus.POWER_ON)
    home.wait(Duration(MINUTE))
    assert told(home) == [(hub, False), (hub, True)]
    first, second = (one.at for one in home.power_notices)
    assert MINUTE - 10 * SECOND < second - first < MINUTE + 10 * SECOND


def test_nothing_is_told_of_what_does_not_change(home):
    home.operate(CHF, Stimulus.POWER_ON)
    home.operate(CHF, Stimulus.POWER_OFF)
    home.operate(CHF, Stimulus.POWER_OFF)
    home.operate(ESME, Stimulus.POWER_OFF)
    home.wait(Duration(MINUTE))
    assert [has_mains for _, has_mains in told(home)] == [False]


def test_a_last_gasp_into_a_lost_network_is_lost(home):
    home.operate(CHF, Stimulus.WAN_LOST)
    home.operate(CHF, Stimulus.POWER_OFF)
    home.operate(CHF, Stimulus.WAN_BACK)
    home.wait(Duration(MINUTE))
    assert told(home) == []
