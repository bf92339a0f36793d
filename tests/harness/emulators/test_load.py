"""Loads and registers: repeatable, never standing still by themselves, and adding up."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from harness.emulators.load import ELECTRICITY, GAS, HALF_HOUR, Consumption, LoadModel
from harness.network.clock import DAY, MINUTE, Instant

ORIGIN = Instant(823_432_620_000_000)
MOMENTS = st.integers(-40 * DAY, 40 * DAY).map(lambda offset: Instant(ORIGIN + offset))


def load(shape=ELECTRICITY, seed=b"seed"):
    return LoadModel(shape, seed, ORIGIN)


@given(st.lists(MOMENTS, min_size=3, max_size=3))
def test_use_adds_up_whatever_was_asked_before(moments):
    shared = load()
    first, second, third = sorted(moments)
    for moment in moments:
        shared.until(moment)
    spans = [(first, second), (second, third)]
    assert sum(shared.until(end) - shared.until(begin) for begin, end in spans) == load().until(
        third
    ) - load().until(first)


@given(MOMENTS, st.integers(MINUTE, DAY))
def test_something_is_always_used(moment, length):
    for shape in (ELECTRICITY, GAS):
        model = load(shape)
        assert model.until(Instant(moment + length)) > model.until(moment)


def test_whole_periods_are_their_amounts():
    model = load()
    first = ORIGIN // HALF_HOUR
    edges = [Instant((first + period) * HALF_HOUR) for period in range(-60, 60)]
    for begin, end in pairwise(edges):
        assert model.until(end) - model.until(begin) == model.amount(begin // HALF_HOUR)


def test_seed_decides():
    assert load(seed=b"a").until(Instant(ORIGIN + DAY)) != load(seed=b"b").until(Instant(ORIGIN + DAY))


@given(st.lists(st.integers(1, 2 * DAY), min_size=1, max_size=8))
def test_nothing_is_counted_while_interrupted(lengths):
    model = load()
    register = Consumption(model, 10**9, ORIGIN)
    now = ORIGIN
    expected = 10**9
    for place, length in enumerate(lengths):
        begin, now = now, Instant(now + length)
        if place % 2:
            register.resume(begin)
            expected += model.until(now) - model.until(begin)
        else:
            register.interrupt(begin)
        assert register.at(now) == expected // 1_000


@given(st.integers(0, 10 * DAY), st.integers(0, 10 * DAY))
def test_past_of_a_register_does_not_change(ahead, further):
    register = Consumption(load(), 10**9, ORIGIN)
    moment = Instant(ORIGIN + ahead)
    shown = register.at(moment)
    register.interrupt(moment)
    assert register.at(Instant(moment + further)) == shown
    assert register.at(moment) == shown
