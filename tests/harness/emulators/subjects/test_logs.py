"""Registers and logs of a meter agree at every moment, whatever happened to the supply."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device_profiles.model import EsmeVariant
from harness.codecs.cosem_data import Data, DataTag
from harness.emulators.cosem.objects import Objects
from harness.emulators.load import HALF_HOUR
from harness.emulators.subjects import logs
from harness.emulators.subjects.billing import BillingCalendar, BillingDay, BillingSpan, Unit
from harness.emulators.subjects.billing_events import DEPTH, BillingEvents
from harness.emulators.subjects.prepayment import Account
from harness.emulators.subjects.registers import Channel, Registers
from harness.emulators.subjects.supply import Supply, SupplyState
from harness.emulators.subjects.tariff_registers import Rate, TariffRegisters
from harness.gbcs.use_case import obis_octets
from harness.network.clock import DAY, HOUR, MINUTE, Instant, datetime_of, instant_of
from harness.network.port import Stimulus

HAPPENINGS = st.lists(
    st.tuples(
        st.sampled_from(["off", "on", "restart", "disable", "enable", "nothing"]),
        st.integers(1, 9 * HOUR),
    ),
    max_size=8,
)
VARIANTS = st.sampled_from([EsmeVariant.SINGLE_ELEMENT, EsmeVariant.TWIN_ELEMENT, EsmeVariant.POLYPHASE])
PERIODIC = {
    "active import": (logs.PROFILE_IMPORT, HALF_HOUR, lambda registers, at: registers.whole_import(at)),
    "active export": (logs.PROFILE_EXPORT, HALF_HOUR, lambda registers, at: registers.active_export(at)),
    "reactive import": (
        logs.PROFILE_REACTIVE,
        HALF_HOUR,
        lambda registers, at: registers.reactive_import(registers.active_import(at)),
    ),
    "daily consumption": (logs.DAILY_CONSUMPTION, DAY, lambda registers, at: registers.whole_import(at)),
}


def live(living, happenings):
    supply = living.device.part(Supply)
    done = {
        "off": lambda: living.operate(Stimulus.POWER_OFF),
        "on": lambda: living.operate(Stimulus.POWER_ON),
        "restart": lambda: living.operate(Stimulus.RESTART),
        "disable": lambda: supply.change(SupplyState.DISABLED, living.now),
        "enable": lambda: supply.change(SupplyState.ENABLED, living.now),
        "nothing": lambda: None,
    }
    for what, length in happenings:
        done[what]()
        living.wait(length)


def entries(living, log, start, end):
    return list(log.entries(living.device, start, end, living.now))


@pytest.mark.parametrize("name", PERIODIC)
@settings(max_examples=40)
@given(variant=VARIANTS, happenings=HAPPENINGS, span=st.tuples(st.integers(0, 3), st.integers(1, 80)))
def test_entries_of_a_range_add_up_to_what_the_register_grew(meter, name, variant, happenings, span):
    back, length = span
    log, period, register = PERIODIC[name]
    living = meter(variant)
    live(living, happenings)
    last = living.now // period - back
    first = last - (length if period == HALF_HOUR else length % 9)
    start, end = Instant(first * period), Instant(last * period)
    read = entries(living, log, Instant(start + 1), end)
    assert [stamp for stamp, _ in read] == [number * period for number in range(first + 1, last + 1)]
    columns = [sum(values) if "active import" in name else values[0] for _, values in read]
    registers = living.device.part(Registers)
    # What was so at the time is so now: ask a register about the past, as the log does.
    assert sum(columns[: len(read)]) == register(registers, end) - register(registers, start)


def test_a_log_is_as_deep_as_it_may_be(meter):
    living = meter()
    read = entries(living, logs.DAILY_READ, Instant(0), living.now)
    assert len(read) == 31
    assert read[-1][0] == living.now // DAY * DAY
    living.wait(3 * DAY)
    later = entries(living, logs.DAILY_READ, Instant(0), living.now)
    assert later[:28] == read[3:]


def test_readings_hold_every_register(meter):
    living = meter(EsmeVariant.TWIN_ELEMENT)
    living.wait(DAY)
    stamp, values = entries(living, logs.DAILY_READ, Instant(0), living.now)[-1]
    primary, secondary, tiers, secondary_tiers, *blocks = values
    registers = living.device.part(Registers)
    assert primary == registers.active_import(stamp) == sum(tiers) + sum(map(sum, blocks))
    assert secondary == registers.active_import(stamp, Channel.SECONDARY) == sum(secondary_tiers)


@settings(max_examples=40)
@given(
    rates=st.lists(
        st.tuples(
            st.integers(1, 8), st.none() | st.integers(1, 4), st.integers(0, 40_000), st.integers(1, DAY)
        ),
        max_size=6,
    )
)
def test_tariff_registers_add_up_to_the_energy_register(meter, rates):
    living = meter()
    tariff, registers = living.device.part(TariffRegisters), living.device.part(Registers)
    moments = []
    for tier, block, price, length in rates:
        tariff.apply(Rate(tier, block, price), living.now)
        moments.append(living.now)
        living.wait(length)
    for moment in [*moments, living.now]:
        counted = sum(tariff.tiers(moment)) + sum(map(sum, tariff.blocks(moment)))
        assert counted == registers.active_import(moment)


def test_cost_is_price_by_consumption(meter):
    living = meter()
    tariff, registers = living.device.part(TariffRegisters), living.device.part(Registers)
    begun = living.now
    tariff.apply(Rate(1, None, 20_000), begun)
    living.wait(HOUR)
    dearer = living.now
    tariff.apply(Rate(2, None, 30_000), dearer)
    living.wait(HOUR)
    used = [registers.active_import(at) for at in (begun, dearer, living.now)]
    cheap, dear = (later - earlier for earlier, later in pairwise(used))
    assert tariff.cost(begun, living.now) == cheap * 20 + dear * 30


def test_billing_periods_end_with_the_month_until_told_otherwise(meter):
    living = meter()
    living.wait(70 * DAY)
    calendar = living.device.part(BillingCalendar)
    ends = [datetime_of(at) for at in calendar.periods(Instant(0), living.now, living.now)]
    assert len(ends) == 12
    assert all((end.day, end.hour, end.minute) == (1, 0, 0) for end in ends)
    told = living.now
    assert calendar.next_after(told) > told
    calendar.change((BillingDay(bytes((6, 30, 0, 0)), bytes.fromhex("ffffffff01")),), told)
    living.wait(15 * DAY)
    later = [datetime_of(at) for at in calendar.periods(told, living.now, living.now)]
    assert len(later) == 2
    assert all((end.isoweekday(), end.hour, end.minute) == (1, 6, 30) for end in later)
    assert [datetime_of(at) for at in calendar.periods(Instant(0), told, living.now)] == ends[2:]


@pytest.mark.parametrize(
    ("octets", "days"), [("fffffffeff", {28, 29, 30, 31}), ("fffffffdff", {27, 28, 29, 30})]
)
def test_days_counted_from_the_end_of_the_month(octets, days):
    day = BillingDay(bytes(4), bytes.fromhex(octets))
    found = [
        datetime_of(Instant(number * DAY)) for number in range(366) if day.falls_on(Instant(number * DAY))
    ]
    assert len(found) == 12
    assert {one.day for one in found} <= days
    assert BillingDay(bytes((1, 2, 3, 0xFF)), day.date).offset == HOUR + 2 * MINUTE + 3_000_000


@pytest.mark.parametrize(
    ("unit", "length", "expected"),
    [
        (Unit.DAYS, 2, ["2026-01-31", "2026-02-02", "2026-02-04"]),
        (Unit.WEEKS, 1, ["2026-01-31", "2026-02-07", "2026-02-14"]),
        (Unit.MONTHS, 1, ["2026-01-31", "2026-02-28", "2026-03-31"]),
        (Unit.MONTHS, 3, ["2026-01-31", "2026-04-30", "2026-07-31"]),
    ],
)
def test_periods_of_one_length_follow_each_other(unit, length, expected):
    start = instant_of(datetime(2026, 1, 31, 6, tzinfo=UTC))
    span = BillingSpan(start, length, unit)
    midnights = (Instant((start // DAY + number) * DAY) for number in range(-40, 200))
    found = [midnight for midnight in midnights if span.falls_on(midnight)]
    assert [datetime_of(one).date().isoformat() for one in found[:3]] == expected
    assert span.offset == 6 * HOUR


def test_the_end_of_each_period_is_followed_once(meter):
    living = meter()
    calendar, followed = living.device.part(BillingCalendar), []
    first = (BillingDay(bytes((6, 0, 0, 0)), bytes.fromhex("ffffffffff")),)
    calendar.change(first, living.now, lambda _device, now: followed.append(now))
    living.wait(3 * DAY)
    assert len(followed) == 3
    assert tuple(followed) == calendar.periods(Instant(living.now - 3 * DAY), living.now, living.now)
    calendar.change((), living.now, lambda _device, now: followed.append(now))
    living.wait(3 * DAY)
    assert len(followed) == 3


def test_a_change_of_payment_mode_is_noted_with_registers_and_balances(meter):
    living = meter()
    objects, events = living.device.part(Objects), living.device.part(BillingEvents)
    mode = (111, obis_octets("0-0:19.0.0.255"), 2, False)
    for number in range(DEPTH + 2):
        living.wait(DAY)
        objects.put(mode, Data(DataTag.ENUM, number % 2))
        objects.put(mode, Data(DataTag.ENUM, number % 2))
        living.wait(0)
    assert len(events.events) == DEPTH
    last = events.events[-1]
    assert last.at == living.now
    assert last.registers[0] == living.device.part(Registers).active_import(living.now)
    assert last.balances == living.device.part(Account).at(living.now)
