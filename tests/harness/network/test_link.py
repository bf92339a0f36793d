"""Links: repeatable from their seed, in order, and never early."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.network.clock import Duration, Instant
from harness.network.link import HAN_CHARACTERS, WAN_CHARACTERS, Link, LinkCharacter, scramble

CHARACTERS = [*HAN_CHARACTERS.values(), *WAN_CHARACTERS.values()]
TRAFFIC = st.lists(st.tuples(st.integers(0, 4_000), st.integers(0, 10_000_000)), max_size=20)


def arrivals(character, seed, traffic):
    link = Link(character, seed)
    now = 0
    found = []
    for octets, pause in traffic:
        now += pause
        found.append((now, link.arrival(octets, Instant(now))))
    return found


@given(st.sampled_from(CHARACTERS), st.integers(0, 1 << 64), TRAFFIC)
def test_same_seed_same_arrivals_in_order(character, seed, traffic):
    found = arrivals(character, seed, traffic)
    assert found == arrivals(character, seed, traffic)
    times = [arrived for _, arrived in found]
    assert times == sorted(times)


@given(st.sampled_from(CHARACTERS), st.integers(0, 1 << 64), st.integers(0, 4_000))
def test_delay_lies_between_latency_and_latency_with_jitter(character, seed, octets):
    arrived = Link(character, seed).arrival(octets, Instant(0))
    least = character.latency + octets * character.octet_time
    assert least <= arrived < least + max(1, character.jitter)


def test_seeds_differ():
    character = WAN_CHARACTERS[min(WAN_CHARACTERS)]
    assert len({Link(character, seed).arrival(100, Instant(0)) for seed in range(50)}) > 40


@pytest.mark.parametrize(("loss", "low", "high"), [(0, 1000, 1000), (500_000, 420, 580), (1_000_000, 0, 0)])
def test_loss_is_as_often_as_the_character_says(loss, low, high):
    link = Link(LinkCharacter(Duration(1), Duration(0), 0, loss), 7)
    arrived = sum(link.arrival(1, Instant(now)) is not None for now in range(1000))
    assert low <= arrived <= high


def test_scramble_is_the_published_finaliser():
    # First outputs of SplitMix64 for seed 1234567 (the generator's reference implementation).
    state = 1234567
    found = []
    for _ in range(3):
        state = (state + 0x9E3779B97F4A7C15) & (1 << 64) - 1
        found.append(scramble(state))
    assert found == [6457827717110365317, 3203168211198807973, 9817491932198370423]
