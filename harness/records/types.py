"""What a run leaves behind, as frozen values. The store writes them; reports and the gate read them.

A verdict belongs to an *execution*: one case against one tuple of participants. A combination has
no verdict of its own in the store; it inherits those of the tuples that it holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Verdict(IntEnum):
    """Verdict of one execution (ISO/IEC 9646, with ERROR for faults of the harness itself)."""

    PASS = 0
    FAIL = 1
    INCONCLUSIVE = 2
    NOT_APPLICABLE = 3
    ERROR = 4


@dataclass(frozen=True, slots=True)
class LevelRecord:
    """One level of a factor: a device profile (or "none", or a region), with text for people.

    ``key`` is the profile's key; ``attributes`` are pairs for tables, such as ("GBCS", "3.2").
    """

    key: str
    label: str
    attributes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class FactorRecord:
    """One axis of the matrix and its levels, in the order in which combinations index them."""

    name: str
    levels: tuple[LevelRecord, ...]


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """One conformance case as it stood when the run was made. ``participants`` are factor names.

    A case that ``leads`` holds a device against what its profile states, on which all others rely.
    """

    case_id: str
    title: str
    clause: str
    use_case: str
    purpose: str
    participants: tuple[str, ...]
    source_digest: str = ""
    leads: bool = False


@dataclass(frozen=True, slots=True)
class FrameRecord:
    """One message of an exchange. ``at`` is in microseconds since 2000-01-01T00:00:00Z.

    ``source`` and ``destination`` are names of roles; ``note`` says what it was to the case (sent,
    received, expected).
    """

    at: int
    source: str
    destination: str
    note: str
    octets: bytes


@dataclass(frozen=True, slots=True)
class Finding:
    """Why an execution did not pass, and the exchange that shows it.

    ``levels`` are level indices of the case's participants, in their order; ``home`` are the level
    indices of every factor of the home that it ran in. ``expected`` and ``observed`` are one line each.
    """

    case_id: str
    levels: tuple[int, ...]
    home: tuple[int, ...]
    verdict: Verdict
    reason: str
    clause: str = ""
    expected: str = ""
    observed: str = ""
    frames: tuple[FrameRecord, ...] = ()
