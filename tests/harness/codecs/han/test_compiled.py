"""The compiled twins of frames' declarations: the same values, the same octets, the same errors."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harness.codecs.errors import CodecError, EncodeError
from harness.codecs.han import aps, mac, nwk, security, zcl_frame
from harness.codecs.han.aps import ApsFrame, ApsFrameType, ExtendedHeader, Fragmentation
from harness.codecs.han.mac import MacAddress, MacFrame, MacFrameType
from harness.codecs.han.nwk import NwkFrame, NwkFrameType
from harness.codecs.han.security import KeyIdentifier, Secured, SecurityHeader
from harness.codecs.han.zcl_frame import ZclFrame, ZclFrameType


def _decode_body(octets: bytes) -> MacFrame:
    return mac._decode_compiled(octets) or mac._decode_declared(octets)


def _encode_body(frame: MacFrame) -> bytes:
    return mac._encode_compiled(frame) or mac._encode_declared(frame)


_DECODERS: dict[str, tuple[Callable[[bytes], Any], Callable[[bytes], Any]]] = {
    "mac": (_decode_body, mac._decode_declared),
    "nwk": (nwk.decode_nwk, nwk._decode_declared),
    "aps": (aps.decode_aps, aps._decode_declared),
    "zcl": (zcl_frame.decode_zcl_frame, zcl_frame._decode_declared),
    "security": (security.decode_secured, security._decode_declared),
}


def _two_octets(word: int) -> bytes:
    return word.to_bytes(2, "little")


# Control words that lead past the first checks, with all that they may be combined with
_CONTROLS = {
    "mac": st.sampled_from([0x8841, 0x8843, 0x8861, 0x8871, 0x8851, 0x8863]).map(
        lambda word: word.to_bytes(2, "little")
    ),
    "nwk": st.integers(0, 0xFFFF).map(lambda word: _two_octets(word & 0xFFC3 | 0x08)),
    "aps": st.integers(0, 0xFF).map(lambda octet: bytes((octet,))),
    "zcl": st.integers(0, 0xFF).map(lambda octet: bytes((octet,))),
    "security": st.integers(0, 0xFF).map(lambda octet: bytes((octet,))),
}


def _outcome(function: Callable[[Any], Any], argument: Any) -> Any:
    try:
        return function(argument)
    except CodecError as error:
        return type(error), error.field, error.offset, error.reason


@pytest.mark.parametrize("layer", _DECODERS)
def test_decoding_is_the_same(layer: str) -> None:
    compiled, declared = _DECODERS[layer]

    @given(_CONTROLS[layer] | st.just(b""), st.binary(max_size=30))
    @example(b"", b"")
    def attempt(control: bytes, rest: bytes) -> None:
        assert _outcome(compiled, control + rest) == _outcome(declared, control + rest)

    attempt()


_OCTET = st.integers(-1, 0x100)
_SHORT = st.integers(-1, 0x10000)
_EUI64 = st.none() | st.integers(-1, 2**64)
_PAYLOAD = st.binary(max_size=10) | st.none()
_FLAG = st.booleans()
_ADDRESSES = st.none() | st.builds(MacAddress, st.none() | _SHORT, _SHORT, extended=_FLAG)
_ENCODERS: dict[str, tuple[Callable[[Any], bytes], Callable[[Any], bytes], st.SearchStrategy[Any]]] = {
    "mac": (
        _encode_body,
        mac._encode_declared,
        st.builds(
            MacFrame,
            frame_type=st.sampled_from(MacFrameType),
            sequence=_OCTET,
            destination=_ADDRESSES,
            source=_ADDRESSES,
            acknowledgement_request=_FLAG,
            frame_pending=_FLAG,
            version=st.integers(0, 4),
            payload=_PAYLOAD,
        ),
    ),
    "nwk": (
        nwk.encode_nwk,
        nwk._encode_declared,
        st.builds(
            NwkFrame,
            frame_type=st.sampled_from(NwkFrameType),
            destination=_SHORT,
            source=_SHORT,
            radius=_OCTET,
            sequence=_OCTET,
            security=_FLAG,
            discover_route=st.integers(-1, 4),
            destination_eui64=_EUI64,
            source_eui64=_EUI64,
            payload=_PAYLOAD,
        ),
    ),
    "aps": (
        aps.encode_aps,
        aps._encode_declared,
        st.builds(
            ApsFrame,
            frame_type=st.sampled_from(ApsFrameType),
            counter=_OCTET,
            security=_FLAG,
            acknowledgement_request=_FLAG,
            destination_endpoint=st.none() | _OCTET,
            group=st.none() | _SHORT,
            cluster=st.none() | _SHORT,
            profile=_SHORT,
            source_endpoint=_OCTET,
            extended=st.none()
            | st.builds(
                ExtendedHeader, st.sampled_from(Fragmentation), st.none() | _OCTET, st.none() | _OCTET
            ),
            payload=_PAYLOAD,
        ),
    ),
    "zcl": (
        zcl_frame.encode_zcl_frame,
        zcl_frame._encode_declared,
        st.builds(
            ZclFrame,
            frame_type=st.sampled_from(ZclFrameType),
            sequence=_OCTET,
            command=_OCTET,
            from_server=_FLAG,
            disable_default_response=_FLAG,
            manufacturer=st.none() | _SHORT,
            payload=_PAYLOAD,
        ),
    ),
    "security": (
        security.encode_security_header,
        security._encode_declared,
        st.one_of(
            st.builds(
                SecurityHeader,
                key=st.just(KeyIdentifier.NETWORK),
                frame_counter=st.integers(-1, 2**32),
                source_eui64=_EUI64,
                key_sequence=_OCTET,
                level=st.integers(-1, 8),
            ),
            st.builds(
                SecurityHeader,
                key=st.sampled_from([key for key in KeyIdentifier if key is not KeyIdentifier.NETWORK]),
                frame_counter=st.integers(-1, 2**32),
                source_eui64=_EUI64,
                level=st.integers(-1, 8),
            ),
        ),
    ),
}


@pytest.mark.parametrize("layer", _ENCODERS)
def test_encoding_is_the_same(layer: str) -> None:
    compiled, declared, values = _ENCODERS[layer]

    @given(values)
    def attempt(value: Any) -> None:
        assert _outcome(compiled, value) == _outcome(declared, value)

    attempt()


def test_a_key_sequence_number_goes_with_the_network_key() -> None:
    with pytest.raises(EncodeError, match="key_sequence"):
        security.encode_secured(
            Secured(SecurityHeader(key=KeyIdentifier.NETWORK, frame_counter=0), b"", bytes(4))
        )
