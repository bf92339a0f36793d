"""Every case says what it must say, has an id of its own, and can be found by what it is about."""

import re
from collections import Counter

import pytest

from device_profiles.model import DeviceKind
from harness.cases.case import Purpose
from harness.cases.suite import all_cases, case_by_id, select
from harness.emulators.defect import all_defects
from harness.gbcs.catalogue import use_cases

ID = re.compile(r"TC_[A-Za-z0-9]+(_[a-z0-9]+)+_[1-9][0-9]*")
CASES = all_cases()


def test_ids_are_unique_and_in_order() -> None:
    assert len({case.case_id for case in CASES}) == len(CASES)
    turns = [(not case.leads, case.case_id) for case in CASES]
    assert turns == sorted(turns)


def test_what_all_others_rely_on_leads() -> None:
    leading = {case.case_id for case in CASES if case.leads}
    assert leading == {case.case_id for case in CASES if case.case_id.startswith("TC_statement_")}
    assert leading


def test_every_case_says_what_it_is() -> None:
    known = {"", *(row.id for row in use_cases())}
    for case in CASES:
        assert ID.fullmatch(case.case_id), case.case_id
        for text in (case.title, case.why, case.clause):
            assert text, case.case_id
            assert "\n" not in text, case.case_id
        assert case.title[0].isupper(), case.case_id
        assert len(case.title) <= 140, case.case_id
        assert re.match(r"GBCS|SMETS2|CHTS|ZCL", case.clause), case.case_id
        assert case.use_case in known, case.case_id
        about = case.case_id.split("_")[1]
        assert about == case.use_case or about.islower(), case.case_id
        assert re.fullmatch(r"[0-9a-f]{32}", case.source_digest), case.case_id


def test_participants_are_kinds_in_order_with_the_hub_that_carries_everything() -> None:
    for case in CASES:
        assert case.participants[0] is DeviceKind.COMMS_HUB, case.case_id
        in_order = [kind for kind in DeviceKind if kind in case.participants]
        assert list(case.participants) == in_order, case.case_id


def test_no_two_cases_have_one_title() -> None:
    titles = Counter(case.title for case in CASES)
    assert [title for title, count in titles.items() if count > 1] == []


def test_defects_that_cases_name_exist() -> None:
    assert {defect for case in CASES for defect in case.catches} <= all_defects().keys()


def test_one_case_takes_the_whole_home() -> None:
    assert [case.case_id for case in CASES if case.whole_home] == ["TC_home_answers_1"]
    assert case_by_id("TC_home_answers_1").participants == tuple(DeviceKind)


def test_cases_of_different_families_have_different_digests() -> None:
    digests = [case.source_digest for case in CASES]
    assert len(set(digests)) == len(digests)


def test_no_pattern_selects_everything_and_a_foreign_one_nothing() -> None:
    assert select([]) == CASES
    assert select(["no_such_case"]) == ()


def test_patterns_name_ids_use_cases_and_purposes() -> None:
    assert [case.case_id for case in select(["TC_ECS17b_nominal_1"])] == ["TC_ECS17b_nominal_1"]
    assert {case.use_case for case in select(["ECS17?"])} == {f"ECS17{letter}" for letter in "abcde"}
    assert {case.purpose for case in select(["wrong_role"])} == {Purpose.WRONG_ROLE}
    both = select(["ECS70", "TC_ECS70_nominal_1"])
    assert [case.case_id for case in both] == sorted({case.case_id for case in both})


def test_an_unknown_id_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        case_by_id("TC_nothing_1")
