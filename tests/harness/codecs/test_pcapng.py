"""Captures, datagrams and key tables: round trips, octets checked by hand, and one typed error."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.codecs.capture_keys import CaptureKey, keys_file, tshark_options
from harness.codecs.datagram import DLMS_PORT, Datagram, End, decode_datagram, encode_datagram
from harness.codecs.errors import DecodeError, EncodeError
from harness.codecs.pcapng import Capture, Interface, LinkType, Packet, decode_capture, encode_capture

_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_INTERFACES = st.lists(st.builds(Interface, _TEXT, st.sampled_from(LinkType)), min_size=1, max_size=3)


@st.composite
def _captures(draw: st.DrawFn) -> Capture:
    interfaces = draw(_INTERFACES)
    packet = st.builds(
        Packet,
        st.integers(0, len(interfaces) - 1),
        st.integers(0, 2**64 - 1),
        st.binary(max_size=130),
        _TEXT,
    )
    return Capture(tuple(interfaces), tuple(draw(st.lists(packet, max_size=5))))


_ENDS = st.builds(End, st.binary(min_size=4, max_size=4), st.integers(0, 0xFFFF))
_DATAGRAMS = st.builds(Datagram, _ENDS, _ENDS, st.binary(max_size=200), st.integers(0, 0xFFFF))


@given(_captures())
def test_captures_come_back(capture: Capture) -> None:
    assert decode_capture(encode_capture(capture)) == capture


def test_a_file_is_laid_out_as_the_draft_says() -> None:
    capture = Capture((Interface("han", LinkType.IEEE_802_15_4),), (Packet(0, 0x100000002, b"\1\2\3\4\5"),))
    expected = (
        struct.pack("<IIIHHqI", 0x0A0D0D0A, 28, 0x1A2B3C4D, 1, 0, -1, 28)
        + struct.pack("<IIHHI", 1, 40, 195, 0, 0)
        + struct.pack("<HH4sHH4sHH", 2, 3, b"han", 9, 1, b"\6", 0, 0)
        + struct.pack("<I", 40)
        + struct.pack("<IIIIIII8sI", 6, 40, 0, 1, 2, 5, 5, b"\1\2\3\4\5", 40)
    )
    assert encode_capture(capture) == expected


@given(_captures(), st.data())
def test_damaged_captures_give_the_typed_error_or_another_capture(
    capture: Capture, data: st.DataObject
) -> None:
    octets = bytearray(encode_capture(capture))
    place = data.draw(st.integers(0, len(octets) - 1))
    octets[place] ^= data.draw(st.integers(1, 0xFF))
    try:
        decode_capture(bytes(octets[: data.draw(st.integers(place, len(octets)))]))
    except DecodeError as error:
        assert error.field  # noqa: PT017 - both outcomes are allowed, but not an error without a field


def test_a_packet_needs_its_interface() -> None:
    with pytest.raises(EncodeError, match="interface"):
        encode_capture(Capture((), (Packet(0, 0, b""),)))
    with pytest.raises(DecodeError, match="section_header"):
        decode_capture(b"")


def test_text_and_time_that_a_file_cannot_hold_are_refused() -> None:
    interfaces = (Interface("han", LinkType.IEEE_802_15_4),)
    with pytest.raises(EncodeError, match="comment"):
        encode_capture(Capture(interfaces, (Packet(0, 0, b"", "\ud800"),)))
    with pytest.raises(EncodeError, match="at"):
        encode_capture(Capture(interfaces, (Packet(0, -1, b""),)))


@given(_DATAGRAMS)
def test_datagrams_come_back(datagram: Datagram) -> None:
    assert decode_datagram(encode_datagram(datagram)) == datagram


@given(_DATAGRAMS)
def test_checksums_hold(datagram: Datagram) -> None:
    octets = encode_datagram(datagram)
    pseudo = octets[12:20] + b"\0\x11" + octets[24:26]
    for part in (octets[:20], pseudo + octets[20:]):
        total = sum(struct.unpack(f">{(len(part) + 1) // 2}H", part + bytes(len(part) % 2)))
        while total >> 16:
            total = (total & 0xFFFF) + (total >> 16)
        assert total == 0xFFFF
    assert octets[26:28] != b"\0\0"


@given(_DATAGRAMS, st.data())
def test_a_bit_changed_in_a_datagram_is_noticed(datagram: Datagram, data: st.DataObject) -> None:
    octets = bytearray(encode_datagram(datagram))
    bit = data.draw(st.integers(0, len(octets) * 8 - 1))
    octets[bit // 8] ^= 1 << bit % 8
    with pytest.raises(DecodeError):
        decode_datagram(bytes(octets))


def test_a_datagram_has_its_largest_size() -> None:
    end = End(bytes(4), DLMS_PORT)
    assert len(encode_datagram(Datagram(end, end, bytes(65_507)))) == 65_535
    with pytest.raises(EncodeError, match="payload"):
        encode_datagram(Datagram(end, end, bytes(65_508)))


def test_keys_are_rows_of_the_analysers_table() -> None:
    keys = [CaptureKey(bytes(range(16)), "network"), CaptureKey(bytes(16), "GSME link")]
    row = '"00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F","Normal","network"'
    assert keys_file(keys).splitlines()[1] == row
    assert tshark_options(keys)[:2] == ("-o", f"uat:zigbee_pc_keys:{row}")
    assert len(tshark_options(keys)) == 4


@pytest.mark.parametrize(
    "key", [CaptureKey(b"short", "x"), CaptureKey(bytes(16), 'a"b'), CaptureKey(bytes(16), "\n")]
)
def test_keys_that_the_table_cannot_hold_are_refused(key: CaptureKey) -> None:
    with pytest.raises(EncodeError):
        keys_file([key])
