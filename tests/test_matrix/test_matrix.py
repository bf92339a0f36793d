"""Counting, listing, projecting and sampling, each against brute force over small random matrices."""

import itertools
import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from test_matrix.constraint import Constraint, constraint_of
from test_matrix.elimination import TooEntangled
from test_matrix.matrix import Factor, Level, Matrix


def _factors(sizes: list[int]) -> tuple[Factor, ...]:
    return tuple(
        Factor(f"f{i}", None, tuple(Level(f"{i}.{level}", f"{i}.{level}") for level in range(size)))
        for i, size in enumerate(sizes)
    )


@st.composite
def constraints(draw: st.DrawFn, sizes: list[int]) -> Constraint:
    scope = draw(st.permutations(range(len(sizes))))[: draw(st.integers(1, min(3, len(sizes))))]
    counts = [draw(st.integers(1, sizes[factor])) for factor in scope]
    classes = [
        draw(st.lists(st.integers(0, count - 1), min_size=sizes[factor], max_size=sizes[factor]))
        for factor, count in zip(scope, counts, strict=True)
    ]
    cells = math.prod(counts)
    allowed = draw(st.lists(st.sampled_from([True, True, False]), min_size=cells, max_size=cells))
    return constraint_of("c", "because", scope, classes, np.array(allowed).reshape(counts))


@st.composite
def matrices(draw: st.DrawFn) -> Matrix:
    sizes = draw(st.lists(st.integers(1, 5), min_size=1, max_size=5))
    found = draw(st.lists(constraints(sizes), max_size=5))
    return Matrix("random", "", "firmware", _factors(sizes), tuple(found))


def brute_force(matrix: Matrix) -> list[tuple[int, ...]]:
    def holds(row: tuple[int, ...], constraint: Constraint) -> bool:
        cell = tuple(
            classes[row[factor]] for factor, classes in zip(constraint.scope, constraint.classes, strict=True)
        )
        return bool(constraint.allowed[cell])

    every = itertools.product(*(range(len(factor.levels)) for factor in matrix.factors))
    return [row for row in every if all(holds(row, constraint) for constraint in matrix.constraints)]


def _tuples(rows: np.ndarray) -> list[tuple[int, ...]]:
    return [tuple(row) for row in rows.tolist()]


@given(matrices())
def test_count_is_that_of_brute_force(matrix: Matrix) -> None:
    assert matrix.count() == len(brute_force(matrix))


@given(matrices(), st.integers(1, 50))
def test_chunks_list_what_brute_force_lists_in_its_order(matrix: Matrix, size: int) -> None:
    chunks = list(matrix.chunks(size))
    assert [row for chunk in chunks for row in _tuples(chunk)] == brute_force(matrix)
    assert all(len(chunk) == size for chunk in chunks[:-1])


@given(matrices(), st.data())
def test_any_range_of_rows_is_that_slice(matrix: Matrix, data: st.DataObject) -> None:
    expected = brute_force(matrix)
    start = data.draw(st.integers(0, len(expected) + 2))
    stop = data.draw(st.integers(0, len(expected) + 2))
    assert _tuples(matrix.rows(start, stop)) == expected[start:stop]


@given(matrices(), st.data())
def test_projection_has_each_tuple_once_with_its_first_home_and_its_count(
    matrix: Matrix, data: st.DataObject
) -> None:
    columns = data.draw(st.permutations(range(len(matrix.factors))))
    columns = columns[: data.draw(st.integers(0, len(columns)))]
    expected: dict[tuple[int, ...], list[tuple[int, ...]]] = {}
    for row in brute_force(matrix):
        expected.setdefault(tuple(row[column] for column in columns), []).append(row)
    found = matrix.project([matrix.factors[column].name for column in columns])
    assert _tuples(found.tuples) == sorted(expected)
    assert _tuples(found.representatives) == [expected[key][0] for key in sorted(expected)]
    assert found.counts.tolist() == [len(expected[key]) for key in sorted(expected)]


@given(matrices(), st.integers(0, 60), st.integers())
def test_sample_is_distinct_valid_and_repeatable(matrix: Matrix, n: int, seed: int) -> None:
    valid = brute_force(matrix)
    sample = _tuples(matrix.sample(n, seed))
    assert len(sample) == min(n, len(valid))
    assert sample == sorted(set(sample))
    assert set(sample) <= set(valid)
    assert sample == _tuples(matrix.sample(n, seed))


@given(matrices())
def test_pickle_keeps_digest_and_content(matrix: Matrix) -> None:
    matrix.count()
    again = pickle.loads(pickle.dumps(matrix))  # noqa: S301 - our own octets
    assert again.digest == matrix.digest
    assert again.count() == matrix.count()


def test_counts_beyond_64_bits_are_exact() -> None:
    unequal = constraint_of("unequal", "", (0, 39), [range(10), range(10)], ~np.eye(10, dtype=bool))
    matrix = Matrix("wide", "", "firmware", _factors([10] * 40), (unequal,))
    assert matrix.count() == 10**40 - 10**39
    assert matrix.count_unconstrained() == 10**40
    sample = matrix.sample(5, 1)
    assert len({tuple(row) for row in sample.tolist()}) == 5
    assert (sample[:, 0] != sample[:, 39]).all()


def test_constraints_that_tie_everything_together_are_refused_not_attempted() -> None:
    sizes = [40] * 8
    pairs = [
        constraint_of("p", "", (i, 7), [range(40), range(40)], ~np.eye(40, dtype=bool)) for i in range(7)
    ]
    matrix = Matrix("entangled", "", "firmware", _factors(sizes), tuple(pairs))
    with pytest.raises(TooEntangled, match="8 factors"):
        matrix.count()
