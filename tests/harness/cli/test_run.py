"""``harness run``: its contract with other tools, and what it does when it is stopped."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from device_profiles.errors import InputError
from harness.cli import command
from harness.records.reader import RunReader
from harness.records.schema import FILE_NAME
from test_matrix import load_matrix

FEW = ("--matrix", "demo", "--case", "ECS17b")
COMBINATIONS = load_matrix("demo").count()


def _run(*words: str, cwd: Path | None = None) -> Result:
    return CliRunner().invoke(command, ["run", *words], standalone_mode=False)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    folder = tmp_path_factory.mktemp("run") / "demo"
    return folder, _run(*FEW, "--seed", "5", "--out", str(folder))


def test_the_last_two_lines_are_the_folder_and_the_report(finished: tuple[Path, Result]) -> None:
    folder, result = finished
    assert result.return_value == 0, result.output
    assert result.stdout.splitlines()[-2:] == [str(folder), str(folder / "report" / "index.html")]
    assert (folder / "report" / "index.html").stat().st_size > 1000


def test_the_summary_has_the_run_in_numbers(finished: tuple[Path, Result]) -> None:
    folder, _ = finished
    summary = json.loads((folder / "summary.json").read_text())
    assert summary["combinations"] == COMBINATIONS
    assert summary["executions"] == sum(summary["verdicts"].values()) > 0
    assert sum(summary["inherited_verdicts"].values()) % COMBINATIONS == 0
    assert summary["verdicts"].keys() == {"PASS", "FAIL", "INCONCLUSIVE", "NOT_APPLICABLE", "ERROR"}
    assert summary["verdicts"]["ERROR"] == 0
    assert 0 < summary["seconds"] < 100
    assert 20_000_000 < summary["peak_memory"] < 2_000_000_000


def test_progress_stays_off_standard_output(finished: tuple[Path, Result]) -> None:
    _, result = finished
    assert len(result.stdout.splitlines()) == 2
    assert "executions" in result.stderr


def test_the_stored_command_repeats_the_run(finished: tuple[Path, Result]) -> None:
    folder, _ = finished
    with RunReader(folder) as run:
        assert run.manifest.commands == ("harness run --matrix demo --case ECS17b --seed 5",)


def test_a_run_on_frames_says_so_and_goes_on_with_them(tmp_path: Path, finished: tuple[Path, Result]) -> None:
    folder = tmp_path / "framed"
    few = ("--matrix", "demo", "--case", "TC_ECS17b_*_1")
    assert _run(*few, "--frames", "--out", str(folder)).return_value == 0
    assert _run("--resume", "--out", str(folder)).return_value == 0
    assert _run(*few, "--out", str(tmp_path / "plain")).return_value == 0
    with RunReader(folder) as framed, RunReader(tmp_path / "plain") as plain:
        assert framed.manifest.frames
        assert framed.manifest.commands == (
            "harness run --matrix demo --case 'TC_ECS17b_*_1' --seed 1 --frames",
        )
        assert framed.summary().verdicts == plain.summary().verdicts
        assert framed.manifest.run_id != plain.manifest.run_id


def test_what_nothing_has_changed_is_taken_over(tmp_path: Path, finished: tuple[Path, Result]) -> None:
    before, _ = finished
    executions = json.loads((before / "summary.json").read_text())["executions"]
    result = _run(*FEW, "--reuse", str(before), "--out", str(tmp_path / "after"))
    assert result.return_value == 0
    assert f"{executions:,} executions taken over from {before}" in result.stderr
    assert str(before) in (tmp_path / "after" / "report" / "about.html").read_text()
    with RunReader(before) as one, RunReader(tmp_path / "after") as other:
        assert list(one.findings()) == list(other.findings())
        assert one.summary().verdicts == other.summary().verdicts
        assert f"--reuse {before}" in other.manifest.commands[0]


def test_where_nothing_can_be_taken_over_it_is_said_why(
    tmp_path: Path, finished: tuple[Path, Result]
) -> None:
    before, _ = finished
    few = ("--matrix", "demo", "--case", "TC_ECS17b_nominal_1", "--seed", "6")
    result = _run(*few, "--reuse", str(before), "--out", str(tmp_path / "after"))
    assert result.return_value == 0
    assert f"nothing to take over from {before}: different are: seed" in result.stderr


def test_a_run_goes_on_where_what_it_took_over_from_is_gone(
    tmp_path: Path, finished: tuple[Path, Result]
) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    shutil.copytree(finished[0], before)
    assert _run(*FEW, "--reuse", str(before), "--out", str(after)).return_value == 0
    shutil.rmtree(before)
    result = _run("--resume", "--out", str(after))
    assert result.return_value == 0
    assert f"nothing to take over from {before}: it is not there any more" in result.stderr


def test_a_folder_with_a_run_is_refused(finished: tuple[Path, Result]) -> None:
    folder, _ = finished
    result = _run(*FEW, "--out", str(folder))
    assert isinstance(result.exception, InputError)
    assert "--resume" in str(result.exception)


def test_going_on_with_a_finished_run_renders_it_again(finished: tuple[Path, Result]) -> None:
    folder, first = finished
    before = json.loads((folder / "summary.json").read_text())
    result = _run("--resume", "--out", str(folder))
    assert result.return_value == 0
    assert result.stdout.splitlines()[-2:] == first.stdout.splitlines()[-2:]
    after = json.loads((folder / "summary.json").read_text())
    assert after["verdicts"] == before["verdicts"]
    assert after["seconds"] > before["seconds"]


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("--seed", "6"), "seed"),
        (("--no-sharing",), "sharing"),
        (("--frames",), "home area network"),
        (("--case", "ECS52"), "cases"),
        (("--matrix", "national"), "matrix"),
    ],
)
def test_going_on_with_another_plan_is_refused(
    finished: tuple[Path, Result], words: tuple[str, ...], what: str
) -> None:
    folder, _ = finished
    result = _run("--resume", "--out", str(folder), *words)
    assert isinstance(result.exception, InputError)
    assert f"different are: {what}" in str(result.exception)


def test_going_on_where_there_is_nothing_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert isinstance(_run("--resume").exception, InputError)
    assert isinstance(_run("--resume", "--out", "nowhere").exception, InputError)


def test_runs_go_to_new_folders_and_the_latest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    few = ("--matrix", "demo", "--case", "TC_ECS17b_nominal_1")
    assert _run(*few).stdout.splitlines()[0] == "runs/demo-1"
    assert _run(*few).stdout.splitlines()[0] == "runs/demo-2"
    assert _run("--resume").stdout.splitlines()[0] == "runs/demo-2"


def test_nothing_selected_is_exit_5(tmp_path: Path) -> None:
    result = _run("--matrix", "demo", "--case", "no such case", "--out", str(tmp_path / "run"))
    assert result.return_value == 5
    assert "nothing was selected" in result.stderr
    assert not (tmp_path / "run").exists()


def test_an_unknown_matrix_is_bad_input(tmp_path: Path) -> None:
    result = _run("--matrix", "nonesuch", "--out", str(tmp_path / "run"))
    assert isinstance(result.exception, InputError)


def test_an_unknown_defect_is_bad_input(tmp_path: Path) -> None:
    (tmp_path / "meter.yaml").write_text(
        "kind: esme\nname: Own\nmaker: Own\nmanufacturer: 'F999'\nmodel: '0001'\nhardware_version: '00'\n"
        "hardware_revision: '01'\nvariant: single_element\nfeatures: []\nbands: [2.4GHz]\nfirmwares:\n"
        "  - {version: '00000001', specification: SMETS 4.2, gbcs: '3.2', defects: [no-such-defect]}\n"
    )
    (tmp_path / "own.yaml").write_text(
        "name: own\ntitle: Own\nlevel: firmware\nprofiles: [meter.yaml, built-in]\n"
        "factors:\n  comms_hub: {}\n  esme: {where: name == 'Own'}\n"
    )
    result = _run("--matrix", str(tmp_path / "own.yaml"), "--out", str(tmp_path / "run"))
    assert isinstance(result.exception, InputError)
    assert "unknown defect no-such-defect" in str(result.exception)
    assert not (tmp_path / "run").exists()


def test_a_scheduler_that_is_not_there_is_bad_input(tmp_path: Path) -> None:
    result = _run(*FEW, "--out", str(tmp_path / "run"), "--scheduler", "tcp://127.0.0.1:9")
    assert isinstance(result.exception, OSError)


def _start(folder: Path, *words: str) -> subprocess.Popen[str]:
    words = (sys.executable, "-m", "harness", "run", "--out", str(folder), *words)
    return subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def _await_progress(folder: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if (folder / FILE_NAME).exists():
            try:
                with RunReader(folder) as run:
                    if run.summary().executions:
                        return
            except InputError:
                pass  # it has only just begun
        time.sleep(0.05)
    raise AssertionError("the run makes no progress")


HOMES = Path(__file__).parents[1] / "execution" / "samples" / "homes.yaml"
LONG = ("--matrix", str(HOMES), "--no-sharing", "--case", "ECS17b", "--workers", "2")


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_was_stopped_goes_on_to_the_same_end(ending: signal.Signals, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with _start(folder, *LONG) as process:
        _await_progress(folder)
        os.killpg(process.pid, ending)
        _, errors = process.communicate(timeout=60)
    with RunReader(folder) as run:
        stored = run.summary().executions
        assert 0 < stored < run.manifest.executions, "it was stopped on the way"
    if ending is signal.SIGINT:
        assert process.returncode == 4
        assert f"harness run --resume --out {folder}" in errors
        assert "Traceback" not in errors
    with _start(folder, "--resume", "--workers", "2") as process:
        _, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    assert f"{stored:,} of them stored already" in errors
    whole = tmp_path / "whole"
    assert _run(*LONG, "--out", str(whole)).return_value == 0
    with RunReader(folder) as one, RunReader(whole) as other:
        assert one.summary().verdicts == other.summary().verdicts
        assert list(one.findings()) == list(other.findings())
