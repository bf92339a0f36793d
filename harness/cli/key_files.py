"""Keys in files, as the options of commands name them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from device_profiles.errors import InputError, InputProblem
from harness.crypto.certificates import certificate_from_pem
from harness.crypto.errors import CryptoError
from harness.crypto.keys import private_key_from_pem, public_key_from_pem

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey

T = TypeVar("T")


def private_key_in(path: Path) -> EllipticCurvePrivateKey:
    """The private key in a PEM file. Raises InputError, and OSError for an unreadable file."""
    return _parsed(path, private_key_from_pem)


def public_key_in(path: Path) -> EllipticCurvePublicKey:
    """The public key in a PEM file: a certificate's or a bare one. Raises InputError and OSError."""
    return _parsed(path, _public_key)


def _public_key(text: bytes) -> EllipticCurvePublicKey:
    if b"BEGIN CERTIFICATE" in text:
        return certificate_from_pem(text).public_key
    return public_key_from_pem(text)


def _parsed(path: Path, parse: Callable[[bytes], T]) -> T:
    try:
        return parse(path.read_bytes())
    except CryptoError as error:
        raise InputError([InputProblem(str(path), 0, 0, "", str(error))]) from None
