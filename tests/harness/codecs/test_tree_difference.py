"""What two messages say differently, in the words of their trees."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from harness.codecs.envelope import encode_message
from harness.codecs.message import Cra, Message
from harness.codecs.tree_difference import differences

RESPONSE = Message(
    cra=Cra.RESPONSE,
    originator_counter=7,
    originator=bytes(8),
    recipient=bytes(7) + b"\x01",
    message_code=0x0059,
    payload=bytes.fromhex("da20000007000001090407060504010100"),
)
COUNTERS = st.integers(0, 2**64 - 1)


@given(COUNTERS, COUNTERS)
def test_a_field_differs_exactly_where_its_values_do(one: int, other: int) -> None:
    found = differences(
        encode_message(replace(RESPONSE, originator_counter=one)),
        encode_message(replace(RESPONSE, originator_counter=other)),
    )
    assert [(field.expected, field.came) for field in found] == (
        [] if one == other else [(str(one), str(other))]
    )


def test_a_value_inside_the_payload_is_named() -> None:
    changed = replace(RESPONSE, payload=RESPONSE.payload.replace(b"\x07\x06\x05\x04", b"\x07\x06\x05\x05"))
    (field,) = differences(encode_message(RESPONSE), encode_message(changed))
    assert field.path == "payload.data.FirmwareVersion: value"
    assert (field.expected, field.came) == ("07060504 (octet_string)", "07060505 (octet_string)")


def test_lengths_that_follow_from_a_longer_value_are_not_told() -> None:
    longer = replace(RESPONSE, payload=bytes.fromhex("da2000000700000109050706050404010100"))
    found = differences(encode_message(RESPONSE), encode_message(longer))
    assert [(field.expected, field.came[:10]) for field in found] == [
        ("07060504 (octet_string)", "0706050404")
    ]


@given(st.binary(max_size=60))
def test_octets_that_are_no_message_can_be_told_apart_too(octets: bytes) -> None:
    assert differences(octets, octets) == ()
