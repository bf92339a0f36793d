"""The tariff in force: which register counts at which price (SMETS2 5.5.4, 5.7.4.47-50).

A switching table selects registers by number: 1 to 48 are times of use, 101 to 108 times of use within
blocks. Within blocks the price rises, or falls, with what was used in that time of use since the
counters were reset; a block that fills up within a half hour counts to the end of it. What
was selected when is worked out when registers or prices are asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from harness.emulators.load import HALF_HOUR
from harness.emulators.subjects.registers import Channel, Registers
from harness.emulators.subjects.tariff_registers import (
    BLOCKS,
    SECONDARY_TIERS,
    TIERS,
    TIERS_OF_BLOCKS,
    Rate,
    TariffRegisters,
)
from harness.emulators.subjects.week_plan import WeekPlan
from harness.network.clock import Instant

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice

_FIRST_OF_BLOCKS: Final = 101


@dataclass(frozen=True, slots=True)
class Tariff:
    """What a supplier sets.

    ``prices`` are millipence for a whole unit, by register and block, None for outside blocks.
    ``thresholds`` are up to three for each time of use within blocks, in what the registers count.
    """

    plan: WeekPlan = field(default_factory=WeekPlan)
    prices: Mapping[tuple[int, int | None], int] = field(default_factory=dict)
    thresholds: Mapping[int, tuple[int, ...]] = field(default_factory=dict)

    def rate(self, selected: int, used: int) -> Rate:
        """What counts where a number is selected, and so much was used in its blocks."""
        if not _FIRST_OF_BLOCKS <= selected < _FIRST_OF_BLOCKS + TIERS_OF_BLOCKS:
            return Rate(selected, None, self.prices.get((selected, None), 0))
        tier = selected - _FIRST_OF_BLOCKS + 1
        block = 1 + sum(used >= limit for limit in self.thresholds.get(tier, ())[: BLOCKS - 1])
        return Rate(tier, block, self.prices.get((tier, block), 0))

    def room(self, rate: Rate, used: int) -> int | None:
        """What can still be used before another block begins; None in the last one."""
        if rate.block is None:
            return None
        above = [limit for limit in self.thresholds.get(rate.tier, ())[: BLOCKS - 1] if limit > used]
        return min(above) - used if above and rate.block < BLOCKS else None


def _is_there(selected: int, channel: Channel) -> bool:
    """Whether an element has a register of a number; a number without one changes nothing."""
    if channel is Channel.SECONDARY:
        return 1 <= selected <= SECONDARY_TIERS
    return 1 <= selected <= TIERS or _FIRST_OF_BLOCKS <= selected < _FIRST_OF_BLOCKS + TIERS_OF_BLOCKS


class Tariffs:
    """The tariffs of both elements, and how far the registers follow them."""

    __slots__ = ("_device", "_followed", "_resets", "_tariffs")

    def __init__(self, device: EmulatedDevice) -> None:
        self._device = device
        self._tariffs: dict[Channel, Tariff] = {}
        self._followed: dict[Channel, Instant] = {}
        self._resets: dict[Rate, int] = {}
        device.part(TariffRegisters).keeper = self.follow

    def change(self, tariff: Tariff, now: Instant, channel: Channel = Channel.PRIMARY) -> None:
        """Have another tariff from now on."""
        self.follow(now)
        self._tariffs[channel] = tariff
        self._followed[channel] = now
        self._select(channel, now)

    def price(self, now: Instant, channel: Channel = Channel.PRIMARY) -> int:
        """The price in force, in millipence for a whole unit."""
        return self._device.part(TariffRegisters).rate(now, channel).price

    def reset_blocks(self, now: Instant) -> None:
        """Count what is used in blocks from nought again."""
        self.follow(now)
        self._resets = {
            rate: amount
            for rate, amount in self._device.part(TariffRegisters).counted(now).items()
            if rate.block is not None
        }
        for channel in self._tariffs:
            self._select(channel, now)

    def follow(self, now: Instant) -> None:
        """Have the registers count as selected, up to a moment."""
        for channel, tariff in self._tariffs.items():
            begin = self._followed[channel]
            if begin >= now:
                continue
            self._followed[channel] = now
            for change in (*tariff.plan.changes(begin, now), None):
                self._fill_blocks(channel, begin, now if change is None else change)
                if change is not None:
                    self._select(channel, change)
                    begin = change

    def _select(self, channel: Channel, at: Instant) -> None:
        registers, tariff = self._device.part(TariffRegisters), self._tariffs[channel]
        selected = tariff.plan.selected(at)
        if selected is None or not _is_there(selected, channel):
            return
        rate = tariff.rate(selected, self._used(selected, at))
        if registers.current(channel) != rate:
            registers.apply(rate, at, channel)

    def _fill_blocks(self, channel: Channel, begin: Instant, end: Instant) -> None:
        """Go on to the next block wherever one is full before the end."""
        tariff = self._tariffs[channel]
        while True:
            rate = self._device.part(TariffRegisters).current(channel)
            selected = _FIRST_OF_BLOCKS - 1 + rate.tier
            room = None if rate.block is None else tariff.room(rate, self._used(selected, begin))
            full = None if room is None else self._reached(room, begin, end)
            if full is None:
                return
            self._select(channel, full)
            begin = full

    def _reached(self, amount: int, begin: Instant, end: Instant) -> Instant | None:
        """The first end of a half hour by which so much was used; None where not before the end."""
        register = self._device.part(Registers).channels[0]
        start = register.at(begin)
        low, high = begin // HALF_HOUR + 1, end // HALF_HOUR
        if low > high or register.at(Instant(high * HALF_HOUR)) - start < amount:
            return None
        while low < high:
            middle = (low + high) // 2
            if register.at(Instant(middle * HALF_HOUR)) - start >= amount:
                high = middle
            else:
                low = middle + 1
        return Instant(low * HALF_HOUR)

    def _used(self, selected: int, now: Instant) -> int:
        """What was used in the blocks of a time of use since they were reset."""
        tier = selected - _FIRST_OF_BLOCKS + 1
        return sum(
            amount - self._resets.get(rate, 0)
            for rate, amount in self._device.part(TariffRegisters).counted(now).items()
            if rate.block is not None and rate.tier == tier
        )
