"""``harness cases`` lists what there is, narrows it down, and shows one."""

import json

import pytest
from click.testing import CliRunner, Result

from device_profiles.errors import InputError
from harness.cases.case import Purpose
from harness.cases.suite import all_cases, select
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
        _run("list", "ECS70", "--kind", "sapc", "--catches", "signature-not-checked", "--json").output
    )
    assert {case["id"].rpartition("_")[2] for case in found} == {"2"}
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


def test_a_clause_leads_to_its_cases() -> None:
    found = json.loads(_run("list", "ECS43", "--clause", "GBCS 6.2.3", "--json").output)
    assert {case["purpose"] for case in found} == {
        "corrupted_mac",
        "corrupted_signature",
        "missing_signature",
    }
    assert all("GBCS 6.2.3" in case["clauses"] for case in found)


@pytest.mark.parametrize("grouping", ["clause", "use-case", "purpose"])
def test_groups_hold_every_case(grouping: str) -> None:
    groups = json.loads(_run("list", "--by", grouping, "--json").output)
    assert {name for ids in groups.values() for name in ids} == {case.case_id for case in all_cases()}


def test_journeys_are_grouped_by_name_whatever_they_are_made_with() -> None:
    groups = json.loads(_run("list", "--by", "journey", "--json").output)
    assert groups["joins_again"] == [f"TC_CCS01_journey_joins_again_{number}" for number in (1, 2, 3, 4)]
    assert {name for ids in groups.values() for name in ids} == {
        case.case_id for case in all_cases() if case.purpose is Purpose.JOURNEY
    }


def test_groups_in_words_say_what_has_no_case() -> None:
    lines = _run("list", "--by", "use-case").output.splitlines()
    assert "ECS43: " in "\n".join(lines)
    assert " in all, without a case: " in lines[-1]
    assert _run("list", "ECS43", "--by", "purpose").output.splitlines()[-1].endswith("without a case: none")


def test_proofs_say_what_each_case_fails_or_why_it_fails_nothing() -> None:
    found = json.loads(_run("proofs", "TC_ECS43_*_1", "--json").output)
    assert [one["case"] for one in found] == [case.case_id for case in select(["TC_ECS43_*_1"])]
    assert any(one["mutant"] for one in found)
    assert any("signature-not-checked" in one["defects"] for one in found)
    assert all(bool(one["reason"]) is not bool(one["mutant"] or one["defects"]) for one in found)


def test_proofs_are_counted_by_purpose() -> None:
    lines = _run("proofs", "ECS43").output.splitlines()
    assert lines[0].split()[:2] == ["PURPOSE", "CASES"]
    counts = {
        line.split()[0]: [int(one) for one in line.split()[1:]] for line in lines[1:] if line[-1].isdigit()
    }
    assert sum(row[0] for row in counts.values()) == len(select(["ECS43"]))
    assert all(row[0] == sum(row[1:]) for row in counts.values())
    assert lines[-1].endswith("cases fail some broken device")
