"""What an account remembers: last credits and debt payments, balances by day and period (SMETS2 5.7.5).

Balances cannot be worked out later, so they are noted as time comes by; meters begin without any. The
daily log is kept in prepayment mode only (SMETS2 4.6.5.14, 5.7.5.26).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from harness.emulators.subjects.billing import BILLING_DEPTH
from harness.network.clock import Instant

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice
    from harness.emulators.subjects.ledger import Balances

CREDITS: Final = 5
DEBT_PAYMENTS: Final = 10
DAYS: Final = 31


@dataclass(frozen=True, slots=True)
class Credit:
    """A top-up: when, how much (millipence), and the token that it came by, where it came by one."""

    at: Instant
    amount: int
    token: str


@dataclass(frozen=True, slots=True)
class DebtPayment:
    """What a payment took off the debt, and what was left of that (millipence)."""

    at: Instant
    amount: int
    left: int


@dataclass(frozen=True, slots=True)
class Held:
    """What the account held at a moment."""

    at: Instant
    balances: Balances


class AccountLog:
    """Entries, oldest first; the oldest gives way when a log is full."""

    __slots__ = ("by_day", "by_period", "credits", "debt_payments")

    def __init__(self, _device: EmulatedDevice) -> None:
        self.credits: deque[Credit] = deque(maxlen=CREDITS)
        self.debt_payments: deque[DebtPayment] = deque(maxlen=DEBT_PAYMENTS)
        self.by_day: deque[Held] = deque(maxlen=DAYS)
        self.by_period: deque[Held] = deque(maxlen=BILLING_DEPTH)

    def paid(self, credit: Credit, before: Balances, after: Balances) -> None:
        """Note a credit, and what of it went to the debt that payments recover."""
        self.credits.append(credit)
        if after.payment_debt < before.payment_debt:
            taken = before.payment_debt - after.payment_debt
            self.debt_payments.append(DebtPayment(credit.at, taken, after.payment_debt))
