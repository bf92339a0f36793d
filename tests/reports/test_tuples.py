import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from harness.records.types import Verdict
from reports.tuples import Executions, KeySpace, group_executions
from reports.verdicts import NOT_RUN

SIZES = (3, 4, 2)
rows = st.lists(st.tuples(*(st.integers(0, size - 1) for size in SIZES)), max_size=40)
verdicts = st.sampled_from(list(Verdict))


def array(values: list[tuple[int, ...]], width: int) -> np.ndarray:
    return np.array(values, dtype=np.uint16).reshape(-1, width)


@given(rows)
def test_keys_are_in_lexicographic_order(values: list[tuple[int, ...]]) -> None:
    keys = KeySpace(SIZES).keys(array(values, 3)).tolist()
    assert sorted(values) == [value for _, value in sorted(zip(keys, values, strict=True))]
    assert len(set(keys)) == len(set(values))


def test_keys_that_would_not_fit_are_refused() -> None:
    KeySpace([2**20, 2**20, 2**20])
    with pytest.raises(ValueError, match="too many to index"):
        KeySpace([2**21, 2**21, 2**21])


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1), verdicts), max_size=30), rows)
def test_a_home_finds_its_tuple(
    stored: list[tuple[int, int, Verdict]], combinations: list[tuple[int, ...]]
) -> None:
    levels = array([(a, b) for a, b, _ in stored], 2)
    codes = np.array([verdict for *_, verdict in stored], dtype=np.uint8)
    group = group_executions((0, 2), SIZES, [Executions(0, levels, codes)])
    found = group.find(array(combinations, 3))
    for home, place in zip(combinations, found.tolist(), strict=True):
        same = [verdict for a, b, verdict in stored if (a, b) == (home[0], home[2])]
        if not same:
            assert place == -1
        else:
            assert tuple(group.levels[place].tolist()) == (home[0], home[2])
            # Of several executions of a tuple the worst counts; ERROR is the worst.
            order = [Verdict.NOT_APPLICABLE, Verdict.PASS, Verdict.INCONCLUSIVE, Verdict.FAIL, Verdict.ERROR]
            assert group.verdicts[0, place] == max(same, key=order.index)


def test_cases_with_other_tuples_share_a_group() -> None:
    one = Executions(0, array([(0,)], 1), np.array([0], dtype=np.uint8))
    other = Executions(1, array([(2,), (0,)], 1), np.array([1, 0], dtype=np.uint8))
    group = group_executions((0,), SIZES, [one, other])
    assert_array_equal(group.levels, [[0], [2]])
    assert_array_equal(group.verdicts, [[0, NOT_RUN], [0, 1]])


def test_a_case_without_participants_holds_for_every_home() -> None:
    nobody = Executions(0, np.empty((1, 0), dtype=np.uint16), np.array([1], dtype=np.uint8))
    group = group_executions((), SIZES, [nobody])
    assert_array_equal(group.find(array([(0, 0, 0), (2, 3, 1)], 3)), [0, 0])


def test_nothing_stored_finds_nothing() -> None:
    group = group_executions((1,), SIZES, [Executions(0, array([], 1), np.empty(0, dtype=np.uint8))])
    assert_array_equal(group.find(array([(0, 0, 0)], 3)), [-1])
    assert_array_equal(group.worst(), [])
