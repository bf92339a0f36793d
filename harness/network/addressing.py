"""Where a message goes, read off its grouping header without taking the rest apart (GBCS 7.2.7).

The network looks at nothing else, so it also carries messages that no device will accept.
"""

from __future__ import annotations

from typing import Final

_GENERAL_CIPHERING: Final = b"\xdd"
_GENERAL_SIGNING: Final = 0xDF
_RECIPIENT: Final = 21
"""From the tag of the grouping header: tag, 1 + 9 transaction, 1 + 8 originator, length of the recipient."""


def recipient_of(octets: bytes) -> bytes | None:
    """Recipient, 8 octets, or None where these octets have none in its place."""
    start = 0
    if octets[:1] == _GENERAL_CIPHERING and len(octets) > 8:
        length = octets[7]
        start = 13 + (length & 0x7F if length >= 0x80 else 0)
    place = start + _RECIPIENT
    if len(octets) < place + 8 or octets[start] != _GENERAL_SIGNING or octets[place - 1] != 8:
        return None
    return octets[place : place + 8]
