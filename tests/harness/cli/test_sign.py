"""``harness sign``: a pre-command in, a signed one out; and what is no pre-command."""

import base64
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from harness.cli import command, main
from harness.codecs.envelope import decode_message, encode_message
from harness.codecs.message import Cra, Message
from harness.crypto.keys import derive_private_key
from harness.crypto.keystore import KeyStore, KeyUse
from harness.crypto.protection import protect, signature_holds

KEY = derive_private_key(b"", "sign")
PRE_COMMAND = Message(
    cra=Cra.COMMAND,
    originator_counter=7,
    originator=b"supplier",
    recipient=b"a device",
    message_code=0x0062,
    payload=bytes.fromhex("d9200000070000"),
    signature=None,
)
OCTETS = encode_message(PRE_COMMAND)


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "supplier-ds.key"
    path.write_bytes(KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return path


def _signed(*arguments: str, given: bytes = b"") -> str:
    result = CliRunner().invoke(command, ["sign", *arguments], input=given, standalone_mode=False)
    assert result.exception is None, result.exception
    assert result.output.count("\n") == 1
    return result.output.strip()


def test_the_signature_holds_and_repeats(key_file: Path) -> None:
    signed = bytes.fromhex(_signed(OCTETS.hex(), "--key", str(key_file)))
    assert signature_holds(signed, KEY.public_key())
    assert replace(decode_message(signed), signature=None) == PRE_COMMAND
    assert signed == protect(PRE_COMMAND, signer=KEY)


def test_with_or_without_the_octet_of_an_absent_signature(key_file: Path) -> None:
    expected = _signed(OCTETS.hex(), "--key", str(key_file))
    assert _signed(OCTETS.hex() + "00", "--key", str(key_file)) == expected


@pytest.mark.parametrize(
    "how", ["hex file", "base64", "base64 file", "binary file", "standard input", "spaced hex"]
)
def test_every_way_of_giving_it(how: str, key_file: Path, tmp_path: Path) -> None:
    expected = _signed(OCTETS.hex(), "--key", str(key_file))
    path = tmp_path / "pre-command"
    path.write_bytes(
        {"hex file": OCTETS.hex().encode() + b"\r\n", "base64 file": base64.b64encode(OCTETS)}.get(
            how, OCTETS
        )
    )
    argument = {
        "base64": base64.b64encode(OCTETS).decode(),
        "standard input": "-",
        "spaced hex": OCTETS.hex(" "),
    }.get(how, str(path))
    assert _signed(argument, "--key", str(key_file), given=OCTETS.hex().encode()) == expected


def test_base64_on_request(key_file: Path) -> None:
    signed = _signed(OCTETS.hex(), "--key", str(key_file), "--format", "base64")
    assert base64.b64decode(signed, validate=True) == protect(PRE_COMMAND, signer=KEY)


def _refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as stop:
        main(["sign", *arguments])
    assert stop.value.code == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    return captured.err


@pytest.mark.parametrize(
    ("octets", "fault"),
    [
        (b"\xdf\x09", "PRE-COMMAND: "),
        (protect(PRE_COMMAND, signer=KEY), "signed already"),
        (protect(PRE_COMMAND, mac_secret=bytes(32)), "has a MAC"),
        (encode_message(replace(PRE_COMMAND, cra=Cra.RESPONSE)), "expected a command"),
    ],
)
def test_what_is_no_pre_command_is_refused(
    octets: bytes, fault: str, key_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fault in _refused(capsys, octets.hex(), "--key", str(key_file))


def test_text_that_is_nothing_is_refused(key_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "expected hexadecimal, base64" in _refused(capsys, "no such file!", "--key", str(key_file))
    assert "expected hexadecimal, base64" in _refused(capsys, "", "--key", str(key_file))


def test_a_file_that_holds_no_key_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "no.key"
    path.write_text("no key")
    fault = _refused(capsys, OCTETS.hex(), "--key", str(path))
    assert fault == f"{path}: private key: expected an unencrypted PEM private key\n"
    assert "No such file" in _refused(capsys, OCTETS.hex(), "--key", str(tmp_path / "nowhere"))


@pytest.mark.rtds
def test_reference_pre_commands_are_signed(rtds: Path) -> None:
    keys = KeyStore.open(rtds / "keystore")
    path = min(path for path in (rtds / "messages").rglob("*.HEX") if "PRECOMMAND" in path.name)
    originator = decode_message(bytes.fromhex(path.read_text())).originator
    key = rtds / "keystore" / f"{originator.hex()}-ds.key"
    public = keys.public_key(originator, KeyUse.DIGITAL_SIGNATURE)
    assert public is not None
    assert signature_holds(bytes.fromhex(_signed(str(path), "--key", str(key))), public)
