"""What the primitives cost. Run with ``pytest tests/benchmarks --benchmark-only``."""

from typing import Any

from harness.crypto.agreement import SharedSecrets, derive_key, shared_secret
from harness.crypto.keys import derive_private_key
from harness.crypto.mac import message_mac
from harness.crypto.pki import SeededPki
from harness.crypto.sensitive import decrypt_sensitive, encrypt_sensitive
from harness.crypto.signature import sign, verify
from harness.crypto.utrn import parse_token

MINE = derive_private_key(b"benchmark", "mine")
THEIRS = derive_private_key(b"benchmark", "theirs").public_key()
Z = shared_secret(MINE, THEIRS)
ORIGINATOR, RECIPIENT = b"supplier", b"a device"
MESSAGE = bytes(range(256))[:244]
"""As long as a message of the Reference Test Data Set is on average."""


def _key() -> bytes:
    return derive_key(Z, originator=ORIGINATOR, cra=1, counter=1000, recipient=RECIPIENT)


def test_key_agreement(benchmark: Any) -> None:
    assert benchmark(shared_secret, MINE, THEIRS) == Z


def test_key_agreement_again(benchmark: Any) -> None:
    secrets = SharedSecrets()
    assert benchmark(secrets.of, MINE, THEIRS) == Z


def test_key_derivation(benchmark: Any) -> None:
    assert len(benchmark(_key)) == 16


def test_key_derivation_and_mac(benchmark: Any) -> None:
    assert len(benchmark(lambda: message_mac(_key(), ORIGINATOR, MESSAGE))) == 12


def test_sign(benchmark: Any) -> None:
    assert len(benchmark(sign, MINE, MESSAGE)) == 64


def test_verify(benchmark: Any) -> None:
    assert benchmark(verify, MINE.public_key(), sign(MINE, MESSAGE), MESSAGE)


def test_encrypt_attribute(benchmark: Any) -> None:
    assert len(benchmark(encrypt_sensitive, _key(), ORIGINATOR, MESSAGE)) == len(MESSAGE) + 17


def test_decrypt_attribute(benchmark: Any) -> None:
    key = _key()
    protected = encrypt_sensitive(key, ORIGINATOR, MESSAGE)
    assert benchmark(decrypt_sensitive, key, ORIGINATOR, protected) == MESSAGE


def test_parse_token(benchmark: Any) -> None:
    assert benchmark(parse_token, "73946144332040217315").value == 10


def test_make_a_device(benchmark: Any) -> None:
    """Both keys and both certificates of a device that nobody asked for before."""
    pki, entities = SeededPki(b"benchmark"), iter(range(1 << 32))
    assert pki.device_issuing_certificate

    def make() -> int:
        device = pki.device(next(entities).to_bytes(8, "big"))
        return len(device.ds_certificate) + len(device.ka_certificate)

    assert benchmark(make) > 800
