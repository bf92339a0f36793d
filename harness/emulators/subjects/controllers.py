"""Auxiliary controllers: switches and proportional ones, by command, boost button or calendar (SMETS2 5.5.4).

A command holds for its time; without one a boost counts, then the calendar, moved by the randomised
offset. A limit caps what any of them says. Levels are in per cent; a switch knows 0 and 100.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from harness.codecs.cosem_data import Data
from harness.emulators.cosem.objects import Objects
from harness.emulators.subjects.boost import Boost
from harness.emulators.subjects.controller_calendar import last_switch, special_days_in, switches_in
from harness.gbcs.use_case import obis_octets
from harness.network.clock import SECOND, Instant

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice

CONTROLLERS: Final = range(1, 6)
_CALENDAR: Final = (10, obis_octets("0-0:12.0.2.255"), 2, False)
_SPECIAL_DAYS: Final = (11, obis_octets("0-0:11.0.3.255"), 2, False)
_OFFSET_LIMIT: Final = (1, obis_octets("0-0:94.44.0.1"), 2, False)
_FULL: Final = 100
_OFFSET_STEPS: Final = 0x1_0000


class Direction(IntEnum):
    """What a proportional controller controls; a switch only has an output."""

    OUTPUT = 1
    INPUT = 2


@dataclass(frozen=True, slots=True)
class Target:
    """One direction of one controller."""

    direction: Direction
    number: int

    @property
    def code(self) -> int:
        """As commands and alerts name it."""
        return self.direction << 4 | self.number


@dataclass(frozen=True, slots=True)
class Order:
    """A level for a time, by the device's clock."""

    level: int
    start: Instant
    end: Instant

    def holds(self, at: Instant) -> bool:
        """Whether it counts at a moment."""
        return self.start <= at < self.end


class Controllers:
    """Orders and limits by target. All moments are by the device's clock."""

    __slots__ = ("_device", "_limits", "_orders")

    def __init__(self, device: EmulatedDevice) -> None:
        self._device = device
        self._orders: dict[Target, Order] = {}
        self._limits: dict[Target, Order] = {}

    def order(self, target: Target, order: Order) -> None:
        """Have a level for a time; it takes the place of an earlier order."""
        self._orders[target] = order

    def release(self, target: Target) -> None:
        """Go back to the calendar."""
        self._orders.pop(target, None)

    def limit(self, target: Target, order: Order) -> Order | None:
        """Cap the level for a time; gives the limit whose place it takes."""
        earlier = self._limits.get(target)
        self._limits[target] = order
        return earlier

    def limit_of(self, target: Target) -> Order | None:
        """The limit set last."""
        return self._limits.get(target)

    def end_limit(self, target: Target) -> None:
        """Do without a limit."""
        self._limits.pop(target, None)

    def level(self, target: Target, at: Instant) -> int:
        """The level at a moment."""
        wanted = self._wanted(target, at)
        limit = self._limits.get(target)
        return min(wanted, limit.level) if limit is not None and limit.holds(at) else wanted

    @property
    def offset_number(self) -> int:
        """This device's own share of the randomised offset, in 65,536ths."""
        return int.from_bytes(self._device.template.entity_id[-2:], "big")

    @property
    def offset_limit(self) -> int:
        """The most that switching may be put off by, in seconds."""
        written = self._device.part(Objects).written(_OFFSET_LIMIT)
        value = 0 if written is None else written.value
        return value if isinstance(value, int) else 0

    @property
    def offset(self) -> int:
        """What this device puts switching by the calendar off by, in seconds."""
        return self.offset_limit * self.offset_number // _OFFSET_STEPS

    def _wanted(self, target: Target, at: Instant) -> int:
        order = self._orders.get(target)
        if order is not None and order.holds(at):
            return order.level
        if target.direction is Direction.OUTPUT and self._device.part(Boost).boosts(target.number, at):
            return _FULL
        return self._by_calendar(target, at)

    def _by_calendar(self, target: Target, at: Instant) -> int:
        objects = self._device.part(Objects)
        entries: Data | None = objects.written(_CALENDAR)
        if entries is None:
            return 0
        mine = tuple(
            one for one in switches_in(entries) if (level_in(one.selector) or (None, 0))[0] == target
        )
        moment = Instant(at - self.offset * SECOND)
        last = last_switch(mine, special_days_in(objects.written(_SPECIAL_DAYS)), moment)
        told = None if last is None else level_in(last.selector)
        return 0 if told is None else told[1]


_SWITCH_ON: Final = 1
_SWITCH_OFF: Final = 2
_LEVEL: Final = 0x7F


def level_in(selector: int) -> tuple[Target, int] | None:
    """What a script selector says: the target and its level; None where it is no such selector.

    The older form has the number of a switch and 1 for on, 2 for off; the later one a direction, the
    number and a level.
    """
    high, low = selector >> 8, selector & 0xFF
    direction, number = high >> 4, high & 0x0F
    if number not in CONTROLLERS:
        return None
    if direction == 0 and low & 0x0F in {_SWITCH_ON, _SWITCH_OFF}:
        level = _FULL if low & 0x0F == _SWITCH_ON else 0
        return Target(Direction.OUTPUT, number), level
    if direction in {Direction.OUTPUT, Direction.INPUT} and low & _LEVEL <= _FULL:
        return Target(Direction(direction), number), low & _LEVEL
    return None
