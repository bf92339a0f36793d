"""Firmware slots: what runs, what waits, and when it is to be activated (SMETS2 5.6.3.34, GBCS 11, CS06).

Activating what runs already changes nothing and succeeds, so a command that was sent again because its
response got lost ends well. An activation that was put off is reported by an alert to who asked for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from harness.codecs.asn1.firmware import (
    ActivateFirmware,
    ActivateFirmwareAlert,
    ActivateFirmwareResponse,
    ActivationCode,
    ActivationOutcome,
    FirmwareVersionResponse,
)
from harness.codecs.asn1.joining import ReadCode
from harness.codecs.asn1.payloads import encode_device_asn1
from harness.emulators.asn1_answer import Asn1Answer
from harness.emulators.asn1_time import is_time, time_text
from harness.emulators.subjects.alerts import Alert, Alerts
from harness.emulators.subjects.clock import Clock
from harness.emulators.subjects.put_off import PutOff
from harness.gbcs.alert_codes import AlertCode
from harness.network.clock import Instant
from harness.network.port import DistributedImage

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice
    from harness.emulators.exchange import Exchange

ACTIVATION_ALERT: Final = 0x00CA
_ACTIVATION_CODE: Final = 0x0012


class Firmware:
    """Firmware of a device. ``repeated`` says that the last activation asked for what already ran.

    The faults are what activation and reading the version fail with, None where they work.
    """

    __slots__ = ("_device", "_history", "activation_fault", "read_fault", "repeated", "running", "waiting")

    def __init__(self, device: EmulatedDevice) -> None:
        template = device.template
        self._device = device
        self.running: DistributedImage = template.running_image
        self.waiting: DistributedImage | None = template.waiting_image
        self.repeated = False
        self.activation_fault: ActivationCode | None = None
        self.read_fault: ReadCode | None = None
        self._history = [(template.start, self.running.firmware_version)]

    @property
    def version(self) -> bytes:
        """Version of what runs, 4 octets."""
        return self.running.firmware_version

    def version_at(self, moment: Instant) -> bytes:
        """Version of what ran at a moment."""
        ran = [version for since, version in self._history if since <= moment]
        return ran[-1] if ran else self._history[0][1]

    def activate(self, image_hash: bytes, now: Instant) -> ActivationOutcome:
        """Run the image with that hash from now on."""
        code = self._activation_code(image_hash)
        if code is ActivationCode.SUCCESS and not self.repeated and self.waiting is not None:
            self.running, self.waiting = self.waiting, None
            self._history.append((now, self.version))
            self._device.part(Alerts).event(AlertCode.FIRMWARE_VERSION_CHANGED, now)
            self._device.restart()
        return ActivationOutcome(code, self.version)

    def _activation_code(self, image_hash: bytes) -> ActivationCode:
        self.repeated = image_hash == self.running.image_hash
        if self.repeated:
            return ActivationCode.SUCCESS
        if self.waiting is None:
            return ActivationCode.NO_IMAGE_HELD
        if image_hash != self.waiting.image_hash:
            return ActivationCode.HASH_MISMATCH
        return ActivationCode.SUCCESS if self.activation_fault is None else self.activation_fault


def _fits(exchange: Exchange) -> bool:
    """The command repeats the message's counter, and its time, if it has one, is a time."""
    request: ActivateFirmware = exchange.request
    counter = exchange.message.originator_counter
    return request.originator_counter == counter and is_time(request.execution_time)


def _activate(exchange: Exchange) -> None:
    """CS06: at once, at a time, or not after all."""
    device, message = exchange.device, exchange.message
    request: ActivateFirmware = exchange.request
    operation = exchange.planned(message.message_code, request)
    firmware = device.part(Firmware)
    outcome = None
    if operation is None:
        if request.execution_time is None:
            outcome = ActivationOutcome(ActivationCode.SUCCESS, firmware.version)
    elif operation.argument.execution_time is None:
        device.part(PutOff).cancel(message.message_code)
        outcome = firmware.activate(operation.argument.image_hash, exchange.now)
    else:
        put_off_activation(device, operation.argument, message.originator, exchange.now)
    exchange.response = ActivateFirmwareResponse(outcome)


def put_off_activation(
    device: EmulatedDevice, request: ActivateFirmware, originator: bytes, now: Instant
) -> None:
    """Activate at the time that a request names, and tell its originator what came of it."""

    def activate(due: Instant) -> None:
        outcome = device.part(Firmware).activate(request.image_hash, due)
        done = outcome.code is ActivationCode.SUCCESS
        code = AlertCode.FUTURE_DATED_COMMAND_DONE if done else AlertCode.FUTURE_DATED_COMMAND_FAILED
        device.part(Alerts).event(code, due)
        moment = time_text(device.part(Clock).now(due))
        alert = ActivateFirmwareAlert(code, moment, request.originator_counter, outcome)
        device.part(Alerts).send(Alert(ACTIVATION_ALERT, encode_device_asn1(alert), (originator,)))

    if request.execution_time is not None:
        device.part(PutOff).put_off_until(_ACTIVATION_CODE, request.execution_time, activate, now)


def _read_version(exchange: Exchange) -> None:
    """CS08: the version that runs, and whether it could be read."""
    firmware = exchange.device.part(Firmware)
    code = ReadCode.SUCCESS if firmware.read_fault is None else firmware.read_fault
    exchange.response = FirmwareVersionResponse(firmware.version, code)


ACTIVATE_FIRMWARE: Final = Asn1Answer(_activate, _fits)
READ_FIRMWARE_VERSION: Final = Asn1Answer(_read_version)
