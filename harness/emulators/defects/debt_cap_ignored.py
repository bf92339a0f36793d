"""The most that payments may take for a debt in a week, and a meter that takes more."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from device_profiles.model import DeviceKind
from harness.emulators.defect import Defect
from harness.emulators.exchange import Exchange, Operation
from harness.emulators.paying import token_in
from harness.emulators.subjects.prepayment import Account


def _forget_cap(exchange: Exchange, operation: Operation) -> Operation:
    if token_in(operation) is not None:
        account = exchange.device.part(Account)
        account.terms = replace(account.terms, payment_cap=None)
    return operation


DEFECT: Final = Defect(
    id="debt-cap-ignored",
    title="Takes its part of each payment for the debt, whatever payments took of it that week",
    clause="SMETS2 4.6.4.10, 5.7.4.13",
    applies_to=frozenset({DeviceKind.ESME, DeviceKind.GSME}),
    on_execute=_forget_cap,
)
