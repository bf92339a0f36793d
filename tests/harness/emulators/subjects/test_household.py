"""A household that pays in advance against a small model: tokens, lock-out, emergency credit, supply."""

from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from harness.crypto.agreement import shared_secret
from harness.crypto.utrn import COUNTER_STEP, TokenScope, ValueClass, make_token
from harness.emulators.subjects.counters import CounterClass, ReplayCounters
from harness.emulators.subjects.ledger import Balances, PaymentMode, Terms
from harness.emulators.subjects.prepayment import NEVER_DISABLED, Account, Charges
from harness.emulators.subjects.schedule import Entry as CalendarEntry
from harness.emulators.subjects.schedule import Schedule
from harness.emulators.subjects.supply import Supply
from harness.emulators.subjects.top_up import Source, TopUpOutcome, TopUps
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.clock import MINUTE
from harness.network.entries import Entry, Feedback

TERMS = Terms(
    mode=PaymentMode.PREPAYMENT,
    emergency_limit=300_000,
    emergency_threshold=100_000,
    maximum_balance=30_000_000,
    maximum_credit=20_000_000,
)
ALWAYS = Schedule((CalendarEntry(NEVER_DISABLED, 0, frozenset(range(1, 8)), frozenset()),))
WRONG_IN_A_ROW, LOCKED_FOR = 5, 10  # minutes
MADE = {}


@pytest.fixture(autouse=True, scope="module")
def _makers(factory, meter):
    MADE.update(factory=factory, meter=meter)


def token(device, step, pounds, index=0):
    supplier = MADE["factory"].pki.party(RemotePartyRole.SUPPLIER, index)
    z = shared_secret(supplier.prepayment_private, MADE["factory"].pki.device(device.entity_id).ka_public)
    scope = TokenScope(originator=supplier.entity_id, target=device.entity_id, counter=step * COUNTER_STEP)
    return make_token(z, scope, pounds, ValueClass.POUNDS)


class Household(RuleBasedStateMachine):
    """The model keeps pounds as millipence, and minutes; nothing is charged for but what is taken off."""

    def __init__(self):
        super().__init__()
        self.living = MADE["meter"](role=DeviceRole.ESME)
        self.device = self.living.device
        account = self.device.part(Account)
        account.prime(Balances(meter=500_000), TERMS)
        account.configure(TERMS, Charges(), self.living.now)
        self.model = SimpleNamespace(own=500_000, left=None, used=0, supply="enabled", spared=False)
        self.minute, self.locked_until, self.wrong = 0, 0, 0
        self.step, self.last = 1, None

    def press(self, entry, text=""):
        return self.device.enter(entry, text, None, self.living.now)

    def key_in(self, utrn, unlocked, wrong):
        """The lock-out goes before all else; only tokens that are wrong count towards it."""
        if self.minute < self.locked_until:
            assert self.press(Entry.UTRN, utrn) is Feedback.LOCKED_OUT
            return False
        assert self.press(Entry.UTRN, utrn) is unlocked
        self.wrong = self.wrong + 1 if wrong else 0
        if self.wrong == WRONG_IN_A_ROW:
            self.wrong, self.locked_until = 0, self.minute + LOCKED_FOR
        return True

    @rule(pounds=st.integers(1, 20))
    def pay(self, pounds):
        utrn, amount = token(self.device, self.step, pounds), pounds * 100_000
        self.step += 1
        if self.model.own + amount > TERMS.maximum_balance:
            self.key_in(utrn, Feedback.ABOVE_MAXIMUM_BALANCE, wrong=False)
        elif self.key_in(utrn, Feedback.ACCEPTED, wrong=False):
            self.last = utrn
            back = min(amount, self.model.used)
            self.model.used -= back
            self.model.own += amount - back
            if self.model.used == 0 and self.model.own > 0:
                self.model.left = None
            elif self.model.left is not None:
                self.model.left += back
            self.settle()

    @rule(pounds=st.integers(201, 500))
    def pay_too_much(self, pounds):
        self.key_in(token(self.device, self.step, pounds), Feedback.ABOVE_MAXIMUM_CREDIT, wrong=False)

    @precondition(lambda self: self.last)
    @rule()
    def pay_again(self):
        self.key_in(self.last, Feedback.DUPLICATE, wrong=False)

    @rule(digit=st.integers(1, 9))
    def mistype(self, digit):
        right = token(self.device, self.step, 1)
        self.key_in(right[:-1] + str((int(right[-1]) + digit) % 10), Feedback.INVALID, wrong=True)

    @rule()
    def take_a_token_of_somebody_else(self):
        self.key_in(token(self.device, self.step, 1, index=1), Feedback.NOT_AUTHENTIC, wrong=True)

    @rule(amount=st.integers(1, 900_000))
    def use(self, amount):
        account, now = self.device.part(Account), self.living.now
        # As half an hour's energy does: own credit first, then what was lent.
        from_own = amount if self.model.left is None else min(amount, max(self.model.own, 0))
        from_lent = min(amount - from_own, self.model.left or 0)
        before = account.at(now)
        after = Balances(
            meter=before.meter - (amount - from_lent),
            emergency=before.emergency - from_lent,
            lent=before.lent,
        )
        account._become(after, now)
        self.model.own -= amount - from_lent
        if self.model.left is not None:
            self.model.left -= from_lent
            self.model.used += from_lent
        self.settle()

    @rule()
    def take_emergency_credit(self):
        available = self.model.left is None and self.model.own <= TERMS.emergency_threshold
        expected = Feedback.ACCEPTED if available else Feedback.NOT_AVAILABLE
        assert self.press(Entry.EMERGENCY_CREDIT) is expected
        if available:
            self.model.left, self.model.used = TERMS.emergency_limit, 0
            self.settle()

    @rule()
    def turn_on(self):
        allowed = self.model.supply == "armed" and (self.credit > 0 or self.model.spared)
        expected = Feedback.ACCEPTED if allowed else Feedback.NOT_AVAILABLE
        assert self.press(Entry.ENABLE_SUPPLY) is expected
        if allowed:
            self.model.supply = "enabled"

    @rule(spared=st.booleans())
    def spare(self, spared):
        charges = Charges(never_disabled=ALWAYS if spared else None)
        self.device.part(Account).configure(TERMS, charges, self.living.now)
        self.model.spared = spared
        self.settle()

    @rule(minutes=st.integers(1, 12))
    def wait(self, minutes):
        self.living.wait(minutes * MINUTE)
        self.minute += minutes
        self.settle()

    @property
    def credit(self):
        return self.model.own + (self.model.left or 0)

    def settle(self):
        if self.credit > 0:
            if self.model.supply == "disabled":
                self.model.supply = "armed"
        elif self.model.supply == "enabled" and not self.model.spared:
            self.model.supply = "disabled"

    @invariant()
    def agrees(self):
        held = self.device.part(Account).at(self.living.now)
        assert (held.meter, held.emergency) == (self.model.own, self.model.left or 0)
        assert self.device.part(Supply).state == self.model.supply


TestHousehold = Household.TestCase
TestHousehold.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)


@given(st.text(max_size=30) | st.text("0123456789", max_size=25))
def test_any_text_that_is_no_token_is_refused(text):
    for role in (DeviceRole.ESME, DeviceRole.GSME, DeviceRole.PPMID):
        living = MADE["meter"](role=role)
        told = living.device.enter(Entry.UTRN, text, None, living.now)
        # What a PPMID is answered does not tell a token that is none from one that is not authentic.
        assert told in {Feedback.INVALID, Feedback.NOT_AUTHENTIC}


def sent(living):
    found = []
    for octets in living.sent():
        place = octets.index(b"\x12", octets.index(b"\x0f\x20")) + 1
        found.append(int.from_bytes(octets[place : place + 2], "big"))
    return found


def test_a_disablement_that_is_put_off_is_told_once(meter):
    living = meter()
    account = living.device.part(Account)
    account.prime(Balances(meter=1), TERMS)
    account.configure(TERMS, Charges(never_disabled=ALWAYS), living.now)
    living.sent()
    account.adjust(-2, living.now)
    living.wait(120 * MINUTE)
    assert sent(living).count(AlertCode.DISABLEMENT_SUSPENDED) == 1
    assert living.device.part(Supply).state == "enabled"
    account.configure(TERMS, Charges(), living.now)
    assert living.device.part(Supply).state == "disabled"


@pytest.mark.parametrize("floor", [0, 5_000_000])
def test_tokens_are_looked_for_where_they_were_counted_to(meter, floor):
    living = meter()
    device = living.device
    if floor:
        counters = device.part(ReplayCounters)
        counters.set_floor(RemotePartyRole.SUPPLIER, floor * COUNTER_STEP, CounterClass.TOP_UP)
    begun = floor or living.now // COUNTER_STEP
    for step in (begun + 3, begun + 1_000, begun + 900):
        outcome, _ = device.part(TopUps).enter(token(device, step, 1), living.now, Source.AT_THE_METER)
        assert outcome is TopUpOutcome.ACCEPTED
    far = token(device, begun + 100_000, 1)
    outcome, _ = device.part(TopUps).enter(far, living.now, Source.AT_THE_METER)
    assert outcome is TopUpOutcome.NOT_AUTHENTIC
