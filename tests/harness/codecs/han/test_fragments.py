"""Fragmented APS data: it comes back whole in any order, and acknowledgements say what is missing."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.codecs.errors import DecodeError, EncodeError
from harness.codecs.han.aps import (
    ApsFrame,
    ApsFrameType,
    ExtendedHeader,
    Fragmentation,
    decode_aps,
    encode_aps,
)
from harness.codecs.han.fragments import MOST_BLOCKS, Reassembly, acknowledgement_of, fragments_of


def _frame(payload: bytes) -> ApsFrame:
    return ApsFrame(
        frame_type=ApsFrameType.DATA,
        counter=5,
        acknowledgement_request=True,
        destination_endpoint=1,
        cluster=0x0704,
        profile=0x0109,
        source_endpoint=2,
        payload=payload,
    )


@given(st.binary(min_size=2, max_size=400), st.integers(2, 90), st.data())
def test_what_was_cut_comes_back_in_any_order(payload: bytes, size: int, data: st.DataObject) -> None:
    frame = _frame(payload)
    fragments = fragments_of(frame, size)
    assert all(len(fragment.payload) <= size for fragment in fragments)
    if len(fragments) == 1:
        assert fragments == (frame,)
        return
    order = data.draw(st.permutations(fragments))
    repeated = data.draw(st.sampled_from(order[:-1]))
    reassembly = Reassembly()
    for fragment in (*order[:-1], repeated):
        assert reassembly.take(decode_aps(encode_aps(fragment))) is None
    assert reassembly.take(order[-1]) == frame


def test_blocks_are_numbered_as_the_specification_says() -> None:
    first, second, third = fragments_of(_frame(bytes(25)), 10)
    assert first.extended == ExtendedHeader(Fragmentation.FIRST, 3)
    assert second.extended == ExtendedHeader(Fragmentation.LATER, 1)
    assert third.extended == ExtendedHeader(Fragmentation.LATER, 2)
    assert len(third.payload) == 5


def test_an_acknowledgement_says_what_came() -> None:
    fragments = fragments_of(_frame(bytes(100)), 10)
    reassembly = Reassembly()
    with pytest.raises(EncodeError, match="no block"):
        reassembly.acknowledgement(0)
    for number in (0, 2, 8):
        reassembly.take(fragments[number])
    acknowledgement = reassembly.acknowledgement(0)
    assert acknowledgement.extended == ExtendedHeader(Fragmentation.FIRST, 0, 0b0000_0101)
    assert (acknowledgement.destination_endpoint, acknowledgement.source_endpoint) == (2, 1)
    assert decode_aps(encode_aps(acknowledgement)) == acknowledgement
    # Of blocks 8 to 15 there are only 8 and 9
    later = reassembly.acknowledgement(8)
    assert later.extended == ExtendedHeader(Fragmentation.LATER, 8, 0b1111_1101)


def test_an_acknowledgement_of_a_whole_frame_has_no_extended_header() -> None:
    acknowledgement = acknowledgement_of(_frame(b"abc"))
    assert decode_aps(encode_aps(acknowledgement)) == acknowledgement
    assert acknowledgement.extended is None


def test_what_belongs_to_another_transmission_is_refused_and_harms_nothing() -> None:
    first, second = fragments_of(_frame(bytes(range(20))), 10)
    reassembly = Reassembly()
    assert reassembly.take(first) is None
    for wrong in (
        replace(second, counter=6),
        replace(second, extended=ExtendedHeader(Fragmentation.LATER, 2)),
        replace(second, extended=ExtendedHeader(Fragmentation.NONE)),
        replace(second, extended=None),
        replace(first, extended=ExtendedHeader(Fragmentation.FIRST, 0)),
    ):
        with pytest.raises(DecodeError):
            reassembly.take(wrong)
    assert reassembly.take(second) == _frame(bytes(range(20)))


def test_more_blocks_than_can_be_counted_are_refused() -> None:
    assert len(fragments_of(_frame(bytes(MOST_BLOCKS * 4)), 4)) == MOST_BLOCKS
    with pytest.raises(EncodeError, match="payload"):
        fragments_of(_frame(bytes(MOST_BLOCKS * 4 + 1)), 4)
