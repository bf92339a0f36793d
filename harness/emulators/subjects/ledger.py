"""The rules of a meter's account, as functions of one state (SMETS2 4.5.3.3, 5.5.7, 5.6.3.3, 5.7.5.22).

All amounts are whole millipence, all moves exact: what the account is worth changes by credits less
charges and by nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

WHOLE: Final = 10_000
"""All of a payment, in hundredths of a percent."""
UNLIMITED: Final = 0x7FFF_FFFF


class PaymentMode(Enum):
    """How energy is paid, with the number that an account object has for it."""

    CREDIT = 1
    PREPAYMENT = 2


class Refusal(Enum):
    """Why an account does not take something."""

    ABOVE_MAXIMUM_CREDIT = 1
    ABOVE_MAXIMUM_BALANCE = 2
    EMERGENCY_CREDIT_NOT_AVAILABLE = 3


class RefusedByAccount(Exception):  # noqa: N818 - it is an answer, not a fault
    """The account does not take a credit or an activation."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.name)
        self.refusal = refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the supplier configures, in millipence.

    ``per_payment`` is the part of each payment that recovers debt, in hundredths of a percent, and
    ``payment_cap`` the most that payments recover in one period, None for no cap.
    """

    mode: PaymentMode = PaymentMode.CREDIT
    emergency_limit: int = 0
    emergency_threshold: int = 0
    disablement_threshold: int = 0
    low_credit_threshold: int = 0
    maximum_balance: int = UNLIMITED
    maximum_credit: int = UNLIMITED
    suspend_in_emergency: bool = False
    suspend_when_disabled: bool = False
    per_payment: int = 0
    payment_cap: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Balances:
    """An account, in millipence.

    ``emergency`` is what is left of the emergency credit that was activated, ``lent`` all of that;
    both are nought while none is active. ``accumulated`` are charges that wait for the next credit,
    ``time_debts`` and ``payment_debt`` what is still to be recovered, ``recovered`` what payments
    recovered in the current period of the cap.
    """

    meter: int = 0
    emergency: int = 0
    lent: int = 0
    accumulated: int = 0
    time_debts: tuple[int, int] = (0, 0)
    payment_debt: int = 0
    recovered: int = 0

    @property
    def combined(self) -> int:
        """Meter balance and emergency credit together."""
        return self.meter + self.emergency

    @property
    def worth(self) -> int:
        """What the consumer has, less all that is owed."""
        owed = self.lent + self.accumulated + sum(self.time_debts) + self.payment_debt
        return self.combined - owed


def in_emergency(balances: Balances, terms: Terms) -> bool:
    """Whether emergency credit is in use: it was activated, and the meter balance is used up."""
    return balances.lent > 0 and balances.meter <= terms.disablement_threshold


def is_exhausted(balances: Balances, terms: Terms) -> bool:
    """Whether all credit is used up, for which a prepayment meter disables the supply."""
    return terms.mode is PaymentMode.PREPAYMENT and balances.combined <= terms.disablement_threshold


def charge(balances: Balances, terms: Terms, amount: int) -> Balances:
    """Pay for energy: from the meter balance, and what it lacks from active emergency credit."""
    from_emergency = 0
    if terms.mode is PaymentMode.PREPAYMENT:
        left = max(balances.meter - terms.disablement_threshold, 0)
        from_emergency = min(max(amount - left, 0), balances.emergency)
    return replace(
        balances,
        meter=balances.meter - (amount - from_emergency),
        emergency=balances.emergency - from_emergency,
    )


def charge_standing(balances: Balances, terms: Terms, amount: int, *, enabled: bool) -> Balances:
    """Collect the standing charge; it accumulates while the consumer has no credit of their own."""
    if _accumulates(balances, terms, enabled=enabled):
        return replace(balances, accumulated=balances.accumulated + amount)
    return replace(balances, meter=balances.meter - amount)


def recover(balances: Balances, terms: Terms, amounts: tuple[int, int], *, enabled: bool) -> Balances:
    """Recover time-based debts, each no further than it goes, unless recovery is suspended now."""
    if terms.mode is not PaymentMode.PREPAYMENT or _is_suspended(balances, terms, enabled=enabled):
        return balances
    taken = tuple(min(debt, amount) for debt, amount in zip(balances.time_debts, amounts, strict=True))
    first, second = balances.time_debts
    left = replace(balances, time_debts=(first - taken[0], second - taken[1]))
    return charge_standing(left, terms, sum(taken), enabled=enabled)


def _accumulates(balances: Balances, terms: Terms, *, enabled: bool) -> bool:
    return terms.mode is PaymentMode.PREPAYMENT and (not enabled or in_emergency(balances, terms))


def _is_suspended(balances: Balances, terms: Terms, *, enabled: bool) -> bool:
    if not enabled and terms.suspend_when_disabled:
        return True
    return terms.suspend_in_emergency and in_emergency(balances, terms)


def add_credit(balances: Balances, terms: Terms, amount: int) -> Balances:
    """Take a top-up. Raises RefusedByAccount above the limits of one credit and of the balance.

    It goes in turn to payment-based debt as far as the rate and its cap say, to what accumulated, to
    emergency credit that was used, and to the meter balance.
    """
    if amount > terms.maximum_credit:
        raise RefusedByAccount(Refusal.ABOVE_MAXIMUM_CREDIT)
    if balances.meter + amount > terms.maximum_balance:
        raise RefusedByAccount(Refusal.ABOVE_MAXIMUM_BALANCE)
    for_debt = _for_payment_debt(balances, terms, amount)
    left = amount - for_debt
    for_accumulated = min(left, balances.accumulated)
    left -= for_accumulated
    for_emergency = min(left, balances.lent - balances.emergency)
    left -= for_emergency
    emergency = balances.emergency + for_emergency
    is_repaid = emergency == balances.lent and balances.meter + left > terms.disablement_threshold
    return replace(
        balances,
        meter=balances.meter + left,
        emergency=0 if is_repaid else emergency,
        lent=0 if is_repaid else balances.lent,
        accumulated=balances.accumulated - for_accumulated,
        payment_debt=balances.payment_debt - for_debt,
        recovered=balances.recovered + for_debt,
    )


def _for_payment_debt(balances: Balances, terms: Terms, amount: int) -> int:
    if terms.mode is not PaymentMode.PREPAYMENT:
        return 0
    wanted = min(amount * terms.per_payment // WHOLE, balances.payment_debt)
    if terms.payment_cap is not None:
        wanted = min(wanted, terms.payment_cap - balances.recovered)
    return max(wanted, 0)


def activate_emergency(balances: Balances, terms: Terms) -> Balances:
    """Lend the emergency credit. Raises RefusedByAccount where it is not available."""
    if not is_emergency_available(balances, terms):
        raise RefusedByAccount(Refusal.EMERGENCY_CREDIT_NOT_AVAILABLE)
    return replace(balances, emergency=terms.emergency_limit, lent=terms.emergency_limit)


def is_emergency_available(balances: Balances, terms: Terms) -> bool:
    """Whether emergency credit can be activated: in prepayment mode, the balance being low enough, once."""
    return (
        terms.mode is PaymentMode.PREPAYMENT
        and terms.emergency_limit > 0
        and balances.lent == 0
        and balances.meter <= terms.emergency_threshold
    )


def changed_debt(debt: int, amount: int) -> int:
    """A debt register after an adjustment; it never goes below nought."""
    return max(debt + amount, 0)


class Turn(Enum):
    """What an account can come to, and is told of."""

    LOW_CREDIT = 1
    EMERGENCY_AVAILABLE = 2
    EMERGENCY_EXHAUSTED = 3
    EXHAUSTED = 4
    TIME_DEBT_1_CLEARED = 5
    TIME_DEBT_2_CLEARED = 6
    PAYMENT_DEBT_CLEARED = 7


def turns(before: Balances, after: Balances, terms: Terms) -> tuple[Turn, ...]:
    """What became of an account between two states. Nothing is told of one in credit mode."""
    if terms.mode is not PaymentMode.PREPAYMENT:
        return ()
    low, first = terms.low_credit_threshold, before.time_debts
    held = (
        (Turn.LOW_CREDIT, before.combined >= low > after.combined),
        (
            Turn.EMERGENCY_AVAILABLE,
            is_emergency_available(after, terms) and not is_emergency_available(before, terms),
        ),
        (Turn.EMERGENCY_EXHAUSTED, before.emergency > 0 == after.emergency and after.lent > 0),
        (Turn.EXHAUSTED, is_exhausted(after, terms) and not is_exhausted(before, terms)),
        (Turn.TIME_DEBT_1_CLEARED, first[0] > 0 >= after.time_debts[0]),
        (Turn.TIME_DEBT_2_CLEARED, first[1] > 0 >= after.time_debts[1]),
        (Turn.PAYMENT_DEBT_CLEARED, before.payment_debt > 0 >= after.payment_debt),
    )
    return tuple(turn for turn, holds in held if holds)
