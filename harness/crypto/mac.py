"""Message authentication codes (GBCS 6, 7.2; SP 800-38D).

AES-128-GCM with nothing to encrypt. IV: originator(8) ‖ 00000000. Additional data:
``11 00000000 00 ‖ grouping header … signature``, where 11 is the security control octet (authentication
only, suite 1), 00000000 the invocation counter, and 00 the length of an empty additional field. The
tag is cut to its first 12 octets.
"""

from __future__ import annotations

from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAC_LENGTH: Final = 12
IV_COUNTER: Final = bytes(4)
_AUTHENTICATION_ONLY: Final = bytes.fromhex("110000000000")


def gmac(key: bytes, originator: bytes, authenticated: bytes) -> bytes:
    """The whole GMAC, 16 octets, over ``11 00000000 00 ‖ authenticated``.

    ``key`` is 16 octets, ``originator`` 8.
    """
    return AESGCM(key).encrypt(originator + IV_COUNTER, b"", _AUTHENTICATION_ONLY + authenticated)


def message_mac(key: bytes, originator: bytes, authenticated_part: bytes) -> bytes:
    """The MAC of a message, 12 octets.

    ``authenticated_part`` runs from the DF of the grouping header to the end of the signature.
    """
    return gmac(key, originator, authenticated_part)[:MAC_LENGTH]
