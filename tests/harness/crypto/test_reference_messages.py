"""Cryptography over every Reference Test Data Set message: MACs, signatures, encrypted attributes, tokens."""

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from harness.codecs.envelope import split_message
from harness.codecs.message import Cra, Message
from harness.crypto.inspection import Inspection, State, inspect_message, mac_secrets, sensitive_secret
from harness.crypto.keystore import KeyName, KeyStore, KeyUse
from harness.crypto.protection import mac_holds, protect, signature_holds
from harness.crypto.utrn import (
    TokenScope,
    check_digit,
    check_digit_holds,
    make_token,
    parse_token,
    token_holds,
)
from harness.gbcs.catalogue import by_message_code
from harness.gbcs.roles import RemotePartyRole

pytestmark = pytest.mark.rtds
Read = list[tuple[str, bytes, Inspection]]


@pytest.fixture(scope="module")
def keys(rtds: Path) -> KeyStore:
    return KeyStore.open(rtds / "keystore")


@pytest.fixture(scope="module")
def messages(rtds: Path, keys: KeyStore) -> Read:
    files = sorted((rtds / "messages").rglob("*.HEX"))
    assert files
    read = [(path.name, bytes.fromhex(path.read_text())) for path in files]
    return [(name, octets, inspect_message(octets, keys)) for name, octets in read]


def _message(found: Inspection) -> Message:
    assert found.message is not None
    return found.message


def test_no_check_of_any_message_fails(messages: Read) -> None:
    assert {name: found.faults for name, _, found in messages if found.faults} == {}
    for name, _, found in messages:
        assert State.FAILED not in {
            found.parsed,
            found.rebuilt,
            found.mac,
            found.signature,
            found.decrypted,
        }, name


def test_every_mac_that_a_private_key_reaches_is_checked_and_reproduced(
    messages: Read, keys: KeyStore
) -> None:
    """Who has no private key: a message between two devices. All others have a remote party at one end."""
    checked = 0
    for name, octets, found in messages:
        message = _message(found)
        if message.mac is None:
            assert found.mac is State.ABSENT
            continue
        organisations = [keys.role_of(end) for end in (message.originator, message.recipient)]
        if organisations == [None, None]:
            assert found.mac is State.NO_KEY, name
            continue
        assert found.mac is State.HELD, name
        z = next(z for z in mac_secrets(message, keys) if mac_holds(octets, z))
        assert protect(replace(message, mac=None), mac_secret=z) == octets, name
        checked += 1
    assert checked


def test_every_signature_verifies(messages: Read, keys: KeyStore) -> None:
    signed = [(name, octets, found) for name, octets, found in messages if _message(found).signature]
    assert signed
    for name, octets, found in signed:
        assert found.signature is State.HELD, name
        public = keys.public_key(_message(found).originator, KeyUse.DIGITAL_SIGNATURE)
        assert public is not None
        assert signature_holds(octets, public)
        damaged = bytearray(octets)
        damaged[octets.index(split_message(octets).payload)] ^= 1
        assert not signature_holds(bytes(damaged), public), name


def test_every_pre_command_becomes_a_command_that_holds(messages: Read, keys: KeyStore) -> None:
    signed = 0
    for name, _, found in messages:
        message = _message(found)
        if message.cra is not Cra.COMMAND or message.mac is not None or message.signature is not None:
            continue
        signer = keys.private_key(message.originator, KeyUse.DIGITAL_SIGNATURE)
        assert signer is not None, name
        (broker,) = keys.holders(RemotePartyRole.ACCESS_CONTROL_BROKER)
        z = keys.shared_secret(
            KeyName(broker, KeyUse.KEY_AGREEMENT), KeyName(message.recipient, KeyUse.KEY_AGREEMENT)
        )
        command = inspect_message(protect(message, signer=signer, mac_secret=z), keys)
        assert (command.signature, command.mac) == (State.HELD, State.HELD), name
        signed += 1
    assert signed


def _protected_texts(payload: bytes) -> int:
    """How many stretches look protected: a length, 31 00000000, and as many octets as the length says."""
    return sum(
        any(
            int.from_bytes(payload[start - size : start], "big") & mask in range(17, len(payload) - start + 1)
            and (payload[0] == 0x01 or 0x09 in payload[start - size - 2 : start - size])
            for size, mask in ((1, 0x7F), (2, 0xFFFF))
        )
        for start in (match.start() for match in re.finditer(rb"\x31\0\0\0\0", payload))
    )


def test_every_encrypted_attribute_is_opened_and_closed_again(messages: Read, keys: KeyStore) -> None:
    opened: Counter[str] = Counter()
    for name, octets, found in messages:
        if _message(found).cra is not Cra.COMMAND:
            assert len(found.disclosed) == _protected_texts(_message(found).payload), name
        for one in found.disclosed:
            assert one.state is State.HELD, (name, one.place)
            assert one.plaintext
            assert one.plaintext not in octets
            opened[by_message_code(_message(found).message_code).id] += 1  # type: ignore[union-attr]  # known
        if found.disclosed:
            assert sensitive_secret(_message(found), keys) is not None
    assert sum(opened.values()) >= len(opened) > 1


def _tokens(messages: Read) -> list[tuple[str, Message, str]]:
    """Twenty digits behind their length, in the commands that carry a top-up."""
    return [
        (name, message, digits.decode())
        for name, _, found in messages
        for message in (_message(found),)
        for digits in re.findall(rb"\x14(\d{20})", message.payload)
    ]


def test_the_check_digit_of_every_token_that_a_meter_took(messages: Read) -> None:
    taken = [digits for name, _, digits in _tokens(messages) if "SUCCESS" in name]
    assert taken
    for digits in taken:
        assert check_digit_holds(digits)
        assert check_digit(digits[:-1]) == digits[-1]


def test_every_token_of_a_known_supplier_is_authentic_and_made_again(messages: Read, keys: KeyStore) -> None:
    made = 0
    for name, message, digits in _tokens(messages):
        z = keys.shared_secret(
            KeyName(message.originator, KeyUse.PREPAYMENT_KEY_AGREEMENT),
            KeyName(message.recipient, KeyUse.KEY_AGREEMENT),
        )
        if z is None or not check_digit_holds(digits):
            # A device's own message, or a command that the meter refuses for its digits.
            assert "SUCCESS" not in name or keys.role_of(message.originator) is None, name
            continue
        token = parse_token(digits)
        scope = TokenScope(
            originator=message.originator, target=message.recipient, counter=message.originator_counter
        )
        assert token_holds(token, z, scope), name
        assert make_token(z, scope, token.value, token.value_class) == digits, name
        made += 1
    assert made
