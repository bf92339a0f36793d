"""What a run tells whoever listens: a progress display, a log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from harness.records.types import Verdict


@dataclass(frozen=True, slots=True)
class RunStarted:
    """``stored`` of ``executions`` were done in earlier sittings. ``crew`` does the work."""

    combinations: int
    executions: int
    stored: int
    crew: str
    verdicts: Mapping[Verdict, int]


@dataclass(frozen=True, slots=True)
class ChunksStored:
    """Work was stored: ``stored`` of all executions are done, with these verdicts so far."""

    stored: int
    verdicts: Mapping[Verdict, int]
    seconds: float


@dataclass(frozen=True, slots=True)
class RunEnded:
    """Nothing more will be stored in this sitting."""

    stored: int
    verdicts: Mapping[Verdict, int]
    seconds: float
    complete: bool


Event = RunStarted | ChunksStored | RunEnded
Listener = Callable[[Event], None]
