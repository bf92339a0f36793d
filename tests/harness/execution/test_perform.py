"""Every way in which a case can end becomes the right verdict, with evidence."""

from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest

from device_profiles.home import HomeProfile
from device_profiles.model import DeviceKind
from harness.cases.case import Case, CheckFailed, InconclusiveOutcome
from harness.execution.perform import Outcome, Performer
from harness.execution.planning import make_plan
from harness.gbcs.roles import DeviceRole
from harness.network.port import Display
from harness.records.evidence import Evidence, unpack_evidence
from harness.records.types import Verdict
from test_matrix import Matrix


@pytest.fixture
def perform(demo: Matrix, samples: ModuleType) -> Any:
    def performing(run: Any, **changes: Any) -> Outcome:
        given = {"participants": (DeviceKind.COMMS_HUB, DeviceKind.ESME), "run": run, **changes}
        case: Case = replace(samples.CASES[0], **given)
        plan = make_plan(demo, [case], seed=7)
        chunk = next(plan.chunks())
        return Performer(plan, lambda: [case]).perform(chunk)

    return performing


def _only(outcome: Outcome, verdict: Verdict) -> list[Evidence]:
    assert set(outcome.verdicts) == {verdict}
    found = list(unpack_evidence(outcome.evidence))
    assert [entry.row for entry in found] == list(range(len(outcome.verdicts)))
    assert {entry.verdict for entry in found} == {verdict}
    return found


def test_coming_back_is_a_pass_without_evidence(perform: Any) -> None:
    outcome = perform(lambda bench: None)
    assert set(outcome.verdicts) == {Verdict.PASS}
    assert outcome.evidence is None
    assert len(outcome.verdicts) == outcome.chunk.count > 1


def test_a_failed_check_is_a_fail_with_its_clause(perform: Any) -> None:
    def run(bench: Any) -> None:
        raise CheckFailed("GBCS 6.2", "one", "two")

    found = _only(perform(run), Verdict.FAIL)[0]
    assert (found.clause, found.expected, found.observed) == ("GBCS 6.2", "one", "two")


def test_an_inconclusive_outcome_keeps_its_reason(perform: Any) -> None:
    def run(bench: Any) -> None:
        raise InconclusiveOutcome("nobody was there")

    assert _only(perform(run), Verdict.INCONCLUSIVE)[0].reason == "nobody was there"


def test_any_other_exception_is_an_error_with_the_way_there(perform: Any) -> None:
    def run(bench: Any) -> None:
        raise ZeroDivisionError("by nought")

    what, *way = _only(perform(run), Verdict.ERROR)[0].reason.splitlines()
    assert what == "ZeroDivisionError: by nought"
    assert any("test_perform" in line for line in way)


def test_a_fault_in_deciding_whether_a_case_applies_is_an_error(perform: Any) -> None:
    def applies(home: HomeProfile) -> str | None:
        raise KeyError("no such thing")

    found = _only(perform(lambda bench: None, applies=applies), Verdict.ERROR)[0]
    assert found.reason.startswith("KeyError: 'no such thing'")


def test_an_undeclared_device_is_an_error_whatever_the_case_says(perform: Any) -> None:
    def touch(bench: Any) -> None:
        bench.display(DeviceRole.ESME, Display.CLOCK)

    def touch_and_fail(bench: Any) -> None:
        touch(bench)
        raise CheckFailed("GBCS 1", "one", "two")

    for run in (touch, touch_and_fail):
        outcome = perform(run, participants=(DeviceKind.COMMS_HUB, DeviceKind.GSME))
        assert "does not declare: ESME" in _only(outcome, Verdict.ERROR)[0].reason


def test_a_hub_is_both_of_its_functions(perform: Any) -> None:
    def run(bench: Any) -> None:
        bench.display(DeviceRole.GPF, Display.CLOCK)
        bench.display(DeviceRole.CHF, Display.CLOCK)

    assert set(perform(run, participants=(DeviceKind.COMMS_HUB,)).verdicts) == {Verdict.PASS}


def test_a_reason_for_not_applying_is_kept_once(perform: Any) -> None:
    def applies(home: HomeProfile) -> str | None:
        return "old" if home.devices[DeviceKind.ESME].firmware.gbcs.parts < (4,) else None

    outcome = perform(lambda bench: None, applies=applies)
    assert set(outcome.verdicts) == {Verdict.PASS, Verdict.NOT_APPLICABLE}
    assert outcome.reasons == ("old",)
    assert [verdict == Verdict.NOT_APPLICABLE for verdict in outcome.verdicts] == [
        number == 1 for number in outcome.reason_of
    ]


def test_what_decides_on_applying_is_the_participants_alone(perform: Any) -> None:
    seen: list[HomeProfile] = []

    def applies(home: HomeProfile) -> str | None:
        seen.append(home)
        return None

    perform(lambda bench: None, applies=applies, participants=(DeviceKind.ESME,))
    assert {tuple(home.devices) for home in seen} == {(DeviceKind.ESME,)}
    assert {home.region for home in seen} == {None}


def test_frames_of_the_exchange_are_evidence(perform: Any) -> None:
    def run(bench: Any) -> None:
        bench.send_octets(b"\xdf\x09 no message", to=DeviceRole.ESME)
        raise CheckFailed("GBCS 7.2", "an answer", "nothing")

    found = _only(perform(run), Verdict.FAIL)[0]
    [frame] = found.frames
    assert (frame.source, frame.destination, frame.note) == ("WAN", "ESME", "sent")
    assert frame.octets == b"\xdf\x09 no message"


def test_the_frame_that_would_have_been_right_stands_behind_the_one_that_came(perform: Any) -> None:
    def run(bench: Any) -> None:
        bench.send_octets(b"\xdf\x09 no message", to=DeviceRole.ESME)
        raise CheckFailed("GBCS 7.2", "an answer", "another", instead=b"\xdf the right one")

    found = _only(perform(run), Verdict.FAIL)[0]
    assert [frame.note for frame in found.frames] == ["sent", "expected"]
    assert found.frames[-1].octets == b"\xdf the right one"


def test_the_whole_home_may_be_touched_by_a_case_that_takes_it(demo: Matrix, samples: ModuleType) -> None:
    case = next(case for case in samples.CASES if case.whole_home)
    plan = make_plan(demo, [case], seed=7)
    outcome = Performer(plan, samples.all_cases).perform(next(plan.chunks()))
    assert Verdict.ERROR not in set(outcome.verdicts)
    assert Verdict.PASS in set(outcome.verdicts)
