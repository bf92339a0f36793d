"""Setting the gas meter's clock: the network's time counts if it lies in the supplier's interval (GCS28)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from harness.codecs.asn1 import firmware
from harness.emulators.asn1_answer import Asn1Answer
from harness.emulators.asn1_time import is_time, moment_of, time_text
from harness.emulators.subjects.clock import Clock, TimeStatus
from harness.emulators.subjects.clock_setting import set_clock

if TYPE_CHECKING:
    from harness.emulators.exchange import Exchange

STATUSES: Final = {
    TimeStatus.RELIABLE: firmware.TimeStatus.RELIABLE,
    TimeStatus.INVALID: firmware.TimeStatus.INVALID,
    TimeStatus.UNRELIABLE: firmware.TimeStatus.UNRELIABLE,
}


def _fits(exchange: Exchange) -> bool:
    request: firmware.SetGasClock = exchange.request
    return is_time(request.validity_start) and is_time(request.validity_end)


def _set(exchange: Exchange) -> None:
    clock = exchange.device.part(Clock)
    operation = exchange.planned(exchange.message.message_code, exchange.request)
    if operation is not None:
        request: firmware.SetGasClock = operation.argument
        clock.preset(moment_of(request.validity_start), moment_of(request.validity_end))
        set_clock(exchange.device, exchange.now)
    moment = time_text(clock.now(exchange.now))
    exchange.response = firmware.SetGasClockResponse(moment, STATUSES[clock.status])


SET_GAS_CLOCK: Final = Asn1Answer(_set, _fits)
