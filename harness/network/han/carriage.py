"""Messages through something that carries a limited number of octets at once, such as a tunnel.

What fits goes as it is. What is longer goes by general block transfer (DLMS Green Book 9.4.6.13), a
block at a time: the next when the other end has acknowledged the one before.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final

from harness.codecs.block_transfer import (
    GENERAL_BLOCK_TRANSFER,
    BlockReceiver,
    BlockSender,
    decode_block,
    encode_block,
)

LARGEST_MESSAGE: Final = 1 << 20
BLOCK_HEADER: Final = 9
"""Octets around the data of a block: tag, control, two numbers, a length in its longest form here."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Octets for the carrier, and the message that they are of; none for an acknowledgement."""

    octets: bytes
    message: bytes = b""


class Carriage:
    """One end of a carrier. ``largest`` is what the other end takes at once, in octets.

    ``carrying`` is the message that is under way in blocks, None while there is none.
    """

    __slots__ = ("_receiver", "_sender", "_waiting", "carrying", "largest")

    def __init__(self, largest: int) -> None:
        self.largest = largest
        self.carrying: bytes | None = None
        self._waiting: deque[bytes] = deque()
        self._sender: BlockSender | None = None
        self._receiver: BlockReceiver | None = None

    def send(self, message: bytes) -> list[Piece]:
        """What to hand to the carrier for a message. A message behind one in blocks waits."""
        self._waiting.append(message)
        return self._next() if self._sender is None else []

    def abandon(self) -> list[Piece]:
        """Give up the message that is under way in blocks; what to hand over of those behind it."""
        self._sender = self.carrying = None
        return self._next()

    def held(self) -> list[bytes]:
        """Messages that were not handed over, or not all of them."""
        return [*([] if self.carrying is None else [self.carrying]), *self._waiting]

    def _next(self) -> list[Piece]:
        ready = []
        while self._waiting and self._sender is None:
            message = self._waiting.popleft()
            if len(message) <= self.largest:
                ready.append(Piece(message, message))
            else:
                self._sender, self.carrying = BlockSender(message, self.largest - BLOCK_HEADER), message
                ready += self._blocks()
        return ready

    def _blocks(self) -> list[Piece]:
        due = () if self._sender is None else self._sender.due()
        return [Piece(encode_block(block), self.carrying or b"") for block in due]

    def receive(self, octets: bytes) -> tuple[bytes | None, list[Piece]]:
        """Take what came: the message that it completes, and what to hand to the carrier in return.

        Raises DecodeError for a block that is none, or that cannot be.
        """
        if octets[:1] != bytes((GENERAL_BLOCK_TRANSFER,)):
            return octets, []
        block = decode_block(octets)
        if not block.data:
            return None, self._acknowledged(block.acknowledged)
        if block.number == 1:
            self._receiver = BlockReceiver(LARGEST_MESSAGE)
        if self._receiver is None:
            return None, []
        answer = Piece(encode_block(self._receiver.receive(block)))
        message = self._receiver.message
        if message is not None:
            self._receiver = None
        return message, [answer]

    def _acknowledged(self, number: int) -> list[Piece]:
        if self._sender is None:
            return []
        self._sender.acknowledge(number)
        return self.abandon() if self._sender.done else self._blocks()
