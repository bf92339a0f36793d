"""Every report page there is: found by listing, and right for an empty, a small and a full run."""

import importlib.util
import sys
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import ModuleType

import pytest

import reports
from harness.records.reader import RunReader
from reports.page import Page, find_pages
from reports.site import render_site

PAGES = find_pages()
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.title)
each_run = pytest.mark.parametrize("kind", ["empty", "small", "full"])


@cache
def _of_the_reports(name: str) -> ModuleType:
    """A module of tests/reports: test folders are no packages."""
    path = Path(__file__).parents[1] / "reports" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"tests_registry_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A site from a run of each kind."""
    runs = _of_the_reports("stored_runs")
    folder = tmp_path_factory.mktemp("pages")
    made = {}
    for kind, plan in {"empty": runs.EMPTY, "small": runs.SMALL, "full": runs.large_plan(20_000)}.items():
        with RunReader(runs.store_run(folder / f"run-{kind}", plan)) as run:
            made[kind] = render_site(run, folder / kind).parent
    return made


def test_folders_and_pages_are_one_to_one() -> None:
    folders = [
        entry.name
        for entry in (files(reports) / "pages").iterdir()
        if entry.is_dir() and not entry.name.startswith("__")
    ]
    assert len(folders) == len(PAGES) >= 7


def test_no_two_pages_are_in_one_place() -> None:
    for place in ("path", "title", "order"):
        values = [getattr(page, place) for page in PAGES]
        assert len(set(values)) == len(values)
    assert [page.order for page in PAGES] == sorted(page.order for page in PAGES)
    assert PAGES[0].path == "index.html"


def test_no_page_is_forgotten_in_the_navigation(sites: dict[str, Path]) -> None:
    for path in sites["small"].rglob("*.html"):
        html = path.read_text(encoding="utf-8")
        root = "../" * (len(path.relative_to(sites["small"]).parts) - 1)
        for page in PAGES:
            assert f'<a href="{root}{page.path}"' in html


@each_run
@each_page
def test_page_renders_and_is_accessible(sites: dict[str, Path], page: Page, kind: str) -> None:
    checks = _of_the_reports("page_checks")
    site = sites[kind]
    inner = sorted((site / page.folder).rglob("*.html")) if page.folder.endswith("/") else []
    for path in (site / page.path, *inner):
        html = path.read_text(encoding="utf-8")
        assert checks.problems_of(html) == [], path
        current = [tag for tag in ('aria-current="page"', 'aria-current="true"') if tag in html]
        assert current == (['aria-current="page"'] if path == site / page.path else ['aria-current="true"'])


@each_run
def test_links_between_pages_lead_somewhere(sites: dict[str, Path], kind: str) -> None:
    checks = _of_the_reports("page_checks")
    assert checks.broken_links(sites[kind]) == []
    assert checks.from_the_network(sites[kind]) == []
