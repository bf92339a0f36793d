"""Sensitive data inside a message: encrypted for one party, whoever relays the message (GBCS 8).

AES-128-GCM under a key of its own: derived as for a MAC but with CRA 04, and with the supplementary
originator counter and supplementary remote party, where the message has them, in the places of
counter and recipient. IV: originator(8) ‖ 00000000. Additional data: 31, the security control octet
(encrypted and authenticated, suite 1). On the wire::

    protected text     31 · 00000000 · ciphertext · tag(12)
    DLMS               09 · length · protected text, in a data protection reply (class 30)
    GBZ                length(2, most significant first) · protected text, as the ZCL payload

Every component of a message shares key and IV, as GBCS has it.
"""

from __future__ import annotations

from hmac import compare_digest
from typing import TYPE_CHECKING, Final, NamedTuple

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from harness.crypto.agreement import derive_key
from harness.crypto.errors import SensitiveDataError
from harness.crypto.mac import IV_COUNTER

if TYPE_CHECKING:
    from harness.codecs.message import Message

SENSITIVE_CRA: Final = 4
TAG_LENGTH: Final = 12
_CONTROL: Final = b"\x31"
_SECURITY_HEADER: Final = _CONTROL + bytes(4)
_OVERHEAD: Final = len(_SECURITY_HEADER) + TAG_LENGTH
_FULL_TAG: Final = 16


class SensitiveParties(NamedTuple):
    """Whose key protects the sensitive data of a message: entity identifiers of 8 octets, and the counter."""

    originator: bytes
    counter: int
    recipient: bytes


def sensitive_parties(message: Message) -> SensitiveParties:
    """Between whom the sensitive data of a message is protected, and under which counter."""
    counter, recipient, fields = message.originator_counter, message.recipient, message.supplementary
    if fields is not None:
        recipient = fields.remote_party
        if fields.originator_counter is not None:
            counter = fields.originator_counter
    return SensitiveParties(message.originator, counter, recipient)


def sensitive_key(z: bytes, parties: SensitiveParties) -> bytes:
    """The AES-128 key, 16 octets, of sensitive data between parties whose shared secret is ``z``."""
    return derive_key(
        z,
        originator=parties.originator,
        cra=SENSITIVE_CRA,
        counter=parties.counter,
        recipient=parties.recipient,
    )


def encrypt_sensitive(key: bytes, originator: bytes, plaintext: bytes) -> bytes:
    """The protected text of ``plaintext``: 17 octets longer. ``originator`` is 8 octets."""
    sealed = AESGCM(key).encrypt(originator + IV_COUNTER, plaintext, _CONTROL)
    return _SECURITY_HEADER + sealed[: len(plaintext) + TAG_LENGTH]


def decrypt_sensitive(key: bytes, originator: bytes, protected: bytes) -> bytes:
    """The plaintext of a protected text.

    Raises SensitiveDataError where it does not start 31 00000000, is too short to hold a tag, or its
    tag does not hold under ``key``.
    """
    if len(protected) < _OVERHEAD or not protected.startswith(_SECURITY_HEADER):
        raise SensitiveDataError("protected text: expected 31 00000000, ciphertext and a tag of 12 octets")
    ciphertext = protected[len(_SECURITY_HEADER) : -TAG_LENGTH]
    # GCM is a stream cipher: encrypting the ciphertext gives the plaintext. The library checks only
    # tags of 16 octets, so the tag is checked by protecting again.
    plaintext = AESGCM(key).encrypt(originator + IV_COUNTER, ciphertext, None)[:-_FULL_TAG]
    if not compare_digest(encrypt_sensitive(key, originator, plaintext), protected):
        raise SensitiveDataError("protected text: the tag does not hold under this key")
    return plaintext


def encrypt_component(key: bytes, originator: bytes, plaintext: bytes) -> bytes:
    """The payload of an encrypted GBZ component: length(2) and protected text.

    Raises SensitiveDataError where the length does not fit its two octets.
    """
    protected = encrypt_sensitive(key, originator, plaintext)
    if len(protected) > 0xFFFF:
        raise SensitiveDataError(f"GBZ component: {len(plaintext)} octets are too many to protect")
    return len(protected).to_bytes(2, "big") + protected


def decrypt_component(key: bytes, originator: bytes, payload: bytes) -> bytes:
    """The ZCL payload inside an encrypted GBZ component. Raises SensitiveDataError."""
    return decrypt_sensitive(key, originator, protected_text(payload))


def protected_text(payload: bytes) -> bytes:
    """The protected text in the payload of an encrypted GBZ component. Raises SensitiveDataError."""
    if len(payload) < 2 or int.from_bytes(payload[:2], "big") != len(payload) - 2:
        raise SensitiveDataError("GBZ component: the length before the protected text is not its length")
    return payload[2:]
