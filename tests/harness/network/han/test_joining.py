"""Devices join, and do not where they must not: whitelist, install code, full log, key establishment."""

import pytest

from device_profiles.model import HanBand
from harness.crypto.zigbee import ZigbeeSecurityError, aes_mmo, install_code_with_crc, keyed_hash
from harness.network.clock import MINUTE, SECOND, Duration, Instant
from harness.network.han.capture import FrameRecorder
from harness.network.han.clusters import Cluster, heard_in, octets
from harness.network.han.device_log import DeviceLog, LogOutcome
from harness.network.han.joining import JoinFailure, Joining, JoinState
from harness.network.han.key_establishment import Termination, certificate_of
from harness.network.han.medium import RADIOS, Medium
from harness.network.han.node import Node
from harness.network.han.simulation import HomeAreaNetwork
from harness.network.han.stack_types import NodeSettings
from harness.network.han.trust_centre import JoinOutcome, TrustCentre
from harness.network.han.tunnel import DeviceTunnel, HubTunnels

START = Instant(800_000_000 * SECOND)
HUB, METER = 0x00DB1234567890A2, 0x00DB1234567890A0
BOTH = (HanBand.GHZ_2_4, HanBand.SUB_GHZ)
CODE = install_code_with_crc(bytes(range(16)))
OTHER_CODE = install_code_with_crc(bytes(range(1, 17)))


class Home:
    def __init__(self, *, loss=0, room=16, seed=1):
        self.recorder = FrameRecorder()
        media = {
            band: Medium(RADIOS[band], seed + place, loss=loss, recorder=self.recorder.of(band))
            for place, band in enumerate(BOTH)
        }
        self.air = HomeAreaNetwork(media, START)
        self.hub = Node(NodeSettings(eui64=HUB, bands=BOTH, coordinator=True))
        self.centre = TrustCentre(
            self.hub, DeviceLog(room), pan=0x1A2B, extended_pan=0x00DB123400000001, seed=b"home"
        )
        self.centre.permit_joining(Instant(START + 10 * MINUTE))
        self.air.add(self.hub)
        self.nodes = [self.hub]

    def device(self, eui64=METER, *, code=CODE, sleepy=False, band=HanBand.GHZ_2_4):
        node = Node(NodeSettings(eui64=eui64, bands=(band,), sleepy=sleepy))
        joining = Joining(node, code, seed=b"device")
        self.air.add(node)
        self.nodes.append(node)
        return node, joining

    def join(self, node, joining):
        joining.join(self.air.now)
        self.air.touch(node)
        over = (JoinState.JOINED, JoinState.FAILED)
        self.air.run_while(lambda: joining.state not in over, Instant(self.air.now + 2 * MINUTE))
        # What the hub still waits for
        self.air.run(Instant(self.air.now + 20 * SECOND))
        return [event.outcome for event in self.centre.events]


@pytest.mark.parametrize("sleepy", [False, True])
@pytest.mark.parametrize("band", BOTH)
@pytest.mark.parametrize("loss", [0, 100_000])
def test_a_logged_device_joins(sleepy, band, loss):
    home = Home(loss=loss)
    assert home.centre.whitelist(METER, CODE) is LogOutcome.DONE
    node, joining = home.device(sleepy=sleepy, band=band)
    assert home.join(node, joining) == [JoinOutcome.ANNOUNCED, JoinOutcome.JOINED]
    assert joining.state is JoinState.JOINED
    keys = {home.hub.keys.links[METER].key, node.keys.links[HUB].key}
    assert len(keys) == 1
    assert home.centre.log.find(METER).joined
    assert home.centre.log.find(METER).install_key not in keys
    assert home.hub.neighbours[node.membership.address].sleepy is sleepy
    assert home.hub.neighbours[node.membership.address].band is band


def test_a_joined_device_has_messages_through_a_tunnel():
    home = Home()
    home.centre.whitelist(METER, CODE)
    node, joining = home.device()
    home.join(node, joining)
    hub, device = HubTunnels(home.hub), DeviceTunnel(node)
    device.open(home.air.now)
    home.air.touch(node)
    home.air.run(Instant(home.air.now + SECOND))
    assert hub.send(METER, b"\xdd" + bytes(300), home.air.now)
    home.air.touch(home.hub)
    home.air.run(Instant(home.air.now + SECOND))
    assert [len(found.octets) for found in device.received] == [301]


def test_a_device_that_is_not_logged_gets_no_key():
    home = Home()
    node, joining = home.device()
    assert home.join(node, joining) == [JoinOutcome.NOT_LOGGED]
    assert joining.failure is JoinFailure.NO_NETWORK_KEY
    assert node.keys.network_key is None
    assert home.hub.neighbours == {}


def test_a_device_with_another_install_code_cannot_read_the_key():
    home = Home()
    home.centre.whitelist(METER, OTHER_CODE)
    node, joining = home.device()
    assert home.join(node, joining) == [JoinOutcome.KEY_NOT_TAKEN]
    assert joining.failure is JoinFailure.NO_NETWORK_KEY
    assert node.refused == 1
    assert home.centre.whitelist(METER, CODE) is LogOutcome.DONE
    assert home.join(node, joining)[-1] is JoinOutcome.JOINED


def test_nobody_joins_while_it_is_not_permitted():
    home = Home()
    home.centre.whitelist(METER, CODE)
    home.centre.permit_joining(START)
    node, joining = home.device()
    assert home.join(node, joining) == []
    assert joining.failure is JoinFailure.NO_NETWORK


def test_a_full_log_takes_nobody():
    home = Home(room=1)
    assert home.centre.whitelist(METER, CODE) is LogOutcome.DONE
    assert home.centre.whitelist(METER + 1, CODE) is LogOutcome.FULL
    assert home.centre.whitelist(METER, OTHER_CODE) is LogOutcome.DONE
    assert home.centre.log.find(METER + 1) is None
    node, joining = home.device(code=OTHER_CODE)
    home.join(node, joining)
    other, refused = home.device(METER + 1)
    home.join(other, refused)
    assert refused.failure is JoinFailure.REFUSED


def test_a_wrong_install_code_is_none():
    home = Home()
    assert home.centre.whitelist(METER, CODE[:-1] + b"\0") is LogOutcome.BAD_INSTALL_CODE
    with pytest.raises(ZigbeeSecurityError):
        Joining(Node(NodeSettings(eui64=METER)), bytes(18), seed=b"")


def test_a_removed_device_leaves():
    home = Home()
    home.centre.whitelist(METER, CODE)
    node, joining = home.device()
    home.join(node, joining)
    assert home.centre.remove(METER, home.air.now) is LogOutcome.DONE
    home.air.touch(home.hub)
    home.air.run(Instant(home.air.now + SECOND))
    assert node.membership is None
    assert joining.state is JoinState.IDLE
    assert home.centre.remove(METER, home.air.now) is LogOutcome.UNKNOWN


class Overheard:
    """What an end is told of key establishment, and the link key that it had then."""

    def __init__(self, node, partner):
        self._usual = node.applications[Cluster.KEY_ESTABLISHMENT]
        self._node, self._partner = node, partner
        self.commands, self.keys = [], []
        node.attach(Cluster.KEY_ESTABLISHMENT, self)

    def heard(self, indication, now):
        self.commands.append(heard_in(Cluster.KEY_ESTABLISHMENT, indication.payload).command)
        self.keys.append(self._node.keys.links[self._partner].key)
        self._usual.heard(indication, now)

    def wake(self, now):
        self._usual.wake(now)

    def wake_at(self):
        return self._usual.wake_at()


def test_the_link_key_follows_from_what_was_exchanged_and_the_key_before():
    home = Home()
    home.centre.whitelist(METER, CODE)
    node, joining = home.device()
    home.join(node, joining)
    asked, answered = Overheard(home.hub, METER), Overheard(node, HUB)
    joining._establishment.begin(0, home.air.now)
    home.air.touch(node)
    home.air.run(Instant(home.air.now + SECOND))
    client, server = (octets(one.commands[0], "identity") for one in (asked, answered))
    ephemeral = b"".join(octets(one.commands[1], "ephemeral_data") for one in (asked, answered))
    (before,) = {*asked.keys, *answered.keys}
    # The stand-in for ECMQV, then the derivation of annex C.4.2.2 with the counter at 2
    secret = keyed_hash(before, client + server + ephemeral)
    names = METER.to_bytes(8, "big") + HUB.to_bytes(8, "big")
    key = aes_mmo(secret + bytes((0, 0, 0, 2)) + names)
    assert home.hub.keys.links[METER].key == node.keys.links[HUB].key == key != before
    marked = names + ephemeral
    proof = keyed_hash(aes_mmo(secret + bytes((0, 0, 0, 1)) + names), b"\x02" + marked)
    assert octets(asked.commands[2], "message_authentication_code") == proof


def test_key_establishment_needs_the_key_that_was_shared_before():
    home = Home()
    home.centre.whitelist(METER, CODE)
    node, joining = home.device()
    home.join(node, joining)
    ended = []
    establishment = joining._establishment
    establishment._done = lambda partner, status, now: ended.append(status)
    node.keys.share(HUB, bytes(16))
    establishment.begin(0, home.air.now)
    home.air.touch(node)
    home.air.run(Instant(home.air.now + SECOND))
    assert ended == [Termination.BAD_KEY_CONFIRM]
    assert home.centre.events[-1].outcome is JoinOutcome.NOT_ESTABLISHED


def test_a_certificate_of_another_issuer_is_refused():
    home = Home()
    home.centre.whitelist(METER, CODE)
    node, joining = home.device()
    home.join(node, joining)
    assert certificate_of(METER, HUB) == certificate_of(METER, HUB)
    home.centre.establishment._issuer = 1
    ended = []
    joining._establishment._done = lambda partner, status, now: ended.append(status)
    joining._establishment.begin(0, home.air.now)
    home.air.touch(node)
    home.air.run(Instant(home.air.now + SECOND))
    assert ended == [Termination.UNKNOWN_ISSUER]


def test_without_an_answer_it_ends():
    home = Home()
    home.centre.whitelist(METER, CODE)
    node, joining = home.device()
    home.join(node, joining)
    home.air.power(home.hub, on=False)
    ended = []
    joining._establishment._done = lambda partner, status, now: ended.append(status)
    joining._establishment.begin(0, home.air.now)
    home.air.touch(node)
    home.air.run(Instant(home.air.now + Duration(MINUTE)))
    assert ended == [Termination.NO_ANSWER]


def test_a_device_installed_long_ago_is_as_one_that_joined():
    home = Home(room=1)
    node, joining = home.device(sleepy=True, band=HanBand.SUB_GHZ)
    assert home.centre.admit(node, bytes(range(16))) is LogOutcome.DONE
    other, _ = home.device(METER + 1)
    assert home.centre.admit(other, bytes(range(16))) is LogOutcome.FULL
    hub, device = HubTunnels(home.hub), DeviceTunnel(node)
    device.open(home.air.now)
    home.air.touch(node)
    home.air.run(Instant(home.air.now + 5 * SECOND))
    assert hub.open_to(METER)
    joining.rejoin(home.air.now)
    home.air.touch(node)
    home.air.run(Instant(home.air.now + 5 * SECOND))
    assert home.centre.events[-1].outcome is JoinOutcome.REJOINED


@pytest.mark.parametrize("sleepy", [False, True])
def test_a_device_comes_back_after_a_loss_of_power(sleepy):
    home = Home()
    home.centre.whitelist(METER, CODE)
    node, joining = home.device(sleepy=sleepy)
    home.join(node, joining)
    home.air.power(node, on=False)
    home.air.run(Instant(home.air.now + MINUTE))
    home.air.power(node, on=True)
    joining.rejoin(home.air.now)
    home.air.touch(node)
    home.air.run(Instant(home.air.now + 10 * SECOND))
    assert joining.state is JoinState.JOINED
    assert home.centre.events[-1].outcome is JoinOutcome.REJOINED


def test_a_device_that_is_no_longer_logged_may_not_come_back():
    home = Home()
    home.centre.whitelist(METER, CODE)
    node, joining = home.device()
    home.join(node, joining)
    home.air.power(node, on=False)
    home.centre.remove(METER, home.air.now)
    home.air.touch(home.hub)
    home.air.run(Instant(home.air.now + MINUTE))
    home.air.power(node, on=True)
    joining.rejoin(home.air.now)
    home.air.touch(node)
    home.air.run(Instant(home.air.now + 10 * SECOND))
    assert joining.failure is JoinFailure.REFUSED


def test_without_a_hub_there_is_nothing_to_come_back_to():
    home = Home()
    home.centre.whitelist(METER, CODE)
    node, joining = home.device()
    joining.rejoin(home.air.now)
    assert joining.state is JoinState.IDLE
    home.join(node, joining)
    home.air.power(home.hub, on=False)
    joining.rejoin(home.air.now)
    home.air.touch(node)
    home.air.run(Instant(home.air.now + MINUTE))
    assert joining.failure is JoinFailure.NO_NETWORK
