import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from harness.records.types import Verdict
from reports.homes import FirstHomes, HomeCounts, Measured, inherit, regroup
from reports.tuples import Executions, Group, group_executions
from reports.verdicts import FIRST_BAD_RANK, NOT_RUN_RANK, RANK_COUNT, ranks

SIZES = (2, 3, 2)
HOMES = np.array([(a, b, c) for a in range(2) for b in range(3) for c in range(2)], dtype=np.uint16)
codes = st.sampled_from(list(Verdict))


@st.composite
def groups(draw: st.DrawFn) -> list[Group]:
    made = []
    case = 0
    for participants in ((0, 1), (2,), (0, 1, 2)):
        tuples = np.unique(HOMES[:, participants], axis=0)
        tuples = tuples[: draw(st.integers(0, len(tuples)))]
        executions = []
        for _ in range(draw(st.integers(1, 2))):
            own = draw(st.lists(codes, min_size=len(tuples), max_size=len(tuples)))
            executions.append(Executions(case, tuples, np.array(own, dtype=np.uint8)))
            case += 1
        made.append(group_executions(participants, SIZES, executions))
    return made


def inherited(made: list[Group], home: tuple[int, ...]) -> list[int]:
    """The rank of every case for one home, one after the other; NOT_RUN where none was run."""
    found = []
    for group in made:
        own = [home[factor] for factor in group.participants]
        rows = [row for row, levels in enumerate(group.levels.tolist()) if levels == own]
        lines = range(len(group.cases))
        found += [int(ranks(group.verdicts[line, rows])[0]) if rows else NOT_RUN_RANK for line in lines]
    return found


@given(groups(), st.integers(1, 12))
def test_counts_are_those_of_going_through_every_home(made: list[Group], size: int) -> None:
    counts = HomeCounts(SIZES, made, [Measured(2, 0, made[2].cases[0])], NOT_RUN_RANK)
    chunks = [HOMES[start : start + size] for start in range(0, len(HOMES), size)]
    (shard,) = inherit(chunks, made, NOT_RUN_RANK)
    counts.add(shard)
    expected = np.zeros((2, *SIZES, RANK_COUNT), dtype=np.int64)
    for number, home in enumerate(map(tuple, HOMES.tolist())):
        own = inherited(made, home)
        assert shard.worst[number] == max(own)
        assert shard.bad[number] == sum(rank >= FIRST_BAD_RANK for rank in own)
        expected[(0, *home, max(own))] += 1
        expected[(1, *home, own[-len(made[2].cases)])] += 1
    assert counts.count == len(HOMES)
    assert list(counts.tally.counts) == expected[0].sum(axis=(0, 1, 2)).tolist()
    assert (counts.pairs[0, 2][0] == expected[0].sum(axis=1)).all()
    assert (counts.singles[1] == expected[0].sum(axis=(0, 2))).all()
    for group, weights in zip(made, counts.weights, strict=True):
        assert weights.sum() == len(HOMES)
        for row, levels in enumerate(group.levels):
            assert weights[row] == (HOMES[:, group.participants] == levels).all(axis=1).sum()
    assert (counts.pairs[0, 1][1] == expected[1].sum(axis=2)).all()


@given(groups())
def test_measured_cases_are_counted_where_they_ran(made: list[Group]) -> None:
    counts = HomeCounts(SIZES, made, [Measured(0, 0, 0)], NOT_RUN_RANK)
    for shard in inherit([HOMES], made, NOT_RUN_RANK):
        counts.add(shard)
    for row, (a, b) in enumerate(made[0].levels.tolist()):
        rank = int(ranks(made[0].verdicts[0, row : row + 1])[0])
        assert counts.pairs[0, 1][1, a, b, rank] == 2


@given(groups())
def test_the_first_home_of_a_tuple_is_the_first(made: list[Group]) -> None:
    wanted = [(number, row) for number, group in enumerate(made) for row in range(len(group.keys))]
    first = FirstHomes(wanted)
    for shard in inherit([HOMES], made, NOT_RUN_RANK):
        first.add(shard)
    assert set(first.found) == set(wanted)
    for (number, row), (combination, home) in first.found.items():
        group = made[number]
        same = (HOMES[:, group.participants] == group.levels[row]).all(axis=1)
        assert combination == int(np.flatnonzero(same)[0])
        assert home == tuple(HOMES[combination].tolist())


@given(st.lists(st.integers(0, 9), max_size=8), st.integers(1, 7))
def test_regrouping_keeps_every_row_in_order(lengths: list[int], size: int) -> None:
    rows = np.arange(sum(lengths)).reshape(-1, 1)
    chunks = np.split(rows, np.cumsum(lengths)[:-1]) if lengths else []
    regrouped = list(regroup(chunks, size))
    assert [row for chunk in regrouped for row in chunk[:, 0].tolist()] == list(range(len(rows)))
    assert all(len(chunk) == size for chunk in regrouped[:-1])
