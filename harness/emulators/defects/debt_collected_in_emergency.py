"""Debt taken from credit that was lent for the dark."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from device_profiles.model import DeviceKind
from harness.emulators.defect import Defect
from harness.emulators.exchange import Exchange
from harness.emulators.subjects.prepayment import Account


def _collect(exchange: Exchange) -> None:
    account = exchange.device.part(Account)
    account.terms = replace(account.terms, suspend_in_emergency=False)


DEFECT: Final = Defect(
    id="debt-collected-in-emergency",
    title="Collects time-based debt while emergency credit is in use, whatever its configuration says",
    clause="SMETS2 4.6.4.28, 5.7.4.46",
    field_defect=57,
    applies_to=frozenset({DeviceKind.ESME, DeviceKind.GSME}),
    before_encode=_collect,
)
