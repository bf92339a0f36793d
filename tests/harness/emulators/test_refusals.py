"""What is not right is not answered: the check that fails first decides the event (GBCS 6.2.4)."""

from dataclasses import replace

import pytest

from device_profiles.model import DeviceKind
from harness.codecs.dlms import decode_data_notification
from harness.codecs.envelope import decode_message
from harness.codecs.message import Cra
from harness.crypto.agreement import shared_secret
from harness.crypto.protection import protect
from harness.emulators.subjects.security_log import SecurityLog
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.clock import MINUTE, Duration
from harness.network.port import Display

ESME, GSME, CHF, GPF = DeviceRole.ESME, DeviceRole.GSME, DeviceRole.CHF, DeviceRole.GPF
SUPPLIER, BROKER = RemotePartyRole.SUPPLIER, RemotePartyRole.ACCESS_CONTROL_BROKER
INTEGRITY, NO_AUTHORITY, NOT_AUTHENTIC, UNUSUAL = 0x8F1E, 0x8F30, 0x8F3D, 0x8F60


def code_of(alert):
    if alert.payload[:2] == b"\x01\x09":
        return int.from_bytes(alert.payload[3:5], "big")
    return decode_data_notification(alert.payload).body.value[0].value


def refused(tester, octets, target, code, *, also=()):
    """Send something and see it refused: one event in the log, alerts to the known parties, no response."""
    log = tester.home._reached(target).part(SecurityLog).events
    tester.home.send(octets, to=target)
    alerts = tester.alerts()
    assert [event.code for event in log] == [code, *also]
    assert {code_of(alert) for alert in alerts} == {code, *also}
    assert {alert.message_code for alert in alerts} == {0x1000}
    assert len({alert.originator_counter for alert in alerts}) == len(alerts)
    return alerts


@pytest.fixture(params=[(ESME, "ECS52"), (ESME, "ECS43"), (GSME, "GCS38"), (GSME, "GCS32"), (GPF, "GCS38")])
def command(request, tester):
    target, name = request.param
    return target, name, tester.command(name, target)


def test_altered_mac(tester, command):
    target, _, octets = command
    refused(tester, octets[:-1] + bytes((octets[-1] ^ 1,)), target, NOT_AUTHENTIC)


def test_altered_octet_anywhere_is_never_answered(tester, command):
    target, _, octets = command
    device = tester.home._reached(target)
    for place in range(len(octets)):
        device.receive(octets[:place] + bytes((octets[place] ^ 0x40,)) + octets[place + 1 :], tester.home.now)
    sent = [decode_message(message.octets) for message in device.outgoing(tester.home.now)]
    assert sent
    assert {message.cra for message in sent} == {Cra.ALERT}


def test_truncated_anywhere_is_never_answered(tester, command):
    target, _, octets = command
    device = tester.home._reached(target)
    for length in range(len(octets)):
        device.receive(octets[:length], tester.home.now)
    sent = [decode_message(message.octets) for message in device.outgoing(tester.home.now)]
    assert {message.cra for message in sent} == {Cra.ALERT}
    assert {code_of(message) for message in sent} == {INTEGRITY, UNUSUAL}


def test_octets_behind_the_payload(tester, command):
    target, name, _ = command
    refused(tester, tester.command(name, target, payload=tester.PAYLOADS[name] + "00"), target, INTEGRITY)


def test_no_mac(tester, command):
    target, _, octets = command
    message = decode_message(octets)
    refused(tester, protect(replace(message, mac=None)), target, NOT_AUTHENTIC)


def test_mac_by_the_supplier_in_place_of_the_broker(tester, command):
    target, _, octets = command
    party = tester.party(SUPPLIER)
    secret = shared_secret(party.ka_private, tester.device(target).ka_public)
    refused(tester, protect(decode_message(octets), mac_secret=secret), target, NOT_AUTHENTIC)


@pytest.mark.parametrize(("target", "name"), [(ESME, "ECS43"), (GSME, "GCS32")])
@pytest.mark.parametrize("signature", ["altered", "absent", "stranger's"])
def test_signature_that_does_not_hold(tester, target, name, signature):
    message = decode_message(tester.command(name, target))
    broker = tester.party(BROKER)
    secret = shared_secret(broker.ka_private, tester.device(target).ka_public)
    signer = None
    if signature == "altered":
        message = replace(message, signature=message.signature[:-1] + bytes((message.signature[-1] ^ 1,)))
    elif signature == "absent":
        message = replace(message, signature=b"")
    else:
        signer = tester.party(SUPPLIER, 1).ds_private
    refused(tester, protect(message, signer=signer, mac_secret=secret), target, NOT_AUTHENTIC)


@pytest.mark.parametrize("name", ["ECS52", "ECS43"])
def test_unknown_party(tester, name):
    stranger = tester.party(SUPPLIER, 1)
    message = replace(decode_message(tester.command(name, ESME)), originator=stranger.entity_id)
    secret = shared_secret(tester.party(BROKER).ka_private, tester.device(ESME).ka_public)
    refused(tester, protect(message, signer=stranger.ds_private, mac_secret=secret), ESME, NO_AUTHORITY)


def test_hub_refuses_the_wan_provider_a_read(tester):
    octets = tester.command("ECS52", CHF, sender=RemotePartyRole.WAN_PROVIDER)
    (alert,) = refused(tester, octets, CHF, NO_AUTHORITY)
    assert alert.recipient == tester.party(BROKER).entity_id


def test_command_for_another_device(tester, command):
    target, name, _ = command
    message = tester.message(name, target, tester.PAYLOADS[name])
    other = replace(message, recipient=bytes.fromhex("0211223344556677"))
    refused(tester, tester.protected(other, target), target, INTEGRITY)


def test_response_is_no_command(tester):
    message = replace(tester.message("ECS52", ESME, tester.PAYLOADS["ECS52"]), cra=Cra.RESPONSE)
    refused(tester, tester.protected(message, ESME), ESME, INTEGRITY)


def test_item_of_another_use_case(tester):
    refused(tester, tester.command("ECS52", ESME, payload=tester.PAYLOADS["ECS42"]), ESME, INTEGRITY)


def test_alerts_go_to_supplier_and_network_operator(tester):
    alerts = refused(tester, b"\xdf", ESME, INTEGRITY)
    assert {alert.recipient for alert in alerts} == {
        tester.party(role).entity_id for role in (SUPPLIER, RemotePartyRole.NETWORK_OPERATOR)
    }


def test_alert_says_when(tester):
    alert, _ = refused(tester, b"", ESME, INTEGRITY)
    code, stamp = decode_data_notification(alert.payload).body.value
    assert (code.value, len(stamp.value)) == (INTEGRITY, 12)
    assert decode_data_notification(alert.payload).invoke_id == 0x20000000 | alert.originator_counter


def test_many_malformed_commands_are_unusual(tester):
    for _ in range(5):
        tester.home.send(b"\x00", to=ESME)
        tester.home.wait(Duration(10 * MINUTE))
    codes = [code_of(alert) for alert in tester.alerts()]
    assert codes.count(INTEGRITY) == 10
    assert codes.count(UNUSUAL) == 2


def test_few_malformed_commands_in_a_day_are_not_unusual(tester):
    for _ in range(6):
        tester.home.send(b"\x00", to=ESME)
        tester.home.wait(Duration(20 * MINUTE))
    assert UNUSUAL not in [code_of(alert) for alert in tester.alerts()]


def test_replayed_command(tester):
    octets = tester.command("ECS43", ESME)
    tester.home.send(octets)
    tester.response(ESME)
    tester.exchange("ECS42", ESME)
    refused(tester, octets, ESME, NOT_AUTHENTIC)
    assert tester.home.read_display(ESME, Display.SUPPLY_STATE) == "enabled"


def test_reads_may_be_repeated(tester):
    octets = tester.command("ECS52", ESME)
    for _ in range(2):
        tester.home.send(octets)
        assert tester.response(ESME).message_code == 0x59


def test_a_refused_command_leaves_its_counter_free(tester):
    octets = tester.command("ECS43", ESME)
    tester.home.send(octets[:-1] + bytes((octets[-1] ^ 1,)))
    assert len(tester.alerts()) == 2
    tester.home.send(octets)
    assert tester.response(ESME).message_code == 0x50


def test_unknown_message_code_is_told_to_its_sender(tester):
    message = replace(tester.message("ECS52", ESME, "00"), message_code=0x0BAD)
    secret = shared_secret(tester.party(BROKER).ka_private, tester.device(ESME).ka_public)
    tester.home.send(protect(message, mac_secret=secret))
    (alert,) = tester.alerts()
    assert (alert.message_code, alert.recipient) == (0x0120, tester.party(SUPPLIER).entity_id)
    code, _, what = decode_data_notification(alert.payload).body.value
    assert code.value == 0x8F85
    assert what.value == bytes.fromhex("0bad") + tester.counter.to_bytes(8, "big")


def test_older_version_has_no_such_alert(make_tester, profile):
    tester = make_tester(esme=profile(DeviceKind.ESME, gbcs="3.2"))
    message = replace(tester.message("ECS52", ESME, "00"), message_code=0x0BAD)
    refused(tester, protect(message), ESME, INTEGRITY)


def test_unknown_code_from_nobody_known(tester):
    message = replace(tester.message("ECS52", ESME, "00"), message_code=0x0BAD, originator=bytes(8))
    refused(tester, protect(message), ESME, INTEGRITY)
