"""A token that is worth nothing is taken for one that is wrong."""

from __future__ import annotations

from typing import Final

from device_profiles.model import DeviceKind
from harness.crypto.errors import TokenError
from harness.crypto.utrn import parse_token
from harness.emulators.defect import Defect
from harness.emulators.exchange import Exchange, Operation
from harness.emulators.paying import token_in, with_token

_WRONG: Final = "0" * 20


def _take_for_wrong(_exchange: Exchange, operation: Operation) -> Operation:
    token = token_in(operation)
    try:
        worthless = token is not None and parse_token(token).pence == 0
    except TokenError:
        return operation
    return with_token(operation, _WRONG) if worthless else operation


DEFECT: Final = Defect(
    id="zero-top-up-refused",
    title="Refuses a genuine top-up token of 0.00 pounds",
    clause="SMETS2 5.6.3.3, GBCS 14.3",
    field_defect=18,
    applies_to=frozenset({DeviceKind.ESME, DeviceKind.GSME}),
    on_execute=_take_for_wrong,
)
