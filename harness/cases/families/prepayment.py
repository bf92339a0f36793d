"""A prepayment account where it ends: disablement, re-arming, emergency credit, debt (SMETS2 4.5.3, 5.5.7).

The balance is brought where it has to be by adjusting it, so that nothing depends on what a home uses.
Amounts are millipence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from harness.cases.alerts import ALERT_CLAUSE, alerts_in_order, code_text
from harness.cases.applicability import KIND_OF, all_of, with_equipment
from harness.cases.bench import patience_with
from harness.cases.case import Case, CheckFailed, Purpose, preamble
from harness.cases.cosem_values import Value
from harness.cases.observation import expect_display
from harness.cases.outcomes import was_done
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS
from harness.cases.terms import Terms
from harness.cases.told import told_by
from harness.cases.wording import octets_text
from harness.codecs.cosem_data import Data
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.equipment import Equipment
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.clock import HOUR, Duration, Instant
from harness.network.port import Display

if TYPE_CHECKING:
    from harness.cases.bench import Bench
    from harness.cases.inspection import Answer

_SUPPLIER: Final = RemotePartyRole.SUPPLIER
_SMALL: Final = 50_000
_LENT: Final = 500_000
_DEBT: Final = 1_000_000
_HOURLY: Final = 1_000
_LATER: Final = Duration(5 * HOUR)
_NO_DISABLEMENT_STARTS: Final = 0x21
"""The script that ends a time without disablement, so that there is none."""
_Given = tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Meter:
    """How one kind of meter is brought into a state: use cases, and the values that they are given.

    ``limits`` are use cases of different versions, each of which sets the limits of emergency credit.

    ``owed`` finds the first time-based debt in what its registers tell.
    """

    target: DeviceRole
    equipment: Equipment
    reset: str
    adjust: str
    amount: str
    mode: str
    mode_values: _Given
    limits: tuple[str, ...]
    limit_values: _Given
    lend: str
    debt: str
    debt_values: _Given
    top_up: str
    registers: str
    owed: Callable[[object, str], bool]
    off: str
    account: str

    def send(self, bench: Bench, use_case: str, *given: tuple[str, Value]) -> Answer:
        """Send one of the supplier's commands."""
        argument = Terms(given=given) if given else None
        return bench.exchange(bench.command(use_case, self.target, _SUPPLIER, argument=argument))

    def change_balance(self, bench: Bench, amount: int) -> None:
        """Add to the meter balance, or take from it."""
        self.send(bench, self.adjust, (self.amount, amount))

    def prepare(self, bench: Bench, balance: int) -> None:
        """Have the meter prepaid, with a balance, and the supply on."""
        self.send(bench, self.reset)
        self.change_balance(bench, balance)
        self.send(bench, self.mode, *self.mode_values)


_METERS: Final = (
    _Meter(
        target=DeviceRole.ESME,
        equipment=Equipment.LOAD_SWITCH,
        reset="ECS04b",
        adjust="ECS04a",
        amount="MeterBalance: methodInput: adjustmentValue",
        mode="ECS03",
        mode_values=(("DisablementThreshold(MeterBalance): thresholdNext", 0),),
        limits=("ECS08", "ECS08a"),
        limit_values=(
            ("EmergencyCreditLimit: amountNext", _LENT),
            ("EmergencyCreditThreshold: thresholdNext", 2 * _SMALL),
            ("LowCreditThreshold: thresholdNext", 2 * _SMALL),
            ("script_selector", _NO_DISABLEMENT_STARTS),
        ),
        lend="ECS09",
        debt="ECS07",
        debt_values=(
            ("TimeDebtRegisters[1]: methodInput: adjustmentValue", _DEBT),
            ("DebtRecoveryRates[1]: amountNext", _HOURLY),
            ("DebtRecoveryRates[1]: periodNext", 3_600),
        ),
        top_up="CS01a",
        registers="ECS19",
        owed=lambda _where, name: "TimeDebt1" in name,
        off="SMETS2 5.6.3.12, 5.5.7",
        account="SMETS2 5.5.7, 5.6.3.1, 5.7.4.46",
    ),
    _Meter(
        target=DeviceRole.GSME,
        equipment=Equipment.VALVE,
        reset="GCS40b",
        adjust="GCS40a",
        amount="credit_adjustment_value",
        mode="GCS03",
        # Prepayment, with no debt collected in emergency nor while the supply is off.
        mode_values=(("cut_off_value", 0), ("proposed_payment_control_configuration", 0x0097)),
        limits=("GCS05",),
        limit_values=(
            ("emergency_credit_limit", _LENT),
            ("emergency_credit_threshold", 2 * _SMALL),
            ("low_credit_warning_level", 2 * _SMALL),
        ),
        lend="GCS06",
        debt="GCS04",
        debt_values=(("debt_amount", _DEBT),),
        top_up="CS01b",
        registers="GCS14",
        owed=lambda where, _name: where == (0x0705, 0x0211),
        off="SMETS2 4.5.3.3, 4.5.3.10",
        account="SMETS2 4.5.3.3, 4.6.3.1, 4.6.4.28",
    ),
)


def _debt_left(bench: Bench, meter: _Meter) -> object:
    """The first time-based debt, as the meter tells it; a balance in a structure is its fourth member."""
    for place, value in told_by(meter.send(bench, meter.registers)).items():
        if isinstance(value, Data) and isinstance(value.value, tuple):
            return value.value[3].value
        if meter.owed(place.where, place.name):
            return value.value if isinstance(value, Data) else value
    raise CheckFailed(meter.account, "a time-based debt register", "none")


def _run_out(bench: Bench, meter: _Meter) -> None:
    with preamble():
        meter.prepare(bench, _SMALL)
    since = bench.now
    meter.change_balance(bench, -2 * _SMALL)
    expect_display(bench, meter.target, Display.SUPPLY_STATE, "disabled", meter.off)
    _expect_told(bench, meter, {AlertCode.CREDIT_BELOW_DISABLEMENT_THRESHOLD}, since)


def _run_low(bench: Bench, meter: _Meter) -> None:
    with preamble():
        meter.prepare(bench, _LENT)
        _limit(bench, meter)
    since = bench.now
    meter.change_balance(bench, -(_LENT - _SMALL))
    _expect_told(bench, meter, {AlertCode.LOW_CREDIT, AlertCode.EMERGENCY_CREDIT_AVAILABLE}, since)


def _expect_told(bench: Bench, meter: _Meter, codes: set[AlertCode], since: Instant) -> None:
    """Check for some alerts, and that all that were raised are in order."""
    messages = bench.messages(patience_with(meter.target))
    told = [one.code for one in alerts_in_order(bench, bench.device(meter.target), messages, since)]
    if not codes <= set(told):
        wanted = " and ".join(code_text(code) for code in sorted(codes))
        raise CheckFailed(ALERT_CLAUSE, f"alert {wanted}", ", ".join(map(code_text, told)) or "none")


def _limit(bench: Bench, meter: _Meter) -> None:
    """Have emergency credit, and a threshold of low credit."""
    home = bench.port.profile
    limits = next(name for name in meter.limits if _BY_NAME[name, meter.target].applies(home) is None)
    meter.send(bench, limits, *meter.limit_values)


def _pay_again(bench: Bench, meter: _Meter) -> None:
    with preamble():
        meter.prepare(bench, _SMALL)
        meter.change_balance(bench, -2 * _SMALL)
        expect_display(bench, meter.target, Display.SUPPLY_STATE, "disabled", meter.off)
        answer = meter.send(bench, meter.top_up)
        if not was_done(answer):
            raise CheckFailed(meter.off, "a token to be taken", octets_text(answer.message.payload))
    expect_display(bench, meter.target, Display.SUPPLY_STATE, "armed", meter.off)


def _lend(bench: Bench, meter: _Meter) -> None:
    """Have the emergency credit be lent."""
    meter.prepare(bench, _SMALL)
    _limit(bench, meter)
    answer = meter.send(bench, meter.lend)
    if not was_done(answer):
        raise CheckFailed(meter.account, "emergency credit", octets_text(answer.message.payload))


def _lend_twice(bench: Bench, meter: _Meter) -> None:
    since = bench.now
    with preamble():
        _lend(bench, meter)
    _expect_told(bench, meter, {AlertCode.EMERGENCY_CREDIT_ACTIVATED}, since)
    answer = meter.send(bench, meter.lend)
    if was_done(answer):
        raise CheckFailed(
            meter.account,
            "no more emergency credit until what was lent is paid back",
            "a second activation that succeeds",
        )


def _spare_debtor(bench: Bench, meter: _Meter) -> None:
    with preamble():
        _lend(bench, meter)
        meter.change_balance(bench, -_SMALL)
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


@dataclass(frozen=True, slots=True)
class _Check:
    """One case: which command it is about, its words, what it does, and whether the supply acts in it."""

    use_case: Callable[[_Meter], str]
    detail: str
    title: str
    why: str
    run: Callable[[Bench, _Meter], None]
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
)


def _run(bench: Bench, check: _Check, meter: _Meter) -> None:
    check.run(bench, meter)


def _case(check: _Check, meter: _Meter, subject: Subject) -> Case:
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
    for meter in _METERS:
        for check in _CHECKS:
            yield _case(check, meter, _BY_NAME[check.use_case(meter), meter.target])


CASES: Final = tuple(_cases())
