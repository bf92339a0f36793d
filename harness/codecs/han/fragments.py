"""APS data larger than a frame: cut into blocks, put together again, acknowledged (ZigBee r21, 2.2.8.4.5).

The first block's frame says how many blocks there are, each later one which it is. All carry the same
counter and ask for an acknowledgement, which says which blocks of a window have come. Where blocks are
secured, each is secured by itself.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from harness.codecs.errors import DecodeError, EncodeError
from harness.codecs.han.aps import ApsFrame, ApsFrameType, ExtendedHeader, Fragmentation

MOST_BLOCKS: Final = 255
MOST_IN_WINDOW: Final = 8


def fragments_of(frame: ApsFrame, size: int) -> tuple[ApsFrame, ...]:
    """The frame in blocks of at most ``size`` octets, or as it is where it fits one.

    Raises EncodeError for more than 255 blocks.
    """
    if len(frame.payload) <= size:
        return (frame,)
    if size < 1 or len(frame.payload) > size * MOST_BLOCKS:
        raise EncodeError("payload", f"{len(frame.payload)} octets do not fit {MOST_BLOCKS} blocks of {size}")
    blocks = [frame.payload[start : start + size] for start in range(0, len(frame.payload), size)]
    headers = [
        ExtendedHeader(Fragmentation.FIRST, len(blocks)),
        *(ExtendedHeader(Fragmentation.LATER, number) for number in range(1, len(blocks))),
    ]
    return tuple(
        replace(frame, payload=block, extended=header, acknowledgement_request=True)
        for block, header in zip(blocks, headers, strict=True)
    )


class Reassembly:
    """The blocks of one transmission: frames of one sender with one counter.

    It holds at most 255 blocks, each no longer than a frame.
    """

    __slots__ = ("_blocks", "_count", "_first")

    def __init__(self) -> None:
        self._blocks: dict[int, bytes] = {}
        self._count: int | None = None
        self._first: ApsFrame | None = None

    def take(self, fragment: ApsFrame) -> ApsFrame | None:
        """The whole frame once its last missing block comes, else None. Blocks come in any order, or twice.

        Raises DecodeError for a frame that is no block of this transmission; what was held stays.
        """
        number, count = self._place_of(fragment)
        if self._first is not None and fragment.counter != self._first.counter:
            raise DecodeError("counter", f"{fragment.counter} is another transmission's")
        if count is not None and max(number, *self._blocks, 0) >= count:
            raise DecodeError("extended.block", f"there are only {count} blocks")
        self._first, self._count = self._first or fragment, count
        self._blocks[number] = fragment.payload
        if len(self._blocks) != count:
            return None
        payload = b"".join(block for _, block in sorted(self._blocks.items()))
        return replace(self._first, payload=payload, extended=None)

    def _place_of(self, fragment: ApsFrame) -> tuple[int, int | None]:
        """Which block a frame carries, and how many there are as far as that is known with it."""
        extended = fragment.extended
        if fragment.frame_type is not ApsFrameType.DATA or extended is None or not extended.block:
            raise DecodeError("extended", "no block of a fragmented transmission")
        if extended.fragmentation is Fragmentation.FIRST:
            return 0, extended.block
        if extended.fragmentation is Fragmentation.LATER:
            return extended.block, self._count
        raise DecodeError("extended.fragmentation", "no block of a fragmented transmission")

    def acknowledgement(self, window: int) -> ApsFrame:
        """The answer to what came of the eight blocks from ``window`` on. Raises EncodeError before any did.

        Bits of blocks that do not exist are set, so that only what is missing is sent again.
        """
        if self._first is None:
            raise EncodeError("received", "no block has come")
        count = MOST_BLOCKS if self._count is None else self._count
        received = sum(
            1 << place
            for place in range(MOST_IN_WINDOW)
            if window + place in self._blocks or window + place >= count
        )
        kind = Fragmentation.LATER if window else Fragmentation.FIRST
        return acknowledgement_of(self._first, ExtendedHeader(kind, window, received))


def acknowledgement_of(frame: ApsFrame, extended: ExtendedHeader | None = None) -> ApsFrame:
    """The acknowledgement of a data or command frame (2.2.8.4.3): its counter, its ends exchanged."""
    return ApsFrame(
        frame_type=ApsFrameType.ACKNOWLEDGEMENT,
        counter=frame.counter,
        security=frame.security,
        destination_endpoint=frame.source_endpoint,
        cluster=frame.cluster,
        profile=frame.profile,
        source_endpoint=frame.destination_endpoint,
        extended=extended,
    )
