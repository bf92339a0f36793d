"""Upgrade images on their way into devices, and what is told of them."""

from hashlib import sha256

import pytest

from device_profiles.model import DeviceKind
from harness.codecs.asn1.firmware import ActivateFirmware, ActivationCode, FirmwareAlertCode, TransferCode
from harness.codecs.asn1.payloads import decode_asn1, encode_asn1
from harness.codecs.envelope import decode_message
from harness.codecs.message import Cra
from harness.codecs.ota import HardwareVersions, OtaImage, encode_ota_image
from harness.crypto.signature import sign
from harness.emulators.subjects.distribution import Receipt, receive_image
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.clock import DAY, HOUR, MINUTE, SECOND, Duration
from harness.network.port import Display, Stimulus

ESME, GSME, PPMID, SAPC = DeviceRole.ESME, DeviceRole.GSME, DeviceRole.PPMID, DeviceRole.SAPC
HCALCS = DeviceRole.HCALCS
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


# Through the hub


def home_tester(make_trustee, target, **changes):
    trustee = make_trustee(target, **changes)
    trustee.home = trustee.tester.home
    return trustee


def heard(trustee, within=HOUR):
    """Alerts that come in a while, by message code."""
    found = []
    while (octets := trustee.home.receive(within=within)) is not None:
        found.append(decode_message(octets))
    return found


@pytest.mark.parametrize(("target", "code"), [(ESME, 0x00CE), (SAPC, 0x00CE), (GSME, 0x00CF)])
def test_image_reaches_a_meter_through_the_hub_and_is_activated(make_trustee, target, code):
    trustee = home_tester(make_trustee, target)
    trustee.home.distribute_image(target, image(trustee))
    (message,) = heard(trustee)
    assert (message.message_code, message.originator) == (code, trustee.device.entity_id)
    assert b"\x8f\x72" in message.payload
    supplier = trustee.pki.party(RemotePartyRole.SUPPLIER)
    request = encode_asn1(ActivateFirmware(sha256(IMAGE).digest(), 5))
    answer = trustee.ask(0x0012, request, supplier, signer=supplier.ds_private, counter=5)
    assert decode_asn1(0x0012, Cra.RESPONSE, answer.payload).outcome.code is ActivationCode.SUCCESS
    assert trustee.home.read_display(target, Display.FIRMWARE_VERSION) == "0123ABFF"


def test_activation_of_a_distributed_image_can_be_put_off(make_trustee):
    trustee = home_tester(make_trustee, ESME)
    trustee.home.distribute_image(ESME, image(trustee))
    heard(trustee)
    supplier = trustee.pki.party(RemotePartyRole.SUPPLIER)
    request = encode_asn1(ActivateFirmware(sha256(IMAGE).digest(), 5, "20260203180000Z"))
    answer = trustee.ask(0x0012, request, supplier, signer=supplier.ds_private, counter=5)
    assert decode_asn1(0x0012, Cra.RESPONSE, answer.payload).outcome is None
    assert trustee.home.read_display(ESME, Display.FIRMWARE_VERSION) == "0123ABCD"
    (message,) = heard(trustee, within=Duration(8 * HOUR))
    alert = decode_asn1(0x00CA, Cra.ALERT, message.payload)
    assert (alert.alert_code, alert.time) == (0x8F66, "20260203180000Z")
    assert alert.outcome.firmware_version.hex() == "0123abff"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"signature": bytes(64)}, True),
        ({"manufacturer": 0xF2FF}, True),
        ({"hardware": HardwareVersions(0x0200, 0x02FF)}, True),
        ({"file_version": 0x0123ABCC}, False),
        ({"file_version": 0x0123ABCD}, False),
    ],
)
def test_meter_keeps_its_own_image_where_the_new_one_is_not_for_it(make_trustee, changes, told):
    trustee = home_tester(make_trustee, ESME)
    trustee.home.distribute_image(ESME, image(trustee, **changes))
    messages = heard(trustee)
    assert [b"\x8f\x1c" in message.payload for message in messages] == [True] * told
    supplier = trustee.pki.party(RemotePartyRole.SUPPLIER)
    request = encode_asn1(ActivateFirmware(sha256(IMAGE).digest(), 5))
    answer = trustee.ask(0x0012, request, supplier, signer=supplier.ds_private, counter=5)
    assert decode_asn1(0x0012, Cra.RESPONSE, answer.payload).outcome.code is ActivationCode.HASH_MISMATCH


def test_older_image_that_replaces_whatever_there_is(make_trustee):
    trustee = home_tester(make_trustee, ESME)
    older = image(trustee, file_version=0x01000000, force_replace=True)
    trustee.home.distribute_image(ESME, older)
    (message,) = heard(trustee)
    assert b"\x8f\x72" in message.payload


def told_of(trustee):
    """What hub and device told the broker of an image: transfer code, version and whether it is in use."""
    hub = trustee.home.devices[DeviceRole.CHF].entity_id
    transfer, version = None, None
    for message in heard(trustee):
        alert = decode_asn1(message.message_code, Cra.ALERT, message.payload)
        if message.originator == hub:
            assert (message.message_code, alert.entity_id) == (0x0128, trustee.device.entity_id)
            assert alert.alert_code == (0x8F8A if alert.code is TransferCode.SUCCESS else 0x8F89)
            transfer = alert.code
        else:
            assert (message.message_code, message.originator) == (0x0129, trustee.device.entity_id)
            version = (alert.firmware_version.hex(), alert.code)
    return transfer, version


SAME, NEXT = "0123abcd", "0123abff"
OUTCOMES = [
    ({}, TransferCode.SUCCESS, (NEXT, FirmwareAlertCode.SUCCESS)),
    ({"signature": bytes(64)}, TransferCode.IMAGE_DISCARDED, (SAME, FirmwareAlertCode.FAILURE)),
    (
        {"hardware": HardwareVersions(0x0200, 0x02FF)},
        TransferCode.HARDWARE_VERSION_MISMATCH,
        (SAME, FirmwareAlertCode.FAILURE),
    ),
    ({"file_version": 0x0123ABCC}, TransferCode.IMAGE_DISCARDED, None),
]


@pytest.mark.parametrize("target", [PPMID, HCALCS])
@pytest.mark.parametrize(("changes", "transfer", "version"), OUTCOMES)
def test_device_that_updates_itself_and_the_hub_tell_the_broker(
    make_trustee, target, changes, transfer, version
):
    trustee = home_tester(make_trustee, target)
    trustee.home.distribute_image(target, image(trustee, **changes))
    assert told_of(trustee) == (transfer, version)
    runs = SAME if version is None else version[0]
    assert trustee.home.read_display(target, Display.FIRMWARE_VERSION) == runs.upper()


def test_octets_that_are_no_image_end_at_the_hub(make_trustee):
    trustee = home_tester(make_trustee, PPMID)
    trustee.home.distribute_image(PPMID, image(trustee)[:-1])
    assert told_of(trustee) == (TransferCode.IMAGE_DISCARDED, None)
    trustee.home.distribute_image(ESME, image(trustee)[:-1])
    assert heard(trustee) == []


def test_hub_before_its_alert_passes_no_image_on_to_a_display(make_trustee, profile):
    trustee = home_tester(make_trustee, PPMID, comms_hub=profile(DeviceKind.COMMS_HUB, gbcs="4.0"))
    trustee.home.distribute_image(PPMID, image(trustee))
    assert heard(trustee) == []
    assert trustee.home.read_display(PPMID, Display.FIRMWARE_VERSION) == SAME.upper()
    trustee.home.distribute_image(ESME, image(trustee))
    assert [message.message_code for message in heard(trustee)] == [0x00CE]


def test_image_waits_in_the_hub_for_a_device_without_power(make_trustee):
    trustee = home_tester(make_trustee, PPMID)
    trustee.home.operate(PPMID, Stimulus.POWER_OFF)
    trustee.home.distribute_image(PPMID, image(trustee))
    assert heard(trustee) == []
    trustee.home.operate(PPMID, Stimulus.POWER_ON)
    assert {one.message_code for one in heard(trustee, within=Duration(DAY))} == {0x0128, 0x0129}


def test_device_that_loses_power_while_it_fetches_begins_anew(make_trustee):
    trustee = home_tester(make_trustee, PPMID)
    content = IMAGE * 100
    signature = sign(trustee.pki.party(RemotePartyRole.SUPPLIER).ds_private, content)
    octets = image(trustee, image=content, signature=signature)
    fetching = Duration(len(octets) // 48 * SECOND // 10)
    trustee.home.distribute_image(PPMID, octets)
    trustee.home.wait(Duration(fetching // 2))
    for stimulus in (Stimulus.POWER_OFF, Stimulus.POWER_ON):
        trustee.home.operate(PPMID, stimulus)
    began = trustee.home.now
    assert trustee.home.receive(within=fetching) is None
    assert {one.message_code for one in heard(trustee)} == {0x0128, 0x0129}
    assert trustee.home.now >= began + fetching


def test_hub_gives_up_after_a_week(make_trustee):
    trustee = home_tester(make_trustee, PPMID)
    trustee.home.operate(PPMID, Stimulus.POWER_OFF)
    trustee.home.distribute_image(PPMID, image(trustee))
    (message,) = heard(trustee, within=Duration(8 * DAY))
    alert = decode_asn1(0x0128, Cra.ALERT, message.payload)
    assert alert.code is TransferCode.FILE_TRANSFER_FAILURE


def test_later_image_takes_the_place_of_one_that_waits(make_trustee):
    trustee = home_tester(make_trustee, ESME)
    trustee.home.operate(ESME, Stimulus.POWER_OFF)
    for version in (0x0123AC00, 0x0123AD00):
        trustee.home.distribute_image(ESME, image(trustee, file_version=version))
    trustee.home.wait(MINUTE)
    trustee.home.operate(ESME, Stimulus.POWER_ON)
    (message,) = (one for one in heard(trustee, within=Duration(2 * DAY)) if one.message_code == 0x00CE)
    assert b"\x8f\x72" in message.payload


def test_image_that_the_network_cannot_deliver(make_trustee):
    trustee = home_tester(make_trustee, ESME)
    trustee.home.operate(ESME, Stimulus.WAN_LOST)
    octets = image(trustee)
    trustee.home.distribute_image(ESME, octets)
    assert heard(trustee) == []
    (failed,) = trustee.home.undelivered
    assert (failed.role, failed.octets) == (ESME, octets)


@pytest.mark.parametrize("party", [RemotePartyRole.WAN_PROVIDER, RemotePartyRole.SUPPLIER])
def test_hub_runs_what_its_own_provider_vouches_for(make_trustee, party):
    trustee = home_tester(make_trustee, DeviceRole.CHF)
    signer = trustee.pki.party(party).ds_private
    trustee.home.distribute_image(DeviceRole.CHF, image(trustee, signature=sign(signer, IMAGE)))
    heard(trustee)
    runs = (NEXT if party is RemotePartyRole.WAN_PROVIDER else SAME).upper()
    for function in (DeviceRole.CHF, DeviceRole.GPF):
        assert trustee.home.read_display(function, Display.FIRMWARE_VERSION) == runs
