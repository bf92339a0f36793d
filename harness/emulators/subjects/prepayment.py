"""A meter's account over time: charged as energy is used, and kept by the rules of ``ledger`` (SMETS2 5.5.7).

Nothing is worked out until somebody asks. In credit mode one step then makes up for all the time that
went by; in prepayment mode the account goes by half hours, at the end of each of which the meter looks
whether the credit is used up. The standing charge is collected at midnight, time-based debt at the end
of each of its periods, all in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import TYPE_CHECKING, Final, Protocol

from harness.emulators.load import HALF_HOUR
from harness.emulators.subjects.account_log import AccountLog, Credit, Held
from harness.emulators.subjects.alerts import Alerts
from harness.emulators.subjects.billing import MONTHLY, BillingCalendar
from harness.emulators.subjects.ledger import (
    Balances,
    PaymentMode,
    Terms,
    Turn,
    activate_emergency,
    add_credit,
    changed_debt,
    charge,
    charge_standing,
    is_exhausted,
    recover,
    turns,
)
from harness.emulators.subjects.registers import Channel, Registers
from harness.emulators.subjects.supply import Supply, SupplyState
from harness.emulators.subjects.tariff_registers import TariffRegisters
from harness.gbcs.alert_codes import AlertCode
from harness.network.clock import DAY, HOUR, Duration, Instant

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice

NEVER_DISABLED: Final = 1
_WEEK: Final = Duration(7 * DAY)
_THOUSANDTHS: Final = 1_000


class Selecting(Protocol):
    """Anything that selects a number at each moment."""

    def selected(self, moment: Instant) -> int | None:
        """What is selected; None for nothing."""
        ...


class Balance(IntEnum):
    """The account's amounts, by the last but one group of the OBIS code of their credit object."""

    METER = 0
    EMERGENCY_CREDIT = 1
    ACCUMULATED_DEBT = 2


class Debt(IntEnum):
    """What is recovered, by the last but one group of the OBIS code of its charge object."""

    TIME_1 = 1
    TIME_2 = 2
    PAYMENT = 3


@dataclass(frozen=True, slots=True)
class Recovery:
    """How a time-based debt is recovered: millipence at the end of each period."""

    amount: int = 0
    period: Duration = HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class Charges:
    """What is collected apart from energy. ``standing`` is millipence a day, ``cap_period`` that of the cap.

    ``never_disabled`` selects ``NEVER_DISABLED`` while the supply is not to be disabled for want of credit.
    """

    standing: int = 0
    recoveries: tuple[Recovery, Recovery] = (Recovery(), Recovery())
    cap_period: Duration = _WEEK
    never_disabled: Selecting | None = None


class Account:
    """The account of one meter. ``terms`` and ``charges`` are what is in force."""

    __slots__ = ("_balances", "_device", "_disabled", "_round", "_settled", "_spared", "charges", "terms")

    def __init__(self, device: EmulatedDevice) -> None:
        meter, emergency, accumulated = device.template.balances
        self._device = device
        self._balances = Balances(meter=meter, emergency=emergency, lent=emergency, accumulated=accumulated)
        self._disabled = False
        self._spared = False
        self._round = 0
        self._settled = device.template.start
        self.terms = Terms()
        self.charges = Charges()

    def at(self, now: Instant) -> Balances:
        """The account as of a moment, or as of the last one that anything was charged for."""
        self._settle(now)
        return self._balances

    def prime(self, balances: Balances, terms: Terms) -> None:
        """Have a state from outside, which nobody is told of."""
        self._balances, self.terms = balances, terms

    def configure(self, terms: Terms, charges: Charges, now: Instant) -> None:
        """Have other terms and charges from now on."""
        self._settle(now)
        self.terms, self.charges = terms, charges
        self._round += 1
        self._review(self._balances, now)
        self._watch(now, self._round)

    def adjust(self, amount: int, now: Instant) -> None:
        """Add to the meter balance, or take from it."""
        before = self.at(now)
        self._become(replace(before, meter=before.meter + amount), now)

    def put(self, balance: Balance, amount: int, now: Instant) -> None:
        """Set one balance. Emergency credit that is set to nought is not active any more."""
        before = self.at(now)
        after = {
            Balance.METER: lambda: replace(before, meter=amount),
            Balance.EMERGENCY_CREDIT: lambda: replace(before, emergency=amount, lent=amount),
            Balance.ACCUMULATED_DEBT: lambda: replace(before, accumulated=amount),
        }[balance]()
        self._become(after, now)

    def reset(self, now: Instant) -> None:
        """Put every balance to nought, whatever the payment mode."""
        before = self.at(now)
        self._become(replace(before, meter=0, emergency=0, lent=0, accumulated=0), now)

    def adjust_debt(self, debt: Debt, amount: int, now: Instant) -> None:
        """Add to what is to be recovered, or take from it."""
        before = self.at(now)
        first, second = before.time_debts
        after = {
            Debt.TIME_1: lambda: replace(before, time_debts=(changed_debt(first, amount), second)),
            Debt.TIME_2: lambda: replace(before, time_debts=(first, changed_debt(second, amount))),
            Debt.PAYMENT: lambda: replace(before, payment_debt=changed_debt(before.payment_debt, amount)),
        }[debt]()
        self._become(after, now)

    def top_up(self, amount: int, now: Instant, token: str = "") -> None:
        """Take a credit, by a token or without one. Raises RefusedByAccount."""
        before = self.at(now)
        after = add_credit(before, self.terms, amount)
        self._device.part(AccountLog).paid(Credit(now, amount, token), before, after)
        self._become(after, now)

    def activate_emergency(self, now: Instant) -> None:
        """Lend the emergency credit. Raises RefusedByAccount where it is not available."""
        self._become(activate_emergency(self.at(now), self.terms), now)
        self._tell(AlertCode.EMERGENCY_CREDIT_ACTIVATED, now)

    def _become(self, after: Balances, now: Instant) -> None:
        before, self._balances = self._balances, after
        self._review(before, now)

    def _settle(self, now: Instant) -> None:
        """Charge for the time since the last settlement."""
        prepaid = self.terms.mode is PaymentMode.PREPAYMENT
        while self._settled < now:
            begin, end = self._settled, now
            if prepaid:
                end = min(now, Instant((begin // HALF_HOUR + 1) * HALF_HOUR))
            period = self._end_of_period(begin, end)
            self._settled = end if period is None else period
            before = self._balances
            self._balances = self._charged(begin, self._settled)
            self._review(before, self._settled)
            if period is not None:
                self._device.part(AccountLog).by_period.append(Held(period, self._balances))
            if prepaid and self._settled % DAY == 0:
                self._device.part(AccountLog).by_day.append(Held(self._settled, self._balances))

    def _end_of_period(self, begin: Instant, end: Instant) -> Instant | None:
        """The first end of a billing period after a moment and up to another."""
        calendar = self._device.part(BillingCalendar)
        if calendar.rules is MONTHLY and begin // DAY == end // DAY:
            return None
        return next(iter(calendar.periods(Instant(begin + 1), end, end)), None)

    def _charged(self, begin: Instant, end: Instant) -> Balances:
        terms, charges = self.terms, self.charges
        enabled = self._device.part(Supply).state is SupplyState.ENABLED
        balances = self._balances
        if end // charges.cap_period != begin // charges.cap_period:
            balances = replace(balances, recovered=0)
        balances = charge(balances, terms, self._spent(end) - self._spent(begin))
        if charges.standing:
            days = end // DAY - begin // DAY
            balances = charge_standing(balances, terms, days * charges.standing, enabled=enabled)
        first, second = (one.amount * (end // one.period - begin // one.period) for one in charges.recoveries)
        return recover(balances, terms, (first, second), enabled=enabled) if first or second else balances

    def _spent(self, moment: Instant) -> int:
        """What all energy up to a moment cost at the prices of its time, in whole millipence."""
        registers = self._device.part(TariffRegisters)
        if registers.keeper is not None:
            registers.keeper(moment)
        elements = tuple(Channel)[: len(self._device.part(Registers).channels)]
        return (
            sum(
                rate.price * amount
                for element in elements
                if registers.is_priced(element)
                for rate, amount in registers.counted(moment, element).items()
            )
            // _THOUSANDTHS
        )

    def _review(self, before: Balances, now: Instant) -> None:
        """Tell what the account came to, and disable or arm the supply accordingly."""
        for turn in turns(before, self._balances, self.terms):
            self._tell(_CODES[turn], now)
        supply = self._device.part(Supply)
        if is_exhausted(self._balances, self.terms):
            spared = self._is_spared(now)
            if spared and not self._spared and supply.state is SupplyState.ENABLED:
                self._tell(AlertCode.DISABLEMENT_SUSPENDED, now)
            self._spared = spared
            if supply.state is SupplyState.ENABLED and not spared:
                self._disabled = True
                supply.change(SupplyState.DISABLED, now)
            return
        self._spared = False
        if self._disabled:
            self._disabled = False
            if supply.state is SupplyState.DISABLED:
                supply.change(SupplyState.ARMED, now)
                if self._balances.lent:
                    self._tell(AlertCode.SUPPLY_ARMED_BY_EMERGENCY_CREDIT, now)

    def _is_spared(self, now: Instant) -> bool:
        calendar = self.charges.never_disabled
        return calendar is not None and calendar.selected(now) == NEVER_DISABLED

    def allows_supply(self, now: Instant) -> bool:
        """Whether there is credit, or a time at which that does not count (SMETS2 4.6.2.7, 5.5.7.4)."""
        return not is_exhausted(self.at(now), self.terms) or self._is_spared(now)

    def _watch(self, now: Instant, of_round: int) -> None:
        """Look again at the end of the half hour, as long as energy is paid in advance."""
        if self.terms.mode is PaymentMode.PREPAYMENT:
            due = Instant((now // HALF_HOUR + 1) * HALF_HOUR)
            self._device.schedule(due, lambda woken: self._look(woken, of_round))

    def _look(self, now: Instant, of_round: int) -> None:
        if of_round == self._round:
            self._settle(now)
            self._review(self._balances, now)
            self._watch(now, of_round)

    def _tell(self, code: AlertCode, now: Instant) -> None:
        tell_supplier(self._device, code, now)


def tell_supplier(device: EmulatedDevice, code: AlertCode, now: Instant) -> None:
    """Log something about the account and tell of it."""
    device.part(Alerts).event(code, now)


_CODES: Final = {
    Turn.LOW_CREDIT: AlertCode.LOW_CREDIT,
    Turn.EMERGENCY_AVAILABLE: AlertCode.EMERGENCY_CREDIT_AVAILABLE,
    Turn.EMERGENCY_EXHAUSTED: AlertCode.EMERGENCY_CREDIT_EXHAUSTED,
    Turn.EXHAUSTED: AlertCode.CREDIT_BELOW_DISABLEMENT_THRESHOLD,
    Turn.TIME_DEBT_1_CLEARED: AlertCode.TIME_DEBT_1_CLEARED,
    Turn.TIME_DEBT_2_CLEARED: AlertCode.TIME_DEBT_2_CLEARED,
    Turn.PAYMENT_DEBT_CLEARED: AlertCode.PAYMENT_DEBT_CLEARED,
}
