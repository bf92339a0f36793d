"""The message around its payload: every form of it, the published vector, and both paths of the codec."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.codecs import declaration, envelope
from harness.codecs.compiled import GIVE_UP
from harness.codecs.cosem_date_time import NEVER, NOW, CosemDateTime
from harness.codecs.dlms import decode_access_request
from harness.codecs.envelope import (
    authenticated_part,
    decode_message,
    encode_message,
    signed_part,
    split_message,
)
from harness.codecs.envelope_layout import MESSAGE
from harness.codecs.errors import DecodeError, EncodeError
from harness.codecs.message import Cra, Message, Supplementary

CERTIFICATE = b"\x30\x81\x80" + bytes(range(128))
NOT_TAKEN = object()


def counters():
    return st.integers(0, 2**64 - 1)


def octets(count):
    return st.binary(min_size=count, max_size=count)


def octet():
    return st.integers(0, 255)


DATE_TIMES = st.builds(
    CosemDateTime,
    st.integers(0, 0xFFFF),
    *[octet()] * 7,
    st.integers(-0x8000, 0x7FFF),
    octet(),
)
CERTIFICATES = st.binary(min_size=126, max_size=400).map(
    lambda inside: b"\x30" + declaration.length_octets(len(inside) + 2) + b"\x05\x00" + inside
)
SUPPLEMENTS = st.one_of(
    st.none(),
    st.builds(Supplementary, remote_party=octets(8)),
    st.builds(Supplementary, remote_party=octets(8), remote_party_counter=counters()),
    st.builds(
        Supplementary,
        remote_party=octets(8),
        remote_party_counter=counters(),
        originator_counter=counters(),
    ),
    st.builds(
        Supplementary,
        remote_party=octets(8),
        remote_party_counter=counters(),
        key_agreement_certificate=CERTIFICATES,
    ),
)
PROTECTIONS = st.one_of(
    st.tuples(st.none(), st.none()),
    st.tuples(st.just(b""), st.none()),
    st.tuples(octets(64), st.none()),
    st.tuples(st.just(b""), octets(12)),
    st.tuples(octets(64), octets(12)),
)
MESSAGES = st.builds(
    lambda protection, **fields: Message(signature=protection[0], mac=protection[1], **fields),
    PROTECTIONS,
    cra=st.sampled_from(Cra),
    originator_counter=counters(),
    originator=octets(8),
    recipient=octets(8),
    message_code=st.integers(0, 0xFFFF),
    payload=st.one_of(st.binary(max_size=40), st.binary(min_size=120, max_size=300)),
    date_time=st.one_of(st.none(), DATE_TIMES),
    supplementary=SUPPLEMENTS,
)


def compiled(wire):
    try:
        return envelope._read(wire)
    except GIVE_UP:
        return NOT_TAKEN


def declared(wire):
    try:
        return declaration.parse_whole(MESSAGE, wire)
    except DecodeError as error:
        return NOT_TAKEN if 0 <= error.offset <= len(wire) and error.field else error


@given(MESSAGES)
def test_round_trip_on_both_paths(message):
    wire = encode_message(message)
    assert wire == declaration.build(MESSAGE, message) == envelope._write(message)
    assert decode_message(wire) == message
    assert compiled(wire) == message
    assert declared(wire) == message


@given(MESSAGES)
def test_parts_are_slices_of_the_message(message):
    wire = encode_message(message)
    parts = split_message(wire)
    assert parts.authenticated == authenticated_part(message)
    assert parts.signed == signed_part(message)
    assert parts.authenticated in wire
    assert parts.authenticated[1:].startswith(parts.signed)
    assert parts.payload == message.payload
    assert (parts.signature, parts.mac) == (message.signature, message.mac)
    assert (parts.originator, parts.recipient) == (message.originator, message.recipient)
    assert (parts.cra, parts.originator_counter) == (message.cra, message.originator_counter)
    assert (parts.message_code, parts.supplementary) == (message.message_code, message.supplementary)


@given(MESSAGES, st.data())
def test_both_paths_say_the_same_of_a_damaged_message(message, pick):
    wire = bytearray(encode_message(message))
    for _ in range(pick.draw(st.integers(1, 2))):
        at = pick.draw(st.integers(0, len(wire)))
        change = pick.draw(st.sampled_from(["set", "drop", "insert", "cut"]))
        if change == "cut":
            del wire[at:]
        elif change == "insert":
            wire.insert(at, pick.draw(octet()))
        elif change == "drop":
            del wire[at : at + 1]
        elif at < len(wire):
            wire[at] = pick.draw(octet())
    damaged = bytes(wire)
    assert compiled(damaged) == declared(damaged)
    try:
        split = split_message(damaged)
    except DecodeError:
        assert declared(damaged) is NOT_TAKEN
    else:
        assert split.payload == decode_message(damaged).payload


@given(st.binary(max_size=80))
def test_both_paths_say_the_same_of_any_octets(wire):
    assert compiled(wire) == declared(wire)


def test_published_vector(ecs04b_vector):
    message = decode_message(ecs04b_vector)
    assert message.cra is Cra.COMMAND
    assert message.originator_counter == 1
    assert message.originator.hex() == "123456789abcdef0"
    assert message.recipient.hex() == "fffffffffffffffe"
    assert message.message_code == 0x00B3
    assert message.date_time is None
    assert message.supplementary is None
    assert message.signature is not None
    assert message.signature[:4].hex() == "59045ab0"
    assert message.mac is not None
    assert message.mac.hex() == "5d832d15b57a56d620f198b3"
    request = decode_access_request(message.payload)
    assert [item.instance.hex() for item in request.specifications] == [
        "0000130a00ff",
        "0000130a01ff",
        "0000130a02ff",
    ]
    assert [data.value for data in request.data] == [0, 0, 0]
    assert encode_message(message) == ecs04b_vector
    assert authenticated_part(message) == ecs04b_vector[14:-12]
    assert signed_part(message) == ecs04b_vector[15:-77]


def test_pre_command_with_and_without_its_last_octet(plain):
    wire, bare = plain, decode_message(plain)
    assert decode_message(wire) == bare
    assert decode_message(wire + b"\0") == replace(bare, signature=b"")
    assert encode_message(replace(bare, signature=b"")) == wire + b"\0"


def test_markers_of_time(ecs04b_vector):
    for moment in (NOW, NEVER):
        message = replace(decode_message(ecs04b_vector), date_time=moment)
        assert decode_message(encode_message(message)).date_time == moment


@pytest.fixture
def plain(ecs04b_vector):
    """The vector's pre-command."""
    return encode_message(replace(decode_message(ecs04b_vector), signature=None, mac=None))


def changed(wire, at, octets):
    return wire[:at] + octets + wire[at + 1 :]


@pytest.mark.parametrize(
    ("wire", "offset", "field"),
    [
        (b"", 0, "grouping_header.general_signing"),
        (b"\xdd", 0, "mac_header"),
        (b"\xdd\0\0\0\0\0\0\x05\x11\0\0\0\0", 13, "general_ciphering.message.mac"),
    ],
)
def test_what_is_too_short_for_a_message(wire, offset, field):
    refused(wire, offset, field)


def refused(wire, offset, field):
    with pytest.raises(DecodeError) as caught:
        decode_message(wire)
    assert (caught.value.offset, caught.value.field) == (offset, field)
    with pytest.raises(DecodeError):
        split_message(wire)


def test_malformed_mac_header_and_end(ecs04b_vector):
    refused(ecs04b_vector[:-1], 9, "general_ciphering")
    refused(ecs04b_vector + b"\0", len(ecs04b_vector), "end")
    refused(changed(ecs04b_vector, 9, b"\x12"), 9, "general_ciphering.security_header")


@pytest.mark.parametrize(
    ("at", "octets", "offset", "field"),
    [
        (1, b"\x08", 1, "grouping_header.transaction_id"),
        (2, b"\x04", 2, "grouping_header.cra"),
        (11, b"\x07", 11, "grouping_header.originator_length"),
        (29, b"\x05", 29, "grouping_header.date_time"),
        (30, b"\x01", 31, "grouping_header.other_information.message_code"),
        (30, b"\x03", 33, "grouping_header.other_information.supplementary"),
        (33, b"\x81\x35", 33, "payload.length"),
    ],
)
def test_malformed_grouping_header_names_field_and_offset(plain, at, octets, offset, field):
    refused(changed(plain, at, octets), offset, field)


def test_malformed_payload_and_signature(plain):
    refused(plain[:-1], 34, "payload")
    refused(plain + b"\x40", len(plain) + 1, "signature")
    refused(plain + b"\x01\x01", len(plain), "signature")
    refused(plain + b"\x00\x00", len(plain) + 1, "end")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"originator": b"short"}, "grouping_header.originator"),
        ({"originator_counter": 2**64}, "grouping_header.originator_counter"),
        ({"originator_counter": -1}, "grouping_header.originator_counter"),
        ({"message_code": 0x10000}, "grouping_header.other_information.message_code"),
        ({"cra": 4}, "grouping_header.cra"),
        ({"date_time": replace(NOW, month=256)}, "grouping_header.date_time"),
        ({"payload": "text"}, "payload"),
        ({"signature": b"short", "mac": None}, "signature"),
        ({"signature": None}, "general_ciphering.message.signature"),
        ({"mac": b"short"}, "general_ciphering.mac"),
        (
            {"supplementary": Supplementary(remote_party=bytes(8), originator_counter=1)},
            "grouping_header.other_information.supplementary",
        ),
        (
            {
                "supplementary": Supplementary(
                    remote_party=bytes(8), remote_party_counter=1, key_agreement_certificate=CERTIFICATE[:-1]
                )
            },
            "grouping_header.other_information.supplementary.key_agreement_certificate",
        ),
    ],
)
def test_a_field_that_does_not_fit_is_named(ecs04b_vector, change, field):
    with pytest.raises(EncodeError) as caught:
        encode_message(replace(decode_message(ecs04b_vector), **change))
    assert caught.value.field.removeprefix("general_ciphering.message.") == field.removeprefix(
        "general_ciphering.message."
    )


@pytest.mark.rtds
def test_split_agrees_with_decode_over_the_reference_set(rtds: Path):
    for path in sorted(rtds.rglob("*.HEX")):
        wire = bytes.fromhex(path.read_text())
        message, parts = decode_message(wire), split_message(wire)
        assert declared(wire) == message, path.name
        assert parts.authenticated == authenticated_part(message), path.name
        assert parts.signed == signed_part(message), path.name
