"""What the supplier publishes of a gas tariff, and the tariff that follows from it (SMETS2 4.5.3.22, 4.6.4).

Prices and thresholds are published for energy, and the meter counts volume: a cubic metre has so
much energy by its calorific value and conversion factor. Prices of a cubic metre are rounded down to
whole millipence.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from harness.emulators.subjects.billing_events import BillingEvents
from harness.emulators.subjects.prepayment import Account
from harness.emulators.subjects.tariff import Tariff, Tariffs
from harness.emulators.subjects.week_plan import DayPlan, Season, SpecialDay, WeekPlan
from harness.network.clock import Instant

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice

_SELECTS_BLOCKS: Final = 101
_ONLY_DAY: Final = {1: ((0, _SELECTS_BLOCKS),)}
_BLOCKS_ALWAYS: Final = WeekPlan(
    seasons=(Season(0xFFFF, 1, 1, b"\x01"),), weeks={b"\x01": (1,) * 7}, days=_ONLY_DAY
)
_MEGAJOULES_IN_KILOWATT_HOURS: Final = (36, 10)
_SCALE: Final = 10 * 100_000
"""Calorific values have one decimal, conversion factors have five."""


@dataclass(slots=True)
class PublishedCalendar:
    """A calendar, part by part as it is published. ``kind`` is the calendar type, None until it is known."""

    kind: int | None = None
    seasons: tuple[Season, ...] = ()
    weeks: dict[bytes, tuple[int, ...]] = field(default_factory=dict)
    days: dict[int, DayPlan] = field(default_factory=dict)
    special: tuple[SpecialDay, ...] = ()

    def plan(self) -> WeekPlan:
        """The calendar as it is by now."""
        return WeekPlan(self.seasons, dict(self.weeks), dict(self.days), self.special)


class GasTariff:
    """What was published. Prices are millipence a kWh, by tier or by block; thresholds are Wh.

    ``calorific_value`` is in tenths of a megajoule for a cubic metre, ``conversion_factor`` in
    hundred-thousandths.
    """

    __slots__ = (
        "_device",
        "block_prices",
        "by_blocks",
        "calendars",
        "calorific_value",
        "conversion_factor",
        "thresholds",
        "tier_prices",
    )

    def __init__(self, device: EmulatedDevice) -> None:
        self._device = device
        self.calendars: dict[int, PublishedCalendar] = {}
        self.tier_prices: dict[int, int] = {}
        self.block_prices: dict[int, int] = {}
        self.thresholds: tuple[int, ...] = ()
        self.by_blocks = False
        self.calorific_value = 395
        self.conversion_factor = 102_264

    def calendar(self, number: int) -> PublishedCalendar:
        """The calendar of a number, empty at first."""
        return self.calendars.setdefault(number, PublishedCalendar())

    def plan_of(self, kind: int) -> WeekPlan | None:
        """The latest calendar of a type."""
        return next((one.plan() for one in reversed(self.calendars.values()) if one.kind == kind), None)

    def apply(self, now: Instant) -> None:
        """Have the meter count and charge by what was published."""
        tariffs = self._device.part(Tariffs)
        self._device.part(BillingEvents).note(now)
        if self.by_blocks:
            prices: dict[tuple[int, int | None], int] = {
                (1, block): self._of_volume(price) for block, price in self.block_prices.items()
            }
            thresholds = {1: tuple(map(self._volume, self.thresholds))}
            tariffs.change(Tariff(_BLOCKS_ALWAYS, prices, thresholds), now)
        else:
            prices = {(tier, None): self._of_volume(price) for tier, price in self.tier_prices.items()}
            tariffs.change(Tariff(self.plan_of(0) or WeekPlan(), prices), now)

    def set_standing_charge(self, amount: int, now: Instant) -> None:
        """Millipence a day."""
        account = self._device.part(Account)
        account.configure(account.terms, replace(account.charges, standing=amount), now)

    def apply_non_disablement(self, plan: WeekPlan, now: Instant) -> None:
        """Have the supply stay on while a calendar says so."""
        account = self._device.part(Account)
        account.configure(account.terms, replace(account.charges, never_disabled=plan), now)

    def _of_volume(self, price: int) -> int:
        """The price of a cubic metre, by that of a kWh."""
        divisor, factor = _MEGAJOULES_IN_KILOWATT_HOURS
        return price * self.calorific_value * self.conversion_factor * factor // (divisor * _SCALE)

    def _volume(self, energy: int) -> int:
        """The dm³ that have so many Wh."""
        divisor, factor = _MEGAJOULES_IN_KILOWATT_HOURS
        return energy * divisor * _SCALE // (factor * max(self.calorific_value * self.conversion_factor, 1))
