"""Implicit certificates of both suites: round trips, their sizes, and one typed error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.codecs.errors import DecodeError, EncodeError
from harness.codecs.han.implicit_certificate import (
    SUITE_1,
    SUITE_2,
    ImplicitCertificate,
    Suite1Certificate,
    Suite2Certificate,
    decode_implicit_certificate,
    encode_implicit_certificate,
    suite_of,
)

_EUI64 = st.integers(0, 2**64 - 1)
_CERTIFICATES = st.one_of(
    st.builds(
        Suite1Certificate,
        public_value=st.binary(min_size=22, max_size=22),
        subject=_EUI64,
        issuer=_EUI64,
        attributes=st.binary(min_size=10, max_size=10),
    ),
    st.builds(
        Suite2Certificate,
        serial=_EUI64,
        issuer=_EUI64,
        valid_from=st.integers(0, 2**40 - 1),
        valid_for=st.integers(0, 2**32 - 1),
        subject=_EUI64,
        key_usage=st.integers(0, 0xFF),
        public_value=st.binary(min_size=37, max_size=37),
    ),
)


@given(_CERTIFICATES)
def test_certificates_come_back(certificate: ImplicitCertificate) -> None:
    octets = encode_implicit_certificate(certificate)
    assert len(octets) == {SUITE_1: 48, SUITE_2: 74}[suite_of(certificate)]
    assert decode_implicit_certificate(suite_of(certificate), octets) == certificate


@given(st.sampled_from([SUITE_1, SUITE_2]), st.binary(max_size=80))
def test_nothing_but_the_typed_error(suite: int, octets: bytes) -> None:
    try:
        certificate = decode_implicit_certificate(suite, octets)
    except DecodeError as error:
        assert error.field  # noqa: PT017 - both outcomes are allowed, but not an error without a field
    else:
        assert encode_implicit_certificate(certificate) == octets


def test_what_is_of_no_suite_is_refused() -> None:
    with pytest.raises(DecodeError, match="suite"):
        decode_implicit_certificate(4, bytes(48))
    with pytest.raises(EncodeError, match="certificate"):
        encode_implicit_certificate(b"octets")  # type: ignore[arg-type]  # the mistake that is tested
