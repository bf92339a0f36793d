"""A prepayment account where it ends: disablement, re-arming, emergency credit, debt (SMETS2 4.5.3, 5.5.7).

The balance is brought where it has to be by adjusting it, so that nothing depends on what a home uses.
Amounts are millipence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from harness.cases.alerts import expect_told_of
from harness.cases.applicability import KIND_OF, all_of, with_equipment
from harness.cases.bench import patience_with
from harness.cases.case import Case, CheckFailed, InconclusiveOutcome, Purpose, preamble
from harness.cases.observation import expect_display
from harness.cases.outcomes import was_done
from harness.cases.payloads import TOP_UP_POUNDS
from harness.cases.prepaid import CAP_POUNDS, LENT, METERS, SMALL, PrepaidMeter
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS
from harness.cases.told import told_by
from harness.cases.wording import device_name, octets_text
from harness.codecs.cosem_data import Data
from harness.gbcs.alert_codes import AlertCode
from harness.network.clock import HOUR, Duration, Instant
from harness.network.port import Display

if TYPE_CHECKING:
    from harness.cases.bench import Bench

_LATER: Final = Duration(5 * HOUR)
_POUND: Final = 100_000


def _debt_left(bench: Bench, meter: PrepaidMeter) -> object:
    """The first time-based debt, as the meter tells it; a balance in a structure is its fourth member."""
    for place, value in told_by(meter.send(bench, meter.registers)).items():
        if isinstance(value, Data) and isinstance(value.value, tuple):
            return value.value[3].value
        if meter.owed(place.where, place.name):
            return value.value if isinstance(value, Data) else value
    raise CheckFailed(meter.account, "a time-based debt register", "none")


def _run_out(bench: Bench, meter: PrepaidMeter) -> None:
    with preamble():
        meter.prepare(bench, SMALL)
    since = bench.now
    meter.change_balance(bench, -2 * SMALL)
    expect_display(bench, meter.target, Display.SUPPLY_STATE, "disabled", meter.off)
    _expect_told(bench, meter, {AlertCode.CREDIT_BELOW_DISABLEMENT_THRESHOLD}, since)


def _run_low(bench: Bench, meter: PrepaidMeter) -> None:
    with preamble():
        meter.prepare(bench, LENT)
        meter.limit(bench)
    since = bench.now
    meter.change_balance(bench, -(LENT - SMALL))
    _expect_told(bench, meter, {AlertCode.LOW_CREDIT, AlertCode.EMERGENCY_CREDIT_AVAILABLE}, since)


def _expect_told(bench: Bench, meter: PrepaidMeter, codes: set[AlertCode], since: Instant) -> None:
    """Check for some alerts, and that all that were raised are in order."""
    expect_told_of(
        bench, bench.device(meter.target), codes, bench.messages(patience_with(meter.target)), since
    )


def _pay_again(bench: Bench, meter: PrepaidMeter) -> None:
    with preamble():
        meter.run_out(bench)
        expect_display(bench, meter.target, Display.SUPPLY_STATE, "disabled", meter.off)
        answer = meter.send(bench, meter.top_up)
        if not was_done(answer):
            raise CheckFailed(meter.off, "a token to be taken", octets_text(answer.message.payload))
    expect_display(bench, meter.target, Display.SUPPLY_STATE, "armed", meter.off)


def _lend_twice(bench: Bench, meter: PrepaidMeter) -> None:
    since = bench.now
    with preamble():
        meter.borrow(bench)
    _expect_told(bench, meter, {AlertCode.EMERGENCY_CREDIT_ACTIVATED}, since)
    answer = meter.send(bench, meter.lend)
    if was_done(answer):
        raise CheckFailed(
            meter.account,
            "no more emergency credit until what was lent is paid back",
            "a second activation that succeeds",
        )


def _spare_debtor(bench: Bench, meter: PrepaidMeter) -> None:
    with preamble():
        meter.borrow(bench)
        meter.change_balance(bench, -SMALL)
        meter.send(bench, meter.debt, *meter.debt_values)
        before = _debt_left(bench, meter)
    bench.wait(_LATER)
    after = _debt_left(bench, meter)
    if after != before:
        raise CheckFailed(
            meter.account,
            f"a debt of {before} as before, recovery being suspended in emergency",
            f"a debt of {after}",
        )


def _spare_night(bench: Bench, meter: PrepaidMeter) -> None:
    with preamble():
        meter.prepare(bench, LENT)
        meter.limit(bench, *meter.spared)
        bench.messages(patience_with(meter.target))
    since = bench.now
    meter.change_balance(bench, -(LENT + SMALL))
    _expect_told(bench, meter, {AlertCode.DISABLEMENT_SUSPENDED}, since)
    bench.wait(_LATER)
    expect_display(bench, meter.target, Display.SUPPLY_STATE, "enabled", meter.off)
    meter.limit(bench)
    expect_display(bench, meter.target, Display.SUPPLY_STATE, "disabled", meter.off)


def _debt_by_payment(bench: Bench, meter: PrepaidMeter) -> None:
    """Three payments of £10, half of each for the debt: the first whole, the second up to the cap."""
    with preamble():
        meter.prepare(bench, LENT)
        meter.limit(bench, *meter.cap_values)
        meter.send(bench, meter.debt, *meter.debt_by_payment)
    left = _shown(bench, meter, Display.DEBT)
    for recovered in (5, CAP_POUNDS - 5, 0):
        balance = _shown(bench, meter, Display.METER_BALANCE)
        with preamble():
            meter.send(bench, meter.top_up)
        before, left = left, _shown(bench, meter, Display.DEBT)
        gained = _shown(bench, meter, Display.METER_BALANCE) - balance
        _expect_about(meter, recovered, before - left, "off the debt")
        _expect_about(meter, TOP_UP_POUNDS - recovered, gained, "on the account")


def _expect_about(meter: PrepaidMeter, pounds: int, amount: int, where: str) -> None:
    """Check an amount, but for what the home used and time-based debts meanwhile. Raises CheckFailed."""
    if abs(amount - pounds * _POUND) > SMALL:
        raise CheckFailed(meter.account, f"£{pounds} of the payment {where}", f"£{amount / _POUND:.2f}")


def _shown(bench: Bench, meter: PrepaidMeter, what: Display) -> int:
    shown = bench.display(meter.target, what)
    try:
        return int(shown or "")
    except ValueError:
        raise InconclusiveOutcome(f"the {device_name(meter.target)} shows {shown!r}") from None


@dataclass(frozen=True, slots=True)
class _Check:
    """One case: which command it is about, its words, what it does, and whether the supply acts in it."""

    use_case: Callable[[PrepaidMeter], str]
    detail: str
    title: str
    why: str
    run: Callable[[Bench, PrepaidMeter], None]
    acts: bool


_CHECKS: Final = (
    _Check(
        lambda meter: meter.mode,
        "runs_out",
        "disables the supply when credit runs out, and says so",
        "a customer in the dark calls the supplier, who has to know already",
        _run_out,
        acts=True,
    ),
    _Check(
        lambda meter: meter.adjust,
        "runs_low",
        "tells that credit is low, and that emergency credit is there, when the balance falls",
        "a customer who is warned in time tops up in time",
        _run_low,
        acts=False,
    ),
    _Check(
        lambda meter: meter.top_up,
        "pays_again",
        "arms the supply again once a top-up has paid for it",
        "who has paid must not need a visit to get the supply back",
        _pay_again,
        acts=True,
    ),
    _Check(
        lambda meter: meter.lend,
        "lends_once",
        "lends emergency credit once until it is paid back",
        "credit without end is a debt that nobody agreed to",
        _lend_twice,
        acts=False,
    ),
    _Check(
        lambda meter: meter.debt,
        "spares_debtor",
        "recovers no time-based debt from emergency credit where it is set not to",
        "emergency credit that goes into old debt leaves the home in the dark",
        _spare_debtor,
        acts=False,
    ),
    _Check(
        lambda meter: meter.mode,
        "spares_night",
        "leaves the supply on without credit as long as its calendar says so, and no longer",
        "a home must not go dark at night, when nobody can top up",
        _spare_night,
        acts=True,
    ),
    _Check(
        lambda meter: meter.debt,
        "debt_by_payment",
        "takes its part of each payment for the debt, up to the most for a week, and credits the rest",
        "who pays twice in a week must have light for it, and not only less debt",
        _debt_by_payment,
        acts=False,
    ),
)


def _run(bench: Bench, check: _Check, meter: PrepaidMeter) -> None:
    check.run(bench, meter)


def _case(check: _Check, meter: PrepaidMeter, subject: Subject) -> Case:
    equipped = with_equipment(KIND_OF[meter.target], meter.equipment)
    return subject.case(
        Purpose.JOURNEY,
        detail=check.detail,
        title=f"The {subject.device} {check.title}",
        why=check.why,
        clause=meter.off if check.acts else meter.account,
        run=partial(_run, check=check, meter=meter),
        applies=all_of(subject.applies, equipped) if check.acts else None,
    )


_BY_NAME: Final = {(subject.use_case, subject.target): subject for subject in SUBJECTS}


def _cases() -> Iterator[Case]:
    for meter in METERS:
        for check in _CHECKS:
            yield _case(check, meter, _BY_NAME[check.use_case(meter), meter.target])


CASES: Final = tuple(_cases())
