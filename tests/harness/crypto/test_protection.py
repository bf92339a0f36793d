"""Signatures and MACs on whole messages."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.codecs.cosem_date_time import NEVER, NOW
from harness.codecs.envelope import (
    authenticated_part,
    decode_message,
    encode_message,
    signed_part,
    split_message,
)
from harness.codecs.errors import DecodeError
from harness.codecs.message import Cra, Message, Supplementary
from harness.crypto.agreement import derive_key
from harness.crypto.keys import derive_private_key
from harness.crypto.mac import message_mac
from harness.crypto.protection import mac_holds, protect, signature_holds
from harness.crypto.signature import sign, verify

ENTITY = st.binary(min_size=8, max_size=8)
COUNTER = st.integers(0, 2**64 - 1)
Z = bytes(range(32))
SIGNER = derive_private_key(b"seed", "signer")
SUPPLEMENTARY = st.one_of(
    st.none(),
    st.builds(Supplementary, remote_party=ENTITY),
    st.builds(Supplementary, remote_party=ENTITY, remote_party_counter=COUNTER),
    st.builds(Supplementary, remote_party=ENTITY, remote_party_counter=COUNTER, originator_counter=COUNTER),
)
MESSAGES = st.builds(
    Message,
    cra=st.sampled_from(Cra),
    originator_counter=COUNTER,
    originator=ENTITY,
    recipient=ENTITY,
    message_code=st.integers(0, 0xFFFF),
    payload=st.binary(max_size=400),
    date_time=st.sampled_from([None, NOW, NEVER]),
    supplementary=SUPPLEMENTARY,
    signature=st.sampled_from([None, b""]),
)


@given(MESSAGES)
def test_a_signed_message_holds_and_says_what_it_said(message: Message) -> None:
    octets = protect(message, signer=SIGNER)
    assert signature_holds(octets, SIGNER.public_key())
    signed = decode_message(octets)
    assert signature_holds(signed, SIGNER.public_key())
    assert replace(signed, signature=message.signature) == message
    assert verify(SIGNER.public_key(), signed.signature or b"", signed_part(message))
    assert signed.signature == sign(SIGNER, signed_part(message))


@given(MESSAGES)
def test_a_message_with_a_mac_holds_and_says_what_it_said(message: Message) -> None:
    octets = protect(message, mac_secret=Z)
    found = decode_message(octets)
    assert mac_holds(octets, Z)
    assert mac_holds(found, Z)
    assert mac_holds(split_message(octets), Z)
    assert replace(found, mac=None) == replace(message, signature=b"")
    key = derive_key(
        Z,
        originator=message.originator,
        cra=message.cra,
        counter=message.originator_counter,
        recipient=message.recipient,
    )
    covered = authenticated_part(replace(message, signature=b""))
    assert found.mac == message_mac(key, message.originator, covered)
    assert not mac_holds(octets, bytes(32))


@given(MESSAGES)
def test_a_broker_adds_its_mac_to_what_was_signed(message: Message) -> None:
    signed = decode_message(protect(message, signer=SIGNER))
    octets = protect(signed, mac_secret=Z)
    assert octets == protect(message, signer=SIGNER, mac_secret=Z)
    assert signature_holds(octets, SIGNER.public_key())
    assert mac_holds(octets, Z)


@given(MESSAGES)
def test_without_keys_only_the_mac_is_taken_off(message: Message) -> None:
    assert protect(message) == encode_message(message)
    assert protect(decode_message(protect(message, mac_secret=Z))) == encode_message(
        replace(message, signature=b"")
    )


@given(MESSAGES, st.data())
def test_no_bit_can_change_unnoticed(message: Message, data: st.DataObject) -> None:
    octets = bytearray(protect(message, signer=SIGNER, mac_secret=Z))
    place = data.draw(st.integers(0, len(octets) - 1))
    octets[place] ^= 1 << data.draw(st.integers(0, 7))
    try:
        assert not mac_holds(bytes(octets), Z)
    except DecodeError:
        return
    inside_mac = place >= len(octets) - 12
    assert signature_holds(bytes(octets), SIGNER.public_key()) == inside_mac


@given(MESSAGES)
def test_what_is_absent_does_not_hold(message: Message) -> None:
    octets = protect(message)
    assert not mac_holds(octets, Z)
    assert not signature_holds(octets, SIGNER.public_key())


@pytest.mark.parametrize(
    "check",
    [lambda octets: mac_holds(octets, Z), lambda octets: signature_holds(octets, SIGNER.public_key())],
)
def test_octets_that_are_no_message_are_a_decode_error(check) -> None:
    for octets in (b"", b"\xdd", b"\xdf\x09\x07", bytes(40)):
        with pytest.raises(DecodeError):
            check(octets)
