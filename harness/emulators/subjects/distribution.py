"""Firmware on its way into a device: an upgrade image arrives, is verified, and is told of (GBCS 11.2).

A meter keeps a verified image until CS06 activates it, and tells the authorising party its hash. A
device without that command activates at once and tells the broker its version; the hub that passed the
image on tells how the transfer ended. No device takes an image that is older than what it runs, unless
the image says that it replaces whatever there is.
"""

from __future__ import annotations

from enum import Enum, auto
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from harness.codecs.asn1.firmware import (
    FirmwareAlertCode,
    FirmwareTransferAlert,
    FirmwareVersionAlert,
    TransferCode,
)
from harness.codecs.asn1.payloads import encode_device_asn1
from harness.codecs.cosem_data import Data, DataTag
from harness.codecs.errors import DecodeError
from harness.codecs.gbz_types import GbzAlert, ImageReceipt
from harness.codecs.ota import OtaImage, decode_ota_image
from harness.crypto.signature import verify
from harness.emulators.asn1_time import time_text
from harness.emulators.device import Arriving
from harness.emulators.subjects.alerts import Alert, Alerts
from harness.emulators.subjects.clock import Clock
from harness.emulators.subjects.firmware import Firmware
from harness.emulators.subjects.security_log import SecurityEvent, SecurityLog
from harness.emulators.subjects.trust import Cell, TrustStore
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.gbcs.use_case import PayloadFamily
from harness.network.clock import Instant, utc_time_of
from harness.network.port import DistributedImage

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice

ACTIVATION_CODE: Final = 0x0012
TRANSFER_ALERT: Final = 0x0128
VERSION_ALERT: Final = 0x0129
_RECEIPT_ALERTS: Final = {PayloadFamily.DLMS: 0x00CE, PayloadFamily.GBZ: 0x00CF}
_WITH_RECEIPT: Final = frozenset({DeviceRole.ESME, DeviceRole.GSME, DeviceRole.SAPC})
_VERSION_LENGTH: Final = 4


class Receipt(Enum):
    """What a device makes of an image."""

    VERIFIED = auto()
    UNVERIFIED = auto()
    OTHER_HARDWARE = auto()
    UNREADABLE = auto()
    TOO_OLD = auto()
    """The device does not ask for an image that is not newer, so it never gets to it."""


def receive_image(device: EmulatedDevice, octets: bytes, now: Instant) -> Receipt:
    """Take an upgrade image (OTA header, image, signature), verify it, keep it, and tell of it."""
    taken = device.arriving(Arriving(device.template.kind.role, octets, now))
    if taken is None:
        return Receipt.TOO_OLD
    receipt, image = _examined(device, taken)
    if receipt is Receipt.TOO_OLD:
        return receipt
    image_hash = sha256(octets if image is None else image.image).digest()
    verified = receipt is Receipt.VERIFIED
    code = AlertCode.FIRMWARE_VERIFIED if verified else AlertCode.FIRMWARE_UNVERIFIED
    device.part(SecurityLog).note(SecurityEvent(now, code, b""))
    if verified and image is not None:
        version = image.file_version.to_bytes(_VERSION_LENGTH, "big")
        device.part(Firmware).waiting = DistributedImage(image_hash, version)
    if device.template.kind.role in _WITH_RECEIPT:
        tell_receipt(device, code, image_hash, now)
    elif ACTIVATION_CODE not in device.template.abilities:
        if verified:
            device.part(Firmware).activate(image_hash, now)
        if VERSION_ALERT in device.template.abilities:
            _tell_version(device, now, updated=verified)
    return receipt


def _examined(device: EmulatedDevice, octets: bytes) -> tuple[Receipt, OtaImage | None]:
    try:
        image = decode_ota_image(octets)
    except DecodeError:
        return Receipt.UNREADABLE, None
    model = device.template.profile.model
    hardware = int(model.hardware_version + model.hardware_revision, 16)
    wanted = image.hardware
    if image.manufacturer != int(model.manufacturer, 16) or (
        wanted is not None and not wanted.minimum <= hardware <= wanted.maximum
    ):
        return Receipt.OTHER_HARDWARE, image
    running = int.from_bytes(device.part(Firmware).version, "big")
    if image.file_version <= running and not image.force_replace:
        return Receipt.TOO_OLD, image
    is_hub = device.template.kind.role is DeviceRole.CHF
    role = RemotePartyRole.WAN_PROVIDER if is_hub else RemotePartyRole.SUPPLIER
    anchor = device.part(TrustStore).anchor(role, Cell.DIGITAL_SIGNATURE)
    if anchor is None or not verify(anchor.public_key, image.signature, image.image):
        return Receipt.UNVERIFIED, image
    return Receipt.VERIFIED, image


def tell_receipt(device: EmulatedDevice, code: AlertCode, image_hash: bytes, now: Instant) -> None:
    """Tell the supplier whether the image with that hash was verified."""
    supplier = device.part(TrustStore).anchor(RemotePartyRole.SUPPLIER, Cell.DIGITAL_SIGNATURE)
    if supplier is None:
        return
    alerts, family = device.part(Alerts), device.template.kind.alert_family
    payload = alerts.body(code, now, [Data(DataTag.OCTET_STRING, image_hash)])
    if family is PayloadFamily.GBZ:
        moment = utc_time_of(device.part(Clock).now(now))
        payload = GbzAlert(code, moment, count=1, body=ImageReceipt(image_hash))
    alerts.send(Alert(_RECEIPT_ALERTS[family], payload, (supplier.entity_id,)))


def _tell_version(device: EmulatedDevice, now: Instant, *, updated: bool) -> None:
    """Tell the broker which version runs after an update, or after one that failed (CS08)."""
    alert = FirmwareVersionAlert(
        AlertCode.FIRMWARE_VERSION_READ,
        time_text(device.part(Clock).now(now)),
        device.part(Firmware).version,
        FirmwareAlertCode.SUCCESS if updated else FirmwareAlertCode.FAILURE,
    )
    _tell_broker(device, VERSION_ALERT, encode_device_asn1(alert))


def tell_transfer(
    hub: EmulatedDevice, target: bytes, version: bytes, code: TransferCode, now: Instant
) -> None:
    """Tell the broker how passing an image on to ``target`` (entity identifier) ended (CCS08)."""
    done = code is TransferCode.SUCCESS
    alert = FirmwareTransferAlert(
        AlertCode.FIRMWARE_TRANSFERRED if done else AlertCode.FIRMWARE_TRANSFER_FAILED,
        time_text(hub.part(Clock).now(now)),
        target,
        version,
        code,
    )
    _tell_broker(hub, TRANSFER_ALERT, encode_device_asn1(alert))


def _tell_broker(device: EmulatedDevice, message_code: int, payload: bytes) -> None:
    trust = device.part(TrustStore)
    broker = trust.anchor(RemotePartyRole.ACCESS_CONTROL_BROKER, Cell.KEY_AGREEMENT)
    if broker is not None:
        device.part(Alerts).send(Alert(message_code, payload, (broker.entity_id,)))
