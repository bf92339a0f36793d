"""Key agreement and derivation, against a published vector and a second writing of the layout."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.crypto.agreement import SharedSecrets, derive_key, shared_secret
from harness.crypto.keys import derive_private_key, private_key_from_octets, public_key_from_octets

ENTITY = st.binary(min_size=8, max_size=8)


def test_shared_secret_of_the_validation_suite() -> None:
    """NIST CAVS 14.1, ECC CDH primitive, P-256, count 0."""
    theirs = public_key_from_octets(
        bytes.fromhex(
            "700c48f77f56584c5cc632ca65640db91b6bacce3a4df6b42ce7cc838833d287"
            "db71e509e3fd9b060ddb20ba5c51dcc5948d46fbf640dfe0441782cab85fa4ac"
        )
    )
    mine = private_key_from_octets(
        bytes.fromhex("7d7dc5f71eb29ddaf80d6214632eeae03d9058af1fb6d22ed80badb62bc1a534")
    )
    assert shared_secret(mine, theirs) == bytes.fromhex(
        "46fc62106420ff012e54a434fbdd2d25ccc5852060561e68040dd7778997bd7b"
    )


@given(st.binary(max_size=8), st.binary(max_size=8))
def test_both_ends_agree(one: bytes, other: bytes) -> None:
    first, second = derive_private_key(one, "first"), derive_private_key(other, "second")
    assert shared_secret(first, second.public_key()) == shared_secret(second, first.public_key())


@given(st.binary(min_size=32, max_size=32), ENTITY, st.integers(1, 4), st.integers(0, 2**64 - 1), ENTITY)
def test_the_key_takes_every_input(
    z: bytes, originator: bytes, cra: int, counter: int, recipient: bytes
) -> None:
    text = f"00000001{z.hex()}60857406080300{originator.hex()}09{cra:02x}{counter:016x}{recipient.hex()}"
    expected = hashlib.sha256(bytes.fromhex(text)).digest()[:16]
    assert derive_key(z, originator=originator, cra=cra, counter=counter, recipient=recipient) == expected


@pytest.mark.parametrize("counter", [-1, 2**64])
def test_a_counter_that_does_not_fit_is_refused(counter: int) -> None:
    with pytest.raises(OverflowError):
        derive_key(bytes(32), originator=bytes(8), cra=1, counter=counter, recipient=bytes(8))


class TestSharedSecrets:
    def _counting(self, capacity: int) -> tuple[SharedSecrets, list[int]]:
        calls: list[int] = []

        def agree(private, public):
            calls.append(1)
            return shared_secret(private, public)

        return SharedSecrets(capacity, agree), calls

    def test_each_pair_is_worked_out_once(self) -> None:
        secrets, calls = self._counting(10)
        mine = derive_private_key(b"", "mine")
        theirs = [derive_private_key(b"", name).public_key() for name in ("a", "b")]
        for _ in range(3):
            for public in theirs:
                assert secrets.of(mine, public) == shared_secret(mine, public)
        assert len(calls) == len(secrets) == 2

    def test_no_more_than_the_capacity_is_kept(self) -> None:
        secrets, calls = self._counting(4)
        mine = derive_private_key(b"", "mine")
        for number in range(9):
            public = derive_private_key(b"", str(number)).public_key()
            assert secrets.of(mine, public) == shared_secret(mine, public)
        assert len(secrets) == 4
        assert len(calls) == 9
