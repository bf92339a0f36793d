"""Firmware slots: what runs, what waits, and when it is to be activated (SMETS2 5.6.3.34, GBCS 11, CS06).

Activating what runs already changes nothing and succeeds, so a command that was sent again because its
response got lost ends well. An activation that was put off is reported by an alert to who asked for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from harness.codecs.asn1.firmware import (
    ActivateFirmware,
    ActivateFirmwareAlert,
    ActivateFirmwareResponse,
    ActivationCode,
    ActivationOutcome,
)
from harness.codecs.asn1.payloads import encode_asn1
from harness.emulators.asn1_answer import Asn1Answer
from harness.emulators.subjects.alerts import Alert, Alerts
from harness.emulators.subjects.clock import Clock
from harness.gbcs.alert_codes import AlertCode
from harness.network.clock import Instant, datetime_of, instant_of
from harness.network.port import DistributedImage

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice
    from harness.emulators.exchange import Exchange

ACTIVATION_ALERT: Final = 0x00CA
NEVER: Final = "99991231235959Z"
"""Execution time that cancels an activation which was put off."""
_TIME: Final = "%Y%m%d%H%M%SZ"


@dataclass(frozen=True, slots=True)
class PendingActivation:
    """An activation that was put off: which image, and for whose command."""

    image_hash: bytes
    originator: bytes
    originator_counter: int


class Firmware:
    """Firmware of a device. ``repeated`` says that the last activation asked for what already ran."""

    __slots__ = ("_device", "_history", "_pending", "repeated", "running", "waiting")

    def __init__(self, device: EmulatedDevice) -> None:
        template = device.template
        self._device = device
        self.running: DistributedImage = template.running_image
        self.waiting: DistributedImage | None = template.waiting_image
        self.repeated = False
        self._pending: PendingActivation | None = None
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
            self._device.restart()
        return ActivationOutcome(code, self.version)

    def _activation_code(self, image_hash: bytes) -> ActivationCode:
        self.repeated = image_hash == self.running.image_hash
        if self.repeated:
            return ActivationCode.SUCCESS
        if self.waiting is None:
            return ActivationCode.NO_IMAGE_HELD
        held = image_hash == self.waiting.image_hash
        return ActivationCode.SUCCESS if held else ActivationCode.HASH_MISMATCH

    def put_off(self, pending: PendingActivation, due: Instant) -> None:
        """Activate later. A later command takes the place of an earlier one."""
        self._pending = pending
        self._device.schedule(due, lambda now: self._carry_out(pending, now))

    def cancel(self) -> None:
        """Do not activate what was put off."""
        self._pending = None

    def _carry_out(self, pending: PendingActivation, now: Instant) -> None:
        if pending is not self._pending:
            return
        self._pending = None
        outcome = self.activate(pending.image_hash, now)
        code = (
            AlertCode.FUTURE_DATED_COMMAND_DONE
            if outcome.code is ActivationCode.SUCCESS
            else AlertCode.FUTURE_DATED_COMMAND_FAILED
        )
        moment = datetime_of(self._device.part(Clock).now(now)).strftime(_TIME)
        alert = ActivateFirmwareAlert(code, moment, pending.originator_counter, outcome)
        self._device.part(Alerts).send(Alert(ACTIVATION_ALERT, encode_asn1(alert), (pending.originator,)))


def _fits(exchange: Exchange) -> bool:
    """The command repeats the message's counter, and its time, if it has one, is a time."""
    request: ActivateFirmware = exchange.request
    if request.originator_counter != exchange.message.originator_counter:
        return False
    try:
        return request.execution_time is None or bool(_due(request.execution_time))
    except ValueError:
        return False


def _due(text: str) -> Instant:
    return instant_of(datetime.strptime(text, _TIME).replace(tzinfo=UTC))


def _activate(exchange: Exchange) -> None:
    """CS06: at once, at a time, or not after all."""
    request: ActivateFirmware = exchange.request
    operation = exchange.planned(exchange.message.message_code, request)
    firmware = exchange.device.part(Firmware)
    outcome = None
    if operation is not None:
        request = operation.argument
        if request.execution_time is None:
            firmware.cancel()
            outcome = firmware.activate(request.image_hash, exchange.now)
        elif request.execution_time == NEVER:
            firmware.cancel()
        else:
            message = exchange.message
            pending = PendingActivation(request.image_hash, message.originator, message.originator_counter)
            firmware.put_off(pending, max(_due(request.execution_time), exchange.now))
    elif request.execution_time is None:
        outcome = ActivationOutcome(ActivationCode.SUCCESS, firmware.version)
    exchange.response = ActivateFirmwareResponse(outcome)


ACTIVATE_FIRMWARE: Final = Asn1Answer(_activate, _fits)
