"""From a clause to its cases and back, and no use case without a case."""

from harness.cases.suite import all_cases, case_by_id
from harness.cases.trace import (
    cases_by_clause,
    cases_by_use_case,
    clauses_of,
    uncovered,
    use_cases_of,
)
from harness.gbcs.catalogue import use_cases


def test_a_list_of_sections_is_as_many_clauses() -> None:
    assert clauses_of(case_by_id("TC_ECS43_corrupted_mac_1")) == ("GBCS 6.2.3", "GBCS 6.2.4")
    assert clauses_of(case_by_id("TC_ECS80_outage_over_1")) == ("SMETS2 5.5.12.6", "GBCS ECS80")
    assert clauses_of(case_by_id("TC_home_answers_1"))[-2:] == ("SMETS2", "CHTS")


def test_both_ways_lead_back() -> None:
    table = cases_by_clause()
    for case in all_cases():
        assert clauses_of(case)
        assert all(case in table[clause] for clause in clauses_of(case))
    for clause, cases in table.items():
        assert cases
        assert all(clause in clauses_of(case) for case in cases)


def test_sections_are_in_order_of_their_numbers() -> None:
    clauses = list(cases_by_clause())
    assert clauses.index("GBCS 7.2.9") < clauses.index("GBCS 7.2.10") < clauses.index("GBCS 16.2")


def test_a_case_is_about_its_use_case_and_the_alert_that_it_brings_about() -> None:
    assert use_cases_of(case_by_id("TC_CS06_future_dated_planned_1")) == ("CS06", "FDFAA")
    assert use_cases_of(case_by_id("TC_display_gas_1")) == ()


def test_every_use_case_has_a_case() -> None:
    assert list(cases_by_use_case()) == [row.id for row in use_cases()]
    assert list(uncovered()) == []
