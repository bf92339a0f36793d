"""General block transfer: a message in numbered blocks, some lost or repeated (DLMS Green Book 9.4.6.13).

    E0 | block control (1) | block number (2) | block number acknowledged (2) | length | block data

Block control is last block (80), streaming (40), window (3F). Blocks count from 1. A receiver
acknowledges the last block up to which it has all; a sender goes on behind that one, so that a lost
block and all after it are sent again. Sender and receiver do no I/O and know no time: when to send
again is for whoever owns the clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from construct import Struct

from harness.codecs.declaration import Field, Fixed, Number, Region, Rest, build, parse_whole
from harness.codecs.errors import DecodeError, EncodeError

GENERAL_BLOCK_TRANSFER: Final = 0xE0
LARGEST_WINDOW: Final = 0x3F
_LAST: Final = 0x80
_STREAMING: Final = 0x40
_LARGEST_NUMBER: Final = 0xFFFF

_LAYOUT: Final = Struct(
    Field("general_block_transfer", Fixed(bytes((GENERAL_BLOCK_TRANSFER,)))),
    Field("block_control", Number(1)),
    Field("number", Number(2)),
    Field("acknowledged", Number(2)),
    Field("data", Region(Rest())),
)


@dataclass(frozen=True, slots=True)
class Block:
    """One block. ``streaming`` says that the sender goes on without waiting; ``window`` how far it may."""

    number: int
    acknowledged: int
    data: bytes
    last: bool = False
    streaming: bool = False
    window: int = 1


def decode_block(octets: bytes) -> Block:
    """Decode one block. Raises DecodeError."""
    parsed = parse_whole(_LAYOUT, octets)
    control = parsed.block_control
    return Block(
        number=parsed.number,
        acknowledged=parsed.acknowledged,
        data=parsed.data,
        last=bool(control & _LAST),
        streaming=bool(control & _STREAMING),
        window=control & LARGEST_WINDOW,
    )


def encode_block(block: Block) -> bytes:
    """Encode one block. Raises EncodeError."""
    if not 0 <= block.window <= LARGEST_WINDOW:
        raise EncodeError("window", f"{block.window} is not from 0 to {LARGEST_WINDOW}")
    values = {
        "general_block_transfer": None,
        "block_control": _LAST * block.last | _STREAMING * block.streaming | block.window,
        "number": block.number,
        "acknowledged": block.acknowledged,
        "data": block.data,
    }
    return build(_LAYOUT, values)


def segment(message: bytes, size: int, *, window: int = 1) -> tuple[Block, ...]:
    """A message as blocks of at most ``size`` octets of data. Raises EncodeError where numbers run out."""
    if size < 1 or not 1 <= window <= LARGEST_WINDOW:
        raise EncodeError("size", f"blocks of {size} octets, {window} at a time, cannot be made")
    pieces = [message[start : start + size] for start in range(0, len(message), size)] or [b""]
    if len(pieces) > _LARGEST_NUMBER:
        raise EncodeError("number", f"{len(pieces)} blocks are more than {_LARGEST_NUMBER}")
    return tuple(
        Block(
            number=number,
            acknowledged=0,
            data=piece,
            last=number == len(pieces),
            streaming=number % window != 0 and number != len(pieces),
            window=window,
        )
        for number, piece in enumerate(pieces, 1)
    )


class BlockSender:
    """Gives the blocks of one message, a window at a time, until all are acknowledged."""

    def __init__(self, message: bytes, size: int, *, window: int = 1) -> None:
        self._blocks = segment(message, size, window=window)
        self._window = window
        self._acknowledged = 0

    @property
    def done(self) -> bool:
        """Whether the receiver has all of it."""
        return self._acknowledged == len(self._blocks)

    def due(self) -> tuple[Block, ...]:
        """Blocks to send now, first time or again: those behind the last one acknowledged."""
        return self._blocks[self._acknowledged : self._acknowledged + self._window]

    def acknowledge(self, number: int) -> None:
        """Note that the receiver has all up to ``number``; a late acknowledgement changes nothing.

        Raises DecodeError for a block that was never sent.
        """
        if number > min(len(self._blocks), self._acknowledged + self._window):
            raise DecodeError("acknowledged", f"block {number} was not sent")
        self._acknowledged = max(self._acknowledged, number)


class BlockReceiver:
    """Puts the blocks of one message together. ``largest`` bounds the message, in octets."""

    def __init__(self, largest: int) -> None:
        self._largest = largest
        self._pieces: list[bytes] = []
        self._size = 0
        self._complete = False

    @property
    def message(self) -> bytes | None:
        """The message, or None until its last block is here."""
        return b"".join(self._pieces) if self._complete else None

    def receive(self, block: Block) -> Block:
        """Take a block and give the acknowledgement for it.

        A block that is repeated, or that comes behind a gap, is left out; the acknowledgement says up
        to which block all are here. Raises DecodeError for block 0 and for a message that grows too long.
        """
        if block.number == 0:
            raise DecodeError("number", "blocks count from 1")
        if not self._complete and block.number == len(self._pieces) + 1:
            if self._size + len(block.data) > self._largest:
                raise DecodeError("data", f"message longer than {self._largest} octets")
            self._pieces.append(block.data)
            self._size += len(block.data)
            self._complete = block.last
        here = len(self._pieces)
        return Block(number=here, acknowledged=here, data=b"", last=self._complete, window=block.window)
