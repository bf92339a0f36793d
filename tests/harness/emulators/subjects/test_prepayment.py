"""Accounts of meters in time: energy at the price in force, debts, disablement, tokens."""

from dataclasses import replace

import pytest

from harness.codecs.envelope import split_message
from harness.crypto.agreement import shared_secret
from harness.crypto.utrn import COUNTER_STEP, TokenScope, ValueClass, make_token
from harness.emulators.subjects.ledger import PaymentMode, Terms
from harness.emulators.subjects.prepayment import NEVER_DISABLED, Account, Balance, Charges, Debt, Recovery
from harness.emulators.subjects.registers import Registers
from harness.emulators.subjects.schedule import Entry, Schedule
from harness.emulators.subjects.supply import Supply, SupplyState
from harness.emulators.subjects.tariff import Tariff, Tariffs
from harness.emulators.subjects.tariff_registers import TariffRegisters
from harness.emulators.subjects.top_up import ATTEMPTS, SUSPENSION, Source, TopUpOutcome, TopUps
from harness.emulators.subjects.week_plan import Season, WeekPlan
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.clock import DAY, HOUR, MINUTE, Instant

ESME, GSME = DeviceRole.ESME, DeviceRole.GSME
PREPAID = Terms(
    mode=PaymentMode.PREPAYMENT,
    emergency_limit=100_000,
    emergency_threshold=50_000,
    low_credit_threshold=70_000,
)


def flat(selected, prices, thresholds=None):
    plan = WeekPlan(seasons=(Season(0xFFFF, 1, 1, b"a"),), weeks={b"a": (1,) * 7}, days={1: ((0, selected),)})
    return Tariff(plan, prices, thresholds or {})


@pytest.fixture
def device(meter):
    return meter().device


def after(device, span):
    return Instant(device.template.start + span)


def run(device, until):
    while (due := device.wake_at()) is not None and due <= until:
        device.wake(due)


def codes(device, now):
    """Codes of the alerts that were sent."""
    found = []
    for message in device.outgoing(now):
        payload = split_message(message.octets).payload
        found.append(int.from_bytes(payload[payload.index(b"\x12") + 1 :][:2], "big"))
    return found


def empty(device, now, terms=PREPAID, charges=None, balance=0):
    account = device.part(Account)
    account.reset(now)
    account.adjust(balance, now)
    account.configure(terms, charges or Charges(), now)
    return account


def test_energy_is_paid_at_the_price_in_force(device):
    start, later = after(device, 0), after(device, DAY)
    device.part(Tariffs).change(flat(1, {(1, None): 20_000}), start)
    account = device.part(Account)
    before = account.at(start).meter
    used = device.part(Registers).active_import(later) - device.part(Registers).active_import(start)
    assert used > 0
    assert abs(before - account.at(later).meter - used * 20) <= 1


def test_in_small_steps_it_costs_as_much_as_in_one(meter):
    left = []
    for steps in (1, 97):
        device = meter().device
        device.part(Tariffs).change(flat(1, {(1, None): 17_351}), after(device, 0))
        for step in range(steps):
            device.part(Account).at(after(device, DAY * (step + 1) // steps))
        left.append(device.part(Account).at(after(device, DAY)).meter)
    assert left[0] == left[1]


def test_what_is_charged_and_credited_makes_up_the_change(device):
    start, end = after(device, 0), after(device, 3 * DAY)
    device.part(Tariffs).change(flat(1, {(1, None): 25_000}), start)
    charges = Charges(standing=20_000, recoveries=(Recovery(500, HOUR), Recovery(7_000, DAY)))
    account = empty(device, start, charges=charges, balance=1_000_000)
    account.adjust_debt(Debt.TIME_1, 10_000, start)
    account.adjust_debt(Debt.TIME_2, 100_000, start)
    before = account.at(start).worth
    registers = device.part(TariffRegisters)
    run(device, end)
    energy = registers.cost(start, end)
    days = end // DAY - start // DAY
    assert abs(before - account.at(end).worth - energy - days * 20_000) <= 1
    assert account.at(end).time_debts == (0, 100_000 - days * 7_000)


def test_a_meter_without_credit_disables_the_supply_and_a_credit_arms_it(device):
    start = after(device, 0)
    device.part(Tariffs).change(flat(1, {(1, None): 30_000}), start)
    account = empty(device, start, balance=100_000)
    device.outgoing(start)
    now = after(device, 3 * DAY)
    run(device, now)
    assert device.part(Supply).state is SupplyState.DISABLED
    assert account.at(now).combined <= 0
    sent = codes(device, now)
    expected = [
        AlertCode.LOW_CREDIT,
        AlertCode.EMERGENCY_CREDIT_AVAILABLE,
        AlertCode.CREDIT_BELOW_DISABLEMENT_THRESHOLD,
    ]
    assert sent == expected
    frozen = account.at(now)
    assert account.at(after(device, 4 * DAY)) == frozen
    account.activate_emergency(after(device, 4 * DAY))
    assert device.part(Supply).state is SupplyState.ARMED


def test_the_supply_stays_on_while_the_calendar_says_so(device):
    start = after(device, 0)
    always = Schedule((Entry(NEVER_DISABLED, 0, frozenset(range(1, 8)), frozenset()),))
    account = empty(device, start, charges=Charges(never_disabled=always), balance=-1)
    assert device.part(Supply).state is SupplyState.ENABLED
    account.configure(PREPAID, Charges(), after(device, HOUR))
    assert device.part(Supply).state is SupplyState.DISABLED


def test_blocks_fill_up_and_are_reset(device):
    start = after(device, 0)
    prices = {(1, 1): 10_000, (1, 2): 20_000, (1, 3): 30_000, (1, 4): 40_000}
    device.part(Tariffs).change(flat(101, prices, {1: (2_000, 5_000)}), start)
    tariffs, registers = device.part(Tariffs), device.part(Registers)
    opened = registers.active_import(start)
    blocks = []
    for half_hours in range(96):
        now = after(device, half_hours * 30 * MINUTE)
        used = registers.active_import(now) - opened
        blocks.append((used, tariffs.price(now)))
    assert blocks[-1][0] > 5_000
    for used, price in blocks:
        assert price == (10_000 if used < 2_000 else 20_000 if used < 5_000 else 30_000)
    now = after(device, 2 * DAY)
    assert sum(map(sum, device.part(TariffRegisters).blocks(now))) == registers.active_import(now) - opened
    tariffs.reset_blocks(now)
    assert tariffs.price(now) == 10_000


def test_the_price_follows_the_time_of_day(device):
    start = after(device, 0)
    plan = replace(flat(1, {}).plan, days={1: ((0, 1), (7 * HOUR, 2))})
    device.part(Tariffs).change(Tariff(plan, {(1, None): 1_000, (2, None): 2_000}), start)
    midnight = Instant((start // DAY + 1) * DAY)
    assert device.part(Tariffs).price(Instant(midnight + 7 * HOUR - 1)) == 1_000
    assert device.part(Tariffs).price(Instant(midnight + 7 * HOUR)) == 2_000
    assert device.part(TariffRegisters).tiers(Instant(midnight + DAY))[1] > 0


def token(factory, target, step, index=0, pounds=10):
    supplier = factory.pki.party(RemotePartyRole.SUPPLIER, index)
    z = shared_secret(supplier.prepayment_private, factory.pki.device(target.entity_id).ka_public)
    scope = TokenScope(originator=supplier.entity_id, target=target.entity_id, counter=step * COUNTER_STEP)
    return make_token(z, scope, pounds, ValueClass.POUNDS)


@pytest.mark.parametrize("role", [ESME, GSME])
def test_a_token_counts_once(factory, meter, role):
    device = meter(role=role).device
    now, top_ups = device.template.start, device.part(TopUps)
    before = device.part(Account).at(now).worth
    utrn = token(factory, device, 7)
    assert top_ups.enter(utrn, now, Source.AT_THE_METER) == (TopUpOutcome.ACCEPTED, 1_000_000)
    assert device.part(Account).at(now).worth == before + 1_000_000
    assert top_ups.enter(utrn, now, Source.AT_THE_METER) == (TopUpOutcome.DUPLICATE, 0)
    earlier = token(factory, device, 5)
    assert top_ups.enter(earlier, now, Source.REMOTE, 5 * COUNTER_STEP)[0] is TopUpOutcome.ACCEPTED
    assert device.part(Account).at(now).worth == before + 2_000_000


def test_a_token_for_another_meter_or_of_another_supplier_is_refused(factory, meter, device):
    top_ups, now = device.part(TopUps), device.template.start
    for wrong in (token(factory, meter(role=GSME).device, 7), token(factory, device, 7, index=1)):
        assert top_ups.enter(wrong, now, Source.PPMID)[0] is TopUpOutcome.NOT_AUTHENTIC
    right = token(factory, device, 7)
    assert top_ups.enter(right, now, Source.REMOTE, 8 * COUNTER_STEP)[0] is TopUpOutcome.NOT_AUTHENTIC


def test_entry_is_suspended_after_wrong_tokens_in_a_row(factory, device):
    top_ups, now = device.part(TopUps), device.template.start
    right = token(factory, device, 7)
    wrong = right[:-1] + str((int(right[-1]) + 1) % 10)
    for _ in range(ATTEMPTS):
        assert top_ups.enter(wrong, now, Source.AT_THE_METER)[0] is TopUpOutcome.MALFORMED
    assert top_ups.enter(right, now, Source.AT_THE_METER)[0] is TopUpOutcome.SUSPENDED
    assert codes(device, now) == [AlertCode.UTRN_ENTRY_SUSPENDED, AlertCode.UTRN_REJECTED_WHILE_LOCKED]
    assert top_ups.enter(right, now, Source.REMOTE, 7 * COUNTER_STEP)[0] is TopUpOutcome.ACCEPTED
    later = Instant(now + SUSPENSION)
    assert top_ups.enter(token(factory, device, 8), later, Source.AT_THE_METER)[0] is TopUpOutcome.ACCEPTED


def test_a_token_above_a_limit_is_refused_and_stays_good(factory, device):
    now, account = device.template.start, device.part(Account)
    account.put(Balance.METER, 0, now)
    utrn = token(factory, device, 7)
    for limit, outcome in (
        (replace(PREPAID, maximum_credit=999_999), TopUpOutcome.ABOVE_MAXIMUM_CREDIT),
        (replace(PREPAID, maximum_balance=999_999), TopUpOutcome.ABOVE_MAXIMUM_BALANCE),
        (PREPAID, TopUpOutcome.ACCEPTED),
    ):
        account.configure(limit, Charges(), now)
        assert device.part(TopUps).enter(utrn, now, Source.AT_THE_METER)[0] is outcome
