"""The voltage at a home over time: ten minutes at a time, from a seed, with a rare excursion.

Voltages are whole volts RMS, as meters here keep them. A phase sags or swells for ten minutes on about
one day in eight; all else is within what networks promise.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import shake_128
from typing import Final

from harness.network.clock import DAY, MINUTE, Duration, Instant

STEP: Final = Duration(10 * MINUTE)
"""For how long a voltage stays what it is."""
_STEPS_A_DAY: Final = DAY // STEP
_NOMINAL_LEAST: Final = 236
_SPREAD: Final = 13
_EXCURSION_CHANCE: Final = 32
"""Of 256 days, how many have one."""
_EXCURSIONS: Final = (176, 198, 208, 257, 264, 281)


@lru_cache(maxsize=256)
def _day(seed: bytes, phase: int, day: int) -> tuple[int, ...]:
    named = seed + phase.to_bytes(1, "big") + day.to_bytes(8, "big", signed=True)
    drawn = shake_128(named).digest(_STEPS_A_DAY + 3)
    volts = [_NOMINAL_LEAST + chance * _SPREAD // 256 for chance in drawn[:_STEPS_A_DAY]]
    happens, when, which = drawn[_STEPS_A_DAY:]
    if happens < _EXCURSION_CHANCE:
        volts[when * _STEPS_A_DAY // 256] = _EXCURSIONS[which % len(_EXCURSIONS)]
    return tuple(volts)


class VoltageModel:
    """Voltage of each phase, from 0. Pure in its seed."""

    __slots__ = ("_seed",)

    def __init__(self, seed: bytes) -> None:
        self._seed = seed

    def at(self, moment: Instant, phase: int) -> int:
        """RMS volts at a moment."""
        day, rest = divmod(moment, DAY)
        return _day(self._seed, phase, day)[rest // STEP]

    def average(self, begin: Instant, end: Instant, phase: int) -> int:
        """RMS volts over a time that is longer than nothing, rounded down."""
        total = 0
        moment = begin
        while moment < end:
            change = Instant((moment // STEP + 1) * STEP)
            total += self.at(moment, phase) * (min(change, end) - moment)
            moment = change
        return total // (end - begin)
