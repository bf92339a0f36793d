"""Keys: what follows from a seed, and what is no key."""

import hashlib
import hmac

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given
from hypothesis import strategies as st

from harness.crypto.errors import KeyFormatError
from harness.crypto.keys import (
    ORDER,
    derive_private_key,
    private_key_from_octets,
    private_key_from_pem,
    public_key_from_octets,
    public_key_from_pem,
    public_octets,
)


def _scalar(key: ec.EllipticCurvePrivateKey) -> int:
    return key.private_numbers().private_value


@given(seed=st.binary(max_size=64), label=st.text(max_size=40))
def test_a_derived_key_is_hkdf_reduced_into_range(seed: bytes, label: str) -> None:
    extracted = hmac.digest(bytes(32), seed, "sha256")
    first = hmac.digest(extracted, label.encode() + b"\x01", "sha256")
    second = hmac.digest(extracted, first + label.encode() + b"\x02", "sha256")
    expected = int.from_bytes((first + second)[:40], "big") % (ORDER - 1) + 1
    assert _scalar(derive_private_key(seed, label)) == expected


def test_labels_and_seeds_make_different_keys() -> None:
    made = {_scalar(derive_private_key(seed, label)) for seed in (b"", b"1", b"2") for label in ("ds", "ka")}
    assert len(made) == 6


@given(st.integers(1, ORDER - 1))
def test_raw_points_are_read_back(scalar: int) -> None:
    public = private_key_from_octets(scalar.to_bytes(32, "big")).public_key()
    raw = public_octets(public)
    assert len(raw) == 64
    assert public_octets(public_key_from_octets(raw)) == raw
    assert public_octets(public_key_from_octets(b"\x04" + raw)) == raw


@pytest.mark.parametrize("scalar", [0, ORDER, 2**256 - 1])
def test_a_scalar_out_of_range_is_no_key(scalar: int) -> None:
    with pytest.raises(KeyFormatError, match="from 1 to n-1"):
        private_key_from_octets(scalar.to_bytes(32, "big"))


@given(st.binary(max_size=70))
def test_octets_that_are_no_point_are_refused(octets: bytes) -> None:
    with pytest.raises(KeyFormatError, match="public key: "):
        public_key_from_octets(octets)


def test_pem_is_read_back() -> None:
    key = derive_private_key(b"seed", "pem")
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    assert _scalar(private_key_from_pem(pem)) == _scalar(key)
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    assert public_octets(public_key_from_pem(public)) == public_octets(key.public_key())


_P384 = ec.derive_private_key(5, ec.SECP384R1())
_OTHER = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32))


@pytest.mark.parametrize(
    "pem",
    [
        b"",
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        _P384.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        _OTHER.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        derive_private_key(b"", "").private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"password")
        ),
    ],
    ids=["empty", "not a key", "another curve", "another kind", "encrypted"],
)
def test_pem_without_a_private_key_of_ours_is_refused(pem: bytes) -> None:
    with pytest.raises(KeyFormatError, match="private key: "):
        private_key_from_pem(pem)


@pytest.mark.parametrize(
    "pem",
    [
        b"",
        _P384.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        _OTHER.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    ],
    ids=["empty", "another curve", "another kind"],
)
def test_pem_without_a_public_key_of_ours_is_refused(pem: bytes) -> None:
    with pytest.raises(KeyFormatError, match="public key: "):
        public_key_from_pem(pem)


def test_errors_never_hold_the_key() -> None:
    secret = hashlib.sha256(b"secret").digest() + b"\x00"
    with pytest.raises(KeyFormatError) as caught:
        private_key_from_octets(secret)
    assert secret.hex() not in str(caught.value).lower()
    assert str(int.from_bytes(secret, "big")) not in str(caught.value)
