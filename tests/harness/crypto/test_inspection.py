"""What is said of one message, given a key store made for the test."""

from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.codecs.axdr import encode_data
from harness.codecs.cosem_data import NULL, Data, DataTag
from harness.codecs.dlms import encode_access_request, encode_access_response, encode_data_notification
from harness.codecs.dlms_types import (
    AccessKind,
    AccessRequest,
    AccessResponse,
    AccessResult,
    AccessSpecification,
    DataNotification,
)
from harness.codecs.gbz import encode_gbz
from harness.codecs.gbz_types import GbzComponent, GbzPayload, Protection
from harness.codecs.message import Cra, Message, Supplementary
from harness.codecs.zcl_types import ZclCommand
from harness.crypto.agreement import shared_secret
from harness.crypto.inspection import Inspection, State, inspect_message
from harness.crypto.keystore import KeyStore
from harness.crypto.pki import Credentials, SeededPki
from harness.crypto.protection import protect
from harness.crypto.sensitive import (
    encrypt_component,
    encrypt_sensitive,
    sensitive_key,
    sensitive_parties,
)
from harness.gbcs.roles import RemotePartyRole

PKI = SeededPki(b"inspection")
SUPPLIER = PKI.party(RemotePartyRole.SUPPLIER)
OTHER = PKI.party(RemotePartyRole.SUPPLIER, 1)
BROKER = PKI.party(RemotePartyRole.ACCESS_CONTROL_BROKER)
DEVICE = PKI.device(bytes.fromhex("02db1234567890a0"))
ECS17B, ECS42, GCS13A = 0x0027, 0x0039, 0x0076
COMMAND = Message(
    cra=Cra.COMMAND,
    originator_counter=1000,
    originator=SUPPLIER.entity_id,
    recipient=DEVICE.entity_id,
    message_code=ECS17B,
    payload=encode_access_request(
        AccessRequest(
            0x2000_03E8,
            (AccessSpecification(AccessKind.GET, 3, bytes.fromhex("0100010800ff"), 2),),
            (NULL,),
        )
    ),
)
ATTRIBUTE = bytes.fromhex("0203003001")
"""A ZCL read attributes response: 0x0302, success, an enumeration that holds 1."""
READING = Data(DataTag.STRUCTURE, (Data(DataTag.DOUBLE_LONG_UNSIGNED, 10),))


def _files(who: Credentials, *, private: bool) -> dict[str, bytes]:
    files = {}
    for use, der, key in (
        ("ds", who.ds_certificate, who.ds_private),
        ("ka", who.ka_certificate, who.ka_private),
    ):
        name = f"{who.entity_id.hex()}-{use}"
        files[f"{name}.pem"] = x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM)
        if private:
            files[f"{name}.key"] = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return files


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("keystore")
    for who in (SUPPLIER, OTHER, BROKER, DEVICE):
        for name, content in _files(who, private=who is not DEVICE).items():
            (made / name).write_bytes(content)
    return made


@pytest.fixture
def keys(folder: Path) -> KeyStore:
    return KeyStore.open(folder)


def _z(party: Credentials) -> bytes:
    return shared_secret(DEVICE.ka_private, party.ka_public)


def _states(found: Inspection) -> tuple[State, ...]:
    return (found.parsed, found.rebuilt, found.mac, found.signature, found.decrypted)


HELD, FAILED, NO_KEY, ABSENT = State.HELD, State.FAILED, State.NO_KEY, State.ABSENT


def _response(
    data: Data, supplementary: Supplementary | None = None, recipient: bytes | None = None
) -> Message:
    body = AccessResponse(0x2000_03E8, (data,), (AccessResult(AccessKind.ACTION, 0),))
    return replace(
        COMMAND,
        cra=Cra.RESPONSE,
        originator=DEVICE.entity_id,
        recipient=recipient or SUPPLIER.entity_id,
        supplementary=supplementary,
        payload=encode_access_response(body),
    )


def _reply(text: bytes, kind: int = 2) -> Data:
    nothing = Data(DataTag.OCTET_STRING, b"")
    options = Data(DataTag.STRUCTURE, (nothing, nothing, nothing, nothing, Data(DataTag.STRUCTURE, ())))
    parameters = Data(DataTag.STRUCTURE, (Data(DataTag.ENUM, kind), options))
    return Data(DataTag.STRUCTURE, (Data(DataTag.ARRAY, (parameters,)), Data(DataTag.OCTET_STRING, text)))


def test_a_command_holds_under_the_brokers_key(keys: KeyStore) -> None:
    octets = protect(COMMAND, signer=SUPPLIER.ds_private, mac_secret=_z(BROKER))
    found = inspect_message(octets, keys)
    assert _states(found) == (HELD, HELD, HELD, HELD, ABSENT)
    assert found.faults == ()


def test_a_command_under_its_originators_own_key_does_not(keys: KeyStore) -> None:
    found = inspect_message(protect(COMMAND, mac_secret=_z(SUPPLIER)), keys)
    assert _states(found) == (HELD, HELD, FAILED, ABSENT, ABSENT)
    assert found.faults == ("MAC: not the one that the key store gives",)


def test_a_response_holds_under_its_recipients_key(keys: KeyStore) -> None:
    message = _response(Data(DataTag.UNSIGNED, 1))
    found = inspect_message(protect(message, signer=DEVICE.ds_private, mac_secret=_z(SUPPLIER)), keys)
    assert _states(found) == (HELD, HELD, HELD, HELD, ABSENT)
    assert inspect_message(protect(message, mac_secret=_z(BROKER)), keys).mac is FAILED


def test_a_signature_of_somebody_else_fails(keys: KeyStore) -> None:
    found = inspect_message(protect(COMMAND, signer=OTHER.ds_private), keys)
    assert _states(found) == (HELD, HELD, ABSENT, FAILED, ABSENT)
    assert found.faults == ("signature: not the originator's",)


def test_without_keys_nothing_fails(tmp_path: Path) -> None:
    message = _response(_reply(b"\x31" + bytes(40)))
    octets = protect(message, signer=DEVICE.ds_private, mac_secret=_z(SUPPLIER))
    found = inspect_message(octets, KeyStore.open(tmp_path))
    assert _states(found) == (HELD, HELD, NO_KEY, NO_KEY, NO_KEY)
    assert found.faults == ()


SUPPLEMENTARY = [
    (None, SUPPLIER),
    (Supplementary(remote_party=OTHER.entity_id, remote_party_counter=5), OTHER),
    (Supplementary(remote_party=OTHER.entity_id, remote_party_counter=5, originator_counter=6), OTHER),
]


@pytest.mark.parametrize(("supplementary", "reader"), SUPPLEMENTARY)
def test_a_protected_attribute_is_opened_for_who_asked(
    keys: KeyStore, supplementary: Supplementary | None, reader: Credentials
) -> None:
    recipient = SUPPLIER.entity_id if supplementary is None else BROKER.entity_id
    parties = sensitive_parties(_response(NULL, supplementary, recipient))
    text = encrypt_sensitive(sensitive_key(_z(reader), parties), DEVICE.entity_id, encode_data(READING))
    message = _response(_reply(text), supplementary, recipient)
    mac_secret = _z(SUPPLIER if supplementary is None else BROKER)
    found = inspect_message(protect(message, mac_secret=mac_secret), keys)
    assert _states(found) == (HELD, HELD, HELD, ABSENT, HELD)
    assert [one.plaintext for one in found.disclosed] == [encode_data(READING)]
    assert "plaintext" not in repr(found.disclosed)
    damaged = replace(message, payload=message.payload.replace(text, text[:-1] + bytes((text[-1] ^ 1,))))
    assert inspect_message(protect(damaged), keys).decrypted is FAILED


def test_a_reply_that_is_not_encrypted_is_left_alone(keys: KeyStore) -> None:
    found = inspect_message(protect(_response(_reply(b"plain", kind=0))), keys)
    assert found.decrypted is ABSENT


def test_an_alert_carries_its_protected_text_beside_others(keys: KeyStore) -> None:
    members = (Data(DataTag.LONG_UNSIGNED, 0x8F0A), Data(DataTag.OCTET_STRING, bytes(12)))
    alert = replace(_response(NULL), cra=Cra.ALERT, message_code=0x00C8)
    text = encrypt_sensitive(
        sensitive_key(_z(SUPPLIER), sensitive_parties(alert)), DEVICE.entity_id, encode_data(READING)
    )
    reply = _reply(text).value
    assert isinstance(reply, tuple)
    body = Data(DataTag.STRUCTURE, (*members, *reply))
    payload = encode_data_notification(DataNotification(0x2000_03E8, body))
    found = inspect_message(protect(replace(alert, payload=payload)), keys)
    assert (found.parsed, found.decrypted) == (HELD, HELD)


def test_encrypted_components_are_opened_one_by_one(keys: KeyStore) -> None:
    message = replace(_response(NULL), message_code=GCS13A)
    key = sensitive_key(_z(SUPPLIER), sensitive_parties(message))
    good = encrypt_component(key, DEVICE.entity_id, ATTRIBUTE)
    components = tuple(
        GbzComponent(
            cluster=0x0702,
            frame_control=0x18,
            sequence=0,
            command=1,
            payload=payload,
            protection=protection,
        )
        for payload, protection in (
            (good, Protection()),
            (ATTRIBUTE, None),
            (good[:-1] + bytes((good[-1] ^ 1,)), Protection(0, 1)),
        )
    )
    octets = protect(replace(message, payload=encode_gbz(GbzPayload(components))))
    found = inspect_message(octets, keys)
    assert [(one.place, one.state) for one in found.disclosed] == [
        ("components[0]", HELD),
        ("components[2]", FAILED),
    ]
    assert found.decrypted is FAILED
    assert found.disclosed[0].plaintext == ATTRIBUTE
    assert isinstance(found.disclosed[0].value, ZclCommand)


def test_plaintext_that_says_nothing_has_failed(keys: KeyStore) -> None:
    key = sensitive_key(_z(SUPPLIER), sensitive_parties(_response(NULL)))
    text = encrypt_sensitive(key, DEVICE.entity_id, b"\x02\x09")
    found = inspect_message(protect(_response(_reply(text))), keys)
    assert found.decrypted is FAILED
    assert found.faults[0].startswith("data[0][1]: ")


def test_octets_that_are_no_message_have_failed_and_say_where(keys: KeyStore) -> None:
    found = inspect_message(b"\xdd\x01", keys)
    assert _states(found) == (FAILED, FAILED, ABSENT, ABSENT, ABSENT)
    assert len(found.faults) == 1


def test_a_payload_that_does_not_parse_leaves_the_rest_checked(keys: KeyStore) -> None:
    octets = protect(replace(COMMAND, payload=b"\xd9\x20"), signer=SUPPLIER.ds_private, mac_secret=_z(BROKER))
    found = inspect_message(octets, keys)
    assert _states(found) == (FAILED, FAILED, HELD, HELD, ABSENT)
    assert found.faults[0].startswith("payload: ")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(st.data())
def test_damage_is_found_and_never_raises(keys: KeyStore, data: st.DataObject) -> None:
    octets = bytearray(protect(COMMAND, signer=SUPPLIER.ds_private, mac_secret=_z(BROKER)))
    place = data.draw(st.integers(0, len(octets) - 1))
    octets[place] ^= data.draw(st.integers(1, 255))
    found = inspect_message(bytes(octets), keys)
    assert FAILED in _states(found) or NO_KEY in (found.mac, found.signature)
