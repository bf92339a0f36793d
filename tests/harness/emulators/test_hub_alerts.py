"""What a hub tells the broker of on account of others: messages that it could not hand on."""

from harness.codecs.dlms import decode_data_notification
from harness.codecs.envelope import decode_message
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.catalogue import use_case
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.clock import HOUR, Duration
from harness.network.port import Stimulus

ESME = DeviceRole.ESME
FAILURE = use_case("FDRPMA").message_codes[0]


def told(tester):
    found = []
    while (octets := tester.home.receive(within=Duration(HOUR))) is not None:
        found.append(decode_message(octets))
    return [message for message in found if message.message_code == FAILURE]


def test_a_message_that_a_dark_meter_did_not_take_is_named_to_the_broker(tester):
    tester.home.operate(ESME, Stimulus.POWER_OFF)
    octets = tester.command("ECS52", ESME)
    tester.home.send(octets)
    (alert,) = told(tester)
    sent = decode_message(octets)
    assert alert.recipient == tester.party(RemotePartyRole.ACCESS_CONTROL_BROKER).entity_id
    assert alert.originator == tester.device(DeviceRole.CHF).entity_id
    code, _, named = decode_data_notification(alert.payload).body.value
    assert code.value == AlertCode.MESSAGE_TO_ESME_UNDELIVERED
    assert named.value == (
        sent.originator + sent.recipient + b"\x01" + sent.originator_counter.to_bytes(8, "big")
    )


def test_a_message_that_was_taken_is_not_told_of(tester):
    tester.exchange("ECS52", ESME)
    assert told(tester) == []


def test_a_hub_without_power_tells_nothing(tester):
    tester.home.operate(ESME, Stimulus.POWER_OFF)
    tester.home.send(tester.command("ECS52", ESME))
    tester.home.wait(Duration(HOUR // 120))
    tester.home.operate(DeviceRole.CHF, Stimulus.POWER_OFF)
    assert told(tester) == []
