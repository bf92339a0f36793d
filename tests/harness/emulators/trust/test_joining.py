"""CS03, CS04, GCS59 and GCS62: joining and parting devices, and the gas proxy's log in safe keeping."""

import pytest

from harness.codecs.asn1.joining import (
    DeviceLogEntry,
    Join,
    JoinCode,
    JoinMethod,
    ReadDeviceLog,
    RestoreDeviceLog,
    Unjoin,
    UnjoinCode,
)
from harness.codecs.asn1.payloads import decode_asn1, encode_asn1
from harness.codecs.envelope import decode_message
from harness.codecs.message import Cra
from harness.crypto.agreement import shared_secret
from harness.crypto.certificates import KeyUsage
from harness.crypto.issuing import device_certificate
from harness.crypto.protection import mac_holds
from harness.gbcs.catalogue import by_message_code, use_case
from harness.gbcs.roles import DeviceRole, DeviceType, RemotePartyRole
from harness.network.clock import MINUTE

ESME, GSME, GPF, SAPC = DeviceRole.ESME, DeviceRole.GSME, DeviceRole.GPF, DeviceRole.SAPC
PPMID, HCALCS, IHD, CHF = DeviceRole.PPMID, DeviceRole.HCALCS, DeviceRole.IHD, DeviceRole.CHF
INITIATOR, RESPONDER = JoinMethod.METHOD_A_INITIATOR, JoinMethod.METHOD_A_RESPONDER
B, C = JoinMethod.METHOD_B, JoinMethod.METHOD_C
STRANGER = bytes.fromhex("0011223344556677")
JOINS = [
    ("CS03A1", ESME, INITIATOR, PPMID),
    ("CS03A1", ESME, INITIATOR, HCALCS),
    ("CS03A1", ESME, INITIATOR, SAPC),
    ("CS03A1", GSME, INITIATOR, PPMID),
    ("CS03A1", SAPC, RESPONDER, ESME),
    ("CS03A2", PPMID, RESPONDER, ESME),
    ("CS03A2", HCALCS, RESPONDER, ESME),
    ("CS03B", ESME, B, IHD),
    ("CS03B", GSME, B, GPF),
    ("CS03B", GPF, B, GSME),
    ("CS03B", GPF, B, PPMID),
    ("CS03B", GPF, B, IHD),
    ("CS03C", GSME, C, PPMID),
]
PARTINGS = [(name, target) for name in ("CS04AC", "CS04B") for target in sorted(use_case(name).targets)]


def ask(trustee, code, payload):
    row = by_message_code(code)
    allowed = row.roles_at(trustee.target)
    role = RemotePartyRole.SUPPLIER
    sender = trustee.pki.party(role if role in allowed else RemotePartyRole.ACCESS_CONTROL_BROKER)
    signer = sender.ds_private if row.message_type.is_critical else None
    message = trustee.ask(code, encode_asn1(payload), sender, signer=signer)
    assert message is not None, "silence"
    return decode_asn1(code, Cra.RESPONSE, message.payload)


def join(trustee, name, method, partner, certificate=None):
    entity_id, device_type = partner
    code = use_case(name).message_codes[0]
    return ask(trustee, code, Join(method, entity_id, device_type, certificate)).code


def unjoin(trustee, entity_id, name=None):
    name = name or ("CS04B" if trustee.target is GPF else "CS04AC")
    return ask(trustee, use_case(name).message_codes[0], Unjoin(entity_id)).code


def logged(trustee):
    return {entry.device_id for entry in ask(trustee, 0x0013, ReadDeviceLog()).entries}


def identity(trustee, role):
    return trustee.tester.home.devices[role].entity_id


def agreement_certificate(trustee, role):
    return trustee.tester.home.devices[role].key_agreement_certificate


@pytest.mark.parametrize(("name", "target", "method", "partner"), JOINS)
def test_devices_part_and_join_again(make_trustee, name, target, method, partner):
    trustee = make_trustee(target)
    entity_id = identity(trustee, partner)
    unjoin(trustee, entity_id)
    assert entity_id not in logged(trustee)
    certificate = agreement_certificate(trustee, partner) if method is C else None
    for _ in range(2):
        # A join that is there already is made anew.
        assert join(trustee, name, method, (entity_id, partner.device_type), certificate) is JoinCode.SUCCESS
        assert entity_id in logged(trustee)


@pytest.mark.parametrize(("name", "target"), PARTINGS)
def test_parting_from_a_stranger(make_trustee, name, target):
    trustee = make_trustee(target)
    before = logged(trustee)
    assert unjoin(trustee, STRANGER, name) is UnjoinCode.NOT_IN_DEVICE_LOG
    assert logged(trustee) == before


@pytest.mark.parametrize(("name", "target", "method", "partner"), JOINS)
def test_method_of_another_use_case(make_trustee, name, target, method, partner):
    trustee = make_trustee(target)
    other = B if method is not B else C
    code = join(trustee, name, other, (identity(trustee, partner), partner.device_type))
    assert code is JoinCode.INVALID_MESSAGE_CODE_FOR_METHOD


@pytest.mark.parametrize(("name", "target", "method", "partner"), JOINS)
def test_partner_of_a_kind_that_the_method_is_not_for(make_trustee, name, target, method, partner):
    trustee = make_trustee(target)
    code = join(trustee, name, method, (identity(trustee, partner), DeviceType.CHF))
    assert code is JoinCode.INVALID_METHOD


@pytest.mark.parametrize(
    ("way", "kind", "code"),
    [
        (("CS03A1", ESME, INITIATOR), DeviceType.PPMID, JoinCode.NO_CBKE_RESPONSE),
        (("CS03A2", PPMID, RESPONDER), DeviceType.ESME, JoinCode.SUCCESS),
        (("CS03B", GPF, B), DeviceType.TYPE_2, JoinCode.NO_PARTNER_LINK_KEY_RECEIVED),
    ],
)
def test_partner_that_is_not_there(make_trustee, way, kind, code):
    name, target, method = way
    trustee = make_trustee(target)
    assert join(trustee, name, method, (STRANGER, kind)) is code
    assert (STRANGER in logged(trustee)) == (code is JoinCode.SUCCESS)


def test_entry_of_another_kind(make_trustee):
    trustee = make_trustee(ESME)
    code = join(trustee, "CS03A1", INITIATOR, (identity(trustee, PPMID), DeviceType.HCALCS))
    assert code is JoinCode.INCOMPATIBLE_WITH_EXISTING_ENTRY


@pytest.mark.parametrize(
    "fault", ["none", "signing", "another device's", "an organisation's", "no certificate"]
)
def test_gas_meter_needs_the_certificate_of_its_partner(make_trustee, fault):
    trustee = make_trustee(GSME)
    partner, device = identity(trustee, PPMID), trustee.tester.device(PPMID)
    issuer, public = trustee.pki.device_issuer, device.ka_public
    certificate = {
        "none": None,
        "signing": device_certificate(issuer, public, KeyUsage.DIGITAL_SIGNATURE, partner),
        "another device's": device_certificate(issuer, public, KeyUsage.KEY_AGREEMENT, STRANGER),
        "an organisation's": trustee.pki.party(RemotePartyRole.SUPPLIER).ka_certificate,
        "no certificate": b"\x30\x00",
    }[fault]
    code = join(trustee, "CS03C", C, (partner, DeviceType.PPMID), certificate)
    assert code is JoinCode.INVALID_OR_MISSING_CERTIFICATE


def test_full_log_takes_nobody_else(make_trustee):
    trustee = make_trustee(PPMID)
    codes = []
    for number in range(20):
        partner = bytes(7) + bytes((number,))
        codes.append(join(trustee, "CS03A2", RESPONDER, (partner, DeviceType.ESME)))
        if codes[-1] is not JoinCode.SUCCESS:
            break
    assert codes[-1] is JoinCode.DEVICE_LOG_FULL
    assert len(logged(trustee)) == 16


def backups(trustee):
    """What the gas proxy told the broker of its log."""
    found = []
    broker = trustee.pki.party(RemotePartyRole.ACCESS_CONTROL_BROKER)
    while (octets := trustee.tester.home.receive(within=MINUTE)) is not None:
        message = decode_message(octets)
        if message.message_code == 0x00B2:
            assert mac_holds(octets, shared_secret(broker.ka_private, trustee.device.ka_public))
            assert message.recipient == broker.entity_id
            alert = decode_asn1(0x00B2, Cra.ALERT, message.payload)
            assert alert.alert_code == 0x8071
            found.append({entry.device_id for entry in alert.entries})
    return found


def test_gas_proxy_tells_its_log_whenever_it_changed(make_trustee):
    trustee = make_trustee(GPF)
    display = identity(trustee, IHD)
    trustee.response_to = lambda *_: None  # the backups come together with the answer
    for code, payload in (
        (0x0010, Unjoin(display)),
        (0x000E, Join(B, display, DeviceType.TYPE_2)),
        (0x0010, Unjoin(STRANGER)),
    ):
        sender = trustee.pki.party(RemotePartyRole.SUPPLIER)
        trustee.ask(code, encode_asn1(payload), sender)
    without, again = backups(trustee)
    assert again - without == {display}


def test_restored_entries_are_in_the_log(make_trustee):
    trustee = make_trustee(GPF)
    before = logged(trustee)
    gas_meter = identity(trustee, GSME)
    entries = (
        DeviceLogEntry(STRANGER, DeviceType.PPMID),
        DeviceLogEntry(gas_meter, DeviceType.GSME),
        DeviceLogEntry(gas_meter, DeviceType.PPMID),
    )
    broker = trustee.pki.party(RemotePartyRole.ACCESS_CONTROL_BROKER)
    message = trustee.ask(0x008C, encode_asn1(RestoreDeviceLog(entries)), broker)
    results = decode_asn1(0x008C, Cra.RESPONSE, message.payload).results
    assert [result.entry for result in results] == list(entries)
    assert [result.code for result in results] == [
        JoinCode.SUCCESS,
        JoinCode.SUCCESS,
        JoinCode.INCOMPATIBLE_WITH_EXISTING_ENTRY,
    ]
    (backup,) = backups(trustee)
    assert backup == logged(trustee) == before | {STRANGER}
    # What changes nothing needs no backup.
    trustee.ask(0x008C, encode_asn1(RestoreDeviceLog(entries)), broker)
    assert backups(trustee) == []
