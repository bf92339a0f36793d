"""Messages through something that carries a limited number of octets at once, such as a tunnel.

What fits goes as it is. What is longer goes by general block transfer (DLMS Green Book 9.4.6.13), a
block at a time: the next when the other end has acknowledged the one before.
"""

from __future__ import annotations

from collections import deque
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


class Carriage:
    """One end of a carrier. ``largest`` is what the other end takes at once, in octets."""

    __slots__ = ("_receiver", "_sender", "_waiting", "largest")

    def __init__(self, largest: int) -> None:
        self.largest = largest
        self._waiting: deque[bytes] = deque()
        self._sender: BlockSender | None = None
        self._receiver: BlockReceiver | None = None

    def send(self, message: bytes) -> list[bytes]:
        """What to hand to the carrier for a message. A message behind a blocked one waits."""
        self._waiting.append(message)
        return self._next() if self._sender is None else []

    def _next(self) -> list[bytes]:
        ready = []
        while self._waiting and self._sender is None:
            message = self._waiting.popleft()
            if len(message) <= self.largest:
                ready.append(message)
            else:
                self._sender = BlockSender(message, self.largest - BLOCK_HEADER)
                ready += self._blocks()
        return ready

    def _blocks(self) -> list[bytes]:
        return [] if self._sender is None else [encode_block(block) for block in self._sender.due()]

    def receive(self, octets: bytes) -> tuple[bytes | None, list[bytes]]:
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
        answer = encode_block(self._receiver.receive(block))
        message = self._receiver.message
        if message is not None:
            self._receiver = None
        return message, [answer]

    def _acknowledged(self, number: int) -> list[bytes]:
        if self._sender is None:
            return []
        self._sender.acknowledge(number)
        if not self._sender.done:
            return self._blocks()
        self._sender = None
        return self._next()
