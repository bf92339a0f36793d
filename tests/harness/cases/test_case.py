"""The ways in which a case ends."""

import pickle

import pytest

from harness.cases.case import CheckFailed, InconclusiveOutcome, preamble


def _through_a_pipe(error: Exception) -> Exception:
    return pickle.loads(pickle.dumps(error))  # noqa: S301 - our own octets of a moment ago


def test_a_failed_check_reads_as_one_line_and_survives_the_way_between_processes() -> None:
    failed = CheckFailed("GBCS 6.2.4", "no response", "a response")
    again = _through_a_pipe(failed)
    assert isinstance(failed, AssertionError)
    assert (again.clause, again.expected, again.observed) == ("GBCS 6.2.4", "no response", "a response")
    assert str(again) == "GBCS 6.2.4: expected no response; observed a response"


def test_an_inconclusive_outcome_keeps_its_reason() -> None:
    again = _through_a_pipe(InconclusiveOutcome("no image waits"))
    assert again.reason == str(again) == "no image waits"


def test_a_preamble_that_fails_leaves_the_question_open() -> None:
    with (
        pytest.raises(InconclusiveOutcome, match="the preamble failed: A 1: expected x; observed y"),
        preamble(),
    ):
        raise CheckFailed("A 1", "x", "y")


def test_a_preamble_hides_nothing_else() -> None:
    with pytest.raises(ZeroDivisionError), preamble():
        raise ZeroDivisionError
    with preamble():
        pass
