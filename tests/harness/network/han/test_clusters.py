"""What devices of a home tell each other: keep-alive, time, mirror, prices, messages, images; duty cycle."""

import importlib.util
import sys
from pathlib import Path

import pytest

from device_profiles.model import HanBand
from harness.codecs.ota import HardwareVersions, OtaImage, encode_ota_image
from harness.network.clock import DAY, HOUR, MINUTE, SECOND, Duration, Instant, utc_time_of
from harness.network.han.attributes import AttributeClient, Course
from harness.network.han.capture import capture_keys_of
from harness.network.han.clusters import Cluster, read_attributes
from harness.network.han.duty_cycle import DutyCycle, DutyState, Thresholds, Urgency
from harness.network.han.image_distribution import ImageClient, ImageName, ImageServer
from harness.network.han.joining import JoinState
from harness.network.han.keep_alive import KeepAlive, serve_keep_alive
from harness.network.han.mirror import CURRENT_SUMMATION, READING_SNAPSHOT_TIME, Mirror, report_register
from harness.network.han.publication import Price, Publisher, Subscriber, message_command, price_command
from harness.network.han.stack_types import COORDINATOR
from harness.network.han.timekeeping import TIME, follow_time, serve_time
from harness.network.han.transport import NETWORK_ONLY, SECURED
from harness.network.han.tunnel import DeviceTunnel, HubTunnels


def _beside(name):
    """A module beside this file: test folders are no packages."""
    full = f"tests_harness_network_han_{name}"
    if full not in sys.modules:
        spec = importlib.util.spec_from_file_location(full, Path(__file__).with_name(f"{name}.py"))
        module = sys.modules[full] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return sys.modules[full]


joining = _beside("test_joining")
HUB, METER, GAS, DISPLAY = joining.HUB, joining.METER, joining.METER + 1, joining.METER + 6


class Home(joining.Home):
    """A dual-fuel home with a display, all joined over the air."""

    def __init__(self, *, loss=0, gas_band=HanBand.GHZ_2_4, recorded=True):
        super().__init__(loss=loss)
        self.ways = {}
        if not recorded:
            for medium in self.air.media.values():
                medium._recorder = None
        self.meter = self.joined(METER)
        self.gas = self.joined(GAS, sleepy=True, band=gas_band)
        self.display = self.joined(DISPLAY)

    def joined(self, eui64, **kind):
        self.centre.whitelist(eui64, joining.CODE)
        node, way = self.device(eui64, **kind)
        self.ways[eui64] = way
        self.join(node, way)
        assert way.state is JoinState.JOINED
        return node

    def run(self, duration):
        for node in self.nodes:
            self.air.touch(node)
        self.air.run(Instant(self.air.now + duration))


def furnish(home):
    """Everything that an idle home does of itself."""
    now = home.air.now
    tunnels = HubTunnels(home.hub)
    serve_keep_alive(home.hub)
    serve_time(home.hub, lambda moment: moment)
    home.mirror = Mirror(home.hub, GAS)
    report_register(home.gas, Instant(now + MINUTE), lambda moment: 1_000 + (moment - now) // HOUR)
    home.gas_tunnel = DeviceTunnel(home.gas, first_poll=Instant(now + MINUTE))
    home.clocks = []
    for place, node in enumerate((home.meter, home.display)):
        DeviceTunnel(node).open(now)
        KeepAlive(node, Instant(now + (place + 1) * MINUTE))
        follow_time(node, Instant(now + HOUR), home.clocks.append)
    follow_time(home.gas, Instant(now + HOUR), home.clocks.append)
    KeepAlive(home.gas, Instant(now + 2 * MINUTE))
    return tunnels


def test_a_hub_that_is_there_is_not_lost():
    home = Home()
    serve_keep_alive(home.hub)
    watch = KeepAlive(home.meter, Instant(home.air.now + MINUTE))
    home.run(Duration(2 * HOUR))
    assert not watch.hub_lost
    home.air.power(home.hub, on=False)
    home.run(Duration(HOUR))
    assert watch.hub_lost
    home.air.power(home.hub, on=True)
    home.run(Duration(HOUR))
    assert not watch.hub_lost


@pytest.mark.parametrize("valid", [True, False])
def test_time_is_taken_where_it_is_valid(valid):
    home = Home()
    serve_time(home.hub, lambda moment: Instant(moment + DAY) if valid else None)
    taken = []
    follow_time(home.display, Instant(home.air.now + MINUTE), taken.append)
    home.run(Duration(HOUR))
    assert len(taken) == valid
    assert all(0 < moment - home.air.now + HOUR - DAY < 2 * MINUTE for moment in taken)


def test_what_is_not_there_is_said_to_be_unsupported():
    home = Home()
    serve_time(home.hub, lambda moment: moment)
    client = AttributeClient(home.display, Course(Cluster.TIME, COORDINATOR, NETWORK_ONLY), (TIME, 0x0BAD))
    client.read(home.air.now)
    home.run(SECOND)
    assert list(client.values) == [TIME]
    assert client.values[TIME] == pytest.approx(utc_time_of(home.air.now), abs=1)


def test_what_needs_the_link_key_is_not_answered_without_it():
    home = Home()
    Mirror(home.hub, GAS)
    client = AttributeClient(home.display, Course(Cluster.METERING, COORDINATOR, NETWORK_ONLY), (0,))
    client.read(home.air.now)
    home.run(SECOND)
    assert client.values == {}


@pytest.mark.parametrize("band", joining.BOTH)
def test_a_sleepy_meter_is_mirrored(band):
    home = Home(gas_band=band)
    mirror = Mirror(home.hub, GAS)
    start = home.air.now
    report_register(home.gas, Instant(start + MINUTE), lambda moment: (moment - start) // MINUTE)
    client = AttributeClient(
        home.display,
        Course(Cluster.METERING, COORDINATOR, SECURED),
        (CURRENT_SUMMATION, READING_SNAPSHOT_TIME),
    )
    client.read(home.air.now)
    home.run(SECOND)
    assert client.values == {}
    home.run(Duration(50 * MINUTE))
    assert mirror.value(CURRENT_SUMMATION) == 31
    client.read(home.air.now)
    home.run(SECOND)
    assert client.values == {
        CURRENT_SUMMATION: 31,
        READING_SNAPSHOT_TIME: utc_time_of(Instant(start + 31 * MINUTE)),
    }
    assert home.air.now - mirror.reported_at > 18 * MINUTE


def test_prices_and_messages_reach_the_display():
    home = Home()
    prices, messages = Subscriber(home.display, Cluster.PRICE), Subscriber(home.display, Cluster.MESSAGING)
    publisher = Publisher(home.hub, [home.display.membership.address])
    price = Price(provider=1, event=7, price=2_456, label=b"DAY")
    publisher.publish(price_command(price, home.air.now), home.air.now)
    publisher.publish(message_command(1, "Top up soon", home.air.now), home.air.now)
    home.run(SECOND)
    assert prices.latest["Publish Price"]["price"] == 2_456
    assert prices.sources["Publish Price"] == HUB
    assert messages.message == "Top up soon"
    assert prices.message is None


def image(version, size=2_000):
    return encode_ota_image(
        OtaImage(
            manufacturer=0x1020,
            image_type=1,
            file_version=version,
            image=bytes(place % 253 for place in range(size)),
            signature=bytes(64),
            hardware=HardwareVersions(0, 0xFFFF),
        )
    )


@pytest.mark.parametrize("sleepy", [False, True])
@pytest.mark.parametrize("loss", [0, 50_000])
def test_an_image_is_distributed(sleepy, loss):
    home = Home(loss=loss)
    server = ImageServer(home.hub)
    taken = []
    node = home.gas if sleepy else home.meter
    running = ImageName(0x1020, 1, 0x100)
    client = ImageClient(
        node, running, Instant(home.air.now + MINUTE), lambda octets, at: taken.append(octets)
    )
    home.run(Duration(2 * MINUTE))
    assert taken == []
    server.offer(image(0x0FF))
    server.offer(image(0x102))
    server.offer(image(0x101))
    home.run(Duration(DAY + HOUR))
    assert taken == [image(0x102)]
    assert server.finished == [(node.settings.eui64, ImageName(0x1020, 1, 0x102), 0)]
    assert client.running.version == 0x102


def test_a_device_gives_up_on_an_image_that_is_gone():
    home = Home()
    server = ImageServer(home.hub)
    server.offer(image(0x102))
    running = ImageName(0x1020, 1, 0x100)
    client = ImageClient(home.meter, running, Instant(home.air.now + MINUTE), lambda octets, at: None)
    home.run(Duration(MINUTE + SECOND // 5))
    assert client._wanted is not None
    server._images.clear()
    home.run(Duration(HOUR))
    assert client._wanted is None
    assert client.running == running


HOSTILE = (
    b"",
    b"\1",
    b"\1\1\0",
    b"\x09\1\0\xff",
    b"\1\1\2\0",
    b"\0\1\0\xff",
    b"\1\1\3" + bytes(80),
    b"\x09\1\1" + bytes(90),
)


def test_hostile_data_change_nothing():
    home = Home()
    tunnels = furnish(home)
    home.run(Duration(2 * MINUTE))
    for cluster in Cluster:
        for payload in (
            b"",
            b"\1",
            b"\1\1\0",
            b"\x09\1\0\xff",
            b"\1\1\2\0",
            b"\0\1\0\xff",
            b"\1\1\3" + bytes(80),
        ):
            home.meter.send(COORDINATOR, cluster, payload, home.air.now)
            home.hub.send(home.meter.membership.address, cluster, payload, home.air.now)
            home.run(SECOND)
    home.run(Duration(6 * MINUTE))
    assert tunnels.open_to(METER)


def test_duty_cycle_states_follow_the_hour():
    account = DutyCycle(Thresholds(limited=100, critical=200, regulated=300))
    now = joining.START
    for used, state in ((35 * SECOND, 0), (2 * SECOND, 1), (36 * SECOND, 2), (36 * SECOND, 3)):
        now = Instant(now + MINUTE)
        assert account.account(now, used) is DutyState(state)
        assert account.allows(Urgency.ROUTINE, now) is (state == 0)
        assert account.allows(Urgency.CRITICAL, now) is (state < 3)
    assert account.review_at() == joining.START + MINUTE + HOUR
    assert account.state(Instant(now + 2 * HOUR)) is DutyState.NORMAL
    codes = [code for transition in account.transitions for code in transition.alert_codes]
    assert codes == [0x8F20, 0x8F22, 0x8F24, 0x8F25, 0x8F23, 0x8F21]
    assert account.used(Instant(now + 2 * HOUR)) == 0
    assert account.review_at() is None


def test_a_regulated_radio_is_silent_and_a_limited_one_leaves_out_what_can_wait():
    home = Home(gas_band=HanBand.SUB_GHZ)
    account = home.air.duty[HUB]
    assert account.used(home.air.now) > 0
    account.thresholds = Thresholds(limited=0, critical=5_000, regulated=6_000)
    gas = home.gas.membership.address
    home.gas.stay_awake(Instant(home.air.now + 10 * SECOND))
    before = home.air.withheld
    home.hub.send(gas, Cluster.PRICE, read_attributes(Cluster.PRICE, 0).octets(1), home.air.now)
    home.run(Duration(3 * SECOND))
    assert home.air.withheld == before
    Publisher(home.hub, [gas]).publish(message_command(1, "later", home.air.now), home.air.now)
    home.run(Duration(3 * SECOND))
    assert home.air.withheld > before


def test_an_idle_day_has_what_it_should():
    home = Home()
    tunnels = furnish(home)
    home.run(DAY)
    assert all(tunnels.open_to(device) for device in (METER, GAS, DISPLAY))
    assert len(home.clocks) == 3
    assert home.air.now - home.mirror.reported_at < 31 * MINUTE
    assert home.hub.refused == home.meter.refused == home.gas.refused == home.display.refused == 0


def test_every_frame_is_read_by_another_analyser(analyse, ecs04b_vector):
    home = Home(gas_band=HanBand.SUB_GHZ)
    tunnels = furnish(home)
    server = ImageServer(home.hub)
    server.offer(image(0x102, 300))
    ImageClient(home.meter, ImageName(0x1020, 1, 1), Instant(home.air.now + MINUTE), lambda octets, at: None)
    Subscriber(home.display, Cluster.PRICE)
    Subscriber(home.display, Cluster.MESSAGING)
    publisher = Publisher(home.hub, [home.display.membership.address])
    publisher.publish(price_command(Price(provider=1, event=7, price=2), home.air.now), home.air.now)
    publisher.publish(message_command(1, "Top up soon", home.air.now), home.air.now)
    home.run(Duration(10 * MINUTE))
    for device in (METER, GAS):
        tunnels.send(device, ecs04b_vector, home.air.now)
    home.run(Duration(2 * HOUR))
    home.gas_tunnel.send(ecs04b_vector, home.air.now)
    home.ways[METER].rejoin(home.air.now)
    home.run(MINUTE)
    read = analyse(home.recorder.capture(), capture_keys_of(home.nodes))
    assert len(read) == len(home.recorder.frames)
    assert [frame for frame in read if frame.complaint] == []
    said = " ".join(frame.summary for frame in read)
    assert sum("gbcs_message" in frame.layers for frame in read) == 3
    for name in (
        "Beacon Request",
        "Association Request",
        "Association Response",
        "Transport Key",
        "Request Key",
        "Verify Key",
        "Confirm Key",
        "Device Announcement",
        "Initiate Key Establishment Request",
        "Ephemeral Data Response",
        "Confirm Key Data Response",
        "Request Tunnel",
        "GET-RESPONSE",
        "PUT",
        "Read Attributes",
        "Report Attributes",
        "Publish Price",
        "Display Message",
        "Query Next Image",
        "Image Block Response",
        "Upgrade End",
        "Data Request",
        "Rejoin Request",
        "Rejoin Response",
    ):
        assert name in said, name
