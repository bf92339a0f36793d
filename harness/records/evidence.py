"""Findings of one chunk of work as one compressed blob, every one of them kept.

Homes that share devices exchange the same messages, so texts and frames are stored once per chunk and
findings point at them. JSON, because a stored run comes from elsewhere and must be safe to open.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from harness.records.types import FrameRecord, Verdict

_EFFORT: Final = 6
_MOST_OCTETS: Final = 1 << 30
"""What a blob may unpack to: far above any chunk, far below what would hurt."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A finding apart from where it happened. ``row`` counts the executions of the chunk from 0."""

    row: int
    verdict: Verdict
    reason: str
    clause: str = ""
    expected: str = ""
    observed: str = ""
    frames: tuple[FrameRecord, ...] = ()


def pack_evidence(found: Sequence[Evidence]) -> bytes | None:
    """One blob for the findings of a chunk, None where there are none."""
    if not found:
        return None
    texts: dict[str, int] = {}
    frames: dict[FrameRecord, int] = {}
    rows = [
        [
            entry.row,
            int(entry.verdict),
            *(
                texts.setdefault(text, len(texts))
                for text in (entry.reason, entry.clause, entry.expected, entry.observed)
            ),
            [frames.setdefault(frame, len(frames)) for frame in entry.frames],
        ]
        for entry in found
    ]
    document = {
        "texts": list(texts),
        "frames": [
            [frame.at, frame.source, frame.destination, frame.note, frame.octets.hex()] for frame in frames
        ],
        "findings": rows,
    }
    return zlib.compress(json.dumps(document, separators=(",", ":")).encode(), _EFFORT)


def unpack_evidence(blob: bytes | None) -> Iterator[Evidence]:
    """The findings of ``pack_evidence``, in their order. Raises ValueError for a damaged blob."""
    if blob is None:
        return
    try:
        document = json.loads(_inflate(blob))
        texts: list[str] = document["texts"]
        frames = [_frame(entry) for entry in document["frames"]]
        for row, verdict, reason, clause, expected, observed, own in document["findings"]:
            yield Evidence(
                row,
                Verdict(verdict),
                texts[reason],
                texts[clause],
                texts[expected],
                texts[observed],
                tuple(frames[number] for number in own),
            )
    except (zlib.error, KeyError, IndexError, TypeError, ValueError) as error:
        raise ValueError(f"damaged findings: {error}") from None


def _frame(entry: list[Any]) -> FrameRecord:
    at, source, destination, note, octets = entry
    return FrameRecord(at, source, destination, note, bytes.fromhex(octets))


def _inflate(blob: bytes) -> bytes:
    inflater = zlib.decompressobj()
    octets = inflater.decompress(blob, _MOST_OCTETS)
    if inflater.unconsumed_tail:
        raise ValueError("more than a chunk can hold")
    return octets
