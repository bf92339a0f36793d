"""A home whose wide area network goes and comes back, and messages that are too long for a datagram."""

import pytest

from harness.codecs.envelope import decode_message
from harness.codecs.message import Cra
from harness.gbcs.roles import DeviceRole
from harness.network.clock import HOUR, MINUTE, SECOND, Duration
from harness.network.link import Link, LinkCharacter
from harness.network.port import Stimulus

ESME = DeviceRole.ESME


def test_a_command_into_a_lost_network_is_reported_as_undelivered(tester) -> None:
    home = tester.home
    home.operate(DeviceRole.CHF, Stimulus.WAN_LOST)
    command = tester.command("ECS52", ESME)
    home.send(command)
    assert home.receive(within=Duration(HOUR)) is None
    (failure,) = home.undelivered
    assert (failure.role, failure.octets) == (ESME, command)


@pytest.mark.parametrize(("loss", "times"), [(1_000_000, 0), (500_000, 1)])
def test_a_datagram_that_gets_lost_goes_again_or_is_told_as_undelivered(tester, loss, times) -> None:
    home = tester.home
    there = LinkCharacter(Duration(SECOND), Duration(0), 0, loss)
    home._links[DeviceRole.CHF] = Link(there, 5)
    before, command = home.now, tester.command("ECS52", ESME)
    home.send(command)
    assert (home.receive(within=Duration(HOUR)) is not None) == times
    assert [failure.octets for failure in home.undelivered] == [command] * (1 - times)
    assert home.now > before + SECOND


def test_what_devices_say_meanwhile_comes_in_its_order_afterwards(tester) -> None:
    home = tester.home
    home.operate(DeviceRole.CHF, Stimulus.WAN_LOST)
    for _ in range(3):
        home.operate(ESME, Stimulus.POWER_OFF)
        home.wait(Duration(10 * MINUTE))
        home.operate(ESME, Stimulus.POWER_ON)
        home.wait(Duration(10 * MINUTE))
    assert home.receive(within=Duration(MINUTE)) is None
    home.operate(DeviceRole.CHF, Stimulus.WAN_BACK)
    counters = []
    while (octets := home.receive(within=Duration(HOUR))) is not None:
        message = decode_message(octets)
        assert message.cra is Cra.ALERT
        counters.append(message.originator_counter)
    assert counters == sorted(counters)
    assert len(counters) == len(set(counters)) >= 3


def test_a_network_that_is_back_carries_commands_again(tester) -> None:
    tester.home.operate(DeviceRole.CHF, Stimulus.WAN_LOST)
    tester.home.operate(DeviceRole.CHF, Stimulus.WAN_BACK)
    assert tester.exchange("ECS52", ESME).message_code == 0x0059


def test_a_month_of_half_hours_comes_in_blocks_and_whole(tester) -> None:
    payload = tester.PAYLOADS["ECS22b"].replace("07ea0202ff", "07ea0102ff")
    message = tester.exchange("ECS22b", ESME, payload=payload)
    assert len(message.payload) > 10_000
    assert tester.home.undelivered == ()
