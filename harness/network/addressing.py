"""Where a message comes from and goes to, read off its grouping header and nothing else (GBCS 7.2.7).

The network looks no further, so it also carries messages that no device will accept.
"""

from __future__ import annotations

from typing import Final

_GENERAL_CIPHERING: Final = b"\xdd"
_GENERAL_SIGNING: Final = 0xDF
_ORIGINATOR: Final = 12
"""From the tag of the grouping header: tag, 1 + 9 transaction, length of the originator."""
_RECIPIENT: Final = _ORIGINATOR + 9
"""Behind the originator: length of the recipient."""


def originator_of(octets: bytes) -> bytes | None:
    """Originator, 8 octets, or None where these octets have none in its place."""
    return _party_at(octets, _ORIGINATOR)


def recipient_of(octets: bytes) -> bytes | None:
    """Recipient, 8 octets, or None where these octets have none in its place."""
    return _party_at(octets, _RECIPIENT)


def _party_at(octets: bytes, offset: int) -> bytes | None:
    start = 0
    if octets[:1] == _GENERAL_CIPHERING and len(octets) > 8:
        length = octets[7]
        start = 13 + (length & 0x7F if length >= 0x80 else 0)
    place = start + offset
    if len(octets) < place + 8 or octets[start] != _GENERAL_SIGNING or octets[place - 1] != 8:
        return None
    return octets[place : place + 8]
