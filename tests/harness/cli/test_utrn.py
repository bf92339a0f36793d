"""``harness utrn``: tokens made and checked from the command line."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from harness.cli import command, main
from harness.crypto.agreement import shared_secret
from harness.crypto.pki import SeededPki
from harness.crypto.utrn import TokenScope, ValueClass, make_token
from harness.gbcs.roles import RemotePartyRole

PKI = SeededPki(b"utrn")
SUPPLIER = PKI.party(RemotePartyRole.SUPPLIER)
METER = PKI.device(bytes.fromhex("02db1234567890a0"))
EXAMPLE = "73946144332040217315"
PARTIES = ("--originator", SUPPLIER.entity_id.hex(), "--target", METER.entity_id.hex(), "--counter")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    assert SUPPLIER.prepayment_private is not None
    key = SUPPLIER.prepayment_private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / f"{SUPPLIER.entity_id.hex()}-pp-ka.key").write_bytes(key)
    certificate = x509.load_der_x509_certificate(METER.ka_certificate).public_bytes(Encoding.PEM)
    (tmp_path / f"{METER.entity_id.hex()}-ka.pem").write_bytes(certificate)
    return tmp_path


def _files(store: Path) -> tuple[str, ...]:
    return (
        "--key",
        str(store / f"{SUPPLIER.entity_id.hex()}-pp-ka.key"),
        "--certificate",
        str(store / f"{METER.entity_id.hex()}-ka.pem"),
    )


def _run(*arguments: str) -> tuple[int | None, str]:
    result = CliRunner().invoke(command, ["utrn", *arguments], standalone_mode=False)
    assert result.exception is None, result.exception
    return result.return_value, result.output


def _refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as stop:
        main(["utrn", *arguments])
    assert stop.value.code == 2
    return capsys.readouterr().err


@pytest.mark.parametrize(
    ("option", "amount", "unit"), [("--pounds", 10, ValueClass.POUNDS), ("--pence", 8191, ValueClass.PENCE)]
)
def test_a_token_is_made_from_files_or_a_key_store(
    store: Path, option: str, amount: int, unit: ValueClass
) -> None:
    assert SUPPLIER.prepayment_private is not None
    scope = TokenScope(originator=SUPPLIER.entity_id, target=METER.entity_id, counter=3 << 32)
    z = shared_secret(SUPPLIER.prepayment_private, METER.ka_public)
    expected = make_token(z, scope, amount, unit) + "\n"
    for keys in (_files(store), ("--keys", str(store))):
        _, output = _run("make", *PARTIES, "0x300000000", option, str(amount), *keys)
        assert output == expected


def test_a_made_token_is_authentic_for_its_counter_alone(store: Path) -> None:
    _, made = _run("make", *PARTIES, str(5 << 32), "--pence", "1", "--keys", str(store))
    code, output = _run("check", made.strip(), *PARTIES, str(5 << 32), "--keys", str(store))
    assert code == 0
    assert "holds for this supplier, meter and counter" in output
    code, output = _run("check", made.strip(), *PARTIES, str(6 << 32), "--keys", str(store))
    assert code == 1
    assert "DOES NOT HOLD" in output


def test_without_keys_the_form_is_checked() -> None:
    code, output = _run("check", "7394-6144-3320-4021-7315")
    assert code == 0
    assert "£10.00 (10 pounds)" in output
    assert "0x0000000300000000" in output
    assert "not checked" in output


def test_json_says_the_same() -> None:
    code, output = _run("check", EXAMPLE, "--json")
    assert code == 0
    assert json.loads(output) == {
        "utrn": EXAMPLE,
        "pence": 1000,
        "value": 10,
        "value_class": "pounds",
        "counter_bits": 3,
        "earliest_counter": "0x0000000300000000",
        "holds": True,
    }


@pytest.mark.parametrize("utrn", [EXAMPLE[:-1] + "6", "123", "x" * 20, "00000000000000000000"])
def test_what_is_no_token_ends_with_1_and_one_line(utrn: str) -> None:
    code, output = _run("check", utrn)
    assert code == 1
    assert output.count("\n") == 1
    assert output.startswith("UTRN: ")


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (("make", *PARTIES, "1", "--pounds", "1"), "multiple of 2^32"),
        (("make", *PARTIES, "0", "--pounds", "8192"), "expected 0 to 8191"),
        (("make", *PARTIES, "0"), "one of --pounds and --pence"),
        (("make", *PARTIES, "0", "--pounds", "1", "--pence", "1"), "one of --pounds and --pence"),
        (("make", *PARTIES, "many", "--pounds", "1"), "is no number"),
        (("make", "--originator", "12", *PARTIES[2:], "0", "--pounds", "1"), "16 hexadecimal digits"),
        (("check", EXAMPLE), "expected --originator, --target and --counter"),
        (("check", EXAMPLE, *PARTIES, "5"), "multiple of 2^32"),
    ],
)
def test_what_cannot_be_used_is_refused(
    arguments: tuple[str, ...], fault: str, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fault in _refused(capsys, *arguments, *_files(store))


def test_keys_that_are_not_there_are_named(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("make", *PARTIES, "0", "--pounds", "1")
    assert "--keys, or both --key and --certificate" in _refused(capsys, *arguments)
    (store / f"{METER.entity_id.hex()}-ka.pem").write_text("-----BEGIN CERTIFICATE-----")
    assert f"{METER.entity_id.hex()}-ka.pem" in _refused(capsys, *arguments, "--keys", str(store))
    (store / f"{METER.entity_id.hex()}-ka.pem").unlink()
    assert f"expected keys {SUPPLIER.entity_id.hex()}-pp-ka" in _refused(
        capsys, *arguments, "--keys", str(store)
    )
    assert "No such file" in _refused(capsys, *arguments, "--keys", str(store / "nowhere"))


@pytest.mark.rtds
def test_the_worked_example_is_made_again(rtds: Path) -> None:
    scope = (
        "--originator",
        "90B3D51F30010000",
        "--target",
        "00-DB-12-34-56-78-90-A0",
        "--counter",
        "0x300000000",
    )
    _, made = _run("make", *scope, "--pounds", "10", "--keys", str(rtds / "keystore"))
    assert made.strip() == EXAMPLE
