"""Signatures: the examples of RFC 6979, and what does not verify."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.crypto.keys import ORDER, derive_private_key, private_key_from_octets
from harness.crypto.signature import sign, verify

KEY = private_key_from_octets(
    bytes.fromhex("C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721")
)


@pytest.mark.parametrize(
    ("text", "signature"),
    [
        (
            b"sample",
            (
                "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
                "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"
            ),
        ),
        (
            b"test",
            (
                "F1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367"
                "019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083"
            ),
        ),
    ],
)
def test_the_examples_of_rfc_6979(text: bytes, signature: str) -> None:
    assert sign(KEY, text).hex().upper() == signature
    assert verify(KEY.public_key(), bytes.fromhex(signature), text)


@given(st.binary(max_size=300))
def test_what_is_signed_verifies_and_repeats(octets: bytes) -> None:
    signature = sign(KEY, octets)
    assert len(signature) == 64
    assert signature == sign(KEY, octets)
    assert verify(KEY.public_key(), signature, octets)


@given(st.binary(max_size=60), st.integers(0, 63), st.integers(1, 255))
def test_a_changed_signature_does_not_verify(octets: bytes, place: int, change: int) -> None:
    signature = bytearray(sign(KEY, octets))
    signature[place] ^= change
    assert not verify(KEY.public_key(), bytes(signature), octets)


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_other_octets_or_another_key_do_not_verify(octets: bytes, others: bytes) -> None:
    signature = sign(KEY, octets)
    assert verify(KEY.public_key(), signature, others) == (octets == others)
    assert not verify(derive_private_key(b"", "another").public_key(), signature, octets)


@pytest.mark.parametrize(
    "signature",
    [
        b"",
        bytes(63),
        bytes(64),
        bytes(65),
        b"\xff" * 64,
        ORDER.to_bytes(32, "big") * 2,
        (0).to_bytes(32, "big") + (1).to_bytes(32, "big"),
    ],
    ids=len,
)
def test_what_is_no_signature_does_not_verify(signature: bytes) -> None:
    assert not verify(KEY.public_key(), signature, b"sample")
