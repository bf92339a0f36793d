"""A PKI from a seed: the same everywhere, and certificates as GBCS has them."""

import hashlib

import pytest
from cryptography import x509

from harness.crypto.certificates import KeyUsage, check_chain, parse_certificate
from harness.crypto.issuing import key_identifier
from harness.crypto.keys import public_octets
from harness.crypto.pki import Credentials, SeededPki
from harness.crypto.signature import sign, verify
from harness.gbcs.roles import RemotePartyRole

DEVICE = bytes.fromhex("02db1234567890a0")


def _everything(pki: SeededPki) -> list[bytes]:
    supplier, device = pki.party(RemotePartyRole.SUPPLIER), pki.device(DEVICE)
    return [
        pki.root_certificate,
        pki.issuing_certificate,
        pki.device_root_certificate,
        pki.device_issuing_certificate,
        *(pki.party(role).ds_certificate for role in RemotePartyRole),
        *(pki.party(role, 1).ka_certificate for role in RemotePartyRole),
        supplier.prepayment_certificate or b"",
        device.ds_certificate,
        device.ka_certificate,
    ]


def test_a_seed_gives_the_same_octets_on_every_machine() -> None:
    digest = hashlib.sha256(b"".join(_everything(SeededPki(b"harness")))).hexdigest()
    assert digest == "2752959ca908fa49f43dc389a97dfc2b879ba5bbbb385df110a0b48255797b10"


def test_the_order_of_asking_does_not_matter() -> None:
    one, other = SeededPki(b"1"), SeededPki(b"1")
    backwards = [
        other.device(DEVICE).ka_certificate,
        other.party(RemotePartyRole.SUPPLIER).ka_certificate,
        other.root_certificate,
    ]
    assert backwards == [
        one.device(DEVICE).ka_certificate,
        one.party(RemotePartyRole.SUPPLIER).ka_certificate,
        one.root_certificate,
    ]


def test_another_seed_gives_other_keys() -> None:
    one, other = SeededPki(b"1").device(DEVICE), SeededPki(b"2").device(DEVICE)
    assert public_octets(one.ka_public) != public_octets(other.ka_public)
    assert public_octets(one.ds_public) != public_octets(other.ds_public)


def test_everybody_is_made_once() -> None:
    pki = SeededPki(b"1")
    device = pki.device(DEVICE)
    assert pki.device(DEVICE) is device
    assert device.ka_private is device.ka_private
    assert device.ka_public is device.ka_public
    assert pki.party(RemotePartyRole.SUPPLIER, 1) is pki.party(RemotePartyRole.SUPPLIER, 1)


def test_all_entities_and_keys_differ() -> None:
    pki = SeededPki(b"1")
    parties = [pki.party(role, index) for role in RemotePartyRole for index in range(3)]
    everybody: list[Credentials] = [*parties, pki.device(DEVICE), pki.device(bytes(8))]
    assert len({one.entity_id for one in everybody}) == len(everybody)
    keys = [public_octets(key) for one in everybody for key in (one.ds_public, one.ka_public)]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("role", RemotePartyRole)
def test_an_organisation_has_role_and_identifier_in_its_certificates(role: RemotePartyRole) -> None:
    pki = SeededPki(b"1")
    party = pki.party(role, 5)
    issuing, root = parse_certificate(pki.issuing_certificate), parse_certificate(pki.root_certificate)
    for der, usage in (
        (party.ds_certificate, KeyUsage.DIGITAL_SIGNATURE),
        (party.ka_certificate, KeyUsage.KEY_AGREEMENT),
    ):
        certificate = parse_certificate(der)
        assert (certificate.role, certificate.entity_id) == (role, party.entity_id)
        assert certificate.usage is usage
        assert not certificate.is_device
        check_chain(certificate, issuing, root)


def test_a_device_has_its_identifier_in_its_certificates() -> None:
    pki = SeededPki(b"1")
    device = pki.device(DEVICE)
    issuing = parse_certificate(pki.device_issuing_certificate)
    for der in (device.ds_certificate, device.ka_certificate):
        certificate = parse_certificate(der)
        assert (certificate.role, certificate.entity_id) == (None, DEVICE)
        assert certificate.is_device
        check_chain(certificate, issuing, parse_certificate(pki.device_root_certificate))


def test_only_suppliers_have_a_prepayment_key() -> None:
    pki = SeededPki(b"1")
    having = {role for role in RemotePartyRole if pki.party(role).prepayment_private is not None}
    assert having == {RemotePartyRole.SUPPLIER}
    supplier = pki.party(RemotePartyRole.SUPPLIER)
    assert supplier.prepayment_certificate is not None
    certificate = parse_certificate(supplier.prepayment_certificate)
    assert certificate.usage is KeyUsage.KEY_AGREEMENT
    assert supplier.prepayment_public is not None
    assert public_octets(certificate.public_key) == public_octets(supplier.prepayment_public)
    assert public_octets(supplier.prepayment_public) != public_octets(supplier.ka_public)
    assert pki.device(DEVICE).prepayment_certificate is None


def test_certificates_hold_the_keys_that_sign() -> None:
    device = SeededPki(b"1").device(DEVICE)
    certified = parse_certificate(device.ds_certificate).public_key
    assert verify(certified, sign(device.ds_private, b"octets"), b"octets")


def test_the_library_reads_every_field() -> None:
    for der in _everything(SeededPki(b"1")):
        found = x509.load_der_x509_certificate(der)
        assert 0 < found.serial_number < 1 << 127
        assert found.not_valid_before_utc.year == 2016
        critical = {extension.oid for extension in found.extensions if extension.critical}
        assert x509.KeyUsage.oid in critical
        key_id = found.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
        assert key_id == key_identifier(parse_certificate(der).public_key)
        assert len(key_id) == 8


def test_nothing_prints_a_secret() -> None:
    pki = SeededPki(b"a seed of words")
    supplier = pki.party(RemotePartyRole.SUPPLIER)
    for key in (supplier.ds_private, supplier.ka_private, supplier.prepayment_private):
        assert key is not None
        secret = key.private_numbers().private_value
        for shown in (repr(pki), repr(supplier), str(supplier)):
            assert str(secret) not in shown
            assert f"{secret:x}" not in shown
    assert "seed of words" not in repr(pki)
