"""``harness rtds``: the table, the JSON, the exit code, and one line for a folder that is none."""

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner

from harness.cli import command, main

MESSAGE = bytes.fromhex(
    "DD00000000000081A91100000000DF0901000000000000000108123456789ABCDEF008FFFFFFFFFFFFFFFE000200B3"
    "35D92000000100030300700000130A00FF020300700000130A01FF020300700000130A02FF0203050000000005000000"
    "0005000000004059045AB0F554622B0360340B9D87B5A23ED5723B41DE3F206E58CDD10F915B9FE2E12E2DA3632478A8"
    "DF678E418895869AC1E55318CCE04D120D2D6B44DC167B5D832D15B57A56D620F198B3"
)


@pytest.fixture
def reference(tmp_path: Path) -> Path:
    (tmp_path / "keystore").mkdir()
    (tmp_path / "messages").mkdir()
    (tmp_path / "messages" / "example.HEX").write_text(MESSAGE.hex())
    return tmp_path


def _run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(command, ["rtds", *arguments], standalone_mode=False)
    assert result.exception is None, result.exception
    return result.return_value, result.output


def test_a_set_without_keys_holds_and_says_what_it_could_not_check(reference: Path) -> None:
    code, output = _run(str(reference))
    assert code == 0
    header, row, total, *rest = output.splitlines()
    assert header.split() == ["USE", "CASE", "MESSAGES", "PARSED", "REBUILT", "MAC", "SIGNATURE", "DECRYPTED"]
    assert row.split() == ["ECS04b", "1", "1", "1", "no", "key", "1", "no", "key", "1", "-"]
    assert total.split() == ["all", *row.split()[1:]]
    assert rest == ["", "no key:", "  messages/example.HEX: mac, signature"]


def test_a_failure_is_told_and_ends_with_1(reference: Path) -> None:
    (reference / "messages" / "damaged.HEX").write_text(MESSAGE[:-1].hex())
    code, output = _run(str(reference))
    assert code == 1
    assert "failed 1" in output
    assert "messages/damaged.HEX: general_ciphering" in output


def test_json_holds_totals_and_every_message(reference: Path, tmp_path: Path) -> None:
    (reference / "messages" / "damaged.HEX").write_text("DD")
    code, table = _run(str(reference), "--json", str(tmp_path / "out.json"))
    written = json.loads((tmp_path / "out.json").read_text())
    assert code == 1
    assert table.startswith("USE CASE")
    assert written["holds"] is False
    assert written["totals"]["messages"] == 2
    assert written["totals"]["parsed"] == {"held": 1, "failed": 1, "not_checkable": 0}
    assert written["totals"]["mac"] == {"held": 0, "failed": 0, "not_checkable": 1}
    damaged, example = written["messages"]
    assert damaged["file"] == "messages/damaged.HEX"
    assert damaged["parsed"] == "failed"
    assert damaged["faults"]
    assert example == {
        "file": "messages/example.HEX",
        "use_case": "ECS04b",
        "message_code": "0x00B3",
        "kind": "command",
        "originator": "123456789abcdef0",
        "recipient": "fffffffffffffffe",
        "originator_counter": 1,
        "parsed": "held",
        "rebuilt": "held",
        "mac": "no-key",
        "signature": "no-key",
        "decrypted": "absent",
        "faults": [],
    }


def test_json_alone_on_the_output(reference: Path) -> None:
    code, output = _run(str(reference), "--json", "-")
    assert code == 0
    assert json.loads(output)["use_cases"]["ECS04b"]["messages"] == 1


@pytest.mark.parametrize("part", ["", "nowhere", "messages"])
def test_no_such_folder_is_one_line_and_exit_2(
    reference: Path, part: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if not part:
        shutil.rmtree(reference / "keystore")
    with pytest.raises(SystemExit) as stop:
        main(["rtds", str(reference / part)])
    assert stop.value.code == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert "expected a folder that holds messages and keystore" in captured.err


@pytest.mark.rtds
def test_the_reference_set_holds(rtds: Path) -> None:
    code, output = _run(str(rtds), "--json", "-")
    written = json.loads(output)
    assert code == 0
    assert written["holds"] is True
    files = len(list((rtds / "messages").rglob("*.HEX")))
    assert written["totals"]["messages"] == len(written["messages"]) == files
    assert (
        written["totals"]["parsed"]
        == written["totals"]["rebuilt"]
        == {
            "held": files,
            "failed": 0,
            "not_checkable": 0,
        }
    )
    unchecked = Counter(one["use_case"] for one in written["messages"] if "no-key" in one.values())
    assert set(unchecked) <= {"PCS01", "PCS02"}, "only what passes between two devices has no private key"
