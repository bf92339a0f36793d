"""Key stores: found by name, read when asked for, and faults that name their file."""

from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from harness.crypto.agreement import shared_secret
from harness.crypto.certificates import parse_certificate
from harness.crypto.errors import KeyStoreError
from harness.crypto.keys import public_octets
from harness.crypto.keystore import KeyName, KeyStore, KeyUse
from harness.crypto.pki import SeededPki
from harness.gbcs.roles import RemotePartyRole

PKI = SeededPki(b"key store")
SUPPLIER = PKI.party(RemotePartyRole.SUPPLIER)
BROKER = PKI.party(RemotePartyRole.ACCESS_CONTROL_BROKER)
DEVICE = PKI.device(bytes.fromhex("02db1234567890a0"))
KA, DS, PP = KeyUse.KEY_AGREEMENT, KeyUse.DIGITAL_SIGNATURE, KeyUse.PREPAYMENT_KEY_AGREEMENT


def pem_of_certificate(der: bytes) -> bytes:
    return x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM)


def pem_of_key(key: EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    supplier, broker, device = (one.entity_id.hex() for one in (SUPPLIER, BROKER, DEVICE))
    assert SUPPLIER.prepayment_private is not None
    assert SUPPLIER.prepayment_certificate is not None
    files = {
        f"{supplier}-ka.pem": pem_of_certificate(SUPPLIER.ka_certificate),
        f"{supplier}-ka.key": pem_of_key(SUPPLIER.ka_private),
        f"{supplier.upper()}-pp-ka.key": pem_of_key(SUPPLIER.prepayment_private),
        f"{broker}-ds.pem": pem_of_certificate(BROKER.ds_certificate),
        f"{device}-ka.pem": DEVICE.ka_public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        f"{device}-ds.pem": pem_of_certificate(DEVICE.ds_certificate),
        "README.txt": b"not a key",
        f"{device}-xx.pem": b"not one either",
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def test_what_is_there_is_found(folder: Path) -> None:
    keys = KeyStore.open(folder)
    assert len(keys) == 6
    assert keys.certificate(SUPPLIER.entity_id, KA) == parse_certificate(SUPPLIER.ka_certificate)
    private = keys.private_key(SUPPLIER.entity_id, KA)
    assert private is not None
    assert pem_of_key(private) == pem_of_key(SUPPLIER.ka_private)


def test_what_is_not_there_is_none(folder: Path) -> None:
    keys = KeyStore.open(folder)
    assert keys.certificate(DEVICE.entity_id, KA) is None, "a bare public key is no certificate"
    assert keys.certificate(SUPPLIER.entity_id, DS) is None
    assert keys.private_key(DEVICE.entity_id, KA) is None
    assert keys.public_key(bytes(8), KA) is None
    assert keys.shared_secret(KeyName(DEVICE.entity_id, KA), KeyName(BROKER.entity_id, KA)) is None


def test_public_keys_come_from_certificates_bare_keys_or_private_keys(folder: Path) -> None:
    keys = KeyStore.open(folder)
    for owner, use, expected in (
        (SUPPLIER, KA, SUPPLIER.ka_public),
        (DEVICE, KA, DEVICE.ka_public),
        (SUPPLIER, PP, SUPPLIER.prepayment_public),
    ):
        found = keys.public_key(owner.entity_id, use)
        assert found is not None
        assert expected is not None
        assert public_octets(found) == public_octets(expected)


def test_a_shared_secret_comes_from_either_end(folder: Path) -> None:
    keys = KeyStore.open(folder)
    supplier, device = KeyName(SUPPLIER.entity_id, KA), KeyName(DEVICE.entity_id, KA)
    expected = shared_secret(DEVICE.ka_private, SUPPLIER.ka_public)
    assert keys.shared_secret(supplier, device) == expected
    assert keys.shared_secret(device, supplier) == expected


def test_roles_are_those_of_the_certificates(folder: Path) -> None:
    keys = KeyStore.open(folder)
    assert keys.role_of(BROKER.entity_id) is RemotePartyRole.ACCESS_CONTROL_BROKER
    assert keys.role_of(DEVICE.entity_id) is None
    assert keys.role_of(bytes(8)) is None
    assert keys.holders(RemotePartyRole.ACCESS_CONTROL_BROKER) == (BROKER.entity_id,)
    assert keys.holders(RemotePartyRole.RECOVERY) == ()


def test_the_name_of_a_file_decides_and_the_difference_is_told(folder: Path) -> None:
    (folder / f"{BROKER.entity_id.hex()}-ka.pem").write_bytes(pem_of_certificate(SUPPLIER.ka_certificate))
    keys = KeyStore.open(folder)
    found = keys.public_key(BROKER.entity_id, KA)
    assert found is not None
    assert public_octets(found) == public_octets(SUPPLIER.ka_public)
    assert keys.role_of(BROKER.entity_id) is RemotePartyRole.ACCESS_CONTROL_BROKER
    assert [(path.name, entity_id) for path, entity_id in keys.misfiled()] == [
        (f"{BROKER.entity_id.hex()}-ka.pem", SUPPLIER.entity_id)
    ]


def test_nothing_is_read_before_it_is_asked_for(folder: Path) -> None:
    broken = folder / f"{DEVICE.entity_id.hex()}-ds.pem"
    broken.write_bytes(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    keys = KeyStore.open(folder)
    assert keys.public_key(SUPPLIER.entity_id, KA) is not None
    with pytest.raises(KeyStoreError, match=broken.name):
        keys.public_key(DEVICE.entity_id, DS)


@pytest.mark.parametrize("content", [b"", b"text", pem_of_certificate(SUPPLIER.ka_certificate)])
def test_a_broken_private_key_names_its_file(folder: Path, content: bytes) -> None:
    broken = folder / f"{DEVICE.entity_id.hex()}-ka.key"
    broken.write_bytes(content)
    with pytest.raises(KeyStoreError, match=broken.name):
        KeyStore.open(folder).private_key(DEVICE.entity_id, KA)


def test_a_folder_that_is_not_there_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        KeyStore.open(tmp_path / "nowhere")


def test_nothing_prints_a_secret(folder: Path) -> None:
    keys = KeyStore.open(folder)
    private = keys.private_key(SUPPLIER.entity_id, KA)
    assert private is not None
    assert str(private.private_numbers().private_value) not in repr(keys)


@pytest.mark.rtds
def test_the_reference_key_store_holds_matching_pairs(rtds: Path) -> None:
    keys = KeyStore.open(rtds / "keystore")
    pairs = 0
    for path in (rtds / "keystore").glob("*.key"):
        entity_id, use = bytes.fromhex(path.stem[:16]), KeyUse(path.stem[17:])
        private, public = keys.private_key(entity_id, use), keys.public_key(entity_id, use)
        assert private is not None
        assert public is not None
        assert public_octets(private.public_key()) == public_octets(public), path.name
        pairs += keys.certificate(entity_id, use) is not None
    assert pairs
    assert len(keys.holders(RemotePartyRole.ACCESS_CONTROL_BROKER)) == 1
