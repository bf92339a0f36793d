"""Sensitive data: encrypted and decrypted, whose keys, and what is refused."""

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import GCM
from hypothesis import given
from hypothesis import strategies as st

from harness.codecs.message import Cra, Message, Supplementary
from harness.crypto.agreement import derive_key
from harness.crypto.errors import SensitiveDataError
from harness.crypto.sensitive import (
    SensitiveParties,
    decrypt_component,
    decrypt_sensitive,
    encrypt_component,
    encrypt_sensitive,
    sensitive_key,
    sensitive_parties,
)

KEY = st.binary(min_size=16, max_size=16)
ENTITY = st.binary(min_size=8, max_size=8)
DEVICE, BROKER, ASKING = b"device..", b"broker..", b"asking.."


def _message(supplementary: Supplementary | None) -> Message:
    return Message(
        cra=Cra.RESPONSE,
        originator_counter=7,
        originator=DEVICE,
        recipient=BROKER,
        message_code=0x0027,
        payload=b"",
        supplementary=supplementary,
    )


@given(KEY, ENTITY, st.binary(max_size=2000))
def test_protected_text_is_gcm_with_a_short_tag(key: bytes, originator: bytes, plaintext: bytes) -> None:
    encryptor = Cipher(AES(key), GCM(originator + bytes(4))).encryptor()
    encryptor.authenticate_additional_data(b"\x31")
    ciphertext = encryptor.update(plaintext) + encryptor.finalize()
    protected = b"\x31\x00\x00\x00\x00" + ciphertext + encryptor.tag[:12]
    assert encrypt_sensitive(key, originator, plaintext) == protected
    assert decrypt_sensitive(key, originator, protected) == plaintext


@given(KEY, ENTITY, st.binary(max_size=2000))
def test_a_component_has_its_length_before_it(key: bytes, originator: bytes, plaintext: bytes) -> None:
    payload = encrypt_component(key, originator, plaintext)
    assert payload[:2] == (len(plaintext) + 17).to_bytes(2, "big")
    assert decrypt_component(key, originator, payload) == plaintext


@given(KEY, st.binary(max_size=40), st.data())
def test_no_octet_can_change_unnoticed(key: bytes, plaintext: bytes, data: st.DataObject) -> None:
    protected = bytearray(encrypt_sensitive(key, DEVICE, plaintext))
    place = data.draw(st.integers(0, len(protected) - 1))
    protected[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SensitiveDataError):
        decrypt_sensitive(key, DEVICE, bytes(protected))


@given(KEY, st.binary(max_size=60))
def test_any_octets_are_plaintext_or_refused(key: bytes, octets: bytes) -> None:
    for decrypt in (decrypt_sensitive, decrypt_component):
        with pytest.raises(SensitiveDataError):
            decrypt(key, DEVICE, octets)


def test_another_key_or_originator_is_refused() -> None:
    protected = encrypt_sensitive(bytes(16), DEVICE, b"reading")
    with pytest.raises(SensitiveDataError, match="does not hold"):
        decrypt_sensitive(bytes(15) + b"\x01", DEVICE, protected)
    with pytest.raises(SensitiveDataError, match="does not hold"):
        decrypt_sensitive(bytes(16), BROKER, protected)


def test_a_component_that_is_too_long_is_refused() -> None:
    with pytest.raises(SensitiveDataError, match="too many"):
        encrypt_component(bytes(16), DEVICE, bytes(0x10000))


@pytest.mark.parametrize(
    ("supplementary", "counter", "recipient"),
    [
        (None, 7, BROKER),
        (Supplementary(remote_party=ASKING), 7, ASKING),
        (Supplementary(remote_party=ASKING, remote_party_counter=8), 7, ASKING),
        (Supplementary(remote_party=ASKING, remote_party_counter=8, originator_counter=9), 9, ASKING),
    ],
)
def test_supplementary_fields_stand_in(
    supplementary: Supplementary | None, counter: int, recipient: bytes
) -> None:
    parties = sensitive_parties(_message(supplementary))
    assert parties == SensitiveParties(DEVICE, counter, recipient)
    assert sensitive_key(bytes(32), parties) == derive_key(
        bytes(32), originator=DEVICE, cra=4, counter=counter, recipient=recipient
    )
