"""Logs that follow from registers: when their entries are stamped, how many there are, what each holds.

An entry is worked out when it is read. It is stamped with the moment that it was made at, and the
oldest gives way when the log is full (SMETS2 5.7.5).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from harness.emulators.load import HALF_HOUR
from harness.emulators.subjects.billing import BillingCalendar
from harness.emulators.subjects.registers import Channel, Registers
from harness.emulators.subjects.tariff_registers import TariffRegisters
from harness.network.clock import DAY, Duration, Instant

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice

Number = int | tuple[int, ...]
"""One member of an entry: a number, or the values of some registers."""
Stamps = Callable[["EmulatedDevice", Instant, Instant, Instant], Iterable[Instant]]
"""Moments of entries between two moments, both included, as the log stands at a third."""


@dataclass(frozen=True, slots=True)
class Log:
    """A log: the moments of its entries, and what was noted at each."""

    stamps: Stamps
    entry: Callable[[EmulatedDevice, Instant], tuple[Number, ...]]

    def entries(
        self, device: EmulatedDevice, start: Instant, end: Instant, now: Instant
    ) -> Iterable[tuple[Instant, tuple[Number, ...]]]:
        """Entries stamped from ``start`` to ``end``, oldest first."""
        for stamp in self.stamps(device, start, end, now):
            yield stamp, self.entry(device, stamp)


def every(period: Duration, depth: int) -> Stamps:
    """An entry at each whole period; the log was running since before the home was made."""

    def stamps(_device: EmulatedDevice, start: Instant, end: Instant, now: Instant) -> Iterable[Instant]:
        last = now // period
        first = max(-(-start // period), last - depth + 1)
        return (Instant(number * period) for number in range(first, min(end // period, last) + 1))

    return stamps


def _in_period(
    of: Callable[[Registers, Instant], int], period: Duration
) -> Callable[[Registers, Instant], int]:
    """How much a register grew in the period up to a moment."""
    return lambda registers, stamp: of(registers, stamp) - of(registers, Instant(stamp - period))


def _noted(*columns: Callable[[Registers, Instant], int]) -> Callable[..., tuple[Number, ...]]:
    def entry(device: EmulatedDevice, stamp: Instant) -> tuple[Number, ...]:
        registers = device.part(Registers)
        return tuple(column(registers, stamp) for column in columns)

    return entry


def _active_import(device: EmulatedDevice, stamp: Instant) -> tuple[Number, ...]:
    before = Instant(stamp - HALF_HOUR)
    return tuple(channel.at(stamp) - channel.at(before) for channel in device.part(Registers).channels)


def _reactive_import(registers: Registers, stamp: Instant) -> int:
    return registers.reactive_import(registers.active_import(stamp))


def register_reading(device: EmulatedDevice, stamp: Instant) -> tuple[Number, ...]:
    """Every import register at a moment: energy, time of use, blocks."""
    registers, tariff = device.part(Registers), device.part(TariffRegisters)
    values: list[Number] = [registers.active_import(stamp)]
    has_second = len(registers.channels) > 1
    if has_second:
        values.append(registers.active_import(stamp, Channel.SECONDARY))
    values.append(tariff.tiers(stamp))
    if has_second:
        values.append(tariff.tiers(stamp, Channel.SECONDARY))
    return (*values, *tariff.blocks(stamp))


def _billing_days(device: EmulatedDevice, start: Instant, end: Instant, now: Instant) -> Iterable[Instant]:
    return device.part(BillingCalendar).periods(start, end, now)


PROFILE_DEPTH: Final = 19_056
"""13 months of half hours, rounded up to 397 days."""
PROFILE_IMPORT: Final = Log(every(HALF_HOUR, PROFILE_DEPTH), _active_import)
PROFILE_EXPORT: Final = Log(
    every(HALF_HOUR, 4_464),
    _noted(
        _in_period(Registers.active_export, HALF_HOUR),
        _in_period(Registers.reactive_export, HALF_HOUR),
    ),
)
PROFILE_REACTIVE: Final = Log(every(HALF_HOUR, 4_464), _noted(_in_period(_reactive_import, HALF_HOUR)))
DAILY_CONSUMPTION: Final = Log(every(DAY, 731), _noted(_in_period(Registers.whole_import, DAY)))
DAILY_READ: Final = Log(every(DAY, 31), register_reading)
DAILY_READ_EXPORT: Final = Log(every(DAY, 31), _noted(Registers.active_export))
BILLING_READ: Final = Log(_billing_days, register_reading)
