"""A log that is full, and takes nothing more."""

from __future__ import annotations

from collections import deque
from typing import Final

from device_profiles.model import DeviceKind
from harness.emulators.defect import Defect
from harness.emulators.exchange import Exchange, Operation
from harness.emulators.paying import token_in
from harness.emulators.subjects.account_log import CREDITS, AccountLog, Credit

_ID: Final = "newest-entry-lost"


def _note(exchange: Exchange, operation: Operation) -> Operation:
    """Remember a full log as it is before one more credit."""
    held = exchange.device.part(AccountLog).credits
    if token_in(operation) is not None and len(held) == CREDITS:
        exchange.device.notes[_ID] = tuple(held)
    return operation


def _put_back(exchange: Exchange) -> None:
    held: tuple[Credit, ...] | None = exchange.device.notes.pop(_ID, None)
    if held is not None:
        exchange.device.part(AccountLog).credits = deque(held, maxlen=CREDITS)


DEFECT: Final = Defect(
    id=_ID,
    title="Loses the newest entry of a log that is full, where the oldest should give way",
    clause="SMETS2 4.6.5.2, 5.7.5.5",
    field_defect=47,
    applies_to=frozenset({DeviceKind.ESME}),
    on_execute=_note,
    before_encode=_put_back,
)
