"""A hub that hangs on the meter's plug, and a meter that lets go of it to start new firmware."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind
from harness.codecs.asn1.firmware import ActivateFirmwareResponse, ActivationCode
from harness.emulators.defect import Defect
from harness.emulators.exchange import Exchange
from harness.emulators.subjects.firmware import Firmware
from harness.emulators.subjects.outage import LONG_OUTAGE, Outage
from harness.gbcs.roles import DeviceRole
from harness.network.clock import MINUTE, SECOND, Instant
from harness.network.port import Stimulus

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice

_AFTER_ANSWER: Final = 30 * SECOND
_LENGTH: Final = LONG_OUTAGE + MINUTE
_HUB: Final = (DeviceRole.CHF, DeviceRole.GPF)


def _let_go(exchange: Exchange) -> None:
    response, meter = exchange.response, exchange.device
    outcome = response.outcome if isinstance(response, ActivateFirmwareResponse) else None
    if outcome is None or outcome.code is not ActivationCode.SUCCESS or meter.part(Firmware).repeated:
        return
    began = Instant(exchange.now + _AFTER_ANSWER)
    meter.schedule(began, lambda now: _cut(meter, now))


def _cut(meter: EmulatedDevice, began: Instant) -> None:
    hub = [meter.surroundings.heard(role, DeviceRole.ESME) for role in _HUB]
    there = [one for one in hub if one is not None]
    for one in there:
        one.operate(Stimulus.POWER_OFF, began)
    meter.schedule(Instant(began + _LENGTH), lambda now: _back(meter, there, began, now))


def _back(meter: EmulatedDevice, hub: list[EmulatedDevice], began: Instant, now: Instant) -> None:
    for one in hub:
        one.operate(Stimulus.POWER_ON, now)
    meter.part(Outage).report(began, now)


DEFECT: Final = Defect(
    id="update-cuts-the-hub",
    title="Cuts the hub's power for over 3 minutes to activate firmware, and then reports an outage",
    clause="SMETS2 5.5.12.6, GBCS 11.3, ECS80",
    field_defect=1,
    applies_to=frozenset({DeviceKind.ESME}),
    before_encode=_let_go,
)
