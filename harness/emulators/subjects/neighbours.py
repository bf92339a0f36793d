"""What a device knows of those that it is joined with beyond their names: their certificates (GBCS 13.7.4).

A gas meter and a PPMID exchange protected messages, so each needs the other's key. A home begins with
its devices joined, each with the certificate that the other had then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.emulators.subjects.device_log import DeviceLog
from harness.gbcs.roles import DeviceType

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice


class Neighbours:
    """Certificates (DER) for key agreement by entity identifier, as commands brought them."""

    __slots__ = ("_certificates", "_device")

    def __init__(self, device: EmulatedDevice) -> None:
        self._device = device
        self._certificates: dict[bytes, bytes] = {}

    def learn(self, entity_id: bytes, certificate: bytes) -> None:
        """Keep the certificate of a device that is joined with."""
        self._certificates[entity_id] = certificate

    def is_joined(self, entity_id: bytes, as_type: DeviceType) -> bool:
        """Whether the device log has a device, as one of a type."""
        entry = self._device.part(DeviceLog).find(entity_id)
        return entry is not None and entry.device_type is as_type

    def secret_with(self, entity_id: bytes) -> bytes | None:
        """The secret shared with a device in the log, 32 octets; None with any other."""
        device = self._device
        if device.part(DeviceLog).find(entity_id) is None:
            return None
        certificate = self._certificates.get(entity_id)
        if certificate is None:
            certificate = device.surroundings.certificate_of(entity_id)
        return device.secret_with_certificate(certificate, entity_id)
