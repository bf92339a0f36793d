"""Upgrade images that a hub passes on to its devices (CHTS 4.5.2; GBCS 11.2, CCS08).

The hub looks at the header and keeps the image until the device has fetched it. Of displays and
controllers, which update themselves, it tells the broker how that ended; a hub of a version before that
alert has nothing to do with their images. A device that cannot be reached is given a week: it asks once
a day (ZigBee OTA 11.10).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from harness.codecs.asn1.firmware import TransferCode
from harness.codecs.errors import DecodeError
from harness.codecs.ota import decode_ota_image
from harness.emulators.abilities import has_version
from harness.emulators.device import Arriving
from harness.emulators.sleep import next_wake
from harness.emulators.subjects.distribution import Receipt, receive_image, tell_transfer
from harness.emulators.subjects.firmware import Firmware
from harness.emulators.subjects.hub_log import HubLog
from harness.gbcs.catalogue import use_case
from harness.gbcs.roles import DeviceRole
from harness.network.clock import DAY, SECOND, Duration, Instant

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice

DAYS: Final = 7
_BLOCK: Final = 48
_PACE: Final = Duration(SECOND // 10)
"""Octets in a block, and the time that one takes, as on the home area network."""
_HUB: Final = frozenset({DeviceRole.CHF, DeviceRole.GPF})
_SELF_UPDATING: Final = frozenset({DeviceRole.PPMID, DeviceRole.HCALCS})
_WITHOUT_IMAGES: Final = frozenset({DeviceRole.IHD})
_UNKNOWN_VERSION: Final = bytes(4)
_OUTCOMES: Final = {
    Receipt.VERIFIED: TransferCode.SUCCESS,
    Receipt.UNVERIFIED: TransferCode.IMAGE_DISCARDED,
    Receipt.TOO_OLD: TransferCode.IMAGE_DISCARDED,
    Receipt.OTHER_HARDWARE: TransferCode.HARDWARE_VERSION_MISMATCH,
    Receipt.UNREADABLE: TransferCode.IMAGE_DISCARDED,
}
"""What the hub makes of what a device made of an image."""


class ImageStore:
    """Images that wait in the hub, the latest for each device."""

    __slots__ = ("_device", "_waiting")

    def __init__(self, device: EmulatedDevice) -> None:
        self._device = device
        self._waiting: dict[DeviceRole, bytes] = {}

    def take(self, role: DeviceRole, target: bytes, image: bytes, now: Instant) -> None:
        """Take an image that is for a device (role and entity identifier), the hub itself included."""
        if role in _HUB:
            self._update_hub(image, now)
            return
        arrived = self._device.arriving(Arriving(role, image, now))
        if arrived is not None and self._serves(role):
            if self._device.part(HubLog).find(target) is None:
                self._tell(role, target, image, TransferCode.FILE_TRANSFER_FAILURE, now)
            elif _version_of(image) is None:
                self._tell(role, target, image, TransferCode.IMAGE_DISCARDED, now)
            else:
                self._waiting[role] = image
                self._attempt_later(role, target, image, self._fetched(role, target, image, now), DAYS)

    def _serves(self, role: DeviceRole) -> bool:
        version = self._device.template.profile.firmware.gbcs
        can_tell = has_version(use_case("CCS08"), version)
        return role not in _WITHOUT_IMAGES and (can_tell or role not in _SELF_UPDATING)

    def _update_hub(self, image: bytes, now: Instant) -> None:
        """Both functions of the hub run from one image."""
        if receive_image(self._device, image, now) is Receipt.VERIFIED:
            proxy = self._device.surroundings.heard(DeviceRole.GPF, DeviceRole.CHF)
            if proxy is not None:
                running = self._device.part(Firmware).running
                proxy.part(Firmware).waiting = running
                proxy.part(Firmware).activate(running.image_hash, now)

    def _fetched(self, role: DeviceRole, target: bytes, image: bytes, now: Instant) -> Instant:
        """When a device that begins to fetch now, or when it wakes, has all of an image."""
        begun = now
        if role is DeviceRole.GSME:
            last = self._device.surroundings.last_heard(target)
            begun = now if last is None else next_wake(Duration(last), now)
        return Instant(begun + (len(image) // _BLOCK + 1) * _PACE)

    def _attempt_later(
        self, role: DeviceRole, target: bytes, image: bytes, at: Instant, days_left: int
    ) -> None:
        self._device.schedule(at, lambda now: self._attempt(role, target, image, now, days_left))

    def _attempt(self, role: DeviceRole, target: bytes, image: bytes, now: Instant, days_left: int) -> None:
        if self._waiting.get(role) is not image:
            return
        receipt = self._device.surroundings.hand_image(role, image)
        if receipt is None and days_left > 1:
            self._attempt_later(role, target, image, Instant(now + DAY), days_left - 1)
            return
        del self._waiting[role]
        code = TransferCode.FILE_TRANSFER_FAILURE if receipt is None else _OUTCOMES[receipt]
        self._tell(role, target, image, code, now)

    def _tell(self, role: DeviceRole, target: bytes, image: bytes, code: TransferCode, now: Instant) -> None:
        if role in _SELF_UPDATING:
            version = _version_of(image) or _UNKNOWN_VERSION
            tell_transfer(self._device, target, version, code, now)


def _version_of(image: bytes) -> bytes | None:
    """The version that the header of an image names; None where it is none."""
    try:
        return decode_ota_image(image).file_version.to_bytes(len(_UNKNOWN_VERSION), "big")
    except DecodeError:
        return None
