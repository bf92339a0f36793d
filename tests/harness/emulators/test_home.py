"""A home as its port shows it: records, ways of messages, time, what was touched, and repeatability."""

import pytest

from device_profiles.errors import InputError
from device_profiles.home import HomeProfile
from device_profiles.model import DeviceKind
from harness.crypto.certificates import check_chain, parse_certificate
from harness.emulators.home import HomeFactory
from harness.emulators.identity import entity_id_of
from harness.gbcs.roles import DeviceRole
from harness.network.clock import DAY, HOUR, MINUTE, SECOND, Duration
from harness.network.port import Display, HomePort, Stimulus

CHF, GPF, ESME, GSME, IHD = (
    DeviceRole.CHF,
    DeviceRole.GPF,
    DeviceRole.ESME,
    DeviceRole.GSME,
    DeviceRole.IHD,
)


def test_home_is_a_port(tester):
    port: HomePort = tester.home
    assert set(port.devices) == set(DeviceRole)
    assert len(port.devices) == len(DeviceRole)
    assert port.profile.get(DeviceKind.ESME) is not None


def test_install_records_carry_real_certificates(tester):
    issuing = parse_certificate(tester.pki.device_issuing_certificate)
    root = parse_certificate(tester.pki.device_root_certificate)
    for role, record in tester.home.devices.items():
        assert record.role is role
        assert len(record.entity_id) == 8
        if role is IHD:
            assert (record.digital_signature_certificate, record.image) == (b"", None)
            continue
        for der in (record.digital_signature_certificate, record.key_agreement_certificate):
            certificate = parse_certificate(der)
            check_chain(certificate, issuing, root)
            assert certificate.entity_id == record.entity_id
        assert (record.image is None) == (role not in {ESME, GSME, DeviceRole.SAPC})


def test_every_function_has_an_identity_of_its_own(tester):
    records = tester.home.devices.values()
    assert len({record.entity_id for record in records}) == len(DeviceRole)


def test_identity_follows_seed_profile_and_place():
    given = entity_id_of(b"seed", "esme-1", ESME)
    assert given == entity_id_of(b"seed", "esme-1", ESME)
    others = {
        entity_id_of(b"other", "esme-1", ESME),
        entity_id_of(b"seed", "esme-2", ESME),
        entity_id_of(b"seed", "esme-1", GSME),
    }
    assert given not in others
    assert len(others) == 3


def test_nothing_is_touched_before_anything_happens(tester):
    assert tester.home.touched == frozenset()
    assert tester.home.devices[ESME].entity_id
    assert tester.home.touched == frozenset()


@pytest.mark.parametrize(
    ("name", "target", "touched"),
    [
        ("ECS52", ESME, {CHF, ESME}),
        ("GCS38", GSME, {CHF, GPF, GSME}),
        ("GCS38", GPF, {CHF, GPF, GSME}),
        ("CS07", GPF, {CHF, GPF}),
        ("ECS52", DeviceRole.SAPC, {CHF, DeviceRole.SAPC}),
    ],
)
def test_message_touches_who_carries_it_and_who_it_is_about(tester, name, target, touched):
    tester.exchange(name, target)
    assert tester.home.touched == touched


def test_displays_touch_whom_they_hear(tester):
    tester.home.read_display(ESME, Display.CLOCK)
    assert tester.home.touched == {ESME}
    tester.home.read_display(IHD, Display.IMPORT_REGISTER)
    assert tester.home.touched == {ESME, IHD}
    tester.home.read_display(IHD, Display.GAS_REGISTER)
    assert tester.home.touched == {ESME, IHD, GPF, GSME}


def test_operating_touches(tester):
    tester.home.operate(GSME, Stimulus.RESTART)
    assert tester.home.touched == {GSME}
    tester.home.operate(CHF, Stimulus.RESTART)
    assert tester.home.touched == {GSME, CHF, GPF}


def test_transcript_has_both_ways(tester):
    sent_at = tester.home.now
    tester.exchange("ECS52", ESME)
    command, response = tester.home.transcript
    assert (command.source, command.destination, command.at) == (None, ESME, sent_at)
    assert (response.source, response.destination) == (ESME, None)
    assert response.at == tester.home.now


def test_message_for_nobody_gets_no_further_than_the_hub(tester):
    octets = bytearray(tester.command("ECS52", ESME))
    place = bytes(octets).find(tester.home.devices[ESME].entity_id)
    octets[place] ^= 0xFF
    tester.home.send(bytes(octets))
    assert tester.receive() is None
    assert tester.home.touched == {CHF}


@pytest.mark.parametrize("octets", [b"", b"\x00", b"\xdd" * 40, b"\xdf\x09\x01"])
def test_noise_gets_no_further_than_the_hub(tester, octets):
    tester.home.send(octets)
    assert tester.receive() is None
    assert tester.home.touched == {CHF}


def test_type_2_device_takes_no_remote_message(tester):
    tester.home.send(tester.command("ECS52", ESME), to=IHD)
    assert tester.receive() is None
    assert tester.home.touched == {CHF}


def test_gas_meter_is_asleep_most_of_the_time(tester):
    asked = tester.home.now
    tester.exchange("GCS38", GSME)
    first = tester.home.now
    assert first - asked > 10 * SECOND
    assert first - asked <= 31 * MINUTE
    tester.exchange("GCS38", GSME)
    assert abs(tester.home.now - first - 30 * MINUTE) < 10 * SECOND


def test_time_goes_on_when_nothing_comes(tester):
    before = tester.home.now
    assert tester.home.receive(within=HOUR) is None
    assert tester.home.now == before + HOUR


def test_message_that_came_while_waiting_is_kept(tester):
    tester.home.send(tester.command("ECS52", ESME))
    tester.home.wait(DAY)
    before = tester.home.now
    assert tester.home.receive(within=Duration(0)) is not None
    assert tester.home.now == before


def test_messages_arrive_in_order(tester):
    counters = []
    for _ in range(5):
        tester.home.send(tester.command("ECS52", ESME))
        counters.append(tester.counter)
    assert [tester.response(ESME).originator_counter for _ in counters] == counters


def run(factory, profile, tester_type):
    tester = tester_type(factory.build(profile), factory.pki)
    for name, target in (("ECS17b", ESME), ("ECS43", ESME), ("GCS13a", GPF), ("GCS32", GSME)):
        tester.exchange(name, target)
    tester.home.operate(ESME, Stimulus.POWER_OFF)
    tester.home.wait(HOUR)
    tester.home.operate(ESME, Stimulus.POWER_ON)
    tester.home.wait(MINUTE)
    return [(entry.at, entry.octets) for entry in tester.home.transcript]


def test_same_seed_same_octets_at_the_same_moments(tester):
    profile = tester.home.profile
    transcripts = [run(HomeFactory(b"again"), profile, type(tester)) for _ in range(2)]
    assert transcripts[0] == transcripts[1]
    assert len(transcripts[0]) == 10
    assert run(HomeFactory(b"other"), profile, type(tester)) != transcripts[0]


def test_homes_of_one_factory_do_not_share_what_happened(factory, tester):
    tester.exchange("ECS43", ESME)
    other = type(tester)(factory.build(tester.home.profile), factory.pki)
    assert other.home.read_display(ESME, Display.SUPPLY_STATE) == "enabled"
    assert other.exchange("ECS43", ESME, counter=tester.counter).message_code == 0x50
    first, second = (
        run(factory, other.home.profile, type(tester)),
        run(factory, other.home.profile, type(tester)),
    )
    assert first == second


def test_home_without_a_hub_is_refused(factory, profile):
    with pytest.raises(ValueError, match="comms hub"):
        factory.build(HomeProfile({DeviceKind.ESME: profile(DeviceKind.ESME)}))


def test_unknown_defect_is_named_with_those_there_are(factory, profile):
    home = HomeProfile({DeviceKind.COMMS_HUB: profile(DeviceKind.COMMS_HUB, defects=["stale-mirror"])})
    with pytest.raises(InputError, match=r"no such defect: stale-mirror.*stale-gpf-mirror"):
        factory.build(home)


def test_day_in_an_idle_home_is_short(tester):
    tester.exchange("GCS38", GSME)
    before = tester.home.now
    tester.home.wait(Duration(30 * DAY))
    assert tester.home.now == before + 30 * DAY


def test_time_never_goes_back_for_what_is_to_be_done_at_once(tester):
    home = tester.home
    home.wait(Duration(DAY))
    hub, moments = home._reached(DeviceRole.CHF), []
    hub.schedule(hub.template.start, moments.append)
    home._collect(DeviceRole.CHF, hub)
    before = home.now
    home.wait(Duration(MINUTE))
    assert moments == [before]
    assert home.now == before + MINUTE
