"""Who is on the network of a home of frames: power lost and back, leaving, joining, another hub."""

import pytest

from device_profiles.model import DeviceKind
from harness.emulators.identity import install_code_of
from harness.emulators.membership import hashed_install_key, hashed_link_key
from harness.gbcs.roles import DeviceRole
from harness.network.clock import HOUR, MINUTE, SECOND, Duration
from harness.network.han.joining import JoinFailure, JoinState
from harness.network.han.trust_centre import JoinOutcome
from harness.network.port import Stimulus

CHF, ESME, GSME, PPMID = DeviceRole.CHF, DeviceRole.ESME, DeviceRole.GSME, DeviceRole.PPMID


@pytest.fixture
def framed(factory, tester):
    return type(tester)(factory.build(tester.home.profile, frames=True), factory.pki)


def outcomes(home):
    """What the hub would log of joining, by role."""
    return [(home.network.roles[event.device], event.outcome) for event in home.network.centre.events]


def sent_by(home, role):
    """How many frames a device has secured: what it has sent, but for polls."""
    return home.network.stacks[role].node.keys._outgoing


def read(tester, role):
    tester.exchange("GCS38" if role is GSME else "CS07" if role is PPMID else "ECS52", role)


@pytest.mark.parametrize("role", [ESME, GSME, PPMID])
def test_a_device_comes_back_when_it_has_power_again(framed, role):
    home = framed.home
    home.operate(role, Stimulus.POWER_OFF)
    counters = sent_by(home, role)
    home.wait(Duration(50 * MINUTE))
    assert sent_by(home, role) == counters
    home.operate(role, Stimulus.POWER_ON)
    home.wait(Duration(10 * SECOND))
    assert outcomes(home) == [(role, JoinOutcome.REJOINED)]
    while home.receive(within=Duration(MINUTE)) is not None:
        pass
    read(framed, role)


def test_what_a_meter_says_of_an_outage_goes_out_once_it_is_back(framed):
    framed.home.operate(ESME, Stimulus.POWER_OFF)
    framed.home.wait(Duration(5 * MINUTE))
    framed.home.operate(ESME, Stimulus.POWER_ON)
    assert len(framed.alerts(Duration(MINUTE))) == 2


def test_a_hub_without_power_hears_nobody_and_then_everybody(framed):
    framed.home.operate(CHF, Stimulus.POWER_OFF)
    framed.home.operate(ESME, Stimulus.POWER_OFF)
    framed.home.wait(HOUR)
    framed.home.operate(ESME, Stimulus.POWER_ON)
    assert framed.home.receive(within=Duration(5 * MINUTE)) is None
    assert framed.home.network.stacks[ESME].joining.failure is JoinFailure.NO_NETWORK
    framed.home.operate(CHF, Stimulus.POWER_ON)
    for role in (GSME, ESME, PPMID):
        while framed.home.receive(within=Duration(2 * MINUTE)) is not None:
            pass
        read(framed, role)


@pytest.mark.parametrize("role", [ESME, GSME, PPMID])
def test_a_device_that_is_sent_away_and_let_in_has_new_keys_and_a_new_tunnel(framed, role):
    home = framed.home
    entity_id = home.devices[role].entity_id
    stack = home.network.stacks[role]
    hub = home.network.hub.settings.eui64
    before = stack.node.keys.links[hub].key, stack.tunnel.identifier
    home.send_away(entity_id)
    home.wait(Duration(10 * SECOND))
    # The meter that sleeps does not hear that it has to go
    assert (stack.node.membership is None) is (role is not GSME)
    framed.home.send(framed.command("GCS38" if role is GSME else "CS07", role))
    assert framed.receive() is None
    assert home.let_in(entity_id, hashed_install_key(install_code_of(entity_id)))
    home.wait(MINUTE)
    assert stack.joining.state is JoinState.JOINED
    assert outcomes(home)[-1] == (role, JoinOutcome.JOINED)
    assert stack.node.keys.links[hub].key == home.network.hub.keys.links[stack.node.settings.eui64].key
    assert stack.node.keys.links[hub].key != before[0]
    assert stack.tunnel.identifier != before[1]
    read(framed, role)


def test_a_message_for_a_device_on_its_way_in_waits_for_it(framed):
    entity_id = framed.home.devices[ESME].entity_id
    framed.home.send_away(entity_id)
    framed.home.wait(MINUTE)
    framed.home.let_in(entity_id, hashed_install_key(install_code_of(entity_id)))
    before = framed.home.now
    read(framed, ESME)
    assert SECOND < framed.home.now - before < 20 * SECOND


def test_a_device_with_another_install_code_does_not_come_in(framed):
    home = framed.home
    entity_id = home.devices[ESME].entity_id
    home.send_away(entity_id)
    home.wait(MINUTE)
    assert not home.let_in(entity_id, hashed_install_key(bytes(16)))
    home.wait(MINUTE)
    assert home.network.stacks[ESME].joining.failure is JoinFailure.NO_NETWORK_KEY
    assert outcomes(home)[-1] == (ESME, JoinOutcome.KEY_NOT_TAKEN)
    home.send(framed.command("ECS52", ESME))
    assert framed.receive() is None


def test_a_device_comes_in_with_the_hash_of_the_key_that_it_had(framed):
    home = framed.home
    entity_id, hub = (home.devices[role].entity_id for role in (ESME, CHF))
    home.send_away(entity_id)
    home.wait(MINUTE)
    assert home.let_in(entity_id, hashed_link_key(hub, entity_id))
    read(framed, ESME)
    assert hashed_link_key(hub, entity_id) in home.network.hub.keys.replaced


def test_all_devices_come_to_another_hub_with_the_keys_of_a_backup(framed, profile):
    home = framed.home
    old = home.devices[CHF].entity_id
    home.wait(HOUR)
    home.replace_hub(profile(DeviceKind.COMMS_HUB))
    home.wait(HOUR)
    for role in (ESME, GSME):
        home.send(framed.command("GCS38" if role is GSME else "ECS52", role))
        assert framed.receive() is None
    for role in home.network.stacks:
        entity_id = home.devices[role].entity_id
        assert home.let_in(entity_id, hashed_link_key(old, entity_id))
    home.wait(MINUTE)
    assert {(role, JoinOutcome.JOINED) for role in home.network.stacks} <= set(outcomes(home))
    for role in (ESME, GSME, PPMID):
        read(framed, role)
    home.wait(HOUR)
    assert home.now - home.housekeeping.mirror.reported_at < HOUR


def test_letting_in_whoever_is_there_changes_nothing(framed):
    entity_id = framed.home.devices[ESME].entity_id
    framed.home.let_in(entity_id, hashed_install_key(install_code_of(entity_id)))
    framed.home.wait(MINUTE)
    assert framed.home.network.air.frames == 0
    read(framed, ESME)
