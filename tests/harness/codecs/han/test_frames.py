"""HAN frames: round trips, published check values, and one typed error for everything malformed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.codecs.errors import CodecError, DecodeError, EncodeError
from harness.codecs.han.aps import (
    ApsFrame,
    ApsFrameType,
    Delivery,
    ExtendedHeader,
    Fragmentation,
    decode_aps,
    encode_aps,
)
from harness.codecs.han.mac import (
    MacAddress,
    MacFrame,
    MacFrameType,
    decode_mac,
    encode_mac,
    frame_check_sequence,
)
from harness.codecs.han.nwk import NwkFrame, NwkFrameType, SourceRoute, decode_nwk, encode_nwk
from harness.codecs.han.security import decode_secured

_OCTET = st.integers(0, 0xFF)
_SHORT = st.integers(0, 0xFFFF)
_EUI64 = st.integers(0, 2**64 - 1)
_PAYLOAD = st.binary(max_size=100)


def _addresses(pan: st.SearchStrategy[int | None]) -> st.SearchStrategy[MacAddress]:
    return st.one_of(
        st.builds(MacAddress, pan, _SHORT),
        st.builds(MacAddress, pan, _EUI64, extended=st.just(True)),
    )


@st.composite
def _mac_frames(draw: st.DrawFn) -> MacFrame:
    destination = draw(st.none() | _addresses(_SHORT))
    source_pan = _SHORT if destination is None else st.none() | _SHORT
    return MacFrame(
        frame_type=draw(st.sampled_from(MacFrameType)),
        sequence=draw(_OCTET),
        destination=destination,
        source=draw(st.none() | _addresses(source_pan)),
        acknowledgement_request=draw(st.booleans()),
        frame_pending=draw(st.booleans()),
        version=draw(st.integers(0, 3)),
        payload=draw(_PAYLOAD),
    )


_NWK_FRAMES = st.builds(
    NwkFrame,
    frame_type=st.sampled_from(NwkFrameType),
    destination=_SHORT,
    source=_SHORT,
    radius=_OCTET,
    sequence=_OCTET,
    security=st.booleans(),
    discover_route=st.integers(0, 3),
    destination_eui64=st.none() | _EUI64,
    source_eui64=st.none() | _EUI64,
    source_route=st.none() | st.builds(SourceRoute, _OCTET, st.lists(_SHORT, max_size=8).map(tuple)),
    payload=_PAYLOAD,
)


@st.composite
def _aps_frames(draw: st.DrawFn) -> ApsFrame:
    frame_type = draw(st.sampled_from(ApsFrameType))
    acknowledgement = frame_type is ApsFrameType.ACKNOWLEDGEMENT
    addressed = frame_type is ApsFrameType.DATA or (acknowledgement and draw(st.booleans()))
    delivery = draw(st.sampled_from(Delivery))
    to_group = addressed and delivery is Delivery.GROUP
    fragmentation = draw(st.sampled_from(Fragmentation))
    fragment = fragmentation is not Fragmentation.NONE
    extended = ExtendedHeader(
        fragmentation,
        draw(_OCTET) if fragment else None,
        draw(_OCTET) if fragment and acknowledgement else None,
    )
    return ApsFrame(
        frame_type=frame_type,
        counter=draw(_OCTET),
        delivery=delivery,
        security=draw(st.booleans()),
        acknowledgement_request=draw(st.booleans()),
        destination_endpoint=draw(_OCTET) if addressed and not to_group else None,
        group=draw(_SHORT) if to_group else None,
        cluster=draw(_SHORT) if addressed else None,
        profile=draw(_SHORT) if addressed else None,
        source_endpoint=draw(_OCTET) if addressed else None,
        extended=draw(st.sampled_from([None, extended])),
        payload=draw(_PAYLOAD),
    )


@given(_mac_frames())
def test_mac_frames_come_back(frame: MacFrame) -> None:
    assert decode_mac(encode_mac(frame)) == frame


@given(_NWK_FRAMES)
def test_nwk_frames_come_back(frame: NwkFrame) -> None:
    assert decode_nwk(encode_nwk(frame)) == frame


@given(_aps_frames())
def test_aps_frames_come_back(frame: ApsFrame) -> None:
    assert decode_aps(encode_aps(frame)) == frame


def test_check_value_of_the_frame_check_sequence() -> None:
    # CRC-16/KERMIT, which is the ITU-T CRC of IEEE 802.15.4
    assert frame_check_sequence(b"123456789") == 0x2189


def test_an_acknowledgement_is_the_standard_one() -> None:
    # IEEE 802.15.4-2006 5.2.1.9 works this frame's check sequence out: 02 00 6A gives E4 79
    frame = decode_mac(bytes.fromhex("02006AE479"))
    assert frame == MacFrame(frame_type=MacFrameType.ACKNOWLEDGEMENT, sequence=0x6A)


@given(_mac_frames(), st.data())
def test_any_bit_changed_on_the_air_is_noticed(frame: MacFrame, data: st.DataObject) -> None:
    octets = bytearray(encode_mac(frame))
    bit = data.draw(st.integers(0, len(octets) * 8 - 1))
    octets[bit // 8] ^= 1 << bit % 8
    with pytest.raises(DecodeError, match="FCS"):
        decode_mac(bytes(octets))


@pytest.mark.parametrize("decode", [decode_mac, decode_nwk, decode_aps, decode_secured])
def test_nothing_but_the_typed_error(decode: object) -> None:
    assert callable(decode)

    @given(st.binary(max_size=40))
    def attempt(octets: bytes) -> None:
        # A MAC frame would nearly always fail on its check sequence and hide what is behind it.
        if decode is decode_mac:
            octets += frame_check_sequence(octets).to_bytes(2, "little")
        try:
            decode(octets)
        except DecodeError as error:
            assert error.field  # noqa: PT017 - both outcomes are allowed, but not an error without a field

    attempt()


def test_a_value_that_does_not_fit_its_field_is_refused() -> None:
    with pytest.raises(EncodeError, match="sequence"):
        encode_mac(MacFrame(frame_type=MacFrameType.DATA, sequence=256))


def test_a_destination_needs_its_pan() -> None:
    frame = MacFrame(frame_type=MacFrameType.DATA, sequence=0, destination=MacAddress(None, 1))
    with pytest.raises(CodecError, match="PAN"):
        encode_mac(frame)
