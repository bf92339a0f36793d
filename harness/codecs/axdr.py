"""COSEM data to octets and back: the compiled twin of ``axdr_layout`` (layout table there).

The twin is straight code over slices and ``struct``. It takes only what is right; everything else it
hands over to the declaration, which says what is wrong and where.
"""

from __future__ import annotations

from harness.codecs import declaration
from harness.codecs.axdr_layout import DATA
from harness.codecs.axdr_reading import read_data
from harness.codecs.axdr_writing import write_data
from harness.codecs.compiled import GIVE_UP
from harness.codecs.cosem_data import Data


def decode_data(octets: bytes, offset: int = 0) -> Data:
    """The COSEM value that fills the octets from ``offset`` on. Raises DecodeError."""
    try:
        data, end = read_data(octets, offset)
        if end == len(octets):
            return data
    except GIVE_UP:
        pass
    declared: Data
    declared, end = declaration.parse(DATA, octets, offset)
    declaration.refuse_rest(octets, end)
    return declared


def encode_data(data: Data) -> bytes:
    """Octets of a COSEM value. Raises EncodeError where the value does not suit its tag."""
    out: list[bytes] = []
    try:
        write_data(data, out.append)
    except GIVE_UP:
        return declaration.build(DATA, data)
    return b"".join(out)
