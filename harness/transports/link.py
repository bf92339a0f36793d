"""Messages over a stream, in the form that its other end takes: GFI's text lines, or the DLMS wrapper.

The wrapper says which device a message is for or from. A text line does not: what it carries is for the
device that the message names, and what names nobody is for the one device that the line belongs to.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import StrEnum

from harness.codecs.errors import DecodeError
from harness.codecs.framing import (
    GfiReader,
    WrappedMessage,
    WrapperReader,
    encode_gfi_line,
    encode_wrapped,
)
from harness.gbcs.roles import DeviceRole
from harness.network.wports import COORDINATION, REMOTE_PARTIES, role_at
from harness.transports.errors import TransportError
from harness.transports.streams import Stream


class Framing(StrEnum):
    """How messages stand in a stream."""

    GFI = "gfi"
    """Lines of text, ``GBCS:DATA#0:<octets>:<hexadecimal>``."""
    WRAPPER = "wrapper"
    """The DLMS wrapper (DLMS Green Book 7.3.3)."""


@dataclass(frozen=True, slots=True)
class Carried:
    """A message with the wrapper's ports that it travels between, which a text line leaves out."""

    octets: bytes
    from_port: int = REMOTE_PARTIES
    to_port: int = REMOTE_PARTIES

    @property
    def source(self) -> DeviceRole | None:
        """The device that it is from, where its frame says so."""
        return role_at(self.from_port)

    @property
    def destination(self) -> DeviceRole | None:
        """The device that it is for, where its frame says so."""
        return role_at(self.to_port)

    @property
    def coordinates(self) -> bool:
        """Whether this is about the test, and nothing that a device says or hears."""
        return COORDINATION in {self.from_port, self.to_port}


class MessageLink:
    """A stream of messages."""

    __slots__ = ("_answers", "_come", "_reader", "_stream", "framing")

    def __init__(self, stream: Stream, framing: Framing) -> None:
        self.framing = framing
        self._stream = stream
        self._reader = GfiReader() if framing is Framing.GFI else WrapperReader()
        self._come: deque[Carried] = deque()
        self._answers: deque[Carried] = deque()

    def send(self, message: Carried) -> None:
        """Send a message. Raises TransportError."""
        if self.framing is Framing.GFI:
            octets = encode_gfi_line(message.octets)
        else:
            octets = encode_wrapped(WrappedMessage(message.from_port, message.to_port, message.octets))
        self._stream.write(octets)

    def receive(self, *, within: float, coordination: bool = False) -> Carried | None:
        """The next message; None once nothing has come for ``within`` seconds.

        With ``coordination`` the next answer about the test; messages meanwhile stay to be received.
        Raises LinkClosedError when the other end has gone, and TransportError for what is no frame.
        """
        come = self._answers if coordination else self._come
        while not come:
            octets = self._stream.read(within=within)
            if not octets:
                return None
            for message in self._read(octets):
                answers = message.from_port == COORDINATION
                (self._answers if answers else self._come).append(message)
        return come.popleft()

    def close(self) -> None:
        """Let go of the stream."""
        self._stream.close()

    def _read(self, octets: bytes) -> list[Carried]:
        try:
            return [_carried(message) for message in self._reader.feed(octets)]
        except DecodeError as error:
            raise TransportError(f"expected messages in the form {self.framing}: {error}") from None


def _carried(message: bytes | WrappedMessage) -> Carried:
    if isinstance(message, bytes):
        return Carried(message)
    return Carried(message.message, message.source, message.destination)
