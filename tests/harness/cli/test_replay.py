"""``harness replay``: a finding of a run done again, and a case in a home of one's own."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from harness.cli import command, main
from harness.cli.exits import Exit
from harness.codecs.capture_keys import KEYS_FILE_NAME
from harness.codecs.datagram import decode_datagram
from harness.codecs.framing import WRAPPER_HEADER_LENGTH
from harness.codecs.pcapng import decode_capture
from harness.execution.capturing import KEYS_SUFFIX
from harness.records.reader import RunReader

HOME = "comms_hub=comms_hub-F101-3101-0100,esme=esme-F114-0A20-0A02/{}"
SOUND = HOME.format("06050000@SMETS-5.0/GBCS-4.0")
DEFECTIVE = HOME.format("06040000@SMETS-4.2/GBCS-3.2")
SPOILT = "TC_ECS43_corrupted_signature_1"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(
        command, ["replay", *map(str, arguments)], standalone_mode=False, catch_exceptions=False
    )


def refusal(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    with pytest.raises(SystemExit) as stop:
        main(["replay", *map(str, arguments)])
    assert stop.value.code == Exit.USAGE
    return capsys.readouterr().err


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of the demo matrix with one case that a defect fails."""
    folder = tmp_path_factory.mktemp("stored") / "run"
    result = CliRunner().invoke(
        command,
        ["run", "--matrix", "demo", "--case", "TC_GCS13a_journey_fresh_mirror_1", "--out", str(folder)],
        standalone_mode=False,
        catch_exceptions=False,
    )
    assert result.return_value == Exit.DONE
    return folder


def _first_finding(folder: Path) -> str:
    with RunReader(folder) as reader:
        finding = next(reader.findings())
        homes = [tuple(row) for chunk in reader.combination_chunks() for row in chunk.tolist()]
        return f"{finding.case_id}@{homes.index(finding.home)}"


def test_a_case_that_passes_says_so() -> None:
    result = run("TC_ECS52_nominal_1", "--home", SOUND)
    assert result.return_value == Exit.DONE
    assert "\nPASS: " in result.output


def test_a_case_that_fails_tells_clause_expectation_and_frames() -> None:
    result = run(SPOILT, "--home", DEFECTIVE)
    assert result.return_value == Exit.GATE_FAILED
    lines = result.output.splitlines()
    assert any(line.startswith("FAIL: ") for line in lines)
    assert {line.split()[0] for line in lines} >= {"clause", "expected", "observed", "matters"}
    assert sum(" WAN > ESME: command" in line for line in lines) >= 1


def test_a_case_that_does_not_apply_ends_with_5() -> None:
    result = run("TC_GCS38_nominal_1", "--home", SOUND)
    assert result.return_value == Exit.NOTHING_SELECTED
    assert "NOT_APPLICABLE: the home has no gas meter" in result.output


def test_a_finding_comes_out_as_the_run_recorded_it(stored: Path) -> None:
    result = run(stored, _first_finding(stored))
    assert result.return_value == Exit.GATE_FAILED
    assert result.output.endswith("as the run recorded it\n")


def test_a_finding_as_json_is_octet_for_octet_the_recorded_one(stored: Path) -> None:
    again = json.loads(run(stored, _first_finding(stored), "--json").output)
    with RunReader(stored) as reader:
        finding = next(reader.findings())
    assert again["verdict"] == finding.verdict.name
    assert again["recorded"] == [finding.reason]
    assert [frame["octets"] for frame in again["frames"]] == [frame.octets.hex() for frame in finding.frames]
    assert again["differences"][0]["field"].endswith("date_time")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["TC_ECS52_nominal_1"], "expected RUN before the finding, or --home or --installed for a case"),
        (["no_case", "--home", SOUND], "no_case: CASE: expected a case, see harness cases list"),
        (["a", "b", "c"], "expected a run and a finding, or a case"),
    ],
)
def test_what_cannot_be_replayed_is_told(
    capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert said in refusal(capsys, *arguments)


def test_a_finding_that_is_none_is_told(capsys: pytest.CaptureFixture[str], stored: Path) -> None:
    assert "FINDING: expected a case and the number" in refusal(capsys, stored, "nonsense")
    assert "FINDING: expected a combination of this run" in refusal(
        capsys, stored, "TC_GCS13a_journey_fresh_mirror_1@999999"
    )


def test_a_capture_holds_the_messages_that_were_told(tmp_path: Path) -> None:
    file = tmp_path / "exchange.pcapng"
    result = run(SPOILT, "--home", DEFECTIVE, "--capture", file, "--json")
    told = [frame["octets"] for frame in json.loads(result.output)["frames"] if frame["note"] != "expected"]
    captured = decode_capture(file.read_bytes())
    wrapped = [decode_datagram(packet.octets).payload for packet in captured.packets]
    assert [octets[WRAPPER_HEADER_LENGTH:].hex() for octets in wrapped] == told
    assert {packet.comment for packet in captured.packets} == {"remote party to ESME", "ESME to remote party"}


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
def test_a_capture_opens_in_tshark(tmp_path: Path) -> None:
    file = tmp_path / "exchange.pcapng"
    run("TC_ECS52_nominal_1", "--home", SOUND, "--capture", file)
    fields = ["-T", "fields", "-e", "udp.port", "-e", "udp.checksum.status", "-e", "frame.time_epoch"]
    seen = subprocess.run(
        ["tshark", "-r", file, "-o", "udp.check_checksum:TRUE", *fields],
        capture_output=True,
        text=True,
        check=True,
    )
    lines = seen.stdout.splitlines()
    assert len(lines) == 2
    assert all(line.startswith("4059,4059\t1\t17") for line in lines)


GAS_HOME = "comms_hub=comms_hub-F103-5040-0001,esme=esme-F111-2C01-0100,gsme=gsme-F112-7102-A501"
ASKED = (
    "frame.protocols",
    "_ws.col.Info",
    "_ws.malformed",
    "_ws.expert.severity",
    "frame.time_epoch",
    "_ws.expert.message",
)


def read_with_keys_beside(file: Path) -> list[list[str]]:
    """What tshark says of each packet of a capture, with the sidecar put where its settings are."""
    if shutil.which("tshark") is None:
        pytest.skip("tshark is not installed (Debian package tshark)")
    settings = file.parent / ".config" / "wireshark"
    settings.mkdir(parents=True)
    shutil.copy(file.with_suffix(KEYS_SUFFIX), settings / KEYS_FILE_NAME)
    words = [word for field in ASKED for word in ("-e", field)]
    seen = subprocess.run(
        ["tshark", "-r", file, "-T", "fields", "-E", "separator=|", *words],
        capture_output=True,
        text=True,
        check=True,
        env={"HOME": str(file.parent), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
    )
    return [line.split("|") for line in seen.stdout.splitlines()]


def complaints(packets: list[list[str]]) -> list[list[str]]:
    """Packets that are malformed, or that the keys do not open."""
    return [one for one in packets if one[2] or "8388608" in one[3].split(",") or "ncrypted" in one[5]]


@pytest.mark.parametrize(
    ("case_id", "said"),
    [
        ("TC_ECS17b_nominal_1", ("Command, ECS17b", "Response, ECS17b")),
        ("TC_GCS13a_nominal_2", ("Data Request", "GET", "GET-RESPONSE", "Command, GCS13a", "PUT")),
        ("TC_ECS22b_nominal_1", ("fragment 6", "Response, ECS22b")),
    ],
)
def test_frames_of_a_home_are_captured_with_the_keys_that_open_them(
    tmp_path: Path, case_id: str, said: tuple[str, ...]
) -> None:
    file = tmp_path / "exchange.pcapng"
    result = run(case_id, "--home", GAS_HOME, "--frames", "--capture", file)
    assert result.return_value == Exit.DONE
    assert result.stderr == f"keys of the frames: {file.with_suffix(KEYS_SUFFIX)}\n"
    packets = read_with_keys_beside(file)
    assert complaints(packets) == []
    assert [one[4] for one in packets] == sorted(one[4] for one in packets)
    frames = [one for one in packets if one[0].startswith("wpan")]
    assert sum(one[0].startswith("raw:ip:udp") for one in packets) == 2
    assert len(frames) + 2 == len(packets)
    assert sum("gbcs_message" in one[0] for one in frames) == 2
    summaries = " ".join(one[1] for one in frames)
    assert [words for words in said if words not in summaries] == []


def test_a_finding_of_a_run_on_frames_is_replayed_on_them(tmp_path: Path) -> None:
    folder, file = tmp_path / "run", tmp_path / "found.pcapng"
    words = ["--matrix", "demo", "--case", "TC_GCS13a_journey_fresh_mirror_1", "--frames"]
    CliRunner().invoke(
        command, ["run", *words, "--out", str(folder)], standalone_mode=False, catch_exceptions=False
    )
    result = run(folder, _first_finding(folder), "--capture", file)
    assert result.return_value == Exit.GATE_FAILED
    assert "as the run recorded it" in result.output
    link_types = [interface.name for interface in decode_capture(file.read_bytes()).interfaces]
    assert link_types == ["wan", "han 2.4GHz", "han 868MHz"]
    packets = read_with_keys_beside(file)
    assert complaints(packets) == []
    assert {one[0].split(":")[0] for one in packets} == {"raw", "wpan"}
    assert any("Report Attributes" in one[1] for one in packets)
