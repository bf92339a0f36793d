"""Pages that scripts make, in a real browser from a file: true to the run, and as accessible as the rest."""

import html
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from harness.records.reader import RunReader
from harness.records.types import Verdict

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
_WORST_LAST = [Verdict.NOT_APPLICABLE, Verdict.PASS, Verdict.INCONCLUSIVE, Verdict.FAIL, Verdict.ERROR]
_BAD = {Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.ERROR}

Folder = Callable[[str], Path]
Reader = Callable[[str], RunReader]
Show = Callable[..., str]


@pytest.fixture(scope="session")
def show(site: Folder, tmp_path_factory: pytest.TempPathFactory) -> Show:
    """The HTML of a page once its scripts have run; fails where one complained."""
    browser = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if browser is None:
        pytest.skip(f"no browser is installed: none of {', '.join(_BROWSERS)}")
    profile = tmp_path_factory.mktemp("browser")

    def load(kind: str, page: str) -> str:
        address = f"{(site(kind) / page.partition('#')[0]).as_uri()}{''.join(page.partition('#')[1:])}"
        flags = (
            *("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"),
            *("--disable-dev-shm-usage", "--enable-logging=stderr", "--virtual-time-budget=20000"),
        )
        done = subprocess.run(
            [browser, *flags, f"--user-data-dir={profile}", "--dump-dom", address],
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        complaints = [line for line in done.stderr.splitlines() if ":CONSOLE" in line]
        assert complaints == []
        return done.stdout

    return load


def words(page: str) -> str:
    return html.unescape(" ".join(re.sub(r"<[^>]*>", " ", page).split()))


def rows(page: str) -> list[list[str]]:
    """The cells of every row of every table."""
    found = re.findall(r"<tr[^>]*>(.*?)</tr>", page, flags=re.DOTALL)
    return [
        [words(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)] for row in found
    ]


def inherited(run: RunReader) -> tuple[np.ndarray, list[dict[str, Verdict]]]:
    """All combinations, and the verdict of each case in each, the slow way."""
    combinations = np.concatenate(list(run.combination_chunks()))
    names = [factor.name for factor in run.manifest.factors]
    homes: list[dict[str, Verdict]] = [{} for _ in combinations]
    for case in run.manifest.cases:
        columns = [names.index(name) for name in case.participants]
        stored = {
            tuple(levels): Verdict(verdict)
            for chunk, verdicts in run.executions(case.case_id)
            for levels, verdict in zip(chunk.tolist(), verdicts.tolist(), strict=True)
        }
        for home, combination in zip(homes, combinations[:, columns].tolist(), strict=True):
            home[case.case_id] = stored[tuple(combination)]
    return combinations, homes


@pytest.mark.parametrize("number", [0, 18, 72, 152])
def test_a_combination_shows_its_devices_and_every_verdict_it_inherits(
    show: Show, reader: Reader, number: int
) -> None:
    run = reader("small")
    combinations, homes = inherited(run)
    page = show("small", f"combination.html#{number}")
    assert f"Combination {number}" in words(page)
    table = rows(page)
    for factor, level in zip(run.manifest.factors, combinations[number].tolist(), strict=True):
        assert any(row[1:] == [factor.levels[level].label, factor.levels[level].key] for row in table)
    failing = {case_id for case_id, verdict in homes[number].items() if verdict in _BAD}
    shown = {row[1].split()[0]: row for row in table if row[1].startswith("TC_")}
    assert set(shown) == failing
    for case_id, row in shown.items():
        word = {Verdict.FAIL: "✗ Fail", Verdict.INCONCLUSIVE: "? Inconclusive", Verdict.ERROR: "! Error"}
        assert row[0] == word[homes[number][case_id]]
        assert row[3] == "Frames" or f"--finding {case_id}@{number}" in row[3]


def test_the_list_has_every_combination_that_did_not_pass(show: Show, reader: Reader) -> None:
    _, homes = inherited(reader("small"))
    bad = [number for number, home in enumerate(homes) if _BAD & set(home.values())]
    page = show("small", "combinations.html")
    assert f"{len(bad)} of {len(homes)} combinations" in words(page)
    listed = [row for row in rows(page) if row[0].isdigit()]
    assert [int(row[0]) for row in listed] == bad[:100]
    for row in listed:
        verdicts = list(homes[int(row[0])].values())
        assert row[1].split()[-1] == max(verdicts, key=_WORST_LAST.index).name.capitalize()
        assert int(row[2]) == sum(verdict in _BAD for verdict in verdicts)


def test_filters_in_the_address_hold(show: Show, reader: Reader) -> None:
    combinations, homes = inherited(reader("small"))
    page = show("small", "combinations.html#f1=2&f0=1&verdict=any")
    wanted = np.flatnonzero((combinations[:, 1] == 2) & (combinations[:, 0] == 1)).tolist()
    assert [int(row[0]) for row in rows(page) if row[0].isdigit()] == wanted
    page = show("small", "combinations.html#case=0")
    case_id = reader("small").manifest.cases[0].case_id
    wanted = [number for number, home in enumerate(homes) if home[case_id] in _BAD]
    assert [int(row[0]) for row in rows(page) if row[0].isdigit()] == wanted


@pytest.mark.parametrize("pair", [(1, 0), (3, 2)])
def test_the_heat_map_counts_homes_by_any_two_factors(
    show: Show, reader: Reader, pair: tuple[int, int]
) -> None:
    run = reader("small")
    combinations, homes = inherited(run)
    row_factor, column_factor = pair
    page = show("small", f"matrix.html#rows={row_factor}&columns={column_factor}")
    _, *body = rows(page)
    assert [row[0] for row in body] == [level.label for level in run.manifest.factors[row_factor].levels]
    titles = iter(re.findall(r'title="([\d,]+) homes: ([^"]*)"', page))
    for r, row in enumerate(body):
        for c, cell in enumerate(row[1:]):
            chosen = (combinations[:, row_factor] == r) & (combinations[:, column_factor] == c)
            here = [homes[number] for number in np.flatnonzero(chosen).tolist()]
            if not here:
                assert cell == ""
                continue
            bad = sum(bool(_BAD & set(home.values())) for home in here)
            total, counts = next(titles)
            assert int(total) == len(here)
            assert (f"Pass {len(here) - bad}" in counts) == (bad < len(here))
            percent = f"{100 * bad / len(here):.0f} %"
            assert cell == (f"✗ {percent}" if bad else "✓") or 0 < bad / len(here) < 0.1


def test_the_heat_map_of_one_case_knows_its_devices_alone(show: Show, reader: Reader) -> None:
    number = [case.case_id for case in reader("small").manifest.cases].index("TC_ECS17b_nominal_1")
    _, *body = rows(show("small", f"matrix.html#rows=1&columns=0&case={number}"))
    assert [row[0] for row in body if "✗ 100 %" in row] == ["Esme model 2 01020302"]
    assert all(cell in ("", "✓") for row in body for cell in row[1:] if row[0] != "Esme model 2 01020302")


def test_large_runs_work_across_shards(show: Show, reader: Reader) -> None:
    page = show("large", "combination.html#199999")
    assert "Combination 199999" in words(page)
    assert "cases: " in words(page)
    listed = show("large", "combinations.html#case=48&f1=2")
    assert re.search(r"Combinations that match: 1 to 100 of [\d,]{5,}", words(listed))


@pytest.mark.parametrize("page", ["matrix.html", "combinations.html#verdict=any", "combination.html#18"])
@pytest.mark.parametrize("kind", ["small", "hostile", "incomplete", "large"])
def test_what_scripts_make_is_accessible(show: Show, checks: ModuleType, kind: str, page: str) -> None:
    problems = checks.problems_of(show(kind, page))
    assert problems == []


def test_scripts_turn_no_name_into_markup(show: Show, checks: ModuleType, runs: ModuleType) -> None:
    for page in ("matrix.html", "combinations.html#verdict=any", "combination.html#72", "devices.html"):
        root, _ = checks.parse(show("hostile", page))
        assert not root.all("img", "b", "iframe")
        for script in root.all("script"):
            assert re.fullmatch(r"(file:///.*/)?(assets|data)/[a-z0-9-]+\.js", script.attributes["src"])
        assert "<script>alert(1)</script>" in " ".join(root.texts_within())


def test_a_number_that_is_none_is_said(show: Show) -> None:
    for number in ("153", "-1", "x", "1e3"):
        assert "There is no combination of that number" in words(show("small", f"combination.html#{number}"))


def test_tables_get_a_filter(show: Show) -> None:
    page = show("small", "cases.html")
    assert "6 of 6 shown" in words(page)
    assert page.count("<button") >= 8


def test_an_empty_run_says_so(show: Show) -> None:
    assert "0 of 0 combinations" in words(show("empty", "combinations.html"))
    assert "There is no combination of that number" in words(show("empty", "combination.html#0"))
    assert "no valid combination" in show("empty", "matrix.html")


def test_pages_fit_a_narrow_window(show: Show, checks: ModuleType) -> None:
    # What is wider than the window scrolls in a box of its own, which the keyboard can reach.
    for page in ("index.html", "cases.html", "devices.html", "evidence.html"):
        root, _ = checks.parse(show("small", page))
        for table in root.all("table"):
            assert table.parent is not None
            assert "scroll" in table.parent.attributes["class"]
            assert table.parent.attributes["tabindex"] == "0"
