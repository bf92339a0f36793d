"""What compiled twins of declarations share: how they give up, and lengths in their shortest form."""

from __future__ import annotations

import struct
from typing import Final


class NotTaken(Exception):  # noqa: N818 - not an error: the declaration decides what it is
    """The compiled twin does not take this; ask the declaration."""


GIVE_UP: Final = (
    NotTaken,
    LookupError,
    struct.error,
    ValueError,
    TypeError,
    AttributeError,
    OverflowError,
)
"""What compiled code raises on octets or values that are not right."""


def read_length(octets: bytes, offset: int) -> tuple[int, int]:
    """A length of 0x80 or more at ``offset``, in its shortest form, and the offset behind it."""
    end = offset + octets[offset] - 0x7F
    digits = octets[offset + 1 : end]
    length = int.from_bytes(digits, "big")
    if length < 0x80 or not digits[0] or end > len(octets):
        raise NotTaken
    return length, end
