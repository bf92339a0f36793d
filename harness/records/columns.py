"""Arrays as compressed blobs: little-endian, column after column, so that equal neighbours meet.

The store keeps the number of rows and columns beside each blob; one that does not come out to that
size raises ValueError.
"""

from __future__ import annotations

import zlib
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Levels = npt.NDArray[np.uint16]
"""Level indices, a row for each tuple or combination."""
Codes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.int64]

# Columns of indices are long runs: more effort buys nothing, and the writer has other things to do.
_EFFORT: Final = 1


def pack_levels(levels: npt.NDArray[Any]) -> bytes:
    """n × k level indices, each below 65536."""
    return zlib.compress(np.ascontiguousarray(levels.T, dtype="<u2").tobytes(), _EFFORT)


def unpack_levels(blob: bytes, rows: int, columns: int) -> Levels:
    """The level indices of ``pack_levels``."""
    flat = np.frombuffer(_inflate(blob, rows * columns * 2), dtype="<u2")
    return np.ascontiguousarray(flat.reshape(columns, rows).T, dtype=np.uint16)


def pack_codes(codes: npt.NDArray[Any]) -> bytes:
    """n small numbers, each below 256."""
    return zlib.compress(np.ascontiguousarray(codes, dtype=np.uint8).tobytes(), _EFFORT)


def unpack_codes(blob: bytes, rows: int) -> Codes:
    """The numbers of ``pack_codes``."""
    return np.frombuffer(_inflate(blob, rows), dtype=np.uint8)


def pack_numbers(numbers: npt.NDArray[Any]) -> bytes:
    """n counts or ids."""
    return zlib.compress(np.ascontiguousarray(numbers, dtype="<i8").tobytes(), _EFFORT)


def unpack_numbers(blob: bytes, rows: int) -> Numbers:
    """The numbers of ``pack_numbers``."""
    return np.frombuffer(_inflate(blob, rows * 8), dtype="<i8").astype(np.int64)


def _inflate(blob: bytes, size: int) -> bytes:
    inflater = zlib.decompressobj()
    try:
        octets = inflater.decompress(blob, size + 1)
    except zlib.error as error:
        raise ValueError(f"a damaged array: {error}") from None
    if len(octets) != size:
        raise ValueError(f"an array of {len(octets)} octets or more where {size} were expected")
    return octets
