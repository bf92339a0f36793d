"""Certificates: what is read from them, what is refused, and chains that hold or do not."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from harness.crypto.certificates import (
    KeyUsage,
    certificate_from_pem,
    check_chain,
    check_issued_by,
    parse_certificate,
)
from harness.crypto.errors import CertificateError
from harness.crypto.issuing import key_identifier
from harness.crypto.keys import derive_private_key
from harness.crypto.pki import SeededPki
from harness.gbcs.roles import RemotePartyRole

PKI = SeededPki(b"certificates")
SUPPLIER = PKI.party(RemotePartyRole.SUPPLIER)
ROOT = parse_certificate(PKI.root_certificate)
ISSUING = parse_certificate(PKI.issuing_certificate)
_KEY = derive_private_key(b"", "certificates")
_UNIT = x509.NameAttribute(x509.NameOID.ORGANIZATIONAL_UNIT_NAME, "02")


def _usage(name: str) -> x509.KeyUsage:
    flags = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{flag: flag in name.split() for flag in flags})


def _made(
    *extensions: tuple[x509.ExtensionType, bool],
    subject: tuple[x509.NameAttribute, ...] = (),
    key: ec.EllipticCurvePrivateKey = _KEY,
    algorithm: hashes.HashAlgorithm | None = None,
) -> bytes:
    builder = x509.CertificateBuilder(
        issuer_name=x509.Name([]),
        subject_name=x509.Name(subject),
        public_key=key.public_key(),
        serial_number=7,
        not_valid_before=datetime(2020, 1, 1, tzinfo=UTC),
        not_valid_after=datetime(2030, 1, 1, tzinfo=UTC),
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(key, algorithm or hashes.SHA256()).public_bytes(Encoding.DER)


_AGREES = (_usage("key_agreement"), True)
_MODULE = x509.ObjectIdentifier("1.3.6.1.5.5.7.8.4")


def _names(*values: str) -> tuple[x509.ExtensionType, bool]:
    return (
        x509.SubjectAlternativeName([x509.OtherName(_MODULE, bytes.fromhex(value)) for value in values]),
        True,
    )


def test_a_device_named_by_a_hardware_module_is_read() -> None:
    found = parse_certificate(_made(_AGREES, _names("300f06032a03040408" + "00db1234567890a0")))
    assert found.entity_id == bytes.fromhex("00db1234567890a0")
    assert found.role is None
    assert found.subject_key_id == found.authority_key_id == b""


@pytest.mark.parametrize(
    ("der", "fault"),
    [
        (b"", "certificate: "),
        (b"\x30\x00", "certificate: "),
        (_made(_AGREES), "neither a subject nor a subjectAltName"),
        (_made(_AGREES, _names("0500")), "hardwareModuleName"),
        (_made(_AGREES, _names("300e06032a03040407" + "00" * 7)), "serial number of 8 octets"),
        (_made(_AGREES, _names("301106032a03040408" + "00" * 8 + "0500")), "serial number of 8 octets"),
        (
            _made(_AGREES, _names("300f06032a03040408" + "00" * 8, "300f06032a03040408" + "01" * 8)),
            "expected one",
        ),
        (_made(_AGREES, (x509.SubjectAlternativeName([x509.DNSName("a.b")]), True)), "expected one"),
        (_made(_AGREES, subject=(_UNIT,)), "x500UniqueIdentifier"),
        (_made(_AGREES, subject=(_UNIT, _UNIT)), "expected one OU"),
        (
            _made(_AGREES, subject=(x509.NameAttribute(x509.NameOID.ORGANIZATIONAL_UNIT_NAME, "XX"),)),
            "expected one OU",
        ),
        (
            _made(_AGREES, subject=(x509.NameAttribute(x509.NameOID.ORGANIZATIONAL_UNIT_NAME, "0x2"),)),
            "expected one OU",
        ),
        (_made(subject=(_UNIT,)), "keyUsage: expected, not there"),
        (_made((_usage("key_agreement"), False), subject=(_UNIT,)), "critical"),
        (_made((_usage("key_agreement digital_signature"), True), subject=(_UNIT,)), "exactly one"),
        (_made((_usage("data_encipherment"), True), subject=(_UNIT,)), "exactly one"),
        (
            _made(_AGREES, subject=(_UNIT,), key=ec.derive_private_key(5, ec.SECP384R1())),
            "on the curve P-256",
        ),
        (_made(_AGREES, subject=(_UNIT,), algorithm=hashes.SHA384()), "ECDSA with SHA-256"),
    ],
)
def test_what_the_profile_does_not_allow_is_refused(der: bytes, fault: str) -> None:
    with pytest.raises(CertificateError, match=fault):
        parse_certificate(der)


@given(st.sampled_from([SUPPLIER.ka_certificate, PKI.device(bytes(8)).ds_certificate]), st.data())
def test_damaged_certificates_raise_nothing_but_certificate_errors(der: bytes, data: st.DataObject) -> None:
    octets = bytearray(der)
    for _ in range(data.draw(st.integers(1, 4))):
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(octets)))
    for damaged in (bytes(octets), bytes(octets[:cut]), bytes(octets) + b"\x00"):
        try:
            parse_certificate(damaged)
        except CertificateError as error:
            assert "\n" not in str(error)  # noqa: PT017 - that nothing else is raised is the point


@given(st.binary(max_size=300))
def test_any_octets_raise_nothing_but_certificate_errors(octets: bytes) -> None:
    for parse in (parse_certificate, certificate_from_pem):
        with pytest.raises(CertificateError):
            parse(octets)


@pytest.mark.parametrize("serial", ["0100", "0180", "10" + "ff" * 16])
def test_a_serial_number_that_is_not_positive_is_refused(serial: str) -> None:
    der = SUPPLIER.ka_certificate
    place = der.index(bytes.fromhex("a003020102")) + 6
    with pytest.raises(CertificateError, match="positive"):
        parse_certificate(der[:place] + bytes.fromhex(serial) + der[place + 17 :])


def test_the_same_octets_give_the_same_key_object() -> None:
    der = SUPPLIER.ka_certificate
    assert parse_certificate(der).public_key is parse_certificate(bytes(bytearray(der))).public_key


def test_a_chain_that_holds() -> None:
    moment = datetime(2026, 6, 1, tzinfo=UTC)
    for der in (SUPPLIER.ds_certificate, SUPPLIER.ka_certificate):
        check_chain(parse_certificate(der), ISSUING, ROOT, at=moment)
    check_chain(ISSUING, ROOT, at=moment)
    check_chain(ROOT, ROOT, at=moment)


@pytest.mark.parametrize("year", [2015, 2050])
def test_a_chain_outside_its_validity(year: int) -> None:
    with pytest.raises(CertificateError, match="not valid at"):
        check_chain(
            parse_certificate(SUPPLIER.ds_certificate), ISSUING, ROOT, at=datetime(year, 6, 1, tzinfo=UTC)
        )


def test_chains_that_do_not_hold() -> None:
    supplier = parse_certificate(SUPPLIER.ds_certificate)
    stranger = SeededPki(b"another")
    strange_issuing = parse_certificate(stranger.issuing_certificate)
    with pytest.raises(CertificateError, match="no authority"):
        check_chain(supplier)
    with pytest.raises(CertificateError, match="name is not"):
        check_chain(supplier, ROOT)
    with pytest.raises(CertificateError, match="key identifier"):
        check_chain(supplier, strange_issuing, parse_certificate(stranger.root_certificate))
    with pytest.raises(CertificateError, match="did not sign"):
        check_issued_by(supplier, replace(strange_issuing, subject_key_id=ISSUING.subject_key_id))
    with pytest.raises(CertificateError, match="may not sign"):
        check_issued_by(supplier, parse_certificate(SUPPLIER.ka_certificate))
    with pytest.raises(CertificateError, match="name is not"):
        check_chain(supplier, ISSUING)


@pytest.mark.rtds
def test_every_certificate_of_the_reference_set_is_read(rtds: Path) -> None:
    files = sorted((rtds / "keystore").glob("*.pem"))
    read = 0
    for path in files:
        text = path.read_bytes()
        if b"BEGIN CERTIFICATE" not in text:
            continue
        found = certificate_from_pem(text)
        expected = KeyUsage.DIGITAL_SIGNATURE if path.stem.endswith("-ds") else KeyUsage.KEY_AGREEMENT
        assert found.usage is expected, path.name
        assert found.entity_id is not None, path.name
        assert found.is_device == (found.entity_id[:4] == bytes.fromhex("00db1234")), path.name
        assert found.subject_key_id == key_identifier(found.public_key), path.name
        read += 1
    assert read >= len(files) - 1, "all but the bare public key of the worked example"
