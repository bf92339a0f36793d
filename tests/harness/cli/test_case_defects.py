"""``harness cases defects`` lists the defects with their cases, and tries them."""

import json

from click.testing import CliRunner, Result

from harness.cases.suite import case_by_id
from harness.cli.cases import command
from harness.cli.exits import Exit
from harness.emulators.defect import all_defects


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(command, ["defects", *arguments], standalone_mode=False, catch_exceptions=False)


def test_every_defect_is_listed_by_its_sighting() -> None:
    lines = _run().output.splitlines()
    rows = [line.split() for line in lines[1:-1]]
    assert {row[1] for row in rows} == set(all_defects())
    numbers = [int(row[0]) for row in rows if row[0] != "-"]
    assert numbers == sorted(numbers)
    assert [row[0] for row in rows[len(numbers) :]] == ["-"] * (len(rows) - len(numbers))
    assert lines[-1] == f"{len(all_defects())} defects, of 60 sightings"


def test_json_names_the_cases() -> None:
    (one,) = json.loads(_run("zero-top-up-refused", "--json").output)
    assert one["field_defect"] == 18
    assert one["applies_to"] == ["esme", "gsme"]
    assert one["cases"]
    assert all("zero-top-up-refused" in case_by_id(name).catches for name in one["cases"])


def test_specimens_are_tried() -> None:
    tried = json.loads(_run("zero-top-*", "--run", "--json").output)
    assert [(one["defect"], one["kind"]) for one in tried] == [
        ("zero-top-up-refused", "esme"),
        ("zero-top-up-refused", "gsme"),
    ]
    assert all(one["failed"] == one["applied"] != [] for one in tried)
    assert _run("zero-top-*", "--run").output.splitlines()[-1].startswith("2 specimens, 0 of them")


def test_nothing_selected_has_its_own_exit_code() -> None:
    assert _run("no-such-defect").return_value == Exit.NOTHING_SELECTED
