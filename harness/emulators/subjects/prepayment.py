"""The prepayment account: meter balance, emergency credit and accumulated debt (SMETS2 4.5.3.19, 5.6.3.29).

Amounts are millipence. Resetting puts each of them to nought, whatever the payment mode.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from harness.codecs.cosem_data import Data, DataTag
from harness.codecs.dlms_types import DataAccessResult
from harness.emulators.refusal import AccessRefused

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.emulators.device import EmulatedDevice
    from harness.emulators.exchange import Exchange


class Balance(IntEnum):
    """The account's amounts, by the last but one group of the OBIS code of their account object."""

    METER = 0
    EMERGENCY_CREDIT = 1
    ACCUMULATED_DEBT = 2


class Account:
    """Amounts in millipence by balance."""

    __slots__ = ("balances",)

    def __init__(self, device: EmulatedDevice) -> None:
        self.balances = dict(zip(Balance, device.template.balances, strict=True))

    def adjust(self, amount: int) -> None:
        """Add to the meter balance, or take from it."""
        self.balances[Balance.METER] += amount

    def reset_meter_balance(self) -> None:
        """Put the meter balance alone to nought."""
        self.balances[Balance.METER] = 0

    def reset(self) -> None:
        """Put every balance to nought."""
        for balance in Balance:
            self.balances[balance] = 0


def set_amount(balance: Balance) -> Callable[[Exchange, Data], None]:
    """Method ``set_amount_to_value`` of one credit or charge object."""

    def act(exchange: Exchange, argument: Data) -> None:
        if argument.tag is not DataTag.DOUBLE_LONG or not isinstance(argument.value, int):
            raise AccessRefused(DataAccessResult.TYPE_UNMATCHED)
        exchange.device.part(Account).balances[balance] = argument.value

    return act
