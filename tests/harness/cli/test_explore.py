"""``harness explore``: what it finds in a device with a defect, and how that is played again."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from harness.cli import command, main
from harness.cli.exits import Exit

DEFECTIVE = "esme-F114-0A20-0A02/06040000@SMETS-4.2/GBCS-3.2"
"""Its signature is not checked."""
SOUND = "esme-F114-0A20-0A02/06050000@SMETS-5.0/GBCS-4.0"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(
        command, ["explore", *map(str, arguments)], standalone_mode=False, catch_exceptions=False
    )


def test_a_device_that_leaves_out_a_check_is_found_out_in_one_step() -> None:
    result = run(DEFECTIVE, "--json")
    assert result.return_value == Exit.GATE_FAILED
    (broken,) = json.loads(result.output)["broken"]
    assert [step["fault"] for step in broken["steps"]] == ["signature"]
    assert broken["observed"] == "1 responses"


def test_equal_seeds_find_equal_sequences() -> None:
    assert run(DEFECTIVE, "--json").output == run(DEFECTIVE, "--json").output


def test_a_sound_device_holds() -> None:
    result = run(SOUND, "--sequences", 30)
    assert result.return_value == Exit.DONE
    assert result.output.startswith("everything held: ")
    assert "30 sequences of up to 20 commands" in result.output


def test_what_was_saved_is_played_again(tmp_path: Path) -> None:
    saved = tmp_path / "found.json"
    first = run(DEFECTIVE, "--save", saved)
    assert first.return_value == Exit.GATE_FAILED
    assert f"harness explore {DEFECTIVE} --replay {saved}" in first.output
    again = run(DEFECTIVE, "--replay", saved)
    assert again.return_value == Exit.GATE_FAILED
    assert "  1. " in again.output
    content = json.loads(saved.read_text())
    content["broken"][0]["device"] = content["broken"][0]["device"].replace(DEFECTIVE, SOUND)
    saved.write_text(json.dumps(content))
    assert run(SOUND, "--replay", saved).return_value == Exit.DONE


@pytest.mark.parametrize(
    "text", ["", "{}", '{"form": "else"}', '{"form": "harness exploration 1", "broken": 3}']
)
def test_a_file_that_is_none_of_ours_is_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str
) -> None:
    file = tmp_path / "found.json"
    file.write_text(text)
    with pytest.raises(SystemExit) as stop:
        main(["explore", SOUND, "--replay", str(file)])
    assert stop.value.code == Exit.USAGE
    said = capsys.readouterr().err
    assert "found.json: expected what --save wrote" in said
    assert said.count("\n") == 1
