"""What there is to test on each kind of device, one module per part of the specification."""

from __future__ import annotations

from typing import Final

from harness.cases.subject import Subject
from harness.cases.subjects import electricity, firmware, gas, security
from harness.cases.subjects.generic import generic_subjects

_EXPLICIT: Final[tuple[Subject, ...]] = (
    *electricity.SUBJECTS,
    *gas.SUBJECTS,
    *firmware.SUBJECTS,
    *security.SUBJECTS,
)
SUBJECTS: Final[tuple[Subject, ...]] = (
    *_EXPLICIT,
    *generic_subjects({(subject.use_case, subject.target) for subject in _EXPLICIT}),
)
"""Every subject, in an order that nothing depends on."""
