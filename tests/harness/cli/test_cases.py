"""``harness cases`` lists what there is, narrows it down, and shows one."""

import json

import pytest
from click.testing import CliRunner, Result

from device_profiles.errors import InputError
from harness.cases.suite import all_cases
from harness.cli.cases import command
from harness.cli.exits import Exit


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments, standalone_mode=False, catch_exceptions=False)


def test_the_list_has_every_case_and_counts_them() -> None:
    lines = _run("list").output.splitlines()
    assert [line.split()[0] for line in lines[1:-1]] == [case.case_id for case in all_cases()]
    assert lines[-1] == f"{len(all_cases())} cases"


def test_json_has_every_field() -> None:
    (case,) = json.loads(_run("list", "TC_home_answers_1", "--json").output)
    assert case["id"] == "TC_home_answers_1"
    assert case["whole_home"] is True
    assert case["purpose"] == "journey"
    assert case["participants"][0] == "comms_hub"
    assert case["catches"] == ["response-carries-device-counter"]
    assert case == json.loads(_run("show", "TC_home_answers_1", "--json").output)


def test_filters_narrow_down_together() -> None:
    found = json.loads(
        _run("list", "ECS*", "--kind", "sapc", "--catches", "signature-not-checked", "--json").output
    )
    assert {case["use_case"] for case in found} == {"ECS70"}
    assert {case["purpose"] for case in found} == {"corrupted_signature", "missing_signature"}
    assert all("sapc" in case["participants"] for case in found)


def test_nothing_selected_has_its_own_exit_code() -> None:
    result = _run("list", "no_such_case")
    assert result.return_value == Exit.NOTHING_SELECTED
    assert result.output.splitlines()[-1] == "0 cases"


def test_one_case_in_words() -> None:
    text = _run("show", "TC_ECS43_missing_signature_1").output
    assert "Checks        The ESME refuses a command where there is no signature" in text
    assert "Participants  comms_hub, esme" in text
    assert "Catches       signature-not-checked" in text
    assert "Use case      none of its own" in _run("show", "TC_display_gas_1").output


def test_an_unknown_case_gets_a_hint() -> None:
    with pytest.raises(InputError, match="TC_ECS43_nominal_2: expected the id of a case; did you mean TC_"):
        _run("show", "TC_ECS43_nominal_2")
    with pytest.raises(InputError, match="see harness cases list"):
        _run("show", "?")
