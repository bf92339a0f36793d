"""A link carries messages one way, in order: how long each takes and whether it arrives at all.

What a link does follows from its character, its seed and the messages that it carried before,
never from the machine. Characters of the home area and wide area networks are rough figures for the
technologies that GB homes have (CHTS 4.4, GBCS 10).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from device_profiles.model import HanBand, WanTechnology
from harness.network.clock import MILLISECOND, SECOND, Duration, Instant

_MASK: Final = (1 << 64) - 1
_GOLDEN: Final = 0x9E3779B97F4A7C15


def scramble(state: int) -> int:
    """Sixty-four well-mixed bits from sixty-four (the finaliser of SplitMix64)."""
    state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9 & _MASK
    state = (state ^ (state >> 27)) * 0x94D049BB133111EB & _MASK
    return state ^ (state >> 31)


@dataclass(frozen=True, slots=True)
class LinkCharacter:
    """What a technology does to a message.

    ``latency`` is the least time from end to end, ``jitter`` the most that chance adds to it,
    ``octet_time`` what each octet adds, all in microseconds; ``loss`` is how many messages in a
    million do not arrive.
    """

    latency: Duration
    jitter: Duration
    octet_time: int
    loss: int = 0


HAN_CHARACTERS: Final = {
    HanBand.GHZ_2_4: LinkCharacter(Duration(30 * MILLISECOND), Duration(20 * MILLISECOND), 160),
    HanBand.SUB_GHZ: LinkCharacter(Duration(60 * MILLISECOND), Duration(40 * MILLISECOND), 400),
}
WAN_CHARACTERS: Final = {
    WanTechnology.LONG_RANGE_RADIO: LinkCharacter(Duration(2 * SECOND), Duration(SECOND), 4_000),
    WanTechnology.CELLULAR_2G_3G: LinkCharacter(
        Duration(400 * MILLISECOND), Duration(200 * MILLISECOND), 200
    ),
    WanTechnology.CELLULAR_MESH: LinkCharacter(Duration(900 * MILLISECOND), Duration(600 * MILLISECOND), 800),
    WanTechnology.CELLULAR_4G: LinkCharacter(Duration(80 * MILLISECOND), Duration(40 * MILLISECOND), 20),
}


class Link:
    """One direction between two ends."""

    __slots__ = ("_character", "_free_at", "_state")

    def __init__(self, character: LinkCharacter, seed: int) -> None:
        self._character = character
        self._state = seed & _MASK
        self._free_at = Instant(0)

    def arrival(self, octets: int, now: Instant) -> Instant | None:
        """When a message of that many octets, sent ``now``, arrives; None where it is lost."""
        character = self._character
        self._state = state = (self._state + _GOLDEN) & _MASK
        chance = scramble(state)
        if character.loss and chance % 1_000_000 < character.loss:
            return None
        arrives = now + character.latency + octets * character.octet_time
        if character.jitter:
            arrives += (chance >> 24) % character.jitter
        # Messages keep their order: none overtakes the one before it.
        self._free_at = Instant(max(arrives, self._free_at))
        return self._free_at
