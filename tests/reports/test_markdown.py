import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.records.reader import RunReader
from reports.gate import decide
from reports.markdown import MOST_OCTETS, markdown_summary, name, text
from reports.waivers import Waiver

Reader = Callable[[str], RunReader]


def summary(run: RunReader) -> str:
    return markdown_summary(run, decide(run))


@pytest.mark.parametrize("kind", ["small", "clean", "empty", "incomplete", "hostile", "large"])
def test_a_summary_is_small_and_its_tables_are_whole(reader: Reader, kind: str) -> None:
    page = summary(reader(kind))
    assert len(page.encode()) < MOST_OCTETS
    width = 0
    for line in page.splitlines():
        cells = len(re.findall(r"(?<!\\)\|", line))
        if line.startswith("| ---"):
            continue
        if line.startswith("|"):
            width = width or cells
            assert cells == width
        else:
            width = 0


def test_it_says_what_was_decided_and_why(reader: Reader) -> None:
    page = summary(reader("small"))
    assert page.startswith("## ❌ Gate failed\n\n- 34 executions of 4 cases failed\n")
    assert "| `TC_HOME_journey_1` | Fail 27, Pass 126 | 27 |" in page
    assert "the ESME did not answer its read" in page
    assert summary(reader("clean")).startswith("## ✅ Gate passed\n")


def test_it_says_what_is_fixed_and_what_is_not(reader: Reader, runs: ModuleType, tmp_path: Path) -> None:
    fewer = reader(str(runs.store_run(tmp_path / "fewer", replace(runs.SMALL, faults=runs.SMALL.faults[1:]))))
    page = markdown_summary(fewer, decide(fewer, reader("small")))
    assert "0 new, 6 fixed, 33 as before, 0 not decided here." in page
    assert "### Fixed" in page
    assert "| `TC_ECS17b_nominal_1` | 3 |" in page
    assert "### Not passed in the baseline either" in page


def test_waivers_are_accounted_for(reader: Reader) -> None:
    run = reader("small")
    waivers = [
        Waiver("OPS-1", "Head end", date(2027, 1, 1), "TC_ECS17b_*"),
        Waiver("OPS-2", "Head end", date(2025, 1, 1), "TC_CS06_*"),
        Waiver("OPS-3", "Head end", date(2027, 1, 1), "TC_NOTHING_*"),
    ]
    page = markdown_summary(run, decide(run, waivers=waivers, today=date(2026, 1, 1)))
    assert r"| OPS\-1 | Head end | 2027-01-01 | TC\_ECS17b\_\* | 6 |  |" in page
    assert r"| 2025-01-01 | TC\_CS06\_\* | 1 | **expired** |" in page
    assert "matches nothing: remove it" in page


def test_what_has_no_room_is_left_out_and_said(reader: Reader, runs: ModuleType, tmp_path: Path) -> None:
    cases = tuple(runs.case(f"TC_{'X' * 60}_{number}", "comms_hub", "esme") for number in range(2500))
    plan = replace(runs.SMALL, cases=cases, faults=(runs.Fault("*", {"esme": 2}, reason="r" * 500),))
    page = summary(reader(str(runs.store_run(tmp_path / "many", plan))))
    assert MOST_OCTETS * 0.9 < len(page.encode()) < MOST_OCTETS
    shown = re.search(r"Showing ([\d,]+) of 2,500 rows\.", page)
    assert shown is not None
    assert int(shown[1].replace(",", "")) == page.count("| `TC_XX")
    assert "cut to stay under 200 KB" in page


@given(st.text(max_size=300))
def test_any_text_stays_one_line_of_text(untrusted: str) -> None:
    line = text(untrusted)
    assert len(line.splitlines()) <= 1
    assert not re.search(r"(?<!\\)[`*_\[\]|]", line.replace("\\\\", ""))
    assert "<" not in line
    assert not re.search(r"@(?!\u200b)", line)
    assert "://" not in line
    assert len(line) < 2000


def test_identifiers_are_code() -> None:
    assert name("TC_ECS17b_nominal_1") == "`TC_ECS17b_nominal_1`"
    assert name("TC`x") == r"TC\`x"
