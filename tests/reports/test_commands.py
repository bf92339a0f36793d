"""``harness report`` and ``harness gate`` as a person and a pipeline use them."""

import shutil
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from harness.cli import main
from harness.cli.exits import Exit

Folder = Callable[[str], Path]
Said = tuple[int, list[str], str]


@pytest.fixture
def harness(capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Run the command line; gives exit code, lines of output, and what was said of faults."""

    def run(*arguments: object) -> Said:
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out.splitlines(), said.err

    return run


Harness = Callable[..., Said]


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("clean", Exit.DONE),
        ("small", Exit.GATE_FAILED),
        ("incomplete", Exit.INCOMPLETE),
        ("empty", Exit.NOTHING_SELECTED),
    ],
)
def test_the_gate_ends_with_the_documented_code(
    harness: Harness, stored: Folder, kind: str, code: Exit
) -> None:
    assert harness("gate", stored(kind))[0] == code


def test_the_gate_says_why(harness: Harness, stored: Folder) -> None:
    _, lines, _ = harness("gate", stored("small"))
    assert lines[0] == "Gate failed: run synthetic-7"
    assert lines[1] == "  34 executions of 4 cases failed"
    assert "  TC_HOME_journey_1          27" in lines


def test_the_gate_holds_against_a_baseline(harness: Harness, stored: Folder) -> None:
    code, lines, _ = harness("gate", stored("small"), "--baseline", stored("small"))
    assert code == Exit.DONE
    assert "  held against run synthetic-7: 0 fixed, 0 not decided here" in lines


def test_waivers_hold_until_the_date_given(harness: Harness, stored: Folder, tmp_path: Path) -> None:
    file = tmp_path / "waivers.yaml"
    file.write_text(
        "waivers: [{issue: OPS-1, owner: me, expires: 2026-05-31, case: '*',"
        " verdicts: [FAIL, INCONCLUSIVE, ERROR]}]"
    )
    command = ("gate", stored("small"), "--waivers", file, "--today")
    code, lines, _ = harness(*command, "2026-05-31")
    assert code == Exit.DONE
    assert "  waiver OPS-1 (me, until 2026-05-31): holds" in lines
    code, lines, _ = harness(*command, "2026-06-01")
    assert code == Exit.GATE_FAILED
    assert "  39 executions had a waiver that has expired" in lines


def test_the_gate_writes_for_machines_and_for_pull_requests(
    harness: Harness, stored: Folder, tmp_path: Path
) -> None:
    junit, markdown = tmp_path / "junit.xml", tmp_path / "summary.md"
    code, *_ = harness("gate", stored("hostile"), "--junit", junit, "--markdown", markdown)
    assert code == Exit.GATE_FAILED
    assert ET.parse(junit).getroot().tag == "testsuites"  # noqa: S314 - our own document
    assert markdown.read_text(encoding="utf-8").startswith("## ❌ Gate failed")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), ""),
        (("--baseline", "nowhere"), "nowhere: expected the folder of a run"),
        (("--waivers", "nowhere.yaml"), "nowhere.yaml: expected a file of waivers"),
        (("--today", "tomorrow"), "tomorrow"),
    ],
)
def test_wrong_use_is_one_line_and_code_2(
    harness: Harness, stored: Folder, options: tuple[str, ...], said: str
) -> None:
    code, _, fault = harness("gate", stored("small") if options else "nowhere", *options)
    assert code == Exit.USAGE
    assert said in fault
    assert "Traceback" not in fault


def test_waivers_with_faults_are_placed(harness: Harness, stored: Folder, tmp_path: Path) -> None:
    (tmp_path / "w.yaml").write_text("waivers:\n  - {issue: A, owner: B, expires: soon, case: C}\n")
    code, _, fault = harness("gate", stored("small"), "--waivers", tmp_path / "w.yaml")
    assert code == Exit.USAGE
    assert "w.yaml:2:35: waivers[0].expires: expected the last day" in fault


def test_a_report_goes_beside_the_run_or_where_it_is_told(
    harness: Harness, stored: Folder, tmp_path: Path
) -> None:
    run = shutil.copytree(stored("small"), tmp_path / "run")
    code, lines, _ = harness("report", run)
    assert code == Exit.DONE
    assert lines[-1] == str(run / "report" / "index.html")
    assert (run / "report" / "index.html").is_file()
    _, lines, _ = harness("report", run, "--out", tmp_path / "elsewhere")
    assert lines[-1] == str(tmp_path / "elsewhere" / "index.html")
    assert Path(lines[-1]).is_file()


def test_any_finding_can_be_printed(harness: Harness, stored: Folder, site: Folder) -> None:
    page = min((site("small") / "evidence").glob("*TC-CS06*"))
    number = page.stem.rpartition("-")[2]
    code, lines, _ = harness("report", stored("small"), "--finding", f"TC_CS06_replay_1@{number}")
    assert code == Exit.DONE
    assert lines[0] == f"FAIL TC_CS06_replay_1, combination {number}"
    for said in ("expected: originator counter 42", "observed: nothing", "clause: GBCS 7.2.9"):
        assert said in lines
    assert "  comms_hub: Comms Hub model 1 01020301 (comms_hub-10F2-0001-0100)" in lines
    assert any(line.startswith("frame 1, sent: Supplier to ESME at 2024-01-01") for line in lines)
    assert any(line.startswith("DF0902") for line in lines)


def test_every_combination_that_inherits_a_failure_has_the_finding(
    harness: Harness, stored: Folder, reader: Callable[[str], object]
) -> None:
    # Two homes with the same meter and hub, and different gas meters.
    for number in (18, 19):
        _, lines, _ = harness("report", stored("small"), "--finding", f"TC_ECS17b_nominal_1@{number}")
        assert lines[0] == f"FAIL TC_ECS17b_nominal_1, combination {number}"


def test_a_combination_without_finding_is_said(harness: Harness, stored: Folder) -> None:
    code, lines, _ = harness("report", stored("small"), "--finding", "TC_ECS17b_nominal_1@0")
    assert code == Exit.DONE
    assert lines == ["combination 0 inherits no finding from this case"]


@pytest.mark.parametrize(
    ("finding", "said"),
    [
        ("nonsense", "expected a case and the number of a combination"),
        ("TC_ECS17b_nominal_1@153", "expected a combination of this run, 0 to 152"),
        ("TC_NOTHING@0", "expected a case of this run"),
        ("@0", "expected a case of this run"),
        ("TC_ECS17b_nominal_1@-1", "expected a case and the number of a combination"),
    ],
)
def test_a_finding_that_is_none_is_refused(harness: Harness, stored: Folder, finding: str, said: str) -> None:
    code, _, fault = harness("report", stored("small"), "--finding", finding)
    assert code == Exit.USAGE
    assert said in fault


def test_hostile_findings_give_a_terminal_no_orders(harness: Harness, stored: Folder) -> None:
    for number in range(0, 153, 7):
        _, lines, _ = harness("report", stored("hostile"), "--finding", f"TC_PPMID_display_1@{number}")
        assert all(line.isprintable() for line in lines)


def test_a_folder_that_is_no_report_is_not_overwritten(
    harness: Harness, stored: Folder, tmp_path: Path
) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    code, _, fault = harness("report", stored("small"), "--out", tmp_path)
    assert code == Exit.USAGE
    assert "expected a folder for the report" in fault
    assert (tmp_path / "notes.txt").exists()
