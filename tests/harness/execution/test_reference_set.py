"""Folders of reference messages: good, damaged, and no such folder at all."""

from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from device_profiles.errors import InputError
from harness.codecs.cosem_data import NULL
from harness.codecs.dlms import encode_access_request
from harness.codecs.dlms_types import AccessKind, AccessRequest, AccessSpecification
from harness.codecs.message import Cra, Message
from harness.crypto.agreement import shared_secret
from harness.crypto.inspection import State
from harness.crypto.pki import Credentials, SeededPki
from harness.crypto.protection import protect
from harness.execution.reference_set import CHECKS, check_reference_set
from harness.gbcs.roles import RemotePartyRole

PKI = SeededPki(b"reference set")
SUPPLIER = PKI.party(RemotePartyRole.SUPPLIER)
BROKER = PKI.party(RemotePartyRole.ACCESS_CONTROL_BROKER)
DEVICE = PKI.device(bytes.fromhex("02db1234567890a0"))
STRANGER = PKI.device(bytes.fromhex("02db1234567890a1"))
COMMAND = Message(
    cra=Cra.COMMAND,
    originator_counter=7,
    originator=SUPPLIER.entity_id,
    recipient=DEVICE.entity_id,
    message_code=0x0027,
    payload=encode_access_request(
        AccessRequest(
            0x2000_0007, (AccessSpecification(AccessKind.GET, 3, bytes.fromhex("0100010800ff"), 2),), (NULL,)
        )
    ),
)
GOOD = protect(
    COMMAND,
    signer=SUPPLIER.ds_private,
    mac_secret=shared_secret(BROKER.ka_private, DEVICE.ka_public),
)


def _store(folder: Path, who: Credentials, *, private: bool) -> None:
    for use, der, key in (
        ("ds", who.ds_certificate, who.ds_private),
        ("ka", who.ka_certificate, who.ka_private),
    ):
        name = f"{who.entity_id.hex()}-{use}"
        pem = x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM)
        (folder / f"{name}.pem").write_bytes(pem)
        if private:
            pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            (folder / f"{name}.key").write_bytes(pem)


@pytest.fixture
def reference(tmp_path: Path) -> Path:
    """A set of one good message."""
    keystore, messages = tmp_path / "keystore", tmp_path / "messages" / "4.8.1_ECS17b"
    keystore.mkdir()
    messages.mkdir(parents=True)
    for who in (SUPPLIER, BROKER, DEVICE):
        _store(keystore, who, private=who is not DEVICE)
    (messages / "good.HEX").write_text(GOOD.hex().upper() + "\n")
    return tmp_path


def test_a_good_set_holds(reference: Path) -> None:
    report = check_reference_set(reference)
    assert report.holds
    (checked,) = report.messages
    assert (checked.file, checked.use_case) == ("messages/4.8.1_ECS17b/good.HEX", "ECS17b")
    assert {check: checked.state(check) for check in CHECKS} == {
        "parsed": State.HELD,
        "rebuilt": State.HELD,
        "mac": State.HELD,
        "signature": State.HELD,
        "decrypted": State.ABSENT,
    }


def test_names_of_files_do_not_matter(reference: Path) -> None:
    (reference / "messages" / "4.8.1_ECS17b" / "good.HEX").rename(reference / "messages" / "GCS13a.hex")
    report = check_reference_set(reference)
    assert report.holds
    assert list(report.by_use_case) == ["ECS17b"]


def test_one_damaged_message_is_enough(reference: Path) -> None:
    damaged = GOOD[:-1] + bytes((GOOD[-1] ^ 1,))
    (reference / "messages" / "damaged.HEX").write_text(damaged.hex())
    report = check_reference_set(reference)
    assert not report.holds
    assert report.totals["mac"] == {State.HELD: 1, State.FAILED: 1}
    assert [len(messages) for messages in report.by_use_case.values()] == [2]


@pytest.mark.parametrize("content", ["", "DD", "no digits", "0", "ÿ" * 4, GOOD.hex() + " " + GOOD.hex()])
def test_a_file_without_a_message_has_failed(reference: Path, content: str) -> None:
    (reference / "messages" / "bad.HEX").write_text(content, encoding="utf-8")
    report = check_reference_set(reference)
    assert not report.holds
    (bad,) = report.by_use_case["unknown"]
    assert bad.state("parsed") is State.FAILED
    assert bad.found.faults


def test_what_no_key_checks_has_not_failed(reference: Path) -> None:
    unknown = replace(COMMAND, recipient=STRANGER.entity_id, message_code=0x7FFF)
    octets = protect(unknown, mac_secret=shared_secret(BROKER.ka_private, STRANGER.ka_public))
    (reference / "messages" / "unknown.HEX").write_text(octets.hex())
    report = check_reference_set(reference)
    assert report.holds
    (checked,) = report.by_use_case["0x7FFF"]
    assert checked.state("mac") is State.NO_KEY


def test_a_certificate_under_another_name_is_told(reference: Path) -> None:
    pem = x509.load_der_x509_certificate(SUPPLIER.ka_certificate).public_bytes(Encoding.PEM)
    (reference / "keystore" / f"{STRANGER.entity_id.hex()}-ka.pem").write_bytes(pem)
    (line,) = check_reference_set(reference).misfiled
    assert STRANGER.entity_id.hex() in line
    assert SUPPLIER.entity_id.hex() in line


@pytest.mark.parametrize("missing", ["messages", "keystore"])
def test_a_folder_without_its_parts_is_bad_input(reference: Path, missing: str) -> None:
    (reference / missing).rename(reference / "elsewhere")
    with pytest.raises(InputError, match=f"{missing} is not there"):
        check_reference_set(reference)


def test_a_folder_without_messages_is_bad_input(reference: Path) -> None:
    (reference / "messages" / "4.8.1_ECS17b" / "good.HEX").unlink()
    with pytest.raises(InputError, match=r"files \*.HEX"):
        check_reference_set(reference)


def test_a_broken_key_file_is_bad_input(reference: Path) -> None:
    (reference / "keystore" / f"{BROKER.entity_id.hex()}-ka.key").write_text("not a key")
    with pytest.raises(InputError, match=r"-ka\.key: private key: expected"):
        check_reference_set(reference)
