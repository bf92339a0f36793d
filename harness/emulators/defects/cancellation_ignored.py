"""A command taken back in time, and carried out none the less."""

from __future__ import annotations

from typing import Final

from device_profiles.model import DeviceKind
from harness.emulators.defect import Defect
from harness.emulators.effect_time import Effect, effect_of
from harness.emulators.exchange import Exchange, Operation


def _ignore(_exchange: Exchange, operation: Operation) -> Operation | None:
    return None if effect_of(operation) is Effect.NEVER else operation


DEFECT: Final = Defect(
    id="cancellation-ignored",
    title="Acknowledges that a future-dated command is taken back, and carries it out at its time",
    clause="GBCS 9.2",
    field_defect=43,
    applies_to=frozenset({DeviceKind.ESME, DeviceKind.GSME}),
    on_execute=_ignore,
)
