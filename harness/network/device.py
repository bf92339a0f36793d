"""What a link needs of a device: octets in, octets out, and when to wake it. No I/O, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from harness.network.clock import Instant


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message that a device wants delivered to ``recipient`` (an entity identifier, 8 octets)."""

    recipient: bytes
    octets: bytes


class Device(Protocol):
    """A sans-IO device. All state changes happen inside ``receive`` and ``wake``."""

    @property
    def entity_id(self) -> bytes:
        """EUI-64, 8 octets."""
        ...

    def receive(self, octets: bytes, now: Instant) -> None:
        """Take one message off a link."""
        ...

    def wake(self, now: Instant) -> None:
        """Do what was due up to ``now``."""
        ...

    def wake_at(self) -> Instant | None:
        """When the device next wants to be woken, or None."""
        ...

    def outgoing(self, now: Instant) -> Sequence[Outgoing]:
        """Drain what the device wants sent."""
        ...
