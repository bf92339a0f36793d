"""Which findings a report shows."""

import numpy as np

from reports.causes import Blamed, Cause
from reports.evidence import MOST_SHOWN, choose


def _cause(level: int, cases: range) -> Cause:
    blamed = tuple(Blamed(case, 0, np.array([level, level + 1])) for case in cases)
    return Cause(((0, level),), everywhere=False, blamed=blamed)


def test_every_case_and_every_cause_has_evidence_however_many_there_are() -> None:
    many = range(2 * MOST_SHOWN)
    examples = choose([_cause(0, many), _cause(10, range(3)), _cause(20, range(2, 4))])
    assert {example.execution.case for example in examples} == set(many)
    assert {example.cause for example in examples} == {0, 1, 2}


def test_few_failures_are_shown_with_a_second_example_each() -> None:
    examples = choose([_cause(0, range(3))])
    assert sorted((example.execution.case, example.execution.row) for example in examples) == [
        (case, row) for case in range(3) for row in (0, 1)
    ]
