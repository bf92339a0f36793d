"""Nodes on the air: security, acknowledgement, fragments, duplicates, sleepy devices, tunnels."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device_profiles.model import HanBand
from harness.codecs.han.mac import encode_mac, frame_check_sequence
from harness.network.clock import HOUR, MINUTE, SECOND, Duration, Instant
from harness.network.han.capture import FrameRecorder
from harness.network.han.medium import RADIOS, Medium
from harness.network.han.node import Node
from harness.network.han.polling import Poller
from harness.network.han.simulation import HomeAreaNetwork
from harness.network.han.stack_types import COORDINATOR, Membership, Neighbour, NodeSettings
from harness.network.han.tunnel import DeviceTunnel, HubTunnels

START = Instant(800_000_000 * SECOND)
NETWORK_KEY = bytes(range(16))
HUB, METER, GAS = 0x00DB1234567890A2, 0x00DB1234567890A0, 0x00DB1234567890A1
PAN, EXTENDED_PAN = 0x1A2B, 0x00DB123400000001
ADDRESSES = {HUB: COORDINATOR, METER: 0x4E21, GAS: 0x7A31}
BOTH = (HanBand.GHZ_2_4, HanBand.SUB_GHZ)
MESSAGE = b"\xdf" + bytes(range(249))


class Collector:
    """An application that keeps what it hears."""

    def __init__(self):
        self.heard_data = []

    def heard(self, indication, now):
        self.heard_data.append((now, indication))

    def wake(self, now):
        raise AssertionError

    def wake_at(self):
        return None


class Home:
    """A hub, a meter that listens and one that sleeps, joined beforehand."""

    def __init__(self, *, loss=0, seed=1, gas_band=HanBand.GHZ_2_4):
        self.recorder = FrameRecorder()
        self.media = {
            band: Medium(RADIOS[band], seed + place, loss=loss, recorder=self.recorder.of(band))
            for place, band in enumerate(BOTH)
        }
        self.air = HomeAreaNetwork(self.media, START)
        self.hub = Node(NodeSettings(eui64=HUB, bands=BOTH, coordinator=True))
        self.meter = Node(NodeSettings(eui64=METER))
        self.gas = Node(NodeSettings(eui64=GAS, bands=(gas_band,), sleepy=True))
        for node in (self.hub, self.meter, self.gas):
            eui64 = node.settings.eui64
            node.membership = Membership(PAN, EXTENDED_PAN, ADDRESSES[eui64])
            node.keys.take_network_key(NETWORK_KEY, 0)
            for other in (self.hub, self.meter, self.gas):
                if other is not node:
                    partner = other.settings.eui64
                    node.keys.share(
                        partner, bytes((ADDRESSES[eui64] ^ ADDRESSES[partner]) & 0xFF for _ in range(16))
                    )
                    node.neighbours[ADDRESSES[partner]] = Neighbour(
                        partner, other.settings.sleepy, other.settings.bands[0]
                    )
            self.air.add(node)

    def run(self, duration):
        self.air.run(Instant(self.air.now + duration))


@pytest.mark.parametrize("length", [1, 71, 72, 250, 1500])
@pytest.mark.parametrize("loss", [0, 200_000])
def test_data_come_once_and_whole(length, loss):
    home = Home(loss=loss)
    collector = Collector()
    home.meter.attach(0x0704, collector)
    payload = bytes(place & 0xFF for place in range(length))
    fared = []
    handle = home.hub.send(ADDRESSES[METER], 0x0704, payload, home.air.now)
    home.hub.follow(handle, lambda delivered, at: fared.append((delivered, at - START)))
    home.air.touch(home.hub)
    home.run(MINUTE)
    assert [found.payload for _, found in collector.heard_data] == [payload]
    assert [delivered for delivered, _ in fared] == [True]
    assert fared[0][1] < 30 * SECOND
    assert collector.heard_data[0][1].secured


def test_the_same_seed_gives_the_same_frames():
    runs = []
    for _ in range(2):
        home = Home(loss=200_000, seed=7)
        home.meter.attach(0x0704, Collector())
        home.hub.send(ADDRESSES[METER], 0x0704, bytes(400), home.air.now)
        home.air.touch(home.hub)
        home.run(MINUTE)
        runs.append(home.recorder.frames)
    assert runs[0] == runs[1]
    assert len(runs[0]) > 12


def test_who_took_part_follows_from_frames():
    home = Home()
    home.hub.send(ADDRESSES[METER], 0x0704, b"?", home.air.now)
    home.air.touch(home.hub)
    home.run(SECOND)
    assert home.air.involved == {HUB, METER}
    home.air.involved.clear()
    home.run(MINUTE)
    assert home.air.involved == set()


@pytest.mark.parametrize("band", BOTH)
@pytest.mark.parametrize("length", [10, 300])
def test_devices_reach_each_other_through_the_hub(band, length):
    home = Home(gas_band=band)
    there, back = Collector(), Collector()
    home.gas.attach(0x0705, there)
    home.meter.attach(0x0705, back)
    home.gas.stay_awake(Instant(START + MINUTE))
    home.gas.send(ADDRESSES[METER], 0x0705, bytes(length), home.air.now)
    home.air.touch(home.gas)
    home.run(SECOND)
    home.meter.send(ADDRESSES[GAS], 0x0705, bytes(length), home.air.now)
    home.air.touch(home.meter)
    home.run(Duration(3 * SECOND))
    for collector, source in ((back, GAS), (there, METER)):
        ((_, indication),) = collector.heard_data
        assert (indication.source, indication.payload) == (ADDRESSES[source], bytes(length))
    assert home.hub.refused == home.meter.refused == home.gas.refused == 0


def test_a_device_without_power_is_not_reached():
    home = Home()
    fared = []
    home.air.power(home.meter, on=False)
    handle = home.hub.send(ADDRESSES[METER], 0x0704, b"?", home.air.now)
    home.hub.follow(handle, lambda delivered, at: fared.append(delivered))
    home.air.touch(home.hub)
    home.run(MINUTE)
    assert fared == [False]


def test_a_frame_heard_twice_is_taken_once():
    home = Home()
    collector = Collector()
    home.meter.attach(0x0704, collector)
    home.hub.send(ADDRESSES[METER], 0x0704, b"once", home.air.now)
    home.air.touch(home.hub)
    home.run(SECOND)
    data = [octets for _, _, octets in home.recorder.frames if len(octets) > 30]
    home.meter._last.clear()
    home.meter.receive(data[0], home.air.now)
    assert home.meter.refused == 1
    assert len(collector.heard_data) == 1


def test_a_frame_that_was_changed_is_refused():
    home = Home()
    collector = Collector()
    home.meter.attach(0x0704, collector)
    home.hub.send(ADDRESSES[METER], 0x0704, b"text", home.air.now)
    (outbound,) = home.hub.outgoing()
    frame = outbound.frame
    spoilt = replace(frame, payload=frame.payload[:-5] + bytes((frame.payload[-5] ^ 1,)) + frame.payload[-4:])
    home.meter.receive(encode_mac(spoilt), home.air.now)
    home.meter.receive(
        encode_mac(replace(frame, sequence=frame.sequence + 1, payload=frame.payload[:9])), home.air.now
    )
    home.meter.receive(b"\0\1\2", home.air.now)
    assert home.meter.refused == 3
    assert collector.heard_data == []


def test_without_the_link_key_nothing_is_sent():
    home = Home()
    home.hub.keys.links.clear()
    home.hub.send(ADDRESSES[METER], 0x0704, b"text", home.air.now)
    assert home.hub.outgoing() == []
    assert home.hub.refused == 1


def opened(home):
    hub, device = HubTunnels(home.hub), DeviceTunnel(home.meter)
    device.open(home.air.now)
    home.air.touch(home.meter)
    home.run(SECOND)
    return hub, device


@pytest.mark.parametrize("loss", [0, 200_000])
@pytest.mark.parametrize("length", [60, 250, 1_200, 3_986])
def test_messages_go_both_ways_through_a_tunnel(length, loss):
    home = Home(loss=loss)
    hub, device = opened(home)
    assert hub.open_to(METER)
    message = b"\xdd" + bytes(place % 251 for place in range(length - 1))
    assert hub.send(METER, message, home.air.now)
    home.air.touch(home.hub)
    home.run(MINUTE)
    assert [found.octets for found in device.received] == [message]
    assert device.send(message[::-1], home.air.now)
    home.air.touch(home.meter)
    home.run(MINUTE)
    assert [(found.partner, found.octets) for found in hub.received] == [(METER, message[::-1])]
    assert hub.undelivered == []


def test_a_closed_tunnel_carries_nothing():
    home = Home()
    hub, device = opened(home)
    device.close(home.air.now)
    home.air.touch(home.meter)
    home.run(SECOND)
    assert not hub.open_to(METER)
    assert not hub.send(METER, MESSAGE, home.air.now)
    assert not device.send(MESSAGE, home.air.now)


def test_a_second_request_gives_a_new_tunnel():
    home = Home()
    hub, device = opened(home)
    first = device.identifier
    device.open(home.air.now)
    home.air.touch(home.meter)
    home.run(SECOND)
    assert device.identifier not in (None, first)
    hub.send(METER, MESSAGE, home.air.now)
    home.air.touch(home.hub)
    home.run(SECOND)
    assert [found.octets for found in device.received] == [MESSAGE]


def test_data_of_an_unknown_tunnel_are_answered_with_an_error():
    home = Home()
    hub, device = opened(home)
    hub.close(METER, home.air.now)
    device.send(MESSAGE, home.air.now)
    home.air.touch(home.meter)
    home.run(Duration(3 * SECOND))
    assert not hub.received
    assert hub.open_to(METER)  # the device asked for a new one


def test_a_message_that_no_device_acknowledges_is_told():
    home = Home()
    hub, _ = opened(home)
    home.air.power(home.meter, on=False)
    hub.send(METER, MESSAGE, home.air.now)
    home.air.touch(home.hub)
    home.run(MINUTE)
    assert [found.octets for found in hub.undelivered] == [MESSAGE]


@pytest.mark.parametrize("band", BOTH)
def test_a_sleepy_device_fetches_its_messages(band):
    home = Home(gas_band=band)
    hub = HubTunnels(home.hub)
    device = DeviceTunnel(home.gas, first_poll=Instant(START + MINUTE))
    home.air.touch(home.gas)
    home.run(Duration(HOUR))
    assert hub.open_to(GAS)
    hub.send(GAS, MESSAGE, home.air.now)
    hub.send(GAS, MESSAGE[:90], home.air.now)
    home.run(Duration(4 * MINUTE))
    assert not device.received
    before = len(home.recorder.frames)
    home.run(Duration(31 * MINUTE))
    assert [found.octets for found in device.received] == [MESSAGE, MESSAGE[:90]]
    assert len(home.recorder.frames) - before < 120
    device.send(MESSAGE, home.air.now)
    home.air.touch(home.gas)
    home.run(MINUTE)
    assert [(found.partner, found.octets) for found in hub.received] == [(GAS, MESSAGE)]


def test_a_message_is_not_held_for_ever():
    home = Home()
    hub = HubTunnels(home.hub, hold_time=Duration(20 * MINUTE))
    device = DeviceTunnel(home.gas, first_poll=Instant(START + MINUTE), poll_period=HOUR)
    home.air.touch(home.gas)
    home.run(Duration(10 * MINUTE))
    hub.send(GAS, MESSAGE, home.air.now)
    home.run(Duration(HOUR))
    assert not device.received
    assert [found.octets for found in hub.undelivered] == [MESSAGE]


def test_an_idle_sleepy_device_hardly_sends():
    home = Home()
    HubTunnels(home.hub)
    DeviceTunnel(home.gas, first_poll=Instant(START + MINUTE))
    home.air.touch(home.gas)
    home.run(Duration(12 * HOUR))
    assert 24 * 4 < home.air.frames < 24 * 14


def test_a_broadcast_is_no_answer_to_a_poll_that_is_on_its_way():
    poller = Poller()
    poller.begin(START)
    poller.received(START, more=False)
    assert poller.polling
    poller.answered(START, pending=True)
    assert poller.polling
    poller.received(START, more=True)
    assert poller.due_at(waiting=False) == START
    poller.begin(START)
    poller.answered(START, pending=False)
    assert not poller.polling
    assert poller.due_at(waiting=False) is None
    assert poller.due_at(waiting=True) > START


@settings(max_examples=25, deadline=None)
@given(
    loss=st.integers(0, 450_000),
    seed=st.integers(0, 2**64 - 1),
    lengths=st.lists(st.integers(1, 1_500), min_size=1, max_size=4),
    sleepy=st.booleans(),
)
def test_whatever_is_lost_messages_come_once_or_are_told_as_undelivered(loss, seed, lengths, sleepy):
    home = Home(loss=loss, seed=seed)
    hub = HubTunnels(home.hub)
    node, eui64 = (home.gas, GAS) if sleepy else (home.meter, METER)
    device = DeviceTunnel(node, first_poll=Instant(START + SECOND))
    for _ in range(20):
        home.air.touch(node)
        home.run(Duration(6 * MINUTE))
        if hub.open_to(eui64) and device.identifier is not None:
            break
    messages = [b"\xdd" + bytes((place,)) + bytes(length) for place, length in enumerate(lengths)]
    sent = [message for message in messages if hub.send(eui64, message, home.air.now)]
    home.air.touch(home.hub)
    home.run(Duration(9 * HOUR if sleepy else 10 * MINUTE))
    found = [carried.octets for carried in device.received]
    assert len(set(found)) == len(found)
    if device.identifier is not None:
        left = [entry[1] for entry in hub._tunnels[eui64].mailbox] if eui64 in hub._tunnels else []
        told = [carried.octets for carried in hub.undelivered]
        assert set(sent) <= {*found, *told, *left}


@given(st.binary(max_size=130), st.booleans())
def test_no_octets_off_the_air_stop_a_device(octets, sleepy):
    home = Home()
    node = home.gas if sleepy else home.hub
    node.receive(octets, START)
    frame = octets + frame_check_sequence(octets).to_bytes(2, "little")
    node.receive(frame, START)
    home.air.touch(node)
    home.run(MINUTE)
