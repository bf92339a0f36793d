"""Block transfer over a channel that loses, repeats and reorders."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.codecs.block_transfer import (
    Block,
    BlockReceiver,
    BlockSender,
    decode_block,
    encode_block,
    segment,
)
from harness.codecs.errors import DecodeError, EncodeError

_NUMBER = st.integers(0, 0xFFFF)
_BLOCKS = st.builds(
    Block,
    number=_NUMBER,
    acknowledged=_NUMBER,
    data=st.binary(max_size=300),
    last=st.booleans(),
    streaming=st.booleans(),
    window=st.integers(0, 63),
)
_MESSAGES = st.binary(max_size=400)
_SIZES = st.integers(1, 60)
_WINDOWS = st.integers(1, 7)


@given(_BLOCKS)
def test_blocks_come_back(block: Block) -> None:
    assert decode_block(encode_block(block)) == block


@given(st.binary(max_size=30))
def test_nothing_but_the_typed_error(octets: bytes) -> None:
    try:
        block = decode_block(octets)
    except DecodeError as error:
        assert error.field  # noqa: PT017 - both outcomes are allowed, but not an error without a field
    else:
        assert encode_block(block) == octets


@given(_MESSAGES, _SIZES, _WINDOWS)
def test_segments_are_the_message(message: bytes, size: int, window: int) -> None:
    blocks = segment(message, size, window=window)
    assert b"".join(block.data for block in blocks) == message
    assert [block.number for block in blocks] == list(range(1, len(blocks) + 1))
    assert [block.last for block in blocks] == [False] * (len(blocks) - 1) + [True]
    assert all(len(block.data) <= size for block in blocks)


@given(_MESSAGES, _SIZES, _WINDOWS, st.data())
def test_a_message_gets_through_a_bad_channel(
    message: bytes, size: int, window: int, data: st.DataObject
) -> None:
    sender, receiver = BlockSender(message, size, window=window), BlockReceiver(len(message))
    fate = st.sampled_from(["arrives", "is lost", "is repeated"])
    rounds = 0
    while not sender.done:
        rounds += 1
        blocks = list(sender.due())
        if rounds < 20:  # a channel that is bad for ever lets nothing through
            blocks = data.draw(st.permutations(blocks))
            fates = [data.draw(fate) for _ in blocks]
        else:
            fates = ["arrives"] * len(blocks)
        for block, befalls in zip(blocks, fates, strict=True):
            for _ in range({"arrives": 1, "is lost": 0, "is repeated": 2}[befalls]):
                answer = receiver.receive(decode_block(encode_block(block)))
                sender.acknowledge(decode_block(encode_block(answer)).acknowledged)
    assert receiver.message == message


def test_a_message_is_not_there_before_its_last_block() -> None:
    first, second = segment(b"abcd", 2)
    receiver = BlockReceiver(10)
    assert receiver.receive(second).acknowledged == 0
    assert receiver.receive(first).acknowledged == 1
    assert receiver.message is None
    assert receiver.receive(second).acknowledged == 2
    assert receiver.message == b"abcd"


def test_a_message_cannot_grow_without_bound() -> None:
    receiver = BlockReceiver(3)
    receiver.receive(Block(1, 0, b"ab"))
    with pytest.raises(DecodeError, match="longer"):
        receiver.receive(Block(2, 0, b"cd"))


def test_an_acknowledgement_of_what_was_not_sent_is_refused() -> None:
    with pytest.raises(DecodeError, match="not sent"):
        BlockSender(b"abcdef", 2).acknowledge(2)


def test_block_zero_is_refused() -> None:
    with pytest.raises(DecodeError, match="from 1"):
        BlockReceiver(1).receive(Block(0, 0, b""))


@pytest.mark.parametrize(("size", "window"), [(0, 1), (1, 0), (1, 64)])
def test_impossible_blocks_are_refused(size: int, window: int) -> None:
    with pytest.raises(EncodeError):
        segment(b"a", size, window=window)


def test_more_blocks_than_numbers_are_refused() -> None:
    with pytest.raises(EncodeError, match="number"):
        segment(bytes(0x10000), 1)
