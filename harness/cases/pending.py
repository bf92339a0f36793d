"""Cases that the suite does not hold yet, by patterns of their ids, each with the reason."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Final

PENDING: Final[dict[str, str]] = {
    "TC_DBCH08_alert_*": "no hub raises it",
}


def is_pending(case_id: str) -> bool:
    """Whether a case is left out for now."""
    return any(fnmatchcase(case_id, pattern) for pattern in PENDING)


_NOT_RAISED: Final = "no device raises it yet"
_NO_WAY: Final = "nothing in the port brings it about yet"
WITHOUT_A_CASE: Final[dict[str, str]] = {
    "MIIWA-DLMS": _NO_WAY,
    "MIIWA-ZigBee": _NO_WAY,
    "DBCH07": _NO_WAY,
    "DBCH08": _NOT_RAISED,
    "DBCH11": _NO_WAY,
}
"""Use cases that no case is about yet."""
