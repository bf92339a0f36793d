"""Time-of-use and block registers: which of them counted when (SMETS2 5.7.5.35, 5.7.5.36).

Whoever keeps the tariff says when another register starts to count; what each of them holds at any
moment follows from the energy registers, so all of them always add up to those.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from harness.emulators.subjects.registers import Channel, Registers
from harness.network.clock import Instant

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice

TIERS: Final = 48
SECONDARY_TIERS: Final = 4
BLOCKS: Final = 4
TIERS_OF_BLOCKS: Final = 8
TIERS_OF_ALL_BLOCKS: Final = 16


@dataclass(frozen=True, slots=True)
class Rate:
    """What counts: a time-of-use register, from 1, and within blocks the block, from 1; else None.

    ``price`` is that of a whole unit (kWh), in millipence.
    """

    tier: int = 1
    block: int | None = None
    price: int = 0


class TariffRegisters:
    """Registers by rate, of either element. From the first a meter counts in the first register.

    ``keeper`` brings what counts up to a moment before anything is said of it, None where nothing but
    ``apply`` ever changes that.
    """

    __slots__ = ("_device", "_history", "keeper")

    def __init__(self, device: EmulatedDevice) -> None:
        self._device = device
        self.keeper: Callable[[Instant], None] | None = None
        self._history: dict[Channel, list[tuple[Instant, Rate]]] = {
            channel: [(device.template.start, Rate())] for channel in Channel
        }

    def apply(self, rate: Rate, now: Instant, channel: Channel = Channel.PRIMARY) -> None:
        """From now on, count by a rate."""
        self._history[channel].append((now, rate))

    def rate(self, now: Instant, channel: Channel = Channel.PRIMARY) -> Rate:
        """What counts at a moment."""
        if self.keeper is not None:
            self.keeper(now)
        history = self._history[channel]
        return next((rate for begun, rate in reversed(history) if begun <= now), history[0][1])

    def current(self, channel: Channel = Channel.PRIMARY) -> Rate:
        """What counts as far as has been applied."""
        return self._history[channel][-1][1]

    def is_priced(self, channel: Channel = Channel.PRIMARY) -> bool:
        """Whether anything that counted had a price, as far as has been applied."""
        return any(rate.price for _, rate in self._history[channel])

    def amounts(self, now: Instant, channel: Channel = Channel.PRIMARY) -> dict[Rate, int]:
        """What was counted by each rate up to a moment, in Wh; what was there at the start is the first's."""
        if self.keeper is not None:
            self.keeper(now)
        return self.counted(now, channel)

    def counted(self, now: Instant, channel: Channel = Channel.PRIMARY) -> dict[Rate, int]:
        """The same, by what has been applied so far."""
        counted: dict[Rate, int] = {}
        before = 0
        history = self._history[channel]
        register = self._device.part(Registers).channels[channel.value]
        for place, (begun, rate) in enumerate(history):
            if place and begun > now:
                break
            ended = history[place + 1][0] if place + 1 < len(history) else now
            reached = register.at(min(ended, now))
            counted[rate] = counted.get(rate, 0) + reached - before
            before = reached
        return counted

    def tiers(self, now: Instant, channel: Channel = Channel.PRIMARY) -> tuple[int, ...]:
        """The time-of-use registers in Wh, without what was counted in blocks."""
        values = [0] * (TIERS if channel is Channel.PRIMARY else SECONDARY_TIERS)
        for rate, amount in self.amounts(now, channel).items():
            if rate.block is None:
                values[rate.tier - 1] += amount
        return tuple(values)

    def blocks(self, now: Instant, tiers: int = TIERS_OF_BLOCKS) -> tuple[tuple[int, ...], ...]:
        """The registers of each block in Wh, by tier."""
        values = [[0] * tiers for _ in range(BLOCKS)]
        for rate, amount in self.amounts(now).items():
            if rate.block is not None and rate.tier <= tiers:
                values[rate.block - 1][rate.tier - 1] += amount
        return tuple(map(tuple, values))

    def cost(self, begin: Instant, end: Instant, channel: Channel = Channel.PRIMARY) -> int:
        """What was counted between two moments at the prices of its time, in millipence."""
        earlier = self.amounts(begin, channel)
        later = self.amounts(end, channel)
        return sum((amount - earlier.get(rate, 0)) * rate.price // 1_000 for rate, amount in later.items())
