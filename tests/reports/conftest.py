"""Stored runs of several kinds and the sites rendered from them, each made once."""

import importlib.util
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

from harness.cli.report import decode_frame
from harness.records.reader import RunReader
from reports.site import render_site


def _beside(name: str) -> ModuleType:
    """A module beside this file: test folders are no packages."""
    full = f"tests_reports_{name}"
    if full not in sys.modules:
        spec = importlib.util.spec_from_file_location(full, Path(__file__).with_name(f"{name}.py"))
        assert spec is not None
        assert spec.loader is not None
        module = sys.modules[full] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return sys.modules[full]


@pytest.fixture(scope="session")
def runs() -> ModuleType:
    """The makers of stored runs."""
    return _beside("stored_runs")


@pytest.fixture(scope="session")
def checks() -> ModuleType:
    """What pages must be."""
    return _beside("page_checks")


PLANS = ("small", "clean", "empty", "incomplete", "hostile", "exhaustive", "large")


@pytest.fixture(scope="session")
def stored(tmp_path_factory: pytest.TempPathFactory, runs: ModuleType) -> Callable[[str], Path]:
    """The folder of the stored run of one of ``PLANS``."""
    plans = {
        "small": lambda: runs.SMALL,
        "clean": lambda: runs.CLEAN,
        "empty": lambda: runs.EMPTY,
        "incomplete": lambda: runs.INCOMPLETE,
        "hostile": runs.hostile_plan,
        "exhaustive": lambda: runs.EXHAUSTIVE,
        "large": lambda: runs.large_plan(200_000, 2),
    }

    @cache
    def store(name: str) -> Path:
        return runs.store_run(tmp_path_factory.mktemp("runs") / name, plans[name]())

    return store


@pytest.fixture
def reader(stored: Callable[[str], Path]) -> Iterator[Callable[[str], RunReader]]:
    """An open reader of the stored run of one of ``PLANS``, or of any folder."""
    with ExitStack() as stack:
        yield lambda name: stack.enter_context(RunReader(stored(name) if name in PLANS else name))


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, stored: Callable[[str], Path]) -> Callable[[str], Path]:
    """The folder of the site rendered from the stored run of one of ``PLANS``."""

    @cache
    def render(name: str) -> Path:
        with RunReader(stored(name)) as run:
            return render_site(run, tmp_path_factory.mktemp("sites") / name, decode_frame).parent

    return render
