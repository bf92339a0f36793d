"""Switching tables across days, seasons, special days and the change of the clocks."""

from datetime import UTC, datetime

import pytest

from harness.emulators.subjects.week_plan import Season, SpecialDay, WeekPlan
from harness.network.clock import HOUR, SECOND, Instant, instant_of

NIGHT_AND_DAY, WEEKEND, WINTER, HOLIDAY = 1, 2, 3, 4
PLAN = WeekPlan(
    seasons=(Season(0xFFFF, 4, 1, b"s"), Season(0xFFFF, 10, 1, b"w")),
    weeks={
        b"s": (NIGHT_AND_DAY,) * 5 + (WEEKEND,) * 2,
        b"w": (WINTER,) * 7,
    },
    days={
        NIGHT_AND_DAY: ((0, 1), (7 * HOUR, 2), (23 * HOUR, 1)),
        WEEKEND: ((0, 3),),
        WINTER: ((6 * HOUR, 4), (22 * HOUR, 5)),
        HOLIDAY: ((0, 9),),
    },
    special=(SpecialDay(bytes.fromhex("ffff0c19ff"), HOLIDAY),),
)


def at(*parts: int) -> Instant:
    return instant_of(datetime(*parts, tzinfo=UTC))


@pytest.mark.parametrize(
    ("moment", "selected"),
    [
        (at(2026, 6, 3, 6, 59, 59), 1),
        (at(2026, 6, 3, 7), 2),
        (at(2026, 6, 3, 22, 59, 59), 2),
        (at(2026, 6, 3, 23), 1),
        (at(2026, 6, 5, 23, 59, 59), 1),  # Friday
        (at(2026, 6, 6), 3),  # Saturday
        (at(2026, 6, 8), 1),  # Monday
        (at(2026, 9, 30, 12), 2),
        (at(2026, 10, 1, 6), 4),  # another season
        (at(2026, 10, 1, 5, 59, 59), 1),  # what the last day of summer left
        (at(2027, 3, 31, 23), 5),
        (at(2027, 4, 1), 1),
        (at(2026, 12, 24, 23, 59, 59), 5),
        (at(2026, 12, 25), 9),
        (at(2026, 12, 26), 9),  # until something else is selected
        (at(2026, 12, 26, 6), 4),
    ],
)
def test_what_is_selected(moment, selected):
    assert PLAN.selected(moment) == selected


@pytest.mark.parametrize("day", [(2026, 3, 29), (2026, 10, 25)])
def test_the_clocks_going_forward_or_back_change_nothing(day):
    hours = [PLAN.selected(Instant(at(*day) + hour * HOUR)) for hour in range(24)]
    assert hours == [5] * 6 + [4] * 16 + [5] * 2


def test_a_season_of_one_year_does_not_come_back():
    plan = WeekPlan(seasons=(Season(2026, 5, 1, b"s"),), weeks={b"s": (1,) * 7}, days={1: ((0, 7),)})
    assert plan.selected(at(2026, 4, 30, 23, 59, 59)) is None
    assert plan.selected(at(2026, 5, 1)) == 7
    assert plan.selected(at(2031, 1, 1)) == 7


def test_changes_are_where_the_selection_changes():
    begin, end = at(2026, 9, 29), at(2026, 10, 3)
    changes = PLAN.changes(begin, end)
    assert [PLAN.selected(moment) for moment in changes] == [
        2,
        1,
        1,
        2,
        1,
        4,
        5,
        4,
        5,
    ][: len(changes)]
    for before, after in zip((begin, *changes), (*changes, end), strict=False):
        assert PLAN.selected(Instant(after - SECOND)) == PLAN.selected(before)


def test_a_table_without_profiles_selects_nothing():
    assert WeekPlan().selected(at(2026, 1, 1)) is None
    assert WeekPlan().changes(at(2026, 1, 1), at(2026, 1, 3)) == ()
