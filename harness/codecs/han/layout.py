"""What ZigBee frames need beyond the codecs' own vocabulary: packed bits and conditional fields.

IEEE 802.15.4 and ZigBee send the least significant octet of a field first, and pack small fields
into frame control words from the least significant bit up.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from construct import Construct, If

from harness.codecs.declaration import Field, Layout, Little, dotted
from harness.codecs.errors import DecodeError, EncodeError


class Bits(Layout):
    """Small fields packed into one little-endian word, named from the least significant bit up.

    Widths must fill the word. A field named ``reserved…`` has to be zero and is left out of the value,
    which is a dict of ints.
    """

    def __init__(self, count: int, **widths: int) -> None:
        super().__init__()
        if sum(widths.values()) != count * 8:
            raise ValueError(f"{sum(widths.values())} bits do not fill {count} octets")
        self.word = Little(count)
        self.widths = widths

    def _parse(self, stream: io.BytesIO, context: Any, path: str) -> dict[str, int]:
        start = stream.tell()
        word = self.word._parse(stream, context, path)  # noqa: SLF001 - a construct calls its parts
        values = {}
        for name, width in self.widths.items():
            values[name] = word & ((1 << width) - 1)
            word >>= width
            if name.startswith("reserved") and values.pop(name):
                raise DecodeError(f"{dotted(path)}.{name}", "must be zero", offset=start)
        return values

    def _build(self, obj: Any, stream: io.BytesIO, context: Any, path: str) -> Any:
        word = shift = 0
        for name, width in self.widths.items():
            value = int(obj.get(name, 0))
            if value >> width:
                raise EncodeError(f"{dotted(path)}.{name}", f"{value} does not fit {width} bits")
            word |= value << shift
            shift += width
        self.word._build(word, stream, context, path)  # noqa: SLF001 - a construct calls its parts
        return obj


def when(condition: Callable[[Any], bool], name: str, subcon: Construct) -> Construct:
    """A field that is there only under a condition on what was read before it; None otherwise."""
    field = Field(name, If(condition, subcon))
    field.flagbuildnone = True  # what the value leaves out is taken as None
    return field
