"""An encrypted answer to somebody unknown, without the counter that its key was made with."""

from __future__ import annotations

from typing import Final

from device_profiles.model import DeviceKind
from harness.emulators.defect import Defect
from harness.emulators.exchange import Exchange


def _leave_out(exchange: Exchange) -> None:
    exchange.own_counter = None


DEFECT: Final = Defect(
    id="own-counter-missing",
    title="Leaves its own counter out of answers to remote parties that it does not know",
    clause="GBCS 7.2.8, 7.3.9",
    field_defect=41,
    applies_to=frozenset({DeviceKind.COMMS_HUB, DeviceKind.ESME}),
    before_encode=_leave_out,
)
