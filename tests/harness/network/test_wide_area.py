"""Messages over the wide area network: whole where they fit, in blocks where they do not, lost or not."""

from hypothesis import given
from hypothesis import strategies as st

from harness.codecs.block_transfer import BlockReceiver, decode_block
from harness.network.clock import MILLISECOND, SECOND, Duration, Instant
from harness.network.link import Link, LinkCharacter
from harness.network.wide_area import ATTEMPTS, CHARACTERS, WanCharacter, transfer

CHARACTER = WanCharacter(100, 4, Duration(10 * SECOND))
NOW = Instant(1_000 * SECOND)


def links(seed: int, loss: int) -> tuple[Link, Link]:
    character = LinkCharacter(Duration(20 * MILLISECOND), Duration(5 * MILLISECOND), 10, loss)
    return Link(character, seed), Link(character, seed + 1)


def put_together(datagrams) -> bytes | None:
    receiver = BlockReceiver(1 << 20)
    for datagram in datagrams:
        if datagram.forward and datagram.arrived:
            receiver.receive(decode_block(datagram.octets))
    return receiver.message


@given(st.binary(max_size=100), st.integers(0, 2**64 - 1))
def test_what_fits_goes_as_it_is(message: bytes, seed: int) -> None:
    sent = transfer(message, NOW, *links(seed, 0), CHARACTER)
    assert sent.delivered
    assert [datagram.octets for datagram in sent.datagrams] == [message]
    assert sent.ended == links(seed, 0)[0].arrival(len(message), NOW)


@given(st.binary(min_size=101, max_size=3_000), st.integers(0, 2**64 - 1), st.integers(0, 400_000))
def test_what_was_delivered_is_in_the_datagrams_that_arrived(message: bytes, seed: int, loss: int) -> None:
    sent = transfer(message, NOW, *links(seed, loss), CHARACTER)
    assert (put_together(sent.datagrams) == message) == sent.delivered
    assert all(len(datagram.octets) <= CHARACTER.largest + 9 for datagram in sent.datagrams)
    assert sent.ended > NOW


@given(st.binary(min_size=101, max_size=3_000), st.integers(0, 2**64 - 1))
def test_without_loss_each_block_goes_once(message: bytes, seed: int) -> None:
    sent = transfer(message, NOW, *links(seed, 0), CHARACTER)
    numbers = [decode_block(one.octets).number for one in sent.datagrams if one.forward]
    assert numbers == list(range(1, -(-len(message) // CHARACTER.largest) + 1))


@given(st.integers(1, 1_000), st.integers(0, 2**64 - 1))
def test_a_dead_link_ends_in_failure_and_after_a_while(length: int, seed: int) -> None:
    sent = transfer(bytes(length), NOW, *links(seed, 1_000_000), CHARACTER)
    assert not sent.delivered
    assert not any(datagram.arrived for datagram in sent.datagrams)
    assert sent.ended == NOW + ATTEMPTS * CHARACTER.patience


@given(st.binary(max_size=100), st.integers(0, 2**64 - 1))
def test_what_is_lost_whole_goes_again(message: bytes, seed: int) -> None:
    sent = transfer(message, NOW, *links(seed, 500_000), CHARACTER)
    moments = [NOW + place * CHARACTER.patience for place in range(len(sent.datagrams))]
    assert [datagram.sent for datagram in sent.datagrams] == moments
    assert [datagram.arrived for datagram in sent.datagrams[:-1]] == [False] * (len(moments) - 1)
    assert sent.datagrams[-1].arrived == sent.delivered


def test_equal_seeds_give_equal_transfers() -> None:
    message = bytes(range(256)) * 8
    first, again = (transfer(message, NOW, *links(9, 300_000), CHARACTER) for _ in range(2))
    assert first == again


def test_slower_technologies_hold_less_and_wait_longer() -> None:
    by_patience = sorted(CHARACTERS.values(), key=lambda one: one.patience)
    assert [one.largest for one in by_patience] == sorted((one.largest for one in by_patience), reverse=True)
