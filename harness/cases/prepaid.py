"""Prepaid meters in the state that a case needs: balances, emergency credit, debt (SMETS2 4.5.3, 5.5.7).

The balance is brought where it has to be by adjusting it, so that nothing depends on what a home uses.
Amounts are millipence.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from harness.cases.case import CheckFailed
from harness.cases.cosem_values import Value
from harness.cases.outcomes import was_done
from harness.cases.subjects import SUBJECTS
from harness.cases.terms import Terms
from harness.cases.wording import octets_text
from harness.gbcs.equipment import Equipment
from harness.gbcs.roles import DeviceRole, RemotePartyRole

if TYPE_CHECKING:
    from harness.cases.bench import Bench
    from harness.cases.inspection import Answer

SMALL: Final = 50_000
LENT: Final = 500_000
"""The limit of emergency credit."""
DEBT: Final = 1_000_000
_SUPPLIER: Final = RemotePartyRole.SUPPLIER
_HOURLY: Final = 1_000
_NO_DISABLEMENT_STARTS: Final = 0x21
"""The script that ends a time without disablement, so that there is none."""
_NO_DISABLEMENT: Final = 0x20
_PART: Final = 5_000
"""Half of each payment, in hundredths of a per cent."""
CAP_POUNDS: Final = 8
"""The most that payments recover of a debt in a week."""
_Given = tuple[tuple[str, Value], ...]
_BY_NAME: Final = {(subject.use_case, subject.target): subject for subject in SUBJECTS}


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepaidMeter:
    """How one kind of meter is brought into a state: use cases, and the values that they are given.

    ``limits`` are use cases of different versions, each of which sets the limits of emergency credit.

    ``most_at_once`` and ``most_in_all`` are what the limits of one credit and of the balance are called.

    ``spared`` is what has the limits say that the supply is not to be disabled at any time of any day.

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
    most_at_once: str
    most_in_all: str
    lend: str
    debt: str
    debt_values: _Given
    cap_values: _Given
    debt_by_payment: _Given
    spared: _Given
    top_up: str
    registers: str
    owed: Callable[[object, str], bool]
    off: str
    account: str

    def send(self, bench: Bench, use_case: str, *given: tuple[str, Value], at: int | None = None) -> Answer:
        """Send one of the supplier's commands, ``at`` a counter where that matters."""
        argument = Terms(given=given) if given else None
        command = bench.command(use_case, self.target, _SUPPLIER, counter=at, argument=argument)
        return bench.exchange(command)

    def change_balance(self, bench: Bench, amount: int) -> None:
        """Add to the meter balance, or take from it."""
        self.send(bench, self.adjust, (self.amount, amount))

    def prepare(self, bench: Bench, balance: int) -> None:
        """Have the meter prepaid, with a balance, and the supply on."""
        self.send(bench, self.reset)
        self.change_balance(bench, balance)
        self.send(bench, self.mode, *self.mode_values)

    def limit(self, bench: Bench, *given: tuple[str, Value]) -> None:
        """Have emergency credit, a threshold of low credit, and what is given, or that instead."""
        home = bench.port.profile
        limits = next(name for name in self.limits if _BY_NAME[name, self.target].applies(home) is None)
        self.send(bench, limits, *given, *self.limit_values)

    def need_credit(self, bench: Bench) -> None:
        """Have the meter prepaid, with so little left that emergency credit is to be had."""
        self.prepare(bench, SMALL)
        self.limit(bench)

    def borrow(self, bench: Bench) -> None:
        """Have the emergency credit be lent. Raises CheckFailed where it is not."""
        self.need_credit(bench)
        answer = self.send(bench, self.lend)
        if not was_done(answer):
            raise CheckFailed(self.account, "emergency credit", octets_text(answer.message.payload))

    def run_out(self, bench: Bench) -> None:
        """Have the meter prepaid, and its balance used up; it has no emergency credit."""
        self.prepare(bench, SMALL)
        self.change_balance(bench, -2 * SMALL)


METERS: Final = (
    PrepaidMeter(
        target=DeviceRole.ESME,
        equipment=Equipment.LOAD_SWITCH,
        reset="ECS04b",
        adjust="ECS04a",
        amount="MeterBalance: methodInput: adjustmentValue",
        mode="ECS03",
        mode_values=(("DisablementThreshold(MeterBalance): thresholdNext", 0),),
        limits=("ECS08", "ECS08a"),
        limit_values=(
            ("EmergencyCreditLimit: amountNext", LENT),
            ("EmergencyCreditThreshold: thresholdNext", 2 * SMALL),
            ("LowCreditThreshold: thresholdNext", 2 * SMALL),
            ("script_selector", _NO_DISABLEMENT_STARTS),
        ),
        most_at_once="PrepaymentCredit(MaximumCreditThreshold): valueNext",
        most_in_all="PrepaymentCredit(MaxMeterBalance): valueNext",
        lend="ECS09",
        debt="ECS07",
        debt_values=(
            ("TimeDebtRegisters[1]: methodInput: adjustmentValue", DEBT),
            ("DebtRecoveryRates[1]: amountNext", _HOURLY),
            ("DebtRecoveryRates[1]: periodNext", 3_600),
        ),
        cap_values=(
            ("DebtRecoveryRateCap: amountNext", CAP_POUNDS),
            ("DebtRecoveryRateCap: periodNext", 7 * 86_400),
            ("PrepaymentCredit(MaximumCreditThreshold): valueNext", 100 * DEBT),
            ("PrepaymentCredit(MaxMeterBalance): valueNext", 100 * DEBT),
        ),
        debt_by_payment=(
            ("PaymentDebtRegister: methodInput: adjustmentValue", DEBT),
            ("DebtRecoveryperPayment: valueCurrent", _PART),
        ),
        spared=(("script_selector", _NO_DISABLEMENT),),
        top_up="CS01a",
        registers="ECS19",
        owed=lambda _where, name: "TimeDebt1" in name,
        off="SMETS2 5.6.3.12, 5.5.7",
        account="SMETS2 5.5.7, 5.6.3.1, 5.7.4.46",
    ),
    PrepaidMeter(
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
            ("emergency_credit_limit", LENT),
            ("emergency_credit_threshold", 2 * SMALL),
            ("low_credit_warning_level", 2 * SMALL),
            ("action", 0),
        ),
        most_at_once="maximum_credit_per_top_up",
        most_in_all="maximum_credit_level",
        lend="GCS06",
        debt="GCS04",
        debt_values=(("debt_amount", DEBT),),
        cap_values=(("overall_debt_cap", CAP_POUNDS * 100_000),),
        debt_by_payment=(("debt_amount", DEBT), ("debt_recovery_balance_percentage", _PART)),
        spared=(("action", 1),),
        top_up="CS01b",
        registers="GCS14",
        owed=lambda where, _name: where == (0x0705, 0x0211),
        off="SMETS2 4.5.3.3, 4.5.3.10",
        account="SMETS2 4.5.3.3, 4.6.3.1, 4.6.4.28",
    ),
)
