"""A supply that ends without a word."""

from __future__ import annotations

from typing import Final

from device_profiles.model import DeviceKind
from harness.emulators.defect import Defect
from harness.emulators.silence import silent_about
from harness.gbcs.alert_codes import AlertCode

DEFECT: Final = Defect(
    id="disablement-unreported",
    title="Disables the supply for want of credit and raises no alert of it",
    clause="SMETS2 4.5.3.3, 5.5.7, GBCS 16.2",
    field_defect=58,
    applies_to=frozenset({DeviceKind.ESME, DeviceKind.GSME}),
    before_send=silent_about(AlertCode.CREDIT_BELOW_DISABLEMENT_THRESHOLD),
)
