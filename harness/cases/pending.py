"""Cases that the suite does not hold yet, by patterns of their ids, each with the reason."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Final

PENDING: Final[dict[str, str]] = {
    "TC_ECS*_future_dated_planned_*": "no device carries out later what it was sent before",
    "TC_GCS*_future_dated_planned_*": "no device carries out later what it was sent before",
    "TC_ECS35[bd]_logged_*": "no device shows its security log",
    "TC_CS10b_logged_*": "no device shows its security log",
    "TC_GCS20r_*": "no gas meter tells how it treats events",
}


def is_pending(case_id: str) -> bool:
    """Whether a case is left out for now."""
    return any(fnmatchcase(case_id, pattern) for pattern in PENDING)
