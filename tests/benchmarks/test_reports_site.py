"""A report of a million homes, and the decision on them: run with --benchmark-only."""

import importlib.util
import resource
import sys
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from harness.records.reader import RunReader
from reports.gate import decide
from reports.junit import junit_xml
from reports.markdown import markdown_summary
from reports.site import render_site

HOMES = 1_000_000
MOST_SECONDS = 30
MOST_OCTETS_OF_SITE = 30_000_000
MOST_KILOBYTES_OF_MEMORY = 1_000_000


@pytest.fixture(scope="module")
def million(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = Path(__file__).parents[1] / "reports" / "stored_runs.py"
    spec = importlib.util.spec_from_file_location("tests_benchmarks_stored_runs", path)
    assert spec is not None
    assert spec.loader is not None
    runs = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(runs)
    folder: Path = runs.store_run(tmp_path_factory.mktemp("runs") / "million", runs.large_plan(HOMES, 8))
    return folder


def test_a_site_of_a_million_homes(benchmark: BenchmarkFixture, million: Path, tmp_path: Path) -> None:
    with RunReader(million) as run:
        assert run.manifest.combinations == HOMES
        benchmark.pedantic(render_site, (run, tmp_path / "site"), rounds=1)
    assert benchmark.stats.stats.max < MOST_SECONDS
    size = sum(path.stat().st_size for path in (tmp_path / "site").rglob("*") if path.is_file())
    assert size < MOST_OCTETS_OF_SITE
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < MOST_KILOBYTES_OF_MEMORY


def test_the_gate_over_a_million_homes(benchmark: BenchmarkFixture, million: Path) -> None:
    def gate() -> None:
        with RunReader(million) as run, RunReader(million) as baseline:
            result = decide(run, baseline)
            junit_xml(run, result)
            markdown_summary(run, result)

    benchmark.pedantic(gate, rounds=1)
    assert benchmark.stats.stats.max < MOST_SECONDS
