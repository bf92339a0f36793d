"""Messages on a stream: GFI's text lines and the DLMS wrapper, as readers that do no I/O.

GFI's text form is ``GBCS:DATA#0:<octets, decimal>:<hexadecimal>`` and CR LF. The wrapper (DLMS Green
Book 7.3.3) puts version 0001, source port, destination port and length, two octets each, most
significant first, before a message. A reader takes what arrives in whatever pieces and gives the
messages that are complete; what it keeps is never more than one frame of the largest size.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from construct import Struct

from harness.codecs.declaration import Field, Fixed, Number, build, parse_whole
from harness.codecs.errors import DecodeError, EncodeError

LARGEST_MESSAGE: Final = 0xFFFF
_GFI_HEAD: Final = b"GBCS:DATA#0:"
_GFI_END: Final = b"\r\n"
_MOST_DIGITS: Final = len(str(LARGEST_MESSAGE))
_LONGEST_LINE: Final = len(_GFI_HEAD) + _MOST_DIGITS + 1 + 2 * LARGEST_MESSAGE + len(_GFI_END)
_HEXADECIMAL: Final = frozenset(b"0123456789ABCDEFabcdef")

WRAPPER_HEADER: Final = Struct(
    Field("version", Fixed(b"\x00\x01")),
    Field("source", Number(2)),
    Field("destination", Number(2)),
    Field("length", Number(2)),
)
WRAPPER_HEADER_LENGTH: Final = 8


@dataclass(frozen=True, slots=True)
class WrappedMessage:
    """A message and the ports that it travels between (wPorts)."""

    source: int
    destination: int
    message: bytes


def encode_gfi_line(message: bytes) -> bytes:
    """One line of GFI's text form. Raises EncodeError for a message that is too long."""
    if len(message) > LARGEST_MESSAGE:
        raise EncodeError("length", f"{len(message)} octets are more than {LARGEST_MESSAGE}")
    return b"%s%d:%s%s" % (_GFI_HEAD, len(message), message.hex().upper().encode("ascii"), _GFI_END)


def encode_wrapped(wrapped: WrappedMessage) -> bytes:
    """A message behind its wrapper header. Raises EncodeError."""
    header = {
        "version": None,
        "source": wrapped.source,
        "destination": wrapped.destination,
        "length": len(wrapped.message),
    }
    return build(WRAPPER_HEADER, header) + wrapped.message


class GfiReader:
    """Takes octets of a stream of GFI lines and gives the messages in them."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, octets: bytes) -> list[bytes]:
        """Messages that ``octets`` complete. Raises DecodeError for a line that is not one.

        The faulty line is dropped, so that the next one can be read.
        """
        self._held += octets
        messages = []
        while (end := self._held.find(_GFI_END)) >= 0:
            line = bytes(self._held[:end])
            del self._held[: end + len(_GFI_END)]
            messages.append(_gfi_message(line))
        if len(self._held) > _LONGEST_LINE:
            self._held.clear()
            raise DecodeError("line", f"longer than {_LONGEST_LINE} octets", offset=_LONGEST_LINE)
        return messages


def _gfi_message(line: bytes) -> bytes:
    if not line.startswith(_GFI_HEAD):
        raise DecodeError("line", f"does not start with {_GFI_HEAD.decode('ascii')}", offset=0)
    start = len(_GFI_HEAD)
    digits, colon, text = line[start:].partition(b":")
    if not colon or not digits.isdigit() or len(digits) > _MOST_DIGITS:
        raise DecodeError("length", "expected a decimal number and a colon", offset=start)
    start += len(digits) + 1
    if not _HEXADECIMAL.issuperset(text) or len(text) != 2 * int(digits):
        raise DecodeError("data", f"expected {int(digits)} octets in hexadecimal", offset=start)
    return bytes.fromhex(text.decode("ascii"))


class WrapperReader:
    """Takes octets of a stream of wrapped messages and gives the messages in them."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, octets: bytes) -> list[WrappedMessage]:
        """Messages that ``octets`` complete. Raises DecodeError for a header that is not one.

        Nothing can be read from the stream after that: where the next message starts is not known.
        """
        self._held += octets
        messages = []
        while len(self._held) >= WRAPPER_HEADER_LENGTH:
            header = parse_whole(WRAPPER_HEADER, bytes(self._held[:WRAPPER_HEADER_LENGTH]))
            end = WRAPPER_HEADER_LENGTH + header.length
            if len(self._held) < end:
                break
            message = bytes(self._held[WRAPPER_HEADER_LENGTH:end])
            messages.append(WrappedMessage(header.source, header.destination, message))
            del self._held[:end]
        return messages
