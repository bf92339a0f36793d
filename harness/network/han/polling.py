"""When a device that sleeps asks its parent for what that holds (IEEE 802.15.4 5.1.6.3, 5.3.4).

It asks while an acknowledgement of its own is outstanding, and while something on the stack expects an
answer; at once again where its parent says that more waits. Otherwise its receiver is off.
"""

from __future__ import annotations

from typing import Final

from harness.network.clock import MILLISECOND, Duration, Instant

FAST_POLL: Final = Duration(250 * MILLISECOND)
ANSWER_WAIT: Final = Duration(100 * MILLISECOND)
"""How long the receiver stays on for what the parent said it holds."""
PATIENCE: Final = 5
"""How often in a row a device asks again for what its parent said it holds and did not send."""


class Poller:
    """The polls of one device."""

    __slots__ = ("_asking", "_awake_until", "_in_vain", "_next", "polling")

    def __init__(self) -> None:
        self.polling = False
        self._asking = False
        self._awake_until = Instant(0)
        self._next: Instant | None = None
        self._in_vain = 0

    def stay_awake(self, until: Instant) -> None:
        """Go on polling up to then."""
        self._awake_until = max(self._awake_until, until)

    def sleep(self) -> None:
        """Poll no more than outstanding acknowledgements need."""
        self._awake_until = Instant(0)

    def begin(self, now: Instant) -> None:
        """Note that a poll goes out: from now on the receiver is on."""
        self.polling = self._asking = True
        self._next = Instant(now + FAST_POLL)

    def answered(self, now: Instant, *, pending: bool) -> None:
        """Take the acknowledgement of a poll: whether something waits.

        A parent may hold what it must not send now, such as one that has no air left: no use to keep asking.
        """
        self._in_vain = self._in_vain + 1 if pending else 0
        self.polling, self._asking = pending and self._in_vain <= PATIENCE, False
        self._next = Instant(now + (ANSWER_WAIT if pending else FAST_POLL))

    def received(self, now: Instant, *, more: bool) -> None:
        """Note that a frame came, and whether the parent holds another.

        What comes while a poll has yet to be acknowledged, as a broadcast may, is no answer to it.
        """
        if self.polling and not self._asking:
            self._in_vain = 0
            self.polling = more
            self._next = now if more else Instant(now + FAST_POLL)

    def due_at(self, *, waiting: bool) -> Instant | None:
        """When to poll next; ``waiting`` while an acknowledgement is outstanding."""
        following = Instant(0) if self._next is None else self._next
        if self.polling or waiting or following < self._awake_until:
            return following
        return None
