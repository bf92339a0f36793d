"""CS02c, CS02d, CS02e: a device's new keys and certificates, on every target."""

import pytest
from cryptography.x509 import load_der_x509_csr

from harness.codecs.asn1.credentials import (
    DIGITAL_SIGNATURE,
    KEY_AGREEMENT,
    DeviceCertificate,
    IssueFailure,
    KeyUsageRequest,
    ProvideFailure,
    UpdateOutcome,
)
from harness.codecs.asn1.payloads import decode_asn1, encode_asn1
from harness.codecs.cosem_data import BitString
from harness.codecs.message import Cra
from harness.crypto.certificates import KeyUsage, parse_certificate
from harness.crypto.issuing import device_certificate
from harness.crypto.keys import derive_private_key, public_octets
from harness.crypto.protection import signature_holds
from harness.gbcs.catalogue import use_case
from harness.gbcs.roles import DeviceRole, RemotePartyRole

TARGETS = sorted(use_case("CS02c").targets)
USES = {DIGITAL_SIGNATURE: KeyUsage.DIGITAL_SIGNATURE, KEY_AGREEMENT: KeyUsage.KEY_AGREEMENT}
UNKNOWN_USE = BitString("01")


def sender_for(trustee):
    """Who renews a device: its supplier, or where it has none the broker."""
    hub = trustee.target is DeviceRole.CHF
    role = RemotePartyRole.ACCESS_CONTROL_BROKER if hub else RemotePartyRole.SUPPLIER
    return trustee.pki.party(role)


def ask(trustee, code, payload):
    """The decoded answer to the sender of a command."""
    sender = sender_for(trustee)
    signer = None if code == 0x000C else sender.ds_private
    message = trustee.ask(code, encode_asn1(payload), sender, signer=signer)
    assert message is not None, "silence"
    return decode_asn1(code, Cra.RESPONSE, message.payload)


def request_for(trustee, use):
    """The certification request that a device makes for a use."""
    answer = ask(trustee, 0x000A, KeyUsageRequest(use))
    request = load_der_x509_csr(answer.result)
    assert request.is_signature_valid
    return request


def certificate_for(trustee, public, usage, *, entity_id=None):
    entity_id = entity_id or trustee.device.entity_id
    return device_certificate(trustee.pki.device_issuer, public, usage, entity_id)


def install(trustee, certificate):
    return ask(trustee, 0x000B, DeviceCertificate(certificate)).outcome


def provided(trustee, use):
    return ask(trustee, 0x000C, KeyUsageRequest(use)).result


class RenewedDevice:
    """A device's credentials with one public key that is another."""

    def __init__(self, device, **changed):
        self.entity_id = device.entity_id
        self.ds_public = changed.get("ds", device.ds_public)
        self.ka_public = changed.get("ka", device.ka_public)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("use", USES)
def test_device_takes_a_new_key_into_use(make_trustee, target, use):
    trustee = make_trustee(target)
    before = provided(trustee, use)
    request = request_for(trustee, use)
    assert provided(trustee, use) == before
    certificate = certificate_for(trustee, request.public_key(), USES[use])
    assert public_octets(request.public_key()) != public_octets(parse_certificate(before).public_key)
    assert install(trustee, certificate) is UpdateOutcome.SUCCESS
    changed = {"ds" if use == DIGITAL_SIGNATURE else "ka": request.public_key()}
    trustee.device = RenewedDevice(trustee.device, **changed)
    # The answers from here on hold under the new key alone: the tester checks each.
    assert provided(trustee, use) == certificate
    assert ask(trustee, 0x000A, KeyUsageRequest(use)).result


def test_key_pairs_differ_from_one_another(make_trustee):
    trustee = make_trustee()
    keys = {public_octets(request_for(trustee, use).public_key()) for use in (*USES, *USES)}
    assert len(keys) == 4


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ("nobody asked", UpdateOutcome.NO_CORRESPONDING_KEY_PAIR),
        ("other use asked for", UpdateOutcome.NO_CORRESPONDING_KEY_PAIR),
        ("other key", UpdateOutcome.WRONG_PUBLIC_KEY),
        ("other device", UpdateOutcome.WRONG_DEVICE_IDENTITY),
        ("an organisation's", UpdateOutcome.INVALID_CERTIFICATE),
        ("none", UpdateOutcome.INVALID_CERTIFICATE),
        ("earlier request", UpdateOutcome.WRONG_PUBLIC_KEY),
    ],
)
def test_certificate_that_a_device_cannot_use(make_trustee, fault, outcome):
    trustee = make_trustee()
    usage = KeyUsage.DIGITAL_SIGNATURE
    if fault == "other use asked for":
        request_for(trustee, KEY_AGREEMENT)
    elif fault != "nobody asked":
        public = request_for(trustee, DIGITAL_SIGNATURE).public_key()
    if fault == "earlier request":
        request_for(trustee, DIGITAL_SIGNATURE)
    if fault in {"other key", "nobody asked", "other use asked for"}:
        public = derive_private_key(b"somebody", "else").public_key()
    other = trustee.tester.device(DeviceRole.GSME).entity_id if fault == "other device" else None
    certificate = {
        "an organisation's": trustee.pki.party(RemotePartyRole.SUPPLIER).ds_certificate,
        "none": b"\x30\x00",
    }.get(fault) or certificate_for(trustee, public, usage, entity_id=other)
    before = provided(trustee, DIGITAL_SIGNATURE)
    assert install(trustee, certificate) is outcome
    assert provided(trustee, DIGITAL_SIGNATURE) == before


def test_same_certificate_twice(make_trustee):
    trustee = make_trustee()
    public = request_for(trustee, KEY_AGREEMENT).public_key()
    certificate = certificate_for(trustee, public, KeyUsage.KEY_AGREEMENT)
    assert install(trustee, certificate) is UpdateOutcome.SUCCESS
    trustee.device = RenewedDevice(trustee.device, ka=public)
    assert install(trustee, certificate) is UpdateOutcome.NO_CORRESPONDING_KEY_PAIR


def test_use_that_devices_have_no_keys_for(make_trustee):
    trustee = make_trustee()
    request = KeyUsageRequest(UNKNOWN_USE)
    assert ask(trustee, 0x000A, request).result is IssueFailure.INVALID_KEY_USAGE
    assert ask(trustee, 0x000C, request).result is ProvideFailure.INVALID_KEY_USAGE


def test_new_signing_key_is_that_of_alerts_too(make_trustee):
    trustee = make_trustee()
    public = request_for(trustee, DIGITAL_SIGNATURE).public_key()
    assert install(trustee, certificate_for(trustee, public, KeyUsage.DIGITAL_SIGNATURE)) is (
        UpdateOutcome.SUCCESS
    )
    octets = trustee.tester.command("ECS04b", trustee.target, counter=900)
    trustee.tester.home.send(octets[:-1] + bytes((octets[-1] ^ 1,)))
    alert = trustee.tester.receive()
    assert alert is not None
    assert signature_holds(alert, public)
    assert not signature_holds(alert, trustee.device.ds_public)
