"""What devices of a home of frames say by themselves, and who takes part in what they are asked."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from device_profiles.home import HomeProfile
from device_profiles.model import DeviceKind, HanBand
from harness.codecs.ota import HardwareVersions, OtaImage, encode_ota_image
from harness.emulators.home import HomeFactory
from harness.emulators.subjects.clock import Clock, TimeStatus
from harness.emulators.subjects.registers import Registers
from harness.emulators.subjects.tariff import Tariffs
from harness.gbcs.roles import DeviceRole
from harness.network.clock import DAY, HOUR, MINUTE, SECOND, Duration, Instant, datetime_of
from harness.network.han.attributes import AttributeServer
from harness.network.han.capture import capture_keys_of
from harness.network.han.clusters import U48, Cluster, number
from harness.network.han.duty_cycle import DutyState, Thresholds
from harness.network.han.mirror import CURRENT_SUMMATION
from harness.network.han.publication import Price
from harness.network.han.transport import SECURED
from harness.network.port import Display, Stimulus

CHF, GPF, ESME, GSME, PPMID, IHD = (
    DeviceRole.CHF,
    DeviceRole.GPF,
    DeviceRole.ESME,
    DeviceRole.GSME,
    DeviceRole.PPMID,
    DeviceRole.IHD,
)


@pytest.fixture
def framed(factory, tester):
    return type(tester)(factory.build(tester.home.profile, frames=True, recorded=True), factory.pki)


def test_an_idle_day_brings_everybody_up_to_date_and_touches_nobody(framed):
    home = framed.home
    home.wait(Duration(DAY + MINUTE))
    routine, behind = home.housekeeping, HOUR // 2 + MINUTE
    assert home.now - routine.mirror.reported_at < behind
    at = routine.mirror.reported_at
    told = routine.mirror.value(CURRENT_SUMMATION)
    before, after = (home._inside(GSME).part(Registers).active_import(moment) for moment in (at - SECOND, at))
    assert before <= told <= after
    assert set(routine.times) == set(home.network.stacks)
    assert all(0 <= home.now - moment <= DAY + 2 * MINUTE for moment in routine.times.values())
    assert home.touched == frozenset()
    assert [node.refused for node in home.network.nodes] == [0] * len(home.network.nodes)


def test_clocks_are_set_by_what_the_hub_says_over_the_air(framed):
    home, ahead = framed.home, 90 * MINUTE
    home._inside(CHF).part(Clock).offset = ahead

    def shown(role):
        return datetime.fromisoformat(home.read_display(role, Display.CLOCK))

    assert shown(PPMID) == datetime_of(home.now).replace(microsecond=0)
    home.wait(Duration(DAY + MINUTE))
    for role in (PPMID, IHD):
        late = datetime_of(Instant(home.now + ahead)) - shown(role)
        assert timedelta(0) <= late < timedelta(seconds=3)
    # A meter has heard it, but waits to be told that it may take it
    assert datetime_of(home.now) - shown(ESME) < timedelta(seconds=1)
    framed.exchange("ECS70", ESME, payload=framed.PAYLOADS["ECS70"].replace("07ea0204", "07ea0205"))
    assert timedelta(0) <= datetime_of(Instant(home.now + ahead)) - shown(ESME) < timedelta(seconds=3)


def test_clocks_stay_as_they_are_where_the_hub_has_no_time(framed):
    home = framed.home
    home._inside(CHF).part(Clock).offset = HOUR
    home._inside(CHF).part(Clock).status = TimeStatus.INVALID
    home.wait(Duration(DAY + MINUTE))
    assert home.housekeeping.times == {}
    assert home._inside(PPMID).part(Clock).now(home.now) == home.now


def test_displays_are_told_the_price_that_meters_charge(framed):
    home = framed.home
    home.wait(HOUR)
    for display in (IHD, PPMID):
        published = home.housekeeping.prices[display]
        command = published.latest["Publish Price"]
        meter = GSME if number(command, "unit_of_measure") else ESME
        assert number(command, "price") == home._inside(meter).part(Tariffs).price(home.now)
        assert published.sources["Publish Price"] in home.network.roles


@pytest.mark.parametrize("display", [IHD, PPMID])
def test_a_display_shows_the_price_that_the_meter_publishes_to_it(framed, display):
    home, meter = framed.home, framed.home._inside(ESME)
    price = meter.part(Tariffs).price(home.now)
    assert home.read_display(display, Display.PRICE) == str(price)
    source = home.network.stacks[ESME].node.settings.eui64
    told = home.housekeeping.prices[display].told["Publish Price", source]
    assert number(told, "price") == price
    assert home.touched == {display, CHF, ESME}
    # What goes over the air is what is shown, wherever it comes from
    feed = home.network.stacks[ESME].node.applications[Cluster.PRICE]
    feed._price_of = lambda now: Price(provider=0, event=1, price=price + 7)
    assert home.read_display(display, Display.PRICE) == str(price + 7)
    home.operate(ESME, Stimulus.POWER_OFF)
    assert home.read_display(display, Display.PRICE) is None


def test_a_display_shows_the_register_that_the_meter_answers_with(framed):
    home = framed.home
    AttributeServer(
        home.network.stacks[ESME].node,
        Cluster.METERING,
        lambda now: {CURRENT_SUMMATION: (U48, 4_711)},
        SECURED,
    )
    assert home.read_display(IHD, Display.IMPORT_REGISTER) == "4711"


def test_the_answer_to_a_display_is_read_by_another_analyser(framed, analyse):
    home = framed.home
    home.read_display(PPMID, Display.PRICE)
    read = analyse(home.recorder.capture(), capture_keys_of(home.network.nodes))
    assert [frame for frame in read if frame.complaint] == []
    said = [frame.summary for frame in read]
    for name in ("Get Current Price", "Publish Price"):
        assert any(name in summary for summary in said), name


def test_without_gas_there_is_no_mirror(factory, tester):
    kinds = {kind: one for kind, one in tester.home.profile.devices.items() if kind != "gsme"}
    home = factory.build(type(tester.home.profile)(kinds), frames=True)
    home.wait(DAY)
    assert home.housekeeping.mirror is None
    assert home.network.roles[home.housekeeping.prices[IHD].sources["Publish Price"]] is ESME


@pytest.mark.parametrize(
    ("name", "target", "touched"),
    [
        ("ECS52", ESME, {CHF, ESME}),
        ("GCS38", GSME, {CHF, GPF, GSME}),
        ("GCS38", GPF, {CHF, GPF, GSME}),
        ("CS07", GPF, {CHF, GPF}),
        ("CS07", PPMID, {CHF, PPMID}),
        ("ECS52", DeviceRole.SAPC, {CHF, DeviceRole.SAPC}),
    ],
)
def test_who_exchanges_frames_over_a_command_is_touched(framed, name, target, touched):
    framed.home.wait(HOUR)
    framed.exchange(name, target)
    framed.home.wait(HOUR)
    assert framed.home.touched == touched


def test_a_display_reads_the_meter_over_the_air(framed):
    home = framed.home
    before = home.network.air.frames
    shown = home.read_display(IHD, Display.IMPORT_REGISTER)
    assert int(shown) == home._inside(ESME).part(Registers).active_import(home.now)
    assert home.network.air.frames > before
    assert home.touched == {IHD, CHF, ESME}


def test_a_display_has_the_gas_register_from_the_hub(framed):
    home = framed.home
    shown = home.read_display(PPMID, Display.GAS_REGISTER)
    assert int(shown) <= home._inside(GSME).part(Registers).active_import(home.now)
    assert home.touched == {PPMID, CHF, GPF, GSME}


def test_a_display_shows_nothing_of_a_meter_that_does_not_answer(framed):
    home = framed.home
    home.operate(ESME, Stimulus.POWER_OFF)
    assert home.read_display(IHD, Display.IMPORT_REGISTER) is None
    home.operate(ESME, Stimulus.POWER_ON)
    home.wait(MINUTE)
    assert home.read_display(IHD, Display.IMPORT_REGISTER) is not None


def test_a_message_for_nobody_is_no_frame(framed):
    octets = bytearray(framed.command("ECS52", ESME))
    place = bytes(octets).find(framed.home.devices[ESME].entity_id)
    octets[place] ^= 0xFF
    framed.home.send(bytes(octets))
    assert framed.receive() is None
    assert framed.home.touched == {CHF}


def upgrade(profile, version, size):
    """An image for a device that nobody signed: it is fetched all the same."""
    return encode_ota_image(
        OtaImage(
            manufacturer=int(profile.model.manufacturer, 16),
            image_type=1,
            file_version=version,
            image=bytes(place % 251 for place in range(size)),
            signature=bytes(64),
            hardware=HardwareVersions(0, 0xFFFF),
        )
    )


@pytest.mark.parametrize("kind", [DeviceKind.ESME, DeviceKind.GSME])
@pytest.mark.parametrize(("version", "is_newer"), [(0x0123ABFF, True), (0x0123ABCD, False)])
def test_a_newer_image_is_fetched_block_by_block(framed, kind, version, is_newer):
    role = ESME if kind is DeviceKind.ESME else GSME
    image = upgrade(framed.home.profile.devices[kind], version, 3_000)
    framed.home.distribute_image(role, image)
    alerts = framed.alerts(HOUR)
    assert len(alerts) == is_newer
    blocks = len(image) // 48 + 1
    assert (framed.home.network.air.frames > 4 * blocks) is is_newer
    assert [status for _, _, status in framed.home.network.images.finished] == [0] * is_newer


def test_an_image_for_a_meter_without_power_waits(framed):
    home = framed.home
    home.operate(ESME, Stimulus.POWER_OFF)
    home.distribute_image(ESME, upgrade(home.profile.devices[DeviceKind.ESME], 0x0123ABFF, 1_000))
    home.wait(HOUR)
    home.operate(ESME, Stimulus.POWER_ON)
    framed.alerts(HOUR)
    assert home.network.images.finished == []
    assert len(framed.alerts(DAY)) == 1
    assert len(home.network.images.finished) == 1


def test_all_that_goes_on_in_a_day_is_read_by_another_analyser(framed, analyse):
    home = framed.home
    home.operate(PPMID, Stimulus.POWER_OFF)
    home.wait(HOUR)
    home.operate(PPMID, Stimulus.POWER_ON)
    home.read_display(IHD, Display.IMPORT_REGISTER)
    framed.exchange("GCS13a", GSME)
    home.distribute_image(ESME, upgrade(home.profile.devices[DeviceKind.ESME], 0x0123ABFF, 500))
    home.wait(DAY)
    read = analyse(home.recorder.capture(), capture_keys_of(home.network.nodes))
    assert len(read) == len(home.recorder.frames)
    assert [frame for frame in read if frame.complaint] == []
    said = " ".join(frame.summary for frame in read)
    for name in (
        "Read Attributes Response",
        "Report Attributes",
        "Publish Price",
        "Rejoin Request",
        "Request Tunnel",
        "GET-RESPONSE",
        "Query Next Image Request",
        "Image Block Response",
        "Upgrade End Request",
        "Command, GCS13a",
        "Response, GCS13a",
    ):
        assert name in said, name


def test_a_radio_is_told_of_each_time_it_is_restricted_and_free_again(profile):
    hub = profile(DeviceKind.COMMS_HUB)
    hub = replace(hub, model=replace(hub.model, bands=frozenset(HanBand)))
    home = HomeFactory(b"duty", frames=True).build(HomeProfile({hub.kind: hub}))
    air, hub = home.network.air, home.network.hub
    told = []
    air.on_duty = lambda radio, change: told.append((radio, change.before, change.after, change.at))
    account = air.duty[hub.settings.eui64]
    account.thresholds = Thresholds(limited=1, critical=2, regulated=3)
    for seconds in (36, 37, 40):
        home.wait(SECOND)
        air._account(air._stations[hub.settings.eui64], account, air.now, seconds * SECOND // 100)
    home.wait(2 * HOUR)
    states = [DutyState.NORMAL, DutyState.LIMITED, DutyState.CRITICAL, DutyState.REGULATED]
    assert [one[2] for one in told] == [*states[1:], *states[2::-1]]
    assert {one[0] for one in told} == {hub.settings.eui64}
    assert all(
        HOUR <= fell[3] - rose[3] < HOUR + SECOND for rose, fell in zip(told[:3], told[3:], strict=True)
    )


def test_a_message_that_is_too_long_for_a_sleepy_meter_is_not_sent(framed):
    framed.home.send(bytes(20_000), to=GSME)
    framed.home.wait(HOUR)
    assert [len(one.octets) for one in framed.home.network.tunnels.undelivered] == [20_000]
    assert framed.exchange("GCS38", GSME).message_code == 0x0084
