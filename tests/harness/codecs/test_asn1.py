"""ASN.1 payloads: every declared payload comes back, the reference messages, and what DER forbids."""

import string
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.codecs.asn1 import der, structure
from harness.codecs.asn1.payloads import LAYOUTS, decode_asn1, encode_asn1
from harness.codecs.cosem_data import BitString
from harness.codecs.envelope import decode_message
from harness.codecs.errors import DecodeError, EncodeError
from harness.codecs.message import Cra


def _integers(element: der.Integer) -> st.SearchStrategy[Any]:
    return st.integers(0, element.most) if element.choices is None else st.sampled_from(element.choices)


def _octets(element: der.OctetString) -> st.SearchStrategy[Any]:
    size = element.size
    return st.binary(max_size=200) if size is None else st.binary(min_size=size, max_size=size)


def _members(element: structure.Sequence) -> st.SearchStrategy[Any]:
    parts = {
        name: st.none() | values(part) if optional else values(part)
        for name, part, optional in element.members
        if name in element.names
    }
    return st.builds(element.made, **parts)


def _sequences(octets: bytes) -> bytes:
    return der.close_element(der.SEQUENCE, octets, 0)


_BY_ELEMENT: dict[type, Any] = {
    der.Integer: _integers,
    der.OctetString: _octets,
    der.Bits: lambda _: st.text("01", max_size=20).map(BitString),
    der.GeneralizedTime: lambda _: st.text(string.digits, min_size=14, max_size=14).map(
        lambda text: text + "Z"
    ),
    der.Null: lambda _: st.none(),
    structure.Whole: lambda _: st.binary(max_size=300).map(_sequences),
    structure.SequenceOf: lambda element: st.lists(values(element.element), max_size=4).map(tuple),
    structure.Sequence: _members,
    structure.OneOf: lambda element: st.one_of(values(choice) for _, choice in element.by_type),
}


def values(element: der.Element) -> st.SearchStrategy[Any]:
    """Values that an element carries, from its own declaration."""
    strategy: st.SearchStrategy[Any] = _BY_ELEMENT[type(element)](element)
    return strategy


def _payloads(key: tuple[int, Cra]) -> st.SearchStrategy[Any]:
    layout = LAYOUTS[key]
    if layout.whole:
        return values(layout.element)
    if layout.member is None:
        return st.just(layout.made())
    return values(layout.element).map(layout.made)


_KEYS = sorted(LAYOUTS)


@pytest.mark.parametrize("key", _KEYS, ids=[f"{code:04X}-{cra.name}" for code, cra in _KEYS])
def test_every_payload_comes_back(key: tuple[int, Cra]) -> None:
    @given(_payloads(key), st.data())
    def attempt(payload: Any, data: st.DataObject) -> None:
        octets = encode_asn1(payload)
        assert decode_asn1(*key, octets) == payload
        # What is not all of it, or more than it, or changed in one place, is refused or means something else.
        with pytest.raises(DecodeError):
            decode_asn1(*key, octets[:-1])
        with pytest.raises(DecodeError):
            decode_asn1(*key, octets + b"\0")
        place = data.draw(st.integers(0, len(octets) - 1))
        changed = bytearray(octets)
        changed[place] ^= 1 << data.draw(st.integers(0, 7))
        try:
            again = decode_asn1(*key, bytes(changed))
        except DecodeError as error:
            assert error.field  # noqa: PT017 - both outcomes are allowed, but not an error without a field
        else:
            assert encode_asn1(again) == bytes(changed)

    attempt()


@given(st.sampled_from(_KEYS), st.binary(max_size=60))
def test_nothing_but_the_typed_error(key: tuple[int, Cra], octets: bytes) -> None:
    try:
        payload = decode_asn1(*key, octets)
    except DecodeError as error:
        assert error.field  # noqa: PT017 - both outcomes are allowed, but not an error without a field
    else:
        assert encode_asn1(payload) == octets


@pytest.mark.parametrize(
    ("octets", "field"),
    [
        ("3082000D0201000408010203040506070801", "DeviceLogResponse.end"),
        ("3005 020100 0500", "DeviceLogResponse.end"),
        ("3004 02020000", "DeviceLogResponse.code"),
        ("3003 020102", "DeviceLogResponse.code"),
        ("3003 0201FF", "DeviceLogResponse.code"),
        ("3003 030100", "DeviceLogResponse.code"),
        ("3081", "DeviceLogResponse.length"),
        ("3080 0000", "DeviceLogResponse.length"),
        ("308500000000030201 00", "DeviceLogResponse.length"),
        ("3012 020100 300D 300B 0407 01020304050607 020101", "DeviceLogResponse.entries[0].device_id"),
        ("", "DeviceLogResponse"),
    ],
)
def test_faults_are_named(octets: str, field: str) -> None:
    with pytest.raises(DecodeError) as caught:
        decode_asn1(0x0013, Cra.RESPONSE, bytes.fromhex(octets))
    assert caught.value.field.startswith(field)
    assert 0 <= caught.value.offset <= len(bytes.fromhex(octets))


def test_a_length_with_octets_too_many_is_a_value() -> None:
    octets = bytes.fromhex("30820003020100")
    payload = decode_asn1(0x0013, Cra.RESPONSE, octets)
    assert payload.excess == (2,)
    assert encode_asn1(payload) == octets


def test_excess_for_elements_that_are_not_there_is_refused() -> None:
    payload = decode_asn1(0x0013, Cra.COMMAND, bytes.fromhex("0500"))
    with pytest.raises(EncodeError, match="excess"):
        encode_asn1(type(payload)(excess=(0, 1)))


def test_a_code_without_asn1_is_refused() -> None:
    with pytest.raises(DecodeError, match="message code"):
        decode_asn1(0x0027, Cra.COMMAND, b"\x05\x00")


@pytest.mark.rtds
def test_reference_messages_come_back(rtds: Path) -> None:
    seen = set()
    for path in sorted(rtds.glob("messages/*/*.HEX")):
        message = decode_message(bytes.fromhex(path.read_text().strip()))
        key = (message.message_code, message.cra)
        if key not in LAYOUTS:
            assert message.payload[0] not in {0x30, 0x04, 0x05, 0x02}, path.name
            continue
        seen.add(key)
        assert encode_asn1(decode_asn1(*key, message.payload)) == message.payload, path.name
    assert seen
