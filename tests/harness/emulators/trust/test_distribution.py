"""Upgrade images on their way into devices, and what is told of them."""

from hashlib import sha256

import pytest

from harness.codecs.asn1.firmware import ActivateFirmware, ActivationCode
from harness.codecs.asn1.payloads import decode_asn1, encode_asn1
from harness.codecs.envelope import decode_message
from harness.codecs.message import Cra
from harness.codecs.ota import HardwareVersions, OtaImage, encode_ota_image
from harness.crypto.signature import sign
from harness.emulators.subjects.distribution import Receipt, receive_image
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.port import Display

ESME, GSME, PPMID, SAPC = DeviceRole.ESME, DeviceRole.GSME, DeviceRole.PPMID, DeviceRole.SAPC
IMAGE = b"next firmware" * 50


def image(trustee, **changes):
    """An upgrade image that the supplier vouches for."""
    supplier = trustee.pki.party(RemotePartyRole.SUPPLIER)
    values = {
        "manufacturer": 0xF1FF,
        "image_type": 0,
        "file_version": 0x0123ABFF,
        "image": IMAGE,
        "signature": sign(supplier.ds_private, IMAGE),
        "hardware": HardwareVersions(0x0100, 0x01FF),
    }
    return encode_ota_image(OtaImage(**{**values, **changes}))


def receive(trustee, octets):
    """Have the device take an image, and give what it made of it with the messages that it sent."""
    home = trustee.tester.home
    device = home._reached(trustee.target)
    receipt = receive_image(device, octets, home.now)
    return receipt, [decode_message(sent.octets) for sent in device.outgoing(home.now)]


@pytest.mark.parametrize(("target", "code"), [(ESME, 0x00CE), (SAPC, 0x00CE), (GSME, 0x00CF)])
def test_meter_tells_the_hash_of_a_verified_image_and_activates_by_it(make_trustee, target, code):
    trustee = make_trustee(target)
    receipt, (message,) = receive(trustee, image(trustee))
    assert receipt is Receipt.VERIFIED
    supplier = trustee.pki.party(RemotePartyRole.SUPPLIER)
    assert (message.message_code, message.recipient) == (code, supplier.entity_id)
    digest = sha256(IMAGE).digest()
    assert b"\x8f\x72" in message.payload
    assert message.payload.endswith(digest)
    request = encode_asn1(ActivateFirmware(digest, 5))
    answer = trustee.ask(0x0012, request, supplier, signer=supplier.ds_private, counter=5)
    outcome = decode_asn1(0x0012, Cra.RESPONSE, answer.payload).outcome
    assert (outcome.code, outcome.firmware_version.hex()) == (ActivationCode.SUCCESS, "0123abff")
    assert trustee.tester.home.read_display(target, Display.FIRMWARE_VERSION) == "0123ABFF"


@pytest.mark.parametrize(
    ("changes", "receipt"),
    [
        ({"signature": bytes(63) + b"\1"}, Receipt.UNVERIFIED),
        ({"image": IMAGE + b"!"}, Receipt.UNVERIFIED),
        ({"manufacturer": 0xF2FF}, Receipt.OTHER_HARDWARE),
        ({"hardware": HardwareVersions(0x0200, 0x02FF)}, Receipt.OTHER_HARDWARE),
    ],
)
def test_image_that_is_not_for_the_meter_is_not_kept(make_trustee, changes, receipt):
    trustee = make_trustee()
    made, (message,) = receive(trustee, image(trustee, **changes))
    assert made is receipt
    assert b"\x8f\x1c" in message.payload
    supplier = trustee.pki.party(RemotePartyRole.SUPPLIER)
    request = encode_asn1(ActivateFirmware(sha256(changes.get("image", IMAGE)).digest(), 5))
    answer = trustee.ask(0x0012, request, supplier, signer=supplier.ds_private, counter=5)
    outcome = decode_asn1(0x0012, Cra.RESPONSE, answer.payload).outcome
    assert outcome.code is ActivationCode.HASH_MISMATCH


def test_octets_that_are_no_image(make_trustee):
    trustee = make_trustee()
    receipt, (message,) = receive(trustee, b"no image")
    assert receipt is Receipt.UNREADABLE
    assert message.payload.endswith(sha256(b"no image").digest())


def test_display_runs_its_image_at_once_and_tells_the_version(make_trustee):
    trustee = make_trustee(PPMID)
    receipt, (message,) = receive(trustee, image(trustee))
    assert receipt is Receipt.VERIFIED
    broker = trustee.pki.party(RemotePartyRole.ACCESS_CONTROL_BROKER)
    assert (message.message_code, message.recipient) == (0x0129, broker.entity_id)
    assert decode_asn1(0x0129, Cra.ALERT, message.payload).firmware_version.hex() == "0123abff"
    answer = trustee.ask(0x0129, b"\x05\x00", broker)
    assert decode_asn1(0x0129, Cra.RESPONSE, answer.payload).firmware_version.hex() == "0123abff"
