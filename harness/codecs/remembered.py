"""Decoding the same octets once: the homes of a run say the same things over and over.

What a codec makes of octets depends on them alone, and can neither be changed by who gets it nor differ
from one time to the next. So whoever reads messages may keep what it read, faults included. The codecs
themselves keep nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final, TypeVar

from harness.codecs.errors import DecodeError

_KEPT: Final = 1024
"""More than the different payloads that one case sends to the devices of a chunk of homes."""
_T = TypeVar("_T")
_K = TypeVar("_K")


def remembered(decode: Callable[[_K], _T]) -> Callable[[_K], _T]:
    """``decode``, a pure function that may raise DecodeError, with what came of its latest arguments."""

    @lru_cache(maxsize=_KEPT)
    def outcome(argument: _K) -> tuple[_T | None, DecodeError | None]:
        try:
            return decode(argument), None
        except DecodeError as fault:
            return None, fault

    def decode_once(argument: _K) -> _T:
        found, fault = outcome(argument)
        if fault is not None:
            # The way to the last one who asked is nothing to the next.
            raise fault.with_traceback(None)
        return found  # type: ignore[return-value]  # there is no fault, so there is a value

    return decode_once
