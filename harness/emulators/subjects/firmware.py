"""Firmware slots: what runs, what waits, and when it is to be activated (SMETS2 4.5.3.22, 5.6.3.34, GBCS 11).

Activating what runs already changes nothing and succeeds, so a command that was sent again because its
response got lost ends well.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from harness.network.clock import Instant
from harness.network.port import DistributedImage

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice


class ActivationCode(IntEnum):
    """Outcome of an activation, as CS06 reports it."""

    SUCCESS = 0
    NO_IMAGE_HELD = 1
    HASH_MISMATCH = 2
    ACTIVATION_FAILURE = 3


@dataclass(frozen=True, slots=True)
class PendingActivation:
    """An activation that was put off: which image, when, and for whose command."""

    image_hash: bytes
    due: Instant
    originator: bytes
    originator_counter: int


class Firmware:
    """Firmware of a device. ``repeated`` says that the last activation asked for what already ran."""

    __slots__ = ("_device", "_history", "pending", "repeated", "running", "waiting")

    def __init__(self, device: EmulatedDevice) -> None:
        template = device.template
        self._device = device
        self.running: DistributedImage = template.running_image
        self.waiting: DistributedImage | None = template.waiting_image
        self.pending: PendingActivation | None = None
        self.repeated = False
        self._history = [(template.start, self.running.firmware_version)]

    @property
    def version(self) -> bytes:
        """Version of what runs, 4 octets."""
        return self.running.firmware_version

    def version_at(self, moment: Instant) -> bytes:
        """Version of what ran at a moment."""
        ran = [version for since, version in self._history if since <= moment]
        return ran[-1] if ran else self._history[0][1]

    def activate(self, image_hash: bytes, now: Instant) -> ActivationCode:
        """Run the image with that hash from now on."""
        self.repeated = image_hash == self.running.image_hash
        if self.repeated:
            return ActivationCode.SUCCESS
        if self.waiting is None:
            return ActivationCode.NO_IMAGE_HELD
        if image_hash != self.waiting.image_hash:
            return ActivationCode.HASH_MISMATCH
        self.running, self.waiting = self.waiting, None
        self._history.append((now, self.version))
        self._device.restart(now)
        return ActivationCode.SUCCESS
