"""Parties that a device does not know: the broker speaks for them, with supplementary fields (GBCS 7.2.8)."""

from dataclasses import replace

import pytest

from harness.codecs.axdr import decode_data
from harness.codecs.dlms import decode_access_response, decode_data_notification
from harness.codecs.dlms_types import DataAccessResult
from harness.codecs.envelope import decode_message, encode_message
from harness.codecs.message import Supplementary
from harness.crypto.agreement import shared_secret
from harness.crypto.sensitive import decrypt_sensitive, sensitive_key, sensitive_parties
from harness.gbcs.roles import DeviceRole, RemotePartyRole

BROKER, OTHER = RemotePartyRole.ACCESS_CONTROL_BROKER, RemotePartyRole.OTHER


def relayed(tester, name, target, *, counter=77, certificate=None, speaker=None):
    """A command of somebody unknown, as the broker passes it on."""
    party = tester.party(OTHER) if speaker is None else speaker
    fields = Supplementary(
        remote_party=party.entity_id, remote_party_counter=counter, key_agreement_certificate=certificate
    )
    message = tester.message(name, target, tester.PAYLOADS[name], sender=BROKER, supplementary=fields)
    tester.home.send(tester.protected(message, target, sender=BROKER))
    return party


def test_plain_read(tester):
    party = relayed(tester, "ECS52", DeviceRole.CHF)
    message = tester.response(DeviceRole.CHF, sender=BROKER)
    assert message.recipient == tester.party(BROKER).entity_id
    assert message.supplementary == Supplementary(remote_party=party.entity_id, remote_party_counter=77)
    assert message.originator_counter == tester.counter


def test_sensitive_read_is_encrypted_for_the_party_itself(tester):
    party = relayed(tester, "ECS17b", DeviceRole.ESME, certificate=tester.party(OTHER).ka_certificate)
    message = tester.response(DeviceRole.ESME, sender=BROKER)
    assert message.supplementary.originator_counter is not None
    (answer,) = decode_access_response(message.payload).data
    secret = shared_secret(party.ka_private, tester.device(DeviceRole.ESME).ka_public)
    plain = decrypt_sensitive(
        sensitive_key(secret, sensitive_parties(message)), message.originator, answer.value[1].value
    )
    assert len(decode_data(plain).value[0].value) == 4


@pytest.mark.parametrize("certificate", ["none", "another party's", "for signatures", "broken"])
def test_sensitive_read_without_a_usable_certificate_gives_nothing(tester, certificate):
    der = {
        "none": None,
        "another party's": tester.party(OTHER, 1).ka_certificate,
        "for signatures": tester.party(OTHER).ds_certificate,
        "broken": bytes.fromhex("30820100") + bytes(256),
    }[certificate]
    relayed(tester, "ECS17b", DeviceRole.ESME, certificate=der)
    message = tester.response(DeviceRole.ESME, sender=BROKER)
    (result,) = decode_access_response(message.payload).results
    assert result.result == DataAccessResult.SCOPE_OF_ACCESS_VIOLATED


def test_sensitive_gas_read_without_a_certificate_has_a_default_response(tester):
    relayed(tester, "GCS13a", DeviceRole.GPF)
    message = tester.response(DeviceRole.GPF, sender=BROKER)
    assert message.payload == bytes.fromhex("0109010107020005 08000b 0001")


def test_only_the_broker_speaks_for_others(tester):
    fields = Supplementary(remote_party=tester.party(OTHER).entity_id, remote_party_counter=1)
    message = tester.message("ECS52", DeviceRole.ESME, tester.PAYLOADS["ECS52"], supplementary=fields)
    tester.home.send(tester.protected(message, DeviceRole.ESME))
    alerts = tester.alerts()
    assert {decode_data_notification(alert.payload).body.value[0].value for alert in alerts} == {0x8F30}


def test_the_broker_cannot_lend_a_known_party_more_rights(tester):
    relayed(tester, "ECS17b", DeviceRole.ESME, speaker=tester.party(RemotePartyRole.TRANSITIONAL_COS))
    assert {alert.message_code for alert in tester.alerts()} == {0x1000}
    relayed(tester, "ECS17b", DeviceRole.ESME, speaker=tester.party(RemotePartyRole.SUPPLIER))
    assert tester.response(DeviceRole.ESME, sender=BROKER).message_code == 0x0027


def test_the_broker_speaks_for_anybody_where_it_may_speak_itself(tester):
    relayed(tester, "CS07", DeviceRole.ESME, speaker=tester.party(RemotePartyRole.NETWORK_OPERATOR))
    assert tester.response(DeviceRole.ESME, sender=BROKER).message_code == 0x0013


def test_unsupported_command_is_told_to_the_broker_with_the_fields(tester):
    fields = Supplementary(remote_party=tester.party(OTHER).entity_id, remote_party_counter=5)
    message = tester.message(
        "ECS52", DeviceRole.ESME, tester.PAYLOADS["ECS52"], sender=BROKER, supplementary=fields
    )
    octets = tester.protected(message, DeviceRole.ESME, sender=BROKER)
    unknown = replace(decode_message(octets), message_code=0x0BAD)
    tester.home.send(encode_message(unknown))
    (alert,) = tester.alerts()
    assert (alert.message_code, alert.supplementary) == (0x0120, fields)
    assert alert.recipient == tester.party(BROKER).entity_id
