"""What went on between a home and the remote parties, and what whoever runs a case sees of a home."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from harness.gbcs.roles import DeviceRole
from harness.network.clock import Instant
from harness.network.port import HomePort


@dataclass(frozen=True, slots=True)
class TranscriptEntry:
    """A message: when it was sent by the remote parties (None), or when it reached its destination."""

    at: Instant
    source: DeviceRole | None
    destination: DeviceRole | None
    octets: bytes


class WatchedHome(HomePort, Protocol):
    """A home whose part in a case is on record."""

    @property
    def touched(self) -> frozenset[DeviceRole]:
        """Devices that exchanged messages, were operated, or whose display was read."""
        ...

    @property
    def transcript(self) -> Sequence[TranscriptEntry]:
        """Every message between devices and remote parties so far."""
        ...
