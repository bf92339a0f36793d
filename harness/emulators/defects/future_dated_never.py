"""What was agreed for a date, and forgotten."""

from __future__ import annotations

from typing import Final

from device_profiles.model import DeviceKind
from harness.emulators.defect import Defect
from harness.emulators.effect_time import Effect, effect_of, taking_effect
from harness.emulators.exchange import Exchange, Operation


def _forget(_exchange: Exchange, operation: Operation) -> Operation:
    return taking_effect(operation, Effect.NEVER) if effect_of(operation) is Effect.LATER else operation


DEFECT: Final = Defect(
    id="future-dated-never",
    title="Acknowledges a future-dated command and never carries it out",
    clause="GBCS 9.2",
    field_defect=43,
    applies_to=frozenset({DeviceKind.ESME, DeviceKind.GSME}),
    on_execute=_forget,
)
