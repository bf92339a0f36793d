"""Public keys that a signature can be of, where the key itself is not at hand (SEC 1, 4.1.6).

An ECDSA signature leaves two keys possible, or few more. What else is known of the key, such as its
identifier in certificates, tells which; without that each verifies the signature.
"""

from __future__ import annotations

from hashlib import sha256

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from harness.crypto.issuing import key_identifier
from harness.crypto.keys import ORDER, public_key_from_octets
from harness.crypto.signature import SIGNATURE_LENGTH, verify

_HALF = 32


def possible_keys(signature: bytes, octets: bytes) -> tuple[EllipticCurvePublicKey, ...]:
    """The keys on P-256 that a signature (64 octets r‖s) of some octets, hashed with SHA-256, can be of."""
    # Nothing but this needs the library, and little needs this.
    from ecdsa import NIST256p, VerifyingKey  # noqa: PLC0415 - see above
    from ecdsa.errors import MalformedPointError  # noqa: PLC0415 - see above
    from ecdsa.numbertheory import Error as NoSuchPoint  # noqa: PLC0415 - see above

    numbers = (int.from_bytes(signature[:_HALF], "big"), int.from_bytes(signature[_HALF:], "big"))
    if len(signature) != SIGNATURE_LENGTH or not all(0 < number < ORDER for number in numbers):
        return ()
    try:
        found = VerifyingKey.from_public_key_recovery(signature, octets, NIST256p, sha256)
    except (MalformedPointError, NoSuchPoint, ValueError, AssertionError, ArithmeticError):
        return ()
    keys = (public_key_from_octets(key.to_string("uncompressed")) for key in found)
    return tuple(key for key in keys if verify(key, signature, octets))


def issuer_key(der: bytes, key_id: bytes) -> EllipticCurvePublicKey | None:
    """The key with an identifier (8 octets) that signed a certificate (DER); None where none fits."""
    certificate = x509.load_der_x509_certificate(der)
    r, s = decode_dss_signature(certificate.signature)
    signature = r.to_bytes(_HALF, "big") + s.to_bytes(_HALF, "big")
    keys = possible_keys(signature, certificate.tbs_certificate_bytes)
    return next((key for key in keys if key_identifier(key) == key_id), None)
