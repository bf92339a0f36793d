"""What a hub holds for devices that sleep, until they poll or it is too old (IEEE 802.15.4 5.1.6.3)."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from harness.network.clock import MILLISECOND, Duration, Instant

if TYPE_CHECKING:
    from harness.network.han.stack_types import Outbound

PERSISTENCE: Final = Duration(7_680 * MILLISECOND)
"""How long a frame is held (macTransactionPersistenceTime, as ZigBee sets it)."""
_WITHOUT_END: Final = Instant(1 << 62)
MOST: Final = 16
"""How many frames are held for one device; one more is not taken."""


class IndirectQueue:
    """Frames for each device, oldest first."""

    __slots__ = ("_held", "dropped")

    def __init__(self) -> None:
        self.dropped = 0
        self._held: dict[int, deque[tuple[Instant, Outbound]]] = {}

    def hold(self, address: int, outbound: Outbound, now: Instant | None = None) -> bool:
        """Hold a frame for the device of a short address or EUI-64; False where there is no room.

        Without a moment it is held without end.
        """
        held = self._held.setdefault(address, deque())
        until = _WITHOUT_END if now is None else Instant(now + PERSISTENCE)
        while now is not None and held and held[0][0] <= now:
            held.popleft()
            self.dropped += 1
        if len(held) >= MOST:
            self.dropped += 1
            return False
        held.append((until, outbound))
        return True

    def hold_again(self, address: int, outbound: Outbound, now: Instant) -> None:
        """Hold a frame that was taken and did not arrive, before all others."""
        self._held.setdefault(address, deque()).appendleft((Instant(now + PERSISTENCE), outbound))

    def holds(self, address: int) -> bool:
        """Whether something is held, be it too old."""
        return bool(self._held.get(address))

    def take(self, address: int, now: Instant) -> Outbound | None:
        """The oldest frame that is not too old."""
        held = self._held.get(address)
        while held:
            until, outbound = held.popleft()
            if until > now:
                return outbound
            self.dropped += 1
        return None
