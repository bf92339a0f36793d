"""Logs of accounts, read as messages: credits, debt payments, balances by day and by billing period."""

from dataclasses import replace

import pytest

from harness.cases.bench import Bench
from harness.cases.command import Order, compose
from harness.cases.payloads import token_of
from harness.codecs.gbz import decode_gbz
from harness.codecs.zcl import decode_zcl_payload
from harness.codecs.zcl_types import ZclStatus
from harness.crypto.utrn import COUNTER_STEP
from harness.emulators.subjects.account_log import CREDITS, DAYS, AccountLog
from harness.emulators.subjects.ledger import Balances, PaymentMode, Terms
from harness.emulators.subjects.prepayment import Account, Charges, Recovery
from harness.emulators.subjects.registers import Registers
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.gbcs.use_case import obis_octets
from harness.network.clock import DAY, HOUR, SECOND, Duration, Instant, utc_time_of
from harness.network.entries import Entry, Feedback

ESME, GSME, GPF = DeviceRole.ESME, DeviceRole.GSME, DeviceRole.GPF
PREPAID = Terms(mode=PaymentMode.PREPAYMENT, per_payment=2_000)


def device_of(home, role):
    return home._reached(role)


def read(dlms_tester, name, instance):
    """Entries of a log of the last day, each as numbers."""
    step = replace(dlms_tester, name=name)
    request = step.request()
    values = step.values(request, step.answer(request))
    return [
        tuple(member.value for member in entry.value)
        for entry in values[7, obis_octets(instance), 2, False].value.elements
    ]


def pay(home, role, amounts):
    device, now = device_of(home, role), home.now
    for amount in amounts:
        device.part(Account).top_up(amount, now, f"{amount:020d}")
    home._collect(role, device)


def prepaid(home, role, debt=100_000, balance=5_000_000, charges=None):
    device = device_of(home, role)
    account = device.part(Account)
    account.prime(Balances(meter=balance, payment_debt=debt), PREPAID)
    account.configure(PREPAID, charges or Charges(), home.now)
    home._collect(role, device)


def test_the_last_credits_and_debt_payments_are_read(dlms):
    asking = dlms("ECS20d", ESME)
    home = asking.tester.home
    assert read(asking, "ECS20d", "0-0:98.1.5.255") == []
    prepaid(home, ESME)
    pay(home, ESME, [1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 500_000])
    paid = utc_time_of(home.now)
    while home.receive(within=Duration(SECOND)) is not None:
        pass  # the debt is cleared, of which the supplier is told
    credited = read(asking, "ECS20d", "0-0:98.1.5.255")
    assert credited == [(paid, amount) for amount in (3_000, 4_000, 5_000, 6_000, 500_000)]
    assert len(credited) == CREDITS
    repaid = read(asking, "ECS20a", "0-0:98.1.4.255")
    assert [amount for _, amount in repaid] == [200, 400, 600, 800, 1_000, 1_200, 95_800]
    assert sum(amount for _, amount in repaid) == 100_000


def test_balances_of_each_midnight_are_read_in_prepayment_mode(dlms):
    asking = dlms("ECS21b", ESME)
    home = asking.tester.home
    home.wait(Duration(DAY))
    assert read(asking, "ECS21b", "0-0:98.1.8.255") == []
    prepaid(home, ESME, charges=Charges(standing=7_000, recoveries=(Recovery(), Recovery(300, HOUR))))
    home.wait(Duration(DAY))
    midnight = home.now // DAY * DAY
    ((stamp, emergency, meter, payment, first, second, accumulated),) = read(
        asking, "ECS21b", "0-0:98.1.8.255"
    )
    assert stamp == utc_time_of(Instant(midnight))
    assert (emergency, payment, first, second, accumulated) == (0, 100_000, 0, 0, 0)
    assert meter == 5_000_000 - 7_000
    home.wait(Duration(40 * DAY))
    assert len(device_of(home, ESME).part(AccountLog).by_day) == DAYS


def test_balances_at_the_end_of_a_billing_period_are_read_in_any_mode(dlms):
    asking = dlms("ECS20c", ESME)
    home = asking.tester.home
    account = device_of(home, ESME).part(Account)
    account.adjust(123, home.now)
    held = account.at(home.now)
    # Homes begin on the third of February.
    home.wait(Duration(26 * DAY))
    account.adjust(1, home.now)
    stamp, emergency, meter, *rest = read(asking, "ECS20c", "0-0:98.1.1.255")[0]
    assert stamp == utc_time_of(Instant(home.now // DAY * DAY))
    assert (emergency, meter) == (held.emergency, held.meter)
    assert rest == [held.payment_debt, *held.time_debts, held.accumulated]


def answered(bench, name, role):
    """An answer, and its components."""
    bench.port.wait(Duration(SECOND))
    counter = bench.next_counter()
    order = Order(name, bench.device(role), RemotePartyRole.SUPPLIER, 0, counter, bench.now)
    answer = bench.exchange(compose(bench.parties, order))
    return answer, decode_gbz(answer.message.payload).components


def clear(tester, answer, component):
    payload = component.payload
    if component.protection is not None:
        payload = tester.decrypted(answer.message, payload[2:])
    return decode_zcl_payload(component, payload)


@pytest.mark.parametrize("role", [GSME, GPF])
def test_top_ups_of_the_gas_meter_are_read_off_it_and_its_mirror(tester, role):
    home, bench = tester.home, Bench(tester.home, tester.pki)
    answer, (component,) = answered(bench, "GCS15e", role)
    assert clear(tester, answer, component)["status"] == ZclStatus.NOT_FOUND
    prepaid(home, GSME)
    meter = home.devices[GSME]
    utrn = token_of(tester.party(RemotePartyRole.SUPPLIER), meter, 7 * COUNTER_STEP, 10)
    assert home.enter(GSME, Entry.UTRN, utrn) is Feedback.ACCEPTED
    paid = utc_time_of(home.now)
    home.wait(Duration(HOUR))
    answer, (component,) = answered(bench, "GCS15e", role)
    (entry,) = clear(tester, answer, component)["top_ups"]
    assert [one.value for one in entry.fields] == [utrn.encode(), 1_000_000, paid]
    answer, (component,) = answered(bench, "GCS15d", role)
    (entry,) = clear(tester, answer, component)["debts"]
    assert [one.value for one in entry.fields] == [paid, 100_000, 2, 0]


def test_daily_balances_of_the_gas_meter_are_read(tester):
    home, bench = tester.home, Bench(tester.home, tester.pki)
    prepaid(home, GSME)
    home.wait(Duration(2 * DAY))
    answer, components = answered(bench, "GCS16b", GPF)
    said = [clear(tester, answer, one) for one in components]
    told = [one for one in said if one.name == "Publish Prepay Snapshot"]
    # What is asked for is the last day.
    assert [one["snapshot_time"] for one in told] == [utc_time_of(Instant(home.now // DAY * DAY))]
    assert [one["type_3_debt_remaining"] for one in told] == [100_000]


@pytest.mark.parametrize("role", [GSME, GPF])
def test_registers_and_balances_at_a_change_of_payment_mode_are_read(tester, role):
    home, bench = tester.home, Bench(tester.home, tester.pki)
    order = Order("GCS02", bench.device(GSME), RemotePartyRole.SUPPLIER, 0, bench.next_counter(), bench.now)
    bench.exchange(compose(bench.parties, order))
    meter, changed = device_of(home, GSME), home.now
    held = meter.part(Account).at(changed).meter
    home.wait(Duration(HOUR))
    device_of(home, GSME).part(Account).adjust(999, home.now)
    answer, components = answered(bench, "GCS15b", role)
    said = [clear(tester, answer, one) for one in components]
    (registers,) = (one for one in said if one.name == "Publish Snapshot")
    (balances,) = (one for one in said if one.name == "Publish Prepay Snapshot")
    assert balances["snapshot_time"] == registers["snapshot_time"]
    assert utc_time_of(changed) - 5 <= balances["snapshot_time"] <= utc_time_of(changed)
    assert balances["credit_remaining"] == held
    at = Instant(registers["snapshot_time"] * SECOND)
    assert abs(registers["current_summation"] - meter.part(Registers).active_import(at)) <= 1
