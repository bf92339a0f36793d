"""Digital signatures: ECDSA on P-256 with SHA-256, written r‖s (GBCS 4.3.3, 7.2; FIPS 186-5).

r and s are 32 octets each, most significant octet first. The nonce is deterministic (RFC 6979), so
that a run repeats bit for bit; verification takes any valid signature.
"""

from __future__ import annotations

from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

SIGNATURE_LENGTH: Final = 64
_HALF: Final = SIGNATURE_LENGTH // 2
_SIGN: Final = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
_VERIFY: Final = ec.ECDSA(hashes.SHA256())


def sign(private: ec.EllipticCurvePrivateKey, octets: bytes) -> bytes:
    """The signature of ``octets``, 64 octets r‖s; the same key and octets always give the same."""
    r, s = decode_dss_signature(private.sign(octets, _SIGN))
    return r.to_bytes(_HALF, "big") + s.to_bytes(_HALF, "big")


def verify(public: ec.EllipticCurvePublicKey, signature: bytes, octets: bytes) -> bool:
    """Whether ``signature`` (64 octets r‖s) is one of ``octets`` by the owner of ``public``."""
    if len(signature) != SIGNATURE_LENGTH:
        return False
    r, s = int.from_bytes(signature[:_HALF], "big"), int.from_bytes(signature[_HALF:], "big")
    try:
        public.verify(encode_dss_signature(r, s), octets, _VERIFY)
    except InvalidSignature:
        return False
    return True
