import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from harness.records.types import Verdict
from reports.causes import Cause, find_causes
from reports.tuples import Executions, Group, group_executions
from reports.verdicts import FIRST_BAD_RANK, NOT_APPLICABLE_RANK, NOT_RUN_RANK, ranks

SIZES = (4, 3, 3)
TUPLES = np.array([(a, b, c) for a in range(4) for b in range(3) for c in range(3)], dtype=np.uint16)


def group_of(participants: tuple[int, ...], failing: list[dict[int, int]], passing_as: int = 0) -> Group:
    """A group of one case that fails wherever one of ``failing`` (factor: level) holds."""
    levels = np.unique(TUPLES[:, participants], axis=0)
    bad = np.zeros(len(levels), dtype=np.bool_)
    for places in failing:
        hit = np.ones(len(levels), dtype=np.bool_)
        for factor, level in places.items():
            hit &= levels[:, participants.index(factor)] == level
        bad |= hit
    verdicts = np.where(bad, int(Verdict.FAIL), passing_as).astype(np.uint8)
    return group_executions(participants, SIZES, [Executions(0, levels, verdicts)])


def named(group: Group) -> list[tuple[tuple[tuple[int, int], ...], bool]]:
    return [(cause.places, cause.everywhere) for cause in find_causes([group], SIZES)]


def test_one_device_is_named() -> None:
    assert named(group_of((0, 1), [{1: 2}])) == [(((1, 2),), False)]


def test_two_devices_are_named_each() -> None:
    assert set(named(group_of((0, 1, 2), [{0: 3}, {2: 1}]))) == {(((0, 3),), False), (((2, 1),), False)}


def test_a_pair_is_named_where_neither_explains_it() -> None:
    assert named(group_of((0, 1, 2), [{0: 1, 2: 2}])) == [(((0, 1), (2, 2)), False)]


def test_a_case_that_fails_wherever_it_runs_blames_nobody() -> None:
    assert named(group_of((0, 1), [{}])) == [((), True)]


def test_what_did_not_apply_does_not_acquit() -> None:
    # Fails for the only level where it applies: everywhere that it ran.
    group = group_of((0,), [{0: 1}, {0: 2}], passing_as=int(Verdict.NOT_APPLICABLE))
    assert named(group) == [((), True)]


def test_three_devices_together_are_scattered() -> None:
    assert named(group_of((0, 1, 2), [{0: 1, 1: 1, 2: 1}])) == [((), False)]


def test_nothing_is_blamed_for_nothing() -> None:
    assert named(group_of((0, 1), [])) == []


def test_cases_with_the_same_cause_stand_together_and_first() -> None:
    levels = np.unique(TUPLES[:, (0, 1)], axis=0)
    by_hub = np.where(levels[:, 0] == 1, 1, 0).astype(np.uint8)
    by_meter = np.where(levels[:, 1] == 2, 1, 0).astype(np.uint8)
    executions = [Executions(number, levels, by_meter) for number in range(2)]
    group = group_executions((0, 1), SIZES, [*executions, Executions(2, levels, by_hub)])
    first, second = find_causes([group], SIZES)
    assert (first.places, [entry.case for entry in first.blamed]) == (((1, 2),), [0, 1])
    assert (second.places, [entry.case for entry in second.blamed]) == (((0, 1),), [2])


@given(st.lists(st.sampled_from([*Verdict, 255]), min_size=36, max_size=36))
def test_every_failure_is_put_down_to_exactly_one_cause_that_always_fails(codes: list[int]) -> None:
    verdicts = np.array(codes, dtype=np.uint8)
    group = group_executions((0, 1, 2), SIZES, [Executions(0, TUPLES, verdicts)])
    rank = ranks(verdicts)
    bad = rank >= FIRST_BAD_RANK
    ran = ~np.isin(rank, (NOT_APPLICABLE_RANK, NOT_RUN_RANK))
    causes = find_causes([group], SIZES)
    blamed = [row for cause in causes for entry in cause.blamed for row in entry.tuples.tolist()]
    assert sorted(blamed) == np.flatnonzero(bad).tolist()
    for cause in causes:
        assert_always_fails(cause, ran, bad)


def assert_always_fails(cause: Cause, ran: np.ndarray, bad: np.ndarray) -> None:
    holding = np.ones(len(TUPLES), dtype=np.bool_)
    for factor, level in cause.places:
        holding &= TUPLES[:, factor] == level
    if cause.places or cause.everywhere:
        assert (bad[holding] == ran[holding]).all()
