"""The prepayment account against a small model of what the rules say of each doing."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from harness.emulators.subjects.ledger import (
    Balances,
    PaymentMode,
    Refusal,
    RefusedByAccount,
    Terms,
    Turn,
    activate_emergency,
    add_credit,
    charge,
    charge_standing,
    is_emergency_available,
    is_exhausted,
    recover,
    turns,
)

AMOUNTS = st.integers(0, 500_000)
PENCE = st.integers(0, 2_000).map(lambda pence: pence * 1_000)
TERMS = Terms(
    mode=PaymentMode.PREPAYMENT,
    emergency_limit=300_000,
    emergency_threshold=100_000,
    disablement_threshold=0,
    low_credit_threshold=200_000,
    maximum_balance=3_000_000,
    maximum_credit=1_000_000,
    per_payment=2_500,
    payment_cap=400_000,
)


class Account(RuleBasedStateMachine):
    """The model counts what was used of the emergency credit, not what is left."""

    def __init__(self):
        super().__init__()
        self.real = Balances(time_debts=(700_000, 150_000), payment_debt=600_000)
        self.enabled = True
        self.own = 0  # meter balance
        self.has_emergency = False
        self.used = 0  # of the emergency credit
        self.waiting = 0  # accumulated debt
        self.debts = [700_000, 150_000]
        self.on_payment = 600_000
        self.recovered = 0

    @rule(amount=AMOUNTS)
    def consume(self, amount):
        self.real = charge(self.real, TERMS, amount)
        from_own = min(amount, max(self.own, 0)) if self.has_emergency else amount
        self.own -= from_own
        amount -= from_own
        lent = min(amount, 300_000 - self.used)
        self.used += lent
        self.own -= amount - lent

    def model_collects(self, amount):
        if not self.enabled or (self.has_emergency and self.own <= 0):
            self.waiting += amount
        else:
            self.own -= amount

    @rule(amount=AMOUNTS)
    def stand(self, amount):
        self.real = charge_standing(self.real, TERMS, amount, enabled=self.enabled)
        self.model_collects(amount)

    @rule(first=AMOUNTS, second=AMOUNTS)
    def recover_over_time(self, first, second):
        self.real = recover(self.real, TERMS, (first, second), enabled=self.enabled)
        taken = 0
        for place, amount in enumerate((first, second)):
            part = min(amount, self.debts[place])
            self.debts[place] -= part
            taken += part
        self.model_collects(taken)

    @rule(amount=PENCE)
    def top_up(self, amount):
        if amount > 1_000_000 or self.own + amount > 3_000_000:
            with pytest.raises(RefusedByAccount):
                add_credit(self.real, TERMS, amount)
            return
        self.real = add_credit(self.real, TERMS, amount)
        quarter = min(amount // 4, self.on_payment, 400_000 - self.recovered)
        self.on_payment -= quarter
        self.recovered += quarter
        amount -= quarter
        for name in ("waiting", "used"):
            paid = min(amount, getattr(self, name))
            setattr(self, name, getattr(self, name) - paid)
            amount -= paid
        self.own += amount
        if self.used == 0 and self.own > 0:
            self.has_emergency = False

    @rule()
    def take_emergency_credit(self):
        if self.own <= 100_000 and not self.has_emergency:
            self.real = activate_emergency(self.real, TERMS)
            self.has_emergency, self.used = True, 0
        else:
            with pytest.raises(RefusedByAccount):
                activate_emergency(self.real, TERMS)

    @rule(enabled=st.booleans())
    def switch(self, enabled):
        self.enabled = enabled

    @precondition(lambda self: self.recovered)
    @rule()
    def week_goes_by(self):
        self.real = Balances(**{name: getattr(self.real, name) for name in FIELDS if name != "recovered"})
        self.recovered = 0

    @invariant()
    def agrees(self):
        left = 300_000 - self.used if self.has_emergency else 0
        assert self.real.meter == self.own
        assert self.real.emergency == left
        assert self.real.accumulated == self.waiting
        assert list(self.real.time_debts) == self.debts
        assert self.real.payment_debt == self.on_payment
        assert is_exhausted(self.real, TERMS) == (self.own + left <= 0)


FIELDS = tuple(Balances.__slots__)
TestAccount = Account.TestCase
TestAccount.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)

BALANCES = st.builds(
    Balances,
    meter=st.integers(-(10**6), 10**6),
    accumulated=AMOUNTS,
    time_debts=st.tuples(AMOUNTS, AMOUNTS),
    payment_debt=AMOUNTS,
    recovered=AMOUNTS,
)
CONFIGURED = st.builds(
    Terms,
    mode=st.sampled_from(PaymentMode),
    emergency_limit=AMOUNTS,
    emergency_threshold=AMOUNTS,
    disablement_threshold=st.integers(-(10**5), 10**5),
    suspend_in_emergency=st.booleans(),
    suspend_when_disabled=st.booleans(),
    per_payment=st.integers(0, 10_000),
    payment_cap=st.none() | AMOUNTS,
)
DOINGS = st.lists(
    st.tuples(st.sampled_from(["use", "stand", "recover", "add", "lend"]), AMOUNTS), max_size=20
)


@given(BALANCES, CONFIGURED, DOINGS, st.booleans())
def test_worth_changes_by_credits_less_charges(balances, terms, doings, enabled):
    expected = balances.worth
    for doing, amount in doings:
        match doing:
            case "use":
                balances = charge(balances, terms, amount)
                expected -= amount
            case "stand":
                balances = charge_standing(balances, terms, amount, enabled=enabled)
                expected -= amount
            case "recover":
                balances = recover(balances, terms, (amount, amount // 2), enabled=enabled)
            case "add":
                balances = add_credit(balances, terms, amount)
                expected += amount
            case "lend" if is_emergency_available(balances, terms):
                balances = activate_emergency(balances, terms)
        assert balances.worth == expected


@given(BALANCES, CONFIGURED, AMOUNTS)
def test_no_emergency_credit_goes_below_nought(balances, terms, amount):
    assume(is_emergency_available(balances, terms))
    used = charge(activate_emergency(balances, terms), terms, amount)
    assert 0 <= used.emergency <= terms.emergency_limit


def test_debts_wait_while_recovery_is_suspended_in_emergency():
    terms = Terms(
        mode=PaymentMode.PREPAYMENT, emergency_limit=100, emergency_threshold=0, suspend_in_emergency=True
    )
    lent = activate_emergency(Balances(time_debts=(50, 50)), terms)
    assert recover(lent, terms, (10, 10), enabled=True) == lent
    assert charge_standing(lent, terms, 7, enabled=True).accumulated == 7


def test_debts_wait_while_recovery_is_suspended_without_supply():
    terms = Terms(mode=PaymentMode.PREPAYMENT, suspend_when_disabled=True)
    owing = Balances(meter=1_000, time_debts=(50, 50))
    assert recover(owing, terms, (10, 10), enabled=False) == owing
    assert recover(owing, terms, (10, 10), enabled=True).meter == 980


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (Balances(meter=200_000), Balances(meter=199_999), (Turn.LOW_CREDIT,)),
        (Balances(meter=100_001), Balances(meter=100_000), (Turn.EMERGENCY_AVAILABLE,)),
        (
            Balances(meter=0, emergency=5, lent=300_000),
            Balances(meter=0, emergency=0, lent=300_000),
            (Turn.EMERGENCY_EXHAUSTED, Turn.EXHAUSTED),
        ),
        (Balances(meter=9, time_debts=(1, 0)), Balances(meter=9), (Turn.TIME_DEBT_1_CLEARED,)),
        (Balances(meter=9, payment_debt=1), Balances(meter=9), (Turn.PAYMENT_DEBT_CLEARED,)),
        (Balances(meter=50_000), Balances(meter=40_000), ()),
    ],
)
def test_turns_are_told_once(before, after, expected):
    assert turns(before, after, TERMS) == expected
    assert turns(before, after, Terms()) == ()


def test_why_a_credit_is_refused():
    with pytest.raises(RefusedByAccount) as large:
        add_credit(Balances(), TERMS, 1_000_001)
    assert large.value.refusal is Refusal.ABOVE_MAXIMUM_CREDIT
    with pytest.raises(RefusedByAccount) as full:
        add_credit(Balances(meter=2_500_000), TERMS, 600_000)
    assert full.value.refusal is Refusal.ABOVE_MAXIMUM_BALANCE
