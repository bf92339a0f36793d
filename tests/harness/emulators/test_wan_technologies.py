"""Long messages and images over each technology of the wide area network: in blocks, and again where lost."""

from dataclasses import replace
from itertools import pairwise

import pytest

from device_profiles.home import HomeProfile
from device_profiles.model import DeviceKind, WanTechnology
from harness.codecs.block_transfer import BlockReceiver, decode_block
from harness.codecs.datagram import DLMS_PORT, decode_datagram
from harness.codecs.framing import WRAPPER_HEADER_LENGTH
from harness.execution.capturing import wan_capture
from harness.gbcs.roles import DeviceRole
from harness.network.clock import HOUR
from harness.network.link import WAN_CHARACTERS
from harness.network.port import Stimulus
from harness.network.wide_area import ATTEMPTS, CHARACTERS

CHF, ESME = DeviceRole.CHF, DeviceRole.ESME
IMAGE = bytes(place % 251 for place in range(70_000))
"""More than a datagram could hold."""
LOST = "lost on the way"
SOME = 150_000
"""Of a million messages, so many do not arrive."""


def with_wan(tester, factory, technology, loss):
    """A tester in a home whose hub speaks a technology, over links that lose so many in a million."""
    hub = tester.home.profile.devices[DeviceKind.COMMS_HUB]
    hub = replace(hub, model=replace(hub.model, wan=frozenset({technology})))
    altered = replace(
        factory.template(CHF, hub), link_character=replace(WAN_CHARACTERS[technology], loss=loss)
    )
    profile = HomeProfile({**tester.home.profile.devices, DeviceKind.COMMS_HUB: hub})
    return type(tester)(factory.build(profile, {CHF: altered}), factory.pki)


def captured(home, down):
    """The datagrams in a capture in one direction: what the wrapper held, and the comment on it."""
    found = []
    for packet in wan_capture(home).packets:
        datagram = decode_datagram(packet.octets)
        assert (datagram.source.port, datagram.destination.port) == (DLMS_PORT, DLMS_PORT)
        if packet.comment.startswith("remote party to") is down:
            found.append((datagram.payload[WRAPPER_HEADER_LENGTH:], packet.comment))
    return found


def arrived(datagrams):
    """What blocks that arrived make: one message."""
    receiver = BlockReceiver(1 << 20)
    for octets, comment in datagrams:
        if LOST not in comment and octets[0] == 0xE0:
            block = decode_block(octets)
            if block.data:
                receiver.receive(block)
    return receiver.message


@pytest.mark.parametrize("technology", WanTechnology)
@pytest.mark.parametrize("loss", [0, SOME])
def test_a_long_answer_and_an_image_are_blocks_in_a_capture(tester, factory, analyse, technology, loss):
    lossy = with_wan(tester, factory, technology, loss)
    largest = CHARACTERS[technology].largest
    payload = lossy.PAYLOADS["ECS22b"].replace("07ea0202ff", "07ea0102ff")
    answer = lossy.exchange("ECS22b", ESME, payload=payload)
    assert len(answer.payload) > 8 * largest
    told, up = lossy.home.transcript[-1].octets, captured(lossy.home, down=False)
    assert arrived(up) == told
    commands = len(captured(lossy.home, down=True))
    lossy.home.distribute_image(ESME, IMAGE)
    lossy.home.wait(HOUR)
    down = captured(lossy.home, down=True)[commands:]
    assert arrived(down) == IMAGE
    everything = wan_capture(lossy.home).packets
    assert all(len(octets) <= largest + 9 for octets, _ in up + down)
    assert any(LOST in packet.comment for packet in everything) is (loss > 0)
    assert lossy.home.undelivered == ()
    assert [packet.at for packet in everything] == sorted(packet.at for packet in everything)
    read = analyse(wan_capture(lossy.home), ())
    assert len(read) == len(everything)
    assert [one for one in read if one.complaint or one.layers[:3] != ("raw", "ip", "udp")] == []


@pytest.mark.parametrize("technology", WanTechnology)
@pytest.mark.parametrize("by", ["outage", "loss"])
def test_what_nothing_carries_is_given_up_and_told(tester, factory, technology, by):
    lossy = with_wan(tester, factory, technology, 1_000_000 if by == "loss" else 0)
    if by == "outage":
        lossy.home.operate(CHF, Stimulus.WAN_LOST)
    command, start = lossy.command("ECS52", ESME), lossy.home.now
    lossy.home.send(command)
    lossy.home.distribute_image(ESME, IMAGE)
    assert lossy.receive() is None
    lossy.home.wait(HOUR)
    patience = CHARACTERS[technology].patience
    told = lossy.home.undelivered
    assert [one.octets for one in told] == [command, IMAGE]
    assert {one.at - start for one in told} == {ATTEMPTS * patience}
    (tried, again) = (one for one in lossy.home.crossings)
    moments = [one.sent for one in tried.transfer.datagrams]
    assert [late - early for early, late in pairwise(moments)] == [patience] * (ATTEMPTS - 1)
    assert len(again.transfer.datagrams) == ATTEMPTS * CHARACTERS[technology].window
    assert all(comment.endswith(LOST) for _, comment in captured(lossy.home, down=True))


def test_a_faster_technology_answers_sooner(tester, factory):
    took = {}
    for technology in WanTechnology:
        home = with_wan(tester, factory, technology, 0)
        before = home.home.now
        home.exchange("ECS52", ESME)
        took[technology] = home.home.now - before
    assert sorted(took, key=took.__getitem__) == [
        WanTechnology.CELLULAR_4G,
        WanTechnology.CELLULAR_2G_3G,
        WanTechnology.CELLULAR_MESH,
        WanTechnology.LONG_RANGE_RADIO,
    ]
