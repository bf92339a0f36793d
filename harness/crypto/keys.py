"""P-256 keys: made from a seed, read from octets or PEM, written as raw points (GBCS 4.3.3, FIPS 186-5).

A raw public key is 64 octets x‖y, each coordinate 32 octets, most significant octet first; with a
leading 04 it is the uncompressed point that certificates hold. A private key is a scalar d with
1 ≤ d < n, 32 octets when written.
"""

from __future__ import annotations

from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from harness.crypto.errors import KeyFormatError

CURVE: Final = ec.SECP256R1()
ORDER: Final = 0xFFFFFFFF_00000000_FFFFFFFF_FFFFFFFF_BCE6FAAD_A7179E84_F3B9CAC2_FC632551
"""n, the number of points of P-256 (SP 800-186, 3.2.1.3)."""
COORDINATE_LENGTH: Final = 32
_UNCOMPRESSED: Final = b"\x04"
_EXTRA_LENGTH: Final = 40
"""64 bits more than n has, so that the remainder is even to within 2^-64 (FIPS 186-5, A.2.1)."""


def derive_private_key(seed: bytes, label: str) -> ec.EllipticCurvePrivateKey:
    """The private key that follows from a seed and what it is for, the same on every machine.

    HKDF-SHA-256 of the seed with the label as its info gives c of 320 bits; d = c mod (n-1) + 1.
    """
    stretched = HKDF(hashes.SHA256(), _EXTRA_LENGTH, salt=None, info=label.encode()).derive(seed)
    return ec.derive_private_key(int.from_bytes(stretched, "big") % (ORDER - 1) + 1, CURVE)


def private_key_from_octets(octets: bytes) -> ec.EllipticCurvePrivateKey:
    """The private key of a scalar, 32 octets. Raises KeyFormatError for another length or out of range."""
    scalar = int.from_bytes(octets, "big")
    if len(octets) != COORDINATE_LENGTH or not 0 < scalar < ORDER:
        raise KeyFormatError("private key: expected 32 octets holding a number from 1 to n-1")
    return ec.derive_private_key(scalar, CURVE)


def public_key_from_octets(octets: bytes) -> ec.EllipticCurvePublicKey:
    """The public key of a raw point: 64 octets x‖y, or 65 with a leading 04.

    Raises KeyFormatError for any other form and for a point that is not on the curve.
    """
    point = _UNCOMPRESSED + octets if len(octets) == 2 * COORDINATE_LENGTH else octets
    if len(point) != 1 + 2 * COORDINATE_LENGTH or point[:1] != _UNCOMPRESSED:
        raise KeyFormatError(f"public key: expected 64 octets, or 65 starting 04, got {len(octets)}")
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(CURVE, point)
    except ValueError:
        raise KeyFormatError("public key: the point is not on P-256") from None


def public_octets(public: ec.EllipticCurvePublicKey) -> bytes:
    """A public key as its raw point, 64 octets x‖y."""
    return public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)[1:]


def private_key_from_pem(text: bytes) -> ec.EllipticCurvePrivateKey:
    """The P-256 private key in an unencrypted PEM. Raises KeyFormatError for anything else."""
    try:
        key = load_pem_private_key(text, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise KeyFormatError("private key: expected an unencrypted PEM private key") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise KeyFormatError("private key: expected one on the curve P-256")
    return key


def public_key_from_pem(text: bytes) -> ec.EllipticCurvePublicKey:
    """The P-256 public key in a PEM (SubjectPublicKeyInfo). Raises KeyFormatError for anything else."""
    try:
        key = load_pem_public_key(text)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise KeyFormatError("public key: expected a PEM public key") from None
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise KeyFormatError("public key: expected one on the curve P-256")
    return key
