"""What goes on in a home area network, flow by flow: each plays in a home of its own and gives it back.

A flow says which devices take part, what happens, and what another analyser must call the frames of it.
Whoever adds something that homes do adds it here.
"""

import importlib.util
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from device_profiles.model import HanBand
from harness.crypto.zigbee import aes_mmo
from harness.network.clock import HOUR, MINUTE, SECOND, Duration, Instant
from harness.network.han.attributes import AttributeClient, Course
from harness.network.han.clusters import Cluster
from harness.network.han.device_log import DeviceLog, LogOutcome
from harness.network.han.duty_cycle import Thresholds
from harness.network.han.image_distribution import ImageClient, ImageName, ImageServer
from harness.network.han.joining import JoinFailure, JoinState
from harness.network.han.keep_alive import KeepAlive, serve_keep_alive
from harness.network.han.key_establishment import Termination
from harness.network.han.mirror import CURRENT_SUMMATION, Mirror, report_register
from harness.network.han.node import Node
from harness.network.han.publication import Price, Publisher, Subscriber, message_command, price_command
from harness.network.han.stack_types import COORDINATOR, NodeSettings
from harness.network.han.timekeeping import follow_time, serve_time
from harness.network.han.transport import SECURED
from harness.network.han.trust_centre import JoinOutcome, TrustCentre
from harness.network.han.tunnel import DeviceTunnel, HubTunnels


def _beside(name):
    """A module beside this file: test folders are no packages."""
    full = f"tests_harness_network_han_{name}"
    if full not in sys.modules:
        spec = importlib.util.spec_from_file_location(full, Path(__file__).with_name(f"{name}.py"))
        module = sys.modules[full] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return sys.modules[full]


joining, clusters = _beside("test_joining"), _beside("test_clusters")
HUB, METER, GAS, DISPLAY = clusters.HUB, clusters.METER, clusters.GAS, clusters.DISPLAY
SWITCH, NEW_HUB = METER + 4, METER + 8
CODE, OTHER_CODE = joining.CODE, joining.OTHER_CODE


@dataclass(frozen=True)
class Flow:
    """``play`` goes through a flow and returns its home; ``called`` must be in what an analyser says of it.

    ``without`` must not.
    """

    name: str
    play: Callable[[], Any]
    called: tuple[str, ...]
    without: tuple[str, ...] = ()


FLOWS: dict[str, Flow] = {}


def _flow(*called, without=()):
    def add(play):
        name = play.__name__.replace("_", " ").strip()
        FLOWS[name] = Flow(name, play, called, without)
        return play

    return add


def _message(length):
    """Octets that no analyser takes for a message of GBCS, which has readers of its own."""
    return bytes(place % 251 for place in range(length))


def _touch_and_run(home, node, duration):
    home.air.touch(node)
    home.air.run(Instant(home.air.now + duration))


_JOINED = (
    "Beacon Request",
    "Association Request",
    "Association Response",
    "Transport Key",
    "Device Announcement",
    "Request Key",
    "Verify Key",
    "Confirm Key",
    "Initiate Key Establishment Request",
    "Initiate Key Establishment Response",
    "Ephemeral Data Request",
    "Ephemeral Data Response",
    "Confirm Key Data Request",
    "Confirm Key Data Response",
)


def _join(**kind):
    home = joining.Home()
    home.centre.whitelist(METER, CODE)
    node, way = home.device(**kind)
    assert home.join(node, way)[-1] is JoinOutcome.JOINED
    return home, node, way


@_flow(*_JOINED)
def _a_listed_device_joins():
    return _join()[0]


@_flow(*_JOINED, "Data Request")
def _a_sleepy_device_joins_below_1_ghz():
    return _join(sleepy=True, band=HanBand.SUB_GHZ)[0]


@_flow("Association Response", without=("Device Announcement", "Transport Key"))
def _a_device_that_is_not_listed_gets_no_key():
    home = joining.Home()
    home.join(*home.device())
    return home


@_flow("Association Response", "Transport Key", without=("Device Announcement", "Request Key"))
def _a_wrong_install_code():
    home = joining.Home()
    home.centre.whitelist(METER, OTHER_CODE)
    assert home.join(*home.device()) == [JoinOutcome.KEY_NOT_TAKEN]
    return home


@_flow(*_JOINED, "Association Response, Unsuccessful")
def _the_device_log_is_full():
    home = joining.Home(room=1)
    home.centre.whitelist(METER, CODE)
    assert home.centre.whitelist(METER + 1, CODE) is LogOutcome.FULL
    home.join(*home.device())
    other, way = home.device(METER + 1)
    home.join(other, way)
    assert way.failure is JoinFailure.REFUSED
    return home


@_flow("Ephemeral Data Response", "Terminate Key Establishment")
def _key_establishment_with_a_foreign_certificate():
    home, node, way = _join()
    home.centre.establishment._issuer = 1
    ended = []
    way._establishment._done = lambda partner, status, now: ended.append(status)
    way._establishment.begin(0, home.air.now)
    _touch_and_run(home, node, SECOND)
    assert ended == [Termination.UNKNOWN_ISSUER]
    return home


@_flow("Leave Request")
def _a_device_is_removed():
    home, node, _ = _join()
    home.centre.remove(METER, home.air.now)
    _touch_and_run(home, home.hub, SECOND)
    assert node.membership is None
    return home


@_flow("Rejoin Request", "Rejoin Response", "Device Announcement")
def _power_is_lost_and_the_device_comes_back():
    home, node, way = _join()
    home.air.power(node, on=False)
    home.air.run(Instant(home.air.now + MINUTE))
    home.air.power(node, on=True)
    way.rejoin(home.air.now)
    _touch_and_run(home, node, Duration(10 * SECOND))
    assert way.state is JoinState.JOINED
    return home


@_flow("Data Request", "Rejoin Request", "Association Request", "Confirm Key Data Response")
def _a_new_hub_takes_over_the_list_of_the_old_one():
    home, node, way = _join()
    home.air.power(home.hub, on=False)
    way.rejoin(home.air.now)
    _touch_and_run(home, node, MINUTE)
    assert way.failure is JoinFailure.NO_NETWORK
    backed_up = aes_mmo(node.keys.links[HUB].key)
    hub = Node(NodeSettings(eui64=NEW_HUB, bands=joining.BOTH, coordinator=True))
    centre = TrustCentre(hub, DeviceLog(), pan=0x2B3C, extended_pan=0x00DB123400000002, seed=b"new")
    home.air.add(hub)
    home.nodes.append(hub)
    assert centre.expect(METER, backed_up) is LogOutcome.DONE
    centre.permit_joining(Instant(home.air.now + 10 * MINUTE))
    way.join(home.air.now, backed_up)
    _touch_and_run(home, node, MINUTE)
    assert way.state is JoinState.JOINED
    assert centre.log.find(METER).joined
    assert node.keys.links[NEW_HUB].key == hub.keys.links[METER].key != backed_up
    return home


@_flow("Request Tunnel", "Transfer Data", "Ack")
def _long_messages_through_tunnels_of_a_meter_a_display_and_a_switch():
    home = clusters.Home()
    switch = home.joined(SWITCH)
    hub = HubTunnels(home.hub)
    ends = {node.settings.eui64: DeviceTunnel(node) for node in (home.meter, home.display, switch)}
    for end in ends.values():
        end.open(home.air.now)
    home.run(Duration(5 * SECOND))
    for eui64, end in ends.items():
        assert hub.send(eui64, _message(1_500), home.air.now)
        assert end.send(_message(700), home.air.now)
        home.run(Duration(30 * SECOND))
        assert [len(one.octets) for one in end.received] == [1_500]
    assert [(one.partner, len(one.octets)) for one in hub.received] == [(eui64, 700) for eui64 in ends]
    return home


@_flow("Request Tunnel", "Close Tunnel", "Transfer Data Error")
def _tunnels_are_closed_and_asked_for_again():
    home = clusters.Home()
    hub, end = HubTunnels(home.hub), DeviceTunnel(home.meter)
    end.open(home.air.now)
    home.run(SECOND)
    end.open(home.air.now)
    home.run(SECOND)
    end.close(home.air.now)
    home.run(SECOND)
    assert not hub.open_to(METER)
    end.open(home.air.now)
    home.run(SECOND)
    hub.close(METER, home.air.now)
    end.send(_message(40), home.air.now)
    home.run(Duration(5 * SECOND))
    assert hub.open_to(METER)
    return home


def _sleepy(band):
    home = clusters.Home(gas_band=band)
    hub = HubTunnels(home.hub)
    end = DeviceTunnel(home.gas, first_poll=Instant(home.air.now + MINUTE))
    home.run(Duration(10 * MINUTE))
    hub.send(GAS, _message(300), home.air.now)
    hub.send(GAS, _message(90), home.air.now)
    home.run(HOUR)
    assert len(end.received) == 2
    end.send(_message(300), home.air.now)
    home.run(MINUTE)
    assert len(hub.received) == 1
    return home


@_flow("Data Request", "GET", "GET-RESPONSE", "PUT")
def _a_sleepy_meter_fetches_its_messages():
    return _sleepy(HanBand.GHZ_2_4)


@_flow("Data Request", "GET", "GET-RESPONSE", "PUT")
def _a_sleepy_meter_below_1_ghz_fetches_its_messages():
    return _sleepy(HanBand.SUB_GHZ)


@_flow("Report Attributes", "Read Attributes", "Read Attributes Response")
def _a_meter_is_mirrored_and_a_display_reads_it():
    home = clusters.Home()
    Mirror(home.hub, GAS)
    report_register(home.gas, Instant(home.air.now + MINUTE), lambda moment: 4_711)
    client = AttributeClient(
        home.display, Course(Cluster.METERING, COORDINATOR, SECURED), (CURRENT_SUMMATION,)
    )
    home.run(Duration(5 * MINUTE))
    client.read(home.air.now)
    home.run(SECOND)
    assert client.values == {CURRENT_SUMMATION: 4_711}
    return home


@_flow("Read Attributes Response", "Publish Price", "Display Message")
def _time_prices_and_messages_reach_displays():
    home = clusters.Home()
    serve_time(home.hub, lambda moment: moment)
    taken = []
    follow_time(home.display, Instant(home.air.now + MINUTE), taken.append)
    seen = Subscriber(home.display, Cluster.PRICE)
    Subscriber(home.display, Cluster.MESSAGING)
    publisher = Publisher(home.hub, [home.display.membership.address])
    price = Price(provider=1, event=7, price=2_456, label=b"DAY")
    publisher.publish(price_command(price, home.air.now), home.air.now)
    publisher.publish(message_command(1, "Top up soon", home.air.now), home.air.now)
    home.run(HOUR)
    assert len(taken) == len(seen.latest) == 1
    return home


@_flow("Read Attributes")
def _a_hub_is_gone_and_back_again():
    home = clusters.Home()
    serve_keep_alive(home.hub)
    watch = KeepAlive(home.meter, Instant(home.air.now + MINUTE))
    home.air.power(home.hub, on=False)
    home.run(HOUR)
    assert watch.hub_lost
    home.air.power(home.hub, on=True)
    home.run(HOUR)
    assert not watch.hub_lost
    return home


@_flow("Query Next Image Request", "Image Block Request", "Image Block Response", "Upgrade End Request")
def _an_image_is_distributed():
    home = clusters.Home()
    server, taken = ImageServer(home.hub), []
    server.offer(clusters.image(0x102, 400))
    running = ImageName(0x1020, 1, 0x100)
    for node in (home.meter, home.gas):
        ImageClient(node, running, Instant(home.air.now + MINUTE), lambda octets, at: taken.append(octets))
    home.run(HOUR)
    assert taken == [clusters.image(0x102, 400)] * 2
    return home


@_flow("GET-RESPONSE")
def _a_radio_below_1_ghz_is_restricted_and_free_again():
    home = clusters.Home(gas_band=HanBand.SUB_GHZ)
    hub, told = HubTunnels(home.hub), []
    home.air.on_duty = lambda radio, change: told.extend(change.alert_codes)
    end = DeviceTunnel(home.gas, first_poll=Instant(home.air.now + MINUTE))
    home.run(Duration(2 * MINUTE))
    home.air.duty[HUB].thresholds = Thresholds(limited=1, critical=20, regulated=9_000)
    for _ in range(8):
        hub.send(GAS, _message(1_100), home.air.now)
    home.run(Duration(3 * HOUR))
    assert len(end.received) == 8
    assert told[0] == 0x8F20
    assert told[-1] in {0x8F21, 0x8F23}
    return home
