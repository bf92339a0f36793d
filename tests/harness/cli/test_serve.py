"""``harness serve`` in a process of its own, and the commands that test what it serves."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from harness.cli import command
from harness.records.reader import RunReader
from harness.records.types import Verdict

WITHIN = 60.0
METER = "esme-F111-2C01-0100"
SPEED = "10"
"""At this speed a device may be ten seconds late, which are one here: enough for a machine that is busy."""


@pytest.fixture
def record(tmp_path: Path):
    arguments = ["serve", METER, "--port", "0", "--speed", SPEED, "--out", str(tmp_path / "served")]
    with subprocess.Popen(
        [sys.executable, "-m", "harness", *arguments], stdout=subprocess.PIPE, text=True
    ) as server:
        said = server.stdout.readline()
        assert re.match(r"listening at tcp://127\.0\.0\.1:\d+; install record: ", said)
        yield tmp_path / "served" / "installed.yaml"
        server.send_signal(signal.SIGINT)
        assert server.wait(WITHIN) == 0


def _harness(*arguments: str | Path):
    return CliRunner().invoke(command, [str(one) for one in arguments], standalone_mode=False)


def test_a_device_in_another_process_is_tested(record: Path, tmp_path: Path) -> None:
    ran = _harness("run", "--installed", record, "--case", "TC_ECS17b_nominal_*", "--out", tmp_path / "run")
    assert ran.exit_code == 0, ran.output
    with RunReader(tmp_path / "run") as run:
        verdicts = run.summary().verdicts
        assert {one for one, count in verdicts.items() if count} == {Verdict.PASS}
        assert dict(run.manifest.selection)["installed"] == str(record)
    assert (tmp_path / "run" / "report" / "index.html").is_file()
    replayed = _harness("replay", "TC_ECS17b_nominal_1", "--installed", record)
    assert "PASS" in replayed.output


def test_a_device_in_another_process_is_tested_under_pytest(record: Path, tmp_path: Path) -> None:
    arguments = ["--installed", str(record), "-k", "TC_ECS17b_nominal_1", "-p", "no:cacheprovider"]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout
    assert "1 passed" in ran.stdout


def test_what_goes_without_installed_devices_is_said(record: Path) -> None:
    refused = _harness("run", "--installed", record, "--matrix", "demo", "--seed", "3")
    assert "it goes without --matrix, --seed" in str(refused.exception)
    refused = _harness("replay", "TC_ECS17b_nominal_1", "--installed", record, "--home", "esme=x")
    assert "--installed goes without" in str(refused.exception)


def test_nobody_there_is_one_line(record: Path) -> None:
    text = record.read_text()
    record.write_text(re.sub(r"tcp://\S+", "tcp://127.0.0.1:1", text))
    refused = _harness("run", "--installed", record)
    assert "no connection to 127.0.0.1 port 1" in str(refused.exception)


def test_a_profile_or_a_home_is_wanted() -> None:
    assert "expected a PROFILE" in str(_harness("serve").exception)
