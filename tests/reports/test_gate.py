from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

from device_profiles.errors import InputError
from harness.records.reader import RunReader
from harness.records.types import Verdict
from reports.gate import COUNTING, GateExit, GateResult, Standing, decide
from reports.waivers import Waiver

Reader = Callable[[str], RunReader]
RunOf = Callable[..., RunReader]
TODAY = date(2026, 11, 23)
ALL_VERDICTS = frozenset({Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.ERROR})


def waiver(case: str = "*", **changed: object) -> Waiver:
    made = Waiver("OPS-1", "someone", date(2026, 12, 31), case, verdicts=ALL_VERDICTS)
    return replace(made, **changed)


@pytest.fixture
def run_of(tmp_path: Path, reader: Reader, runs: ModuleType) -> RunOf:
    """Store a run like the small one, with these changes, and open it."""

    def make(name: str, **changed: object) -> RunReader:
        return reader(str(runs.store_run(tmp_path / name, replace(runs.SMALL, **changed))))

    return make


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("clean", GateExit.PASS),
        ("small", GateExit.FAILED),
        ("incomplete", GateExit.INCOMPLETE),
        ("empty", GateExit.NOTHING_SELECTED),
        ("exhaustive", GateExit.FAILED),
    ],
)
def test_the_decision(reader: Reader, kind: str, code: GateExit) -> None:
    result = decide(reader(kind))
    assert result.exit_code is code
    assert result.passed == (code is GateExit.PASS)


def test_an_incomplete_run_decides_nothing_even_where_it_failed(reader: Reader) -> None:
    result = decide(reader("incomplete"))
    assert result.count(*COUNTING) > 0
    assert result.exit_code is GateExit.INCOMPLETE
    assert "51 of 219 executions are stored" in result.reasons


def test_a_run_where_nothing_applied_tested_nothing(run_of: RunOf, runs: ModuleType) -> None:
    run = run_of("na", faults=(runs.Fault("*", {}, Verdict.NOT_APPLICABLE, "too old"),))
    assert decide(run).exit_code is GateExit.NOTHING_SELECTED


@pytest.mark.parametrize("verdict", [Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.ERROR])
def test_each_verdict_that_is_no_pass_fails_the_gate_and_says_so(
    run_of: RunOf, runs: ModuleType, verdict: Verdict
) -> None:
    result = decide(run_of("one", faults=(runs.Fault("TC_PPMID_*", {"ppmid": 1}, verdict),)))
    assert result.exit_code is GateExit.FAILED
    said = {
        Verdict.FAIL: "1 execution of 1 case failed",
        Verdict.INCONCLUSIVE: "1 execution of 1 case stayed inconclusive: not shown to work,"
        " and so the gate fails",
        Verdict.ERROR: "1 execution of 1 case ended in error: a fault of the harness, which shows nothing"
        " about the devices, and so fails the gate",
    }
    assert result.reasons == (said[verdict],)


def test_counts_are_those_of_the_run(reader: Reader) -> None:
    run = reader("small")
    verdicts = run.summary().verdicts
    result = decide(run)
    for verdict in Verdict:
        assert result.tally.of(verdict) == verdicts[verdict]
    assert result.count(Standing.NEW) == sum(verdicts[verdict] for verdict in ALL_VERDICTS)


def test_only_what_is_new_counts_against_a_baseline(reader: Reader, run_of: RunOf, runs: ModuleType) -> None:
    fewer = run_of("fewer", faults=runs.SMALL.faults[1:])
    result = decide(reader("small"), fewer)
    assert result.exit_code is GateExit.FAILED
    assert result.count(Standing.NEW) == 6  # two cases of ECS17b with three hubs each
    assert result.count(Standing.STILL) == 33
    assert result.fixed == 0
    back = decide(fewer, reader("small"))
    assert back.exit_code is GateExit.PASS
    assert (back.count(Standing.NEW), back.count(Standing.STILL), back.fixed) == (0, 33, 6)


def test_the_same_run_holds_against_itself(reader: Reader) -> None:
    result = decide(reader("small"), reader("small"))
    assert result.exit_code is GateExit.PASS
    assert result.count(Standing.STILL) == 39


def test_devices_are_compared_by_key_not_by_place(run_of: RunOf, runs: ModuleType) -> None:
    # The same devices in another order, so that every index means another device.
    straight = run_of("straight", sizes=(("comms_hub", 2), ("esme", 3)), cases=runs.SMALL.cases[:2])
    turned = run_of(
        "turned",
        sizes=(("comms_hub", 2), ("esme", 3)),
        cases=runs.SMALL.cases[:2],
        faults=(runs.Fault("TC_ECS17b_*", {"esme": 0}),),
        reverse_levels=frozenset({"esme"}),
    )
    result = decide(turned, straight)
    assert result.count(Standing.STILL) == 2
    assert result.exit_code is GateExit.PASS


def test_a_device_that_is_gone_is_neither_fixed_nor_new(run_of: RunOf) -> None:
    larger = run_of("larger")
    smaller = run_of("smaller", sizes=(("comms_hub", 4), ("esme", 2), ("gsme", 3), ("ppmid", 3)))
    result = decide(smaller, larger)
    assert result.fixed == 0
    assert result.gone == 34
    assert result.count(Standing.NEW) == 0


def test_a_case_with_other_participants_is_another_case(run_of: RunOf, runs: ModuleType) -> None:
    wider = run_of("wider", cases=(runs.case("TC_ECS17b_nominal_1", "esme"),))
    narrower = run_of("narrower", cases=(runs.case("TC_ECS17b_nominal_1", "comms_hub", "esme"),))
    assert decide(narrower, wider).count(Standing.NEW) == 3


def test_an_incomplete_baseline_is_refused(reader: Reader) -> None:
    with pytest.raises(InputError, match="expected a complete run as baseline"):
        decide(reader("small"), reader("incomplete"))


def test_a_waiver_tolerates_until_its_last_day(reader: Reader) -> None:
    run = reader("small")
    assert decide(run, waivers=[waiver()], today=date(2026, 12, 31)).exit_code is GateExit.PASS
    late = decide(run, waivers=[waiver()], today=date(2027, 1, 1))
    assert late.exit_code is GateExit.FAILED
    assert late.count(Standing.EXPIRED) == 39
    assert "39 executions had a waiver that has expired" in late.reasons


def test_a_waiver_speaks_of_its_case_its_devices_and_its_verdicts_only(reader: Reader) -> None:
    def tolerated(*waivers: Waiver) -> int:
        return decide(reader("small"), waivers=waivers, today=TODAY).count(Standing.TOLERATED)

    assert tolerated(waiver("TC_ECS17b_*")) == 6
    assert tolerated(waiver("TC_ECS17b_*", devices=(("comms_hub", "comms_hub-10F2-0001-*"),))) == 2
    assert tolerated(waiver("*", devices=(("esme", "*-0003-*"),))) == 1
    assert tolerated(waiver("*", devices=(("esme", "*"), ("gsme", "*")))) == 27  # whole homes alone
    assert tolerated(waiver("*", devices=(("fridge", "*"),))) == 0
    assert tolerated(waiver("*", verdicts=frozenset({Verdict.INCONCLUSIVE}))) == 4
    assert tolerated(waiver("TC_ECS17b_*"), waiver("TC_ECS17b_nominal_1")) == 6


def test_errors_are_tolerated_only_where_a_waiver_says_so(reader: Reader) -> None:
    plain = Waiver("OPS-1", "someone", date(2026, 12, 31), "TC_PPMID_*")
    result = decide(reader("small"), waivers=[plain], today=TODAY)
    assert result.waivers[0].matched == 0


def test_a_waiver_in_force_outweighs_one_that_has_expired(reader: Reader) -> None:
    both = [waiver(expires=date(2026, 1, 1)), waiver()]
    assert decide(reader("small"), waivers=both, today=TODAY).exit_code is GateExit.PASS


def test_an_expired_waiver_fails_even_what_the_baseline_failed(reader: Reader) -> None:
    expired = [waiver("TC_ECS17b_*", expires=date(2026, 1, 1))]
    result: GateResult = decide(reader("small"), reader("small"), waivers=expired, today=TODAY)
    assert result.exit_code is GateExit.FAILED
    assert (result.count(Standing.EXPIRED), result.count(Standing.STILL)) == (6, 33)


def test_waivers_need_a_date(reader: Reader) -> None:
    with pytest.raises(ValueError, match="the date of today"):
        decide(reader("small"), waivers=[waiver()])
