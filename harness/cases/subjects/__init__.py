"""What there is to test on each kind of device, one module per part of the specification."""

from __future__ import annotations

from typing import Final

from harness.cases.subject import Subject
from harness.cases.subjects import electricity, firmware, gas, security

SUBJECTS: Final[tuple[Subject, ...]] = (
    *electricity.SUBJECTS,
    *gas.SUBJECTS,
    *firmware.SUBJECTS,
    *security.SUBJECTS,
)
"""Every subject, in an order that nothing depends on."""
