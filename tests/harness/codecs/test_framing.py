"""Messages on a stream, in whatever pieces they arrive."""

from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.codecs.errors import DecodeError, EncodeError
from harness.codecs.framing import (
    GfiReader,
    WrappedMessage,
    WrapperReader,
    encode_gfi_line,
    encode_wrapped,
)

_MESSAGES = st.lists(st.binary(max_size=60), max_size=5)
_PORT = st.integers(0, 0xFFFF)
_WRAPPED = st.lists(st.builds(WrappedMessage, _PORT, _PORT, st.binary(max_size=60)), max_size=5)
_CUTS = st.lists(st.integers(0, 400), max_size=8)


def _pieces(octets: bytes, cuts: Iterable[int]) -> list[bytes]:
    places = [0, *sorted(cuts), len(octets)]
    return [octets[start:end] for start, end in pairwise(places)]


@given(_MESSAGES, _CUTS)
def test_lines_come_back_in_any_pieces(messages: list[bytes], cuts: list[int]) -> None:
    reader = GfiReader()
    stream = b"".join(encode_gfi_line(message) for message in messages)
    assert [found for piece in _pieces(stream, cuts) for found in reader.feed(piece)] == messages


@given(_WRAPPED, _CUTS)
def test_wrapped_messages_come_back_in_any_pieces(messages: list[WrappedMessage], cuts: list[int]) -> None:
    reader = WrapperReader()
    stream = b"".join(encode_wrapped(message) for message in messages)
    assert [found for piece in _pieces(stream, cuts) for found in reader.feed(piece)] == messages


def test_the_text_form() -> None:
    assert encode_gfi_line(b"\xdf\x09\x01") == b"GBCS:DATA#0:3:DF0901\r\n"


def test_the_wrapper() -> None:
    assert encode_wrapped(WrappedMessage(1, 2, b"\xd9")).hex() == "0001000100020001d9"


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (b"GBCS:DATA#1:1:00", "line"),
        (b"", "line"),
        (b"GBCS:DATA#0:", "length"),
        (b"GBCS:DATA#0:-1:00", "length"),
        (b"GBCS:DATA#0:9999999999:00", "length"),
        (b"GBCS:DATA#0:2:00", "data"),
        (b"GBCS:DATA#0:1:0g", "data"),
        (b"GBCS:DATA#0:1: 0", "data"),
    ],
)
def test_a_faulty_line_is_named_and_the_next_one_read(line: bytes, field: str) -> None:
    reader = GfiReader()
    with pytest.raises(DecodeError) as caught:
        reader.feed(line + b"\r\n")
    assert caught.value.field == field
    assert reader.feed(encode_gfi_line(b"\1")) == [b"\1"]


def test_a_line_without_end_is_not_kept() -> None:
    reader = GfiReader()
    reader.feed(bytes(0x20000))
    with pytest.raises(DecodeError, match="longer"):
        reader.feed(bytes(100))


def test_a_header_of_another_version_is_refused() -> None:
    with pytest.raises(DecodeError, match="version"):
        WrapperReader().feed(bytes.fromhex("0002000100020000"))


@pytest.mark.parametrize(
    "encode", [encode_gfi_line, lambda octets: encode_wrapped(WrappedMessage(1, 1, octets))]
)
def test_a_message_too_long_is_refused(encode: object) -> None:
    assert callable(encode)
    with pytest.raises(EncodeError, match="length"):
        encode(bytes(0x10000))
