"""ZCL frames: header with and without a manufacturer code, and payloads by the tables of commands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.codecs.errors import DecodeError, EncodeError
from harness.codecs.han.zcl_frame import (
    ZclFrame,
    ZclFrameType,
    decode_zcl_command,
    decode_zcl_frame,
    encode_zcl_frame,
    with_zcl_command,
)
from harness.codecs.zcl_types import Entry, ZclCommand, ZclField

_OCTET = st.integers(0, 0xFF)
_FRAMES = st.builds(
    ZclFrame,
    frame_type=st.sampled_from(ZclFrameType),
    sequence=_OCTET,
    command=_OCTET,
    from_server=st.booleans(),
    disable_default_response=st.booleans(),
    manufacturer=st.none() | st.integers(0, 0xFFFF),
    payload=st.binary(max_size=60),
)


@given(_FRAMES)
def test_frames_come_back(frame: ZclFrame) -> None:
    assert decode_zcl_frame(encode_zcl_frame(frame)) == frame


@given(st.binary(max_size=20))
def test_nothing_but_the_typed_error(octets: bytes) -> None:
    try:
        frame = decode_zcl_frame(octets)
    except DecodeError as error:
        assert error.field  # noqa: PT017 - both outcomes are allowed, but not an error without a field
    else:
        assert encode_zcl_frame(frame) == octets


def test_a_tunnel_is_asked_for_in_the_standards_octets() -> None:
    octets = bytes.fromhex("01 2A 00 06 FFFF 00 DC05")
    frame = decode_zcl_frame(octets)
    command = decode_zcl_command(0x0704, frame)
    assert command == ZclCommand(
        "Request Tunnel",
        (
            ZclField("protocol_id", 6),
            ZclField("manufacturer_code", 0xFFFF),
            ZclField("flow_control_support", 0),
            ZclField("maximum_incoming_transfer_size", 1500),
        ),
    )
    assert encode_zcl_frame(with_zcl_command(0x0704, frame, command)) == octets


def test_a_block_that_must_wait_carries_times_and_no_data() -> None:
    frame = decode_zcl_frame(bytes.fromhex("19 01 05 97 01000000 02000000 0300"))
    command = decode_zcl_command(0x0019, frame)
    assert [field.name for field in command.fields] == [
        "status",
        "current_time",
        "request_time",
        "minimum_block_period",
    ]
    aborted = decode_zcl_frame(bytes.fromhex("19 01 05 95"))
    assert decode_zcl_command(0x0019, aborted).fields == (ZclField("status", 0x95),)


def test_a_field_that_the_others_rule_out_is_refused() -> None:
    frame = ZclFrame(frame_type=ZclFrameType.CLUSTER, sequence=0, command=5, from_server=True)
    fields = (ZclField("status", 0x95), ZclField("manufacturer_code", 1))
    with pytest.raises(EncodeError, match="fields"):
        with_zcl_command(0x0019, frame, ZclCommand("Image Block Response", fields))


def test_optional_fields_need_those_before_them() -> None:
    frame = ZclFrame(frame_type=ZclFrameType.CLUSTER, sequence=0, command=1)
    fields = (
        ZclField("message_id", 1),
        ZclField("confirmation_time", 2),
        ZclField("message_confirmation_response", b"yes"),
    )
    with pytest.raises(EncodeError, match="fields"):
        with_zcl_command(0x0703, frame, ZclCommand("Message Confirmation", fields))


def test_reports_of_quantities_say_what_change_is_worth_one() -> None:
    frame = decode_zcl_frame(bytes.fromhex("00 07 06 00 0000 25 0A00 3C00 010000000000"))
    command = decode_zcl_command(0x0702, frame)
    (entries,) = (field.value for field in command.fields)
    assert isinstance(entries, tuple)
    (entry,) = entries
    assert isinstance(entry, Entry)
    assert entry.fields[-1] == ZclField("reportable_change", 1)


def test_a_manufacturers_own_command_is_octets() -> None:
    frame = decode_zcl_frame(bytes.fromhex("05 3412 00 00 AABB"))
    assert frame.manufacturer == 0x1234
    assert decode_zcl_command(0x0704, frame)["payload"] == b"\xaa\xbb"
    with pytest.raises(EncodeError, match="manufacturer"):
        with_zcl_command(0x0704, frame, ZclCommand("unknown", (ZclField("payload", b""),)))
