"""Keys that follow from what they signed."""

from hypothesis import given
from hypothesis import strategies as st

from harness.crypto.certificates import parse_certificate
from harness.crypto.keys import derive_private_key, public_octets
from harness.crypto.pki import SeededPki
from harness.crypto.recovery import issuer_key, possible_keys
from harness.crypto.signature import sign, verify
from harness.gbcs.roles import RemotePartyRole

PKI = SeededPki(b"recovery")


@given(st.binary(min_size=1, max_size=8), st.binary(max_size=100))
def test_the_signer_is_among_the_possible_keys_and_each_verifies(label: bytes, octets: bytes) -> None:
    private = derive_private_key(b"recovery", label.hex())
    signature = sign(private, octets)
    keys = possible_keys(signature, octets)
    assert public_octets(private.public_key()) in map(public_octets, keys)
    assert all(verify(key, signature, octets) for key in keys)


@given(st.binary(max_size=70) | st.binary(min_size=64, max_size=64))
def test_octets_that_are_no_signature_have_no_key_or_one_that_verifies(octets: bytes) -> None:
    assert all(verify(key, octets, b"message") for key in possible_keys(octets, b"message"))


def test_the_issuer_of_a_certificate_is_told_by_its_identifier() -> None:
    certificate = parse_certificate(PKI.party(RemotePartyRole.SUPPLIER).ds_certificate)
    issuing = parse_certificate(PKI.issuing_certificate)
    found = issuer_key(certificate.der, certificate.authority_key_id)
    assert found is not None
    assert public_octets(found) == public_octets(issuing.public_key)
    assert issuer_key(certificate.der, bytes(8)) is None
