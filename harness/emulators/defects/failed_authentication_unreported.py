"""Somebody tries the lock, and nobody is told."""

from __future__ import annotations

from typing import Final

from device_profiles.model import DeviceKind
from harness.emulators.defect import Defect
from harness.emulators.silence import silent_about
from harness.gbcs.alert_codes import AlertCode

DEFECT: Final = Defect(
    id="failed-authentication-unreported",
    title="Raises no alert when a message fails authentication",
    clause="GBCS 6.2.4, 16.2",
    field_defect=48,
    applies_to=frozenset(DeviceKind) - {DeviceKind.IHD},
    before_send=silent_about(AlertCode.TRUSTED_SOURCE_AUTHENTICATION_FAILED),
)
