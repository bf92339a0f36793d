"""Emergency credit for the asking, again and again."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from device_profiles.model import DeviceKind
from harness.emulators.defect import Defect
from harness.emulators.exchange import Exchange, Operation
from harness.emulators.paying import activates_emergency
from harness.emulators.subjects.prepayment import Account


def _forget_the_loan(exchange: Exchange, operation: Operation) -> Operation:
    if activates_emergency(operation):
        account = exchange.device.part(Account)
        balances = account.at(exchange.now)
        account.prime(replace(balances, emergency=0, lent=0), account.terms)
    return operation


DEFECT: Final = Defect(
    id="emergency-credit-twice",
    title="Lends emergency credit again while what it lent has not been paid back",
    clause="SMETS2 4.6.3.1, 5.6.3.1",
    field_defect=57,
    applies_to=frozenset({DeviceKind.ESME, DeviceKind.GSME}),
    on_execute=_forget_the_loan,
)
