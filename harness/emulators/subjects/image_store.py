"""Upgrade images that a hub passes on to its devices (CHTS 4.5.2; GBCS 11.2, CCS08).

The hub looks at the header and keeps the image until the device has fetched it. Of displays and
controllers, which update themselves, it tells the broker how that ended; a hub of a version before that
alert has nothing to do with their images. A device that cannot be reached is given a week: it asks once
a day (ZigBee OTA 11.10).
"""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    """An image that the hub holds for a device."""

    role: DeviceRole
    target: bytes
    image: bytes


class ImageStore:
    """Images that wait in the hub, the latest for each device."""

    __slots__ = ("_device", "_waiting")

    def __init__(self, device: EmulatedDevice) -> None:
        self._device = device
        self._waiting: dict[DeviceRole, _Held] = {}

    def take(self, role: DeviceRole, target: bytes, image: bytes, now: Instant) -> None:
        """Take an image that is for a device (role and entity identifier), the hub itself included."""
        if role in _HUB:
            self._update_hub(image, now)
            return
        arrived = self._device.arriving(Arriving(role, image, now))
        if arrived is not None and self._serves(role):
            held = _Held(role, target, image)
            if self._device.part(HubLog).find(target) is None:
                self._tell(held, TransferCode.FILE_TRANSFER_FAILURE, now)
            elif _version_of(image) is None:
                self._tell(held, TransferCode.IMAGE_DISCARDED, now)
            else:
                self._waiting[role] = held
                self._have_fetched(held, now, now, DAYS)

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

    def _have_fetched(self, held: _Held, begun: Instant, now: Instant, days_left: int) -> None:
        """Have a device fetch an image from a moment on, or from when it wakes next."""
        last = self._device.surroundings.last_heard(held.target) if held.role is DeviceRole.GSME else None
        awake = begun if last is None else next_wake(Duration(last), begun)
        whole = Instant(max(now, awake + (len(held.image) // _BLOCK + 1) * _PACE))
        self._device.schedule(whole, lambda at: self._finish(held, begun, at, days_left))

    def _finish(self, held: _Held, begun: Instant, now: Instant, days_left: int) -> None:
        if self._waiting.get(held.role) is not held:
            return
        surroundings = self._device.surroundings
        fetching = surroundings.heard(held.role, DeviceRole.CHF)
        if fetching is not None and fetching.power_changed > begun:
            # It lost power while it was fetching, and began anew.
            self._have_fetched(held, fetching.power_changed, now, days_left)
            return
        receipt = surroundings.hand_image(held.role, held.image)
        if receipt is None and days_left > 1:
            self._have_fetched(held, Instant(now + DAY), now, days_left - 1)
            return
        del self._waiting[held.role]
        code = TransferCode.FILE_TRANSFER_FAILURE if receipt is None else _OUTCOMES[receipt]
        self._tell(held, code, now)

    def _tell(self, held: _Held, code: TransferCode, now: Instant) -> None:
        if held.role in _SELF_UPDATING:
            version = _version_of(held.image) or _UNKNOWN_VERSION
            tell_transfer(self._device, held.target, version, code, now)


def _version_of(image: bytes) -> bytes | None:
    """The version that the header of an image names; None where it is none."""
    try:
        return decode_ota_image(image).file_version.to_bytes(len(_UNKNOWN_VERSION), "big")
    except DecodeError:
        return None
