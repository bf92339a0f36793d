"""Auxiliary controllers: commands, limits, boost and calendar, and which of them counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.codecs.cosem_data import BitString, Data, DataTag
from harness.emulators.cosem.objects import Objects
from harness.emulators.subjects.boost import DEPTH, Boost
from harness.emulators.subjects.controller_calendar import Switch, last_switch
from harness.emulators.subjects.controllers import Controllers, Direction, Order, Target, level_in
from harness.gbcs.use_case import obis_octets
from harness.network.clock import DAY, HOUR, MINUTE, SECOND, Instant, datetime_of

FIRST = Target(Direction.OUTPUT, 1)
ANY_DATE = b"\xff" * 5


def entry(selector, hour, *, weekdays="1111111", special_days=""):
    values = (
        (DataTag.LONG_UNSIGNED, 1),
        (DataTag.BOOLEAN, True),
        (DataTag.OCTET_STRING, obis_octets("0-0:10.0.103.255")),
        (DataTag.LONG_UNSIGNED, selector),
        (DataTag.OCTET_STRING, bytes((hour, 0, 0, 0))),
        (DataTag.LONG_UNSIGNED, 0xFFFF),
        (DataTag.BIT_STRING, BitString(weekdays)),
        (DataTag.BIT_STRING, BitString(special_days)),
        (DataTag.OCTET_STRING, ANY_DATE),
        (DataTag.OCTET_STRING, ANY_DATE),
    )
    return Data(DataTag.STRUCTURE, tuple(Data(tag, value) for tag, value in values))


def set_calendar(living, *entries):
    key = (10, obis_octets("0-0:12.0.2.255"), 2, False)
    living.device.part(Objects).put(key, Data(DataTag.ARRAY, entries))


def midnight(living):
    return Instant((living.now // DAY + 1) * DAY)


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        (0x0111, (Target(Direction.OUTPUT, 1), 100)),
        (0x0312, (Target(Direction.OUTPUT, 3), 0)),
        (0x0101, (Target(Direction.OUTPUT, 1), 100)),
        (0x1564, (Target(Direction.OUTPUT, 5), 100)),
        (0x2332, (Target(Direction.INPUT, 3), 50)),
        (0x0604, None),
        (0x1165, None),
        (0x3101, None),
    ],
)
def test_selectors_say_controller_and_level(selector, expected):
    assert level_in(selector) == expected


def test_an_order_holds_for_its_time_and_the_calendar_after_it(meter):
    living = meter()
    controllers = living.device.part(Controllers)
    set_calendar(living, entry(0x0101, 6), entry(0x0102, 9))
    day = midnight(living)
    assert [controllers.level(FIRST, Instant(day + hour * HOUR)) for hour in (5, 7, 10)] == [0, 100, 0]
    controllers.order(FIRST, Order(100, Instant(day + 12 * HOUR), Instant(day + 13 * HOUR)))
    assert controllers.level(FIRST, Instant(day + 12 * HOUR)) == 100
    assert controllers.level(FIRST, Instant(day + 13 * HOUR)) == 0
    controllers.release(FIRST)
    assert controllers.level(FIRST, Instant(day + 12 * HOUR)) == 0


def test_the_randomised_offset_puts_off_the_calendar_alone(meter):
    living = meter()
    controllers = living.device.part(Controllers)
    set_calendar(living, entry(0x0101, 6))
    limit = (1, obis_octets("0-0:94.44.0.1"), 2, False)
    living.device.part(Objects).put(limit, Data(DataTag.LONG_UNSIGNED, 1_799))
    assert 0 <= controllers.offset < 1_799
    set_calendar(living, entry(0x0101, 6), entry(0x0102, 5))
    due = Instant(midnight(living) + 6 * HOUR + controllers.offset * SECOND)
    assert controllers.level(FIRST, Instant(due - 1)) == 0
    assert controllers.level(FIRST, due) == 100
    controllers.order(FIRST, Order(50, Instant(due - HOUR), due))
    assert controllers.level(FIRST, Instant(due - HOUR)) == 50


@given(
    wanted=st.integers(0, 100),
    most=st.integers(0, 100),
    at=st.integers(0, 3 * HOUR),
    begins=st.integers(0, HOUR),
)
def test_a_limit_caps_while_it_holds(meter, wanted, most, at, begins):
    living = meter()
    controllers, now = living.device.part(Controllers), living.now
    moment = Instant(now + at)
    controllers.order(FIRST, Order(wanted, now, Instant(now + DAY)))
    limit = Order(most, Instant(now + begins), Instant(now + 2 * HOUR))
    assert controllers.limit(FIRST, limit) is None
    capped = begins <= at < 2 * HOUR
    assert controllers.level(FIRST, moment) == (min(wanted, most) if capped else wanted)
    controllers.end_limit(FIRST)
    assert controllers.level(FIRST, moment) == wanted


def test_a_boost_is_longer_with_each_press_up_to_an_hour(meter):
    living = meter()
    boost, controllers = living.device.part(Boost), living.device.part(Controllers)
    living.device.part(Objects).put(
        (1, obis_octets("0-0:94.44.6.1"), 2, False), Data(DataTag.BOOLEAN, value=True)
    )
    begun = living.now
    for _ in range(6):
        boost.press(living.now)
        living.wait(MINUTE)
    assert boost.log[-1].end - begun == HOUR
    assert controllers.level(FIRST, living.now) == 100
    assert controllers.level(Target(Direction.OUTPUT, 2), living.now) == 0
    boost.cancel(living.now)
    assert controllers.level(FIRST, living.now) == 0
    for _ in range(2 * DEPTH):
        living.wait(HOUR)
        boost.press(living.now)
    assert len(boost.log) == DEPTH


def test_on_a_special_day_its_own_entries_count():
    day = Instant(9_600 * DAY)
    date = datetime_of(day)
    special = bytes((0xFF, 0xFF, date.month, date.day, 0xFF))
    usual = Switch(0x0101, int(HOUR), "1111111", "0", ANY_DATE, ANY_DATE)
    holiday = Switch(0x0102, int(2 * HOUR), "0000000", "1", ANY_DATE, ANY_DATE)
    noon = Instant(day + 12 * HOUR)
    assert last_switch((usual, holiday), ((special, 1),), noon) == holiday
    assert last_switch((usual, holiday), (), noon) == usual
    assert last_switch((usual, holiday), ((special, 1),), Instant(noon + DAY)) == usual


def test_entries_outside_their_dates_do_not_count():
    day = Instant(9_600 * DAY)
    date = datetime_of(day)
    later = (date.year + 1).to_bytes(2, "big") + bytes((1, 1, 0xFF))
    assert last_switch((Switch(1, 0, "1111111", "", later, ANY_DATE),), (), day) is None
    assert last_switch((Switch(1, 0, "1111111", "", ANY_DATE, later),), (), day) is not None
