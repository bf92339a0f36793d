"""A date that passes in silence: done, and nobody is told."""

from __future__ import annotations

from typing import Final

from device_profiles.model import DeviceKind
from harness.emulators.defect import Defect
from harness.emulators.silence import silent_about
from harness.gbcs.alert_codes import AlertCode

DEFECT: Final = Defect(
    id="future-dated-unreported",
    title="Carries out future-dated commands and raises no alert that it did",
    clause="GBCS 9.2, 16.2",
    field_defect=43,
    applies_to=frozenset({DeviceKind.ESME, DeviceKind.GSME}),
    before_send=silent_about(AlertCode.FUTURE_DATED_COMMAND_DONE),
)
