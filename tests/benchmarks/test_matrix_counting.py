"""What loading, counting and expanding cost. Run with ``pytest tests/benchmarks --benchmark-only``."""

from pathlib import Path
from typing import Any

import pytest

from device_profiles import loader
from test_matrix import Matrix, load_matrix
from test_matrix.elimination import Elimination


@pytest.fixture(scope="module")
def national() -> Matrix:
    return load_matrix("national")


def test_reading_the_catalogue(benchmark: Any) -> None:
    loader.catalogue()
    benchmark(loader.catalogue.__wrapped__)
    assert benchmark.stats.stats.mean < 0.2


def test_loading_the_national_matrix(benchmark: Any) -> None:
    benchmark(load_matrix, "national")
    assert benchmark.stats.stats.mean < 0.5


def _counted(matrix: Matrix) -> int:
    """The count, everything that is kept between calls made anew."""
    sizes = tuple(len(factor.levels) for factor in matrix.factors)
    return Elimination(sizes, matrix.constraints, tuple(range(len(sizes)))).total


def test_counting_the_national_matrix(benchmark: Any, national: Matrix) -> None:
    assert benchmark(_counted, national) == national.count()
    assert benchmark.stats.stats.mean < 0.05


@pytest.mark.cpl
def test_counting_275_million_homes_of_the_products_list(benchmark: Any, cpl: Path) -> None:
    def count() -> int:
        return load_matrix(cpl=cpl / "central_products_list_2.051.csv", level="firmware").count()

    assert benchmark(count) == 275_310_000
    assert benchmark.stats.stats.mean < 2


def test_expanding_more_than_a_million_homes_a_second(benchmark: Any, national: Matrix) -> None:
    def expand() -> int:
        return sum(len(chunk) for chunk in national.chunks(1 << 16))

    assert benchmark(expand) == national.count()
    assert national.count() / benchmark.stats.stats.mean > 1_000_000


def test_projecting_hub_meter_and_meter(benchmark: Any, national: Matrix) -> None:
    found = benchmark(national.project, ["comms_hub", "esme", "gsme"])
    assert found.counts.sum() == national.count()
    assert benchmark.stats.stats.mean < 0.1


def test_a_row_becomes_a_home_in_microseconds(benchmark: Any, national: Matrix) -> None:
    rows = national.rows(0, 10_000).tolist()

    def homes() -> None:
        for row in rows:
            national.home(row)

    benchmark(homes)
    assert benchmark.stats.stats.mean / len(rows) < 5e-6
