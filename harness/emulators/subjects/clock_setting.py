"""Setting a clock on command, which the event log says, as well as that it was too far off (SMETS2 5.5.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.codecs.cosem_data import Data, DataTag
from harness.codecs.dlms_types import DataAccessResult
from harness.emulators.refusal import AccessRefused
from harness.emulators.subjects.alerts import Alerts
from harness.emulators.subjects.clock import Clock
from harness.gbcs.alert_codes import AlertCode

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice
    from harness.emulators.exchange import Exchange
    from harness.network.clock import Instant


def set_clock(device: EmulatedDevice, now: Instant) -> bool:
    """Take the hub's time if it lies in the range that was given, log it, and say whether it did."""
    done = device.part(Clock).adjust(now)
    device.part(Alerts).event(AlertCode.CLOCK_ADJUSTED if done else AlertCode.CLOCK_OUTSIDE_TOLERANCE, now)
    return done


def adjust_to_preset_time(exchange: Exchange, argument: Data) -> None:
    """Method 4 of the clock object: set the clock from the hub's time."""
    if argument != Data(DataTag.INTEGER, 0):
        raise AccessRefused(DataAccessResult.TYPE_UNMATCHED)
    if not set_clock(exchange.device, exchange.now):
        raise AccessRefused(DataAccessResult.OTHER_REASON)
