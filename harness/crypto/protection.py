"""Putting protection on messages, and checking it (GBCS 6, 7.2).

A signature covers the message from the octet after DF to the end of the payload; the MAC covers the
grouping header, DF included, up to the end of the signature, which comes first. Checks work on slices
of the octets that arrived: nothing is encoded again.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from hmac import compare_digest
from typing import TYPE_CHECKING

from harness.codecs.declaration import length_octets
from harness.codecs.envelope import MessageParts, encode_message, split_message
from harness.codecs.envelope_layout import GENERAL_CIPHERING, SECURITY_HEADER
from harness.codecs.message import Message
from harness.crypto.agreement import derive_key
from harness.crypto.mac import MAC_LENGTH, message_mac
from harness.crypto.signature import SIGNATURE_LENGTH, sign, verify

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey

_UNSIGNED = b"\x00"
_SIGNED = bytes((SIGNATURE_LENGTH,))
# Signatures follow from key and octets alone, and homes of one run say the same things over and over.
_signature_of = lru_cache(maxsize=4096)(sign)


def protect(
    message: Message, *, signer: EllipticCurvePrivateKey | None = None, mac_secret: bytes | None = None
) -> bytes:
    """The octets of a message with its protection worked out.

    With ``signer`` the message is signed; without, it keeps the signature that it has. With
    ``mac_secret``, the shared secret Z of 32 octets, a MAC is put around it; without, there is none,
    whatever ``message.mac`` holds. A MAC needs the octet of an absent signature, which is added.
    Raises EncodeError.
    """
    grouped = _unsigned(message)
    signature = message.signature if signer is None else _signature_of(signer, grouped[1:])
    if signature:
        grouped += _SIGNED + signature
    elif signature is not None or mac_secret is not None:
        grouped += _UNSIGNED
    if mac_secret is None:
        return grouped
    mac = mac_of(message, grouped, mac_secret)
    length = length_octets(len(SECURITY_HEADER) + len(grouped) + MAC_LENGTH)
    return b"".join((GENERAL_CIPHERING, length, SECURITY_HEADER, grouped, mac))


def mac_of(message: Message | MessageParts, authenticated: bytes, z: bytes) -> bytes:
    """The MAC, 12 octets, over ``authenticated`` for the parties and counter that ``message`` names."""
    originator = message.originator
    key = derive_key(
        z,
        originator=originator,
        cra=message.cra,
        counter=message.originator_counter,
        recipient=message.recipient,
    )
    return message_mac(key, originator, authenticated)


def mac_holds(message: bytes | Message | MessageParts, z: bytes) -> bool:
    """Whether a message has a MAC and it is the right one under the shared secret ``z``.

    Octets or parts of them are checked as they stand; a ``Message`` is encoded first. Compares in
    constant time. Raises DecodeError for octets that are no message.
    """
    parts = _parts(message)
    return parts.mac is not None and compare_digest(mac_of(parts, parts.authenticated, z), parts.mac)


def signature_holds(message: bytes | Message | MessageParts, public: EllipticCurvePublicKey) -> bool:
    """Whether a message has a signature and it is one by the owner of ``public``.

    Octets or parts of them are checked as they stand; a ``Message`` is encoded first. Raises
    DecodeError for octets that are no message.
    """
    parts = _parts(message)
    return bool(parts.signature) and verify(public, parts.signature or b"", parts.signed)


def _parts(message: bytes | Message | MessageParts) -> MessageParts:
    if isinstance(message, MessageParts):
        return message
    return split_message(encode_message(message) if isinstance(message, Message) else message)


def _unsigned(message: Message) -> bytes:
    """From DF to the end of the payload."""
    if message.mac is not None:
        return _unsigned(replace(message, mac=None))
    octets = encode_message(message)
    return octets if message.signature is None else octets[: -1 - len(message.signature)]
