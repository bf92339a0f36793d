"""Simulated time and calendar time say the same."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from harness.network.clock import DAY, HOUR, MINUTE, SECOND, after, datetime_of, instant_of, utc_time_of

MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31)).map(  # noqa: DTZ001 - the zone is put on after
    lambda moment: moment.replace(tzinfo=UTC)
)


@given(MOMENTS)
def test_there_and_back(moment):
    assert datetime_of(instant_of(moment)) == moment


@given(MOMENTS, st.integers(0, 400 * DAY))
def test_after_is_addition(moment, length):
    assert datetime_of(after(instant_of(moment), length)) == moment + timedelta(microseconds=length)


def test_units():
    assert (MINUTE, HOUR, DAY) == (60 * SECOND, 60 * MINUTE, 24 * HOUR)
    # 2014-12-31T00:00:00Z, as the half-hour log of the reference messages has it.
    assert utc_time_of(instant_of(datetime(2014, 12, 31, tzinfo=UTC))) == 0x1C35F900
