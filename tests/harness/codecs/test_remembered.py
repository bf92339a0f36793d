"""Decoding once: the same value, and the same fault, whoever asks again."""

import pytest

from harness.codecs.errors import DecodeError
from harness.codecs.remembered import remembered

asked: list[bytes] = []


def decode(octets: bytes) -> tuple[int, ...]:
    asked.append(octets)
    if not octets:
        raise DecodeError("payload", "nothing there", offset=0)
    return tuple(octets)


def test_the_same_octets_are_decoded_once() -> None:
    asked.clear()
    read = remembered(decode)
    assert read(b"\x01\x02") == read(b"\x01\x02") == (1, 2)
    assert read(b"\x03") == (3,)
    assert asked == [b"\x01\x02", b"\x03"]


def test_a_fault_is_remembered_too_and_not_the_way_to_whoever_asked_first() -> None:
    asked.clear()
    read = remembered(decode)
    lengths = []
    for _ in range(3):
        with pytest.raises(DecodeError, match="nothing there") as fault:
            read(b"")
        lengths.append(len(fault.traceback))
    assert asked == [b""]
    assert len(set(lengths)) == 1
