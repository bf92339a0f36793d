"""The key of last resort: encrypted in the root's certificate until the day it is needed (RFC 5934, C.2).

The certificate carries ``ApexContingencyKey ::= SEQUENCE { wrapAlgorithm AlgorithmIdentifier,
wrappedContingencyPubKey OCTET STRING }``. Here the algorithm is AES-128 key wrap with padding
(RFC 5649) over the SubjectPublicKeyInfo. The symmetric key becomes known with the command that the
contingency key signs, and with that the public half that verifies it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.keywrap import (
    InvalidUnwrap,
    aes_key_unwrap_with_padding,
    aes_key_wrap_with_padding,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from harness.codecs.declaration import length_octets
from harness.crypto.errors import KeyFormatError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

WRAP_KEY_LENGTH: Final = 16
_ALGORITHM: Final = bytes.fromhex("300b0609608648016503040108")
_OCTET_STRING: Final = b"\x04"


def wrap_contingency_key(public: EllipticCurvePublicKey, symmetric_key: bytes) -> bytes:
    """ApexContingencyKey in DER. ``symmetric_key`` is 16 octets."""
    info = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    wrapped = aes_key_wrap_with_padding(symmetric_key, info)
    content = _ALGORITHM + _OCTET_STRING + length_octets(len(wrapped)) + wrapped
    return b"\x30" + length_octets(len(content)) + content


def unwrap_contingency_key(apex: bytes, symmetric_key: bytes) -> EllipticCurvePublicKey:
    """The public key in an ApexContingencyKey. Raises KeyFormatError for any other octets or key."""
    place = apex.find(_ALGORITHM)
    rest = apex[place + len(_ALGORITHM) :] if place >= 0 else b""
    header = 3 if rest[1:2] == b"\x81" else 2
    if rest[:1] != _OCTET_STRING or len(symmetric_key) != WRAP_KEY_LENGTH:
        raise KeyFormatError("contingency key: expected one under AES-128 key wrap with padding")
    try:
        public: PublicKeyTypes = load_der_public_key(
            aes_key_unwrap_with_padding(symmetric_key, rest[header:])
        )
    except (InvalidUnwrap, ValueError, UnsupportedAlgorithm):
        raise KeyFormatError("contingency key: not under this symmetric key") from None
    if not isinstance(public, EllipticCurvePublicKey) or not isinstance(public.curve, SECP256R1):
        raise KeyFormatError("contingency key: expected one on the curve P-256")
    return public
