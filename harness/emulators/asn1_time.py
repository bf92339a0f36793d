"""Times in ASN.1 payloads: GeneralizedTime in UTC, ``YYYYMMDDHHMMSSZ``."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from harness.network.clock import Instant, datetime_of, instant_of

NEVER: Final = "99991231235959Z"
"""Execution time that cancels what was put off."""
_FORM: Final = "%Y%m%d%H%M%SZ"


def time_text(moment: Instant) -> str:
    """A moment, to the second, as payloads write it."""
    return datetime_of(moment).strftime(_FORM)


def moment_of(text: str) -> Instant:
    """The moment that a payload names. Raises ValueError where it names none."""
    return instant_of(datetime.strptime(text, _FORM).replace(tzinfo=UTC))


def is_time(text: str | None) -> bool:
    """Whether a time, if there is one, is a time."""
    try:
        return text is None or bool(moment_of(text))
    except ValueError:
        return False
