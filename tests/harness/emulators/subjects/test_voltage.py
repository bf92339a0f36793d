"""Voltage: averages that follow from the voltage at the home, counters, and alerts that come when due."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device_profiles.model import EsmeVariant
from harness.codecs.dlms import decode_data_notification
from harness.codecs.envelope import decode_message
from harness.emulators.subjects.voltage import Side, Voltage, is_beyond
from harness.emulators.subjects.voltage_alerts import Excursion, VoltageAlerts
from harness.emulators.voltage_model import STEP, VoltageModel
from harness.gbcs.alert_codes import AlertCode
from harness.network.clock import DAY, HOUR, MINUTE, SECOND, Instant
from harness.network.port import Stimulus

STIMULI = (Stimulus.POWER_OFF, Stimulus.POWER_ON, Stimulus.PHASE_1_LOST, Stimulus.PHASE_1_BACK)
MOMENTS = st.integers(0, 400 * DAY).map(Instant)


def codes(living):
    """What one of the parties that are told has heard since it was last asked."""
    messages = [decode_message(octets) for octets in living.sent()]
    one = min((message.recipient for message in messages), default=b"")
    bodies = [decode_data_notification(sent.payload).body for sent in messages if sent.recipient == one]
    return [AlertCode(body.value[0].value) for body in bodies]


@given(MOMENTS, st.integers(1, DAY), st.integers(0, 2))
def test_an_average_lies_between_the_voltages_it_is_of(begin, length, phase):
    model = VoltageModel(b"home")
    end = Instant(begin + length)
    seen = [
        model.at(Instant(max(step * STEP, begin)), phase) for step in range(begin // STEP, -(-end // STEP))
    ]
    assert min(seen) <= model.average(begin, end, phase) <= max(seen)


@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(st.sampled_from([*STIMULI, "read", "nothing"]), st.integers(1, 12 * HOUR)), max_size=6
    ),
    st.integers(236, 250),
)
def test_counters_say_what_the_log_says(meter, happenings, volts):
    living = meter(EsmeVariant.POLYPHASE)
    voltage = living.device.part(Voltage)
    begun = living.now
    for phase in voltage.phases:
        voltage.set_threshold(phase, Side.OVER, volts, begun)
    for what, length in happenings:
        if what in STIMULI:
            living.operate(what)
        elif what == "read":
            voltage.count(0, Side.OVER, living.now)
        living.wait(length)
    living.operate(Stimulus.POWER_ON)
    for phase in voltage.phases:
        log = list(voltage.averages(phase, Instant(begun + 1), living.now, living.now))
        beyond = sum(is_beyond(average, volts, Side.OVER) for _, average in log)
        assert voltage.count(phase, Side.OVER, living.now) == beyond


def test_a_period_without_mains_is_not_measured(meter):
    living = meter()
    voltage = living.device.part(Voltage)
    living.wait(HOUR)
    begun = living.now
    living.operate(Stimulus.POWER_OFF)
    living.wait(HOUR)
    living.operate(Stimulus.POWER_ON)
    ended = living.now
    living.wait(3 * HOUR)
    stamps = [stamp for stamp, _ in voltage.averages(0, begun, living.now, living.now)]
    assert stamps
    assert not [one for one in stamps if begun < one and one - voltage.period < ended]


def test_a_phase_that_is_lost_is_not_measured_and_the_others_are(meter):
    living = meter(EsmeVariant.POLYPHASE)
    voltage = living.device.part(Voltage)
    living.wait(HOUR)
    begun = living.now
    living.operate(Stimulus.PHASE_2_LOST)
    living.operate(Stimulus.PHASE_2_LOST)
    living.wait(HOUR)
    living.operate(Stimulus.PHASE_2_BACK)
    living.operate(Stimulus.PHASE_2_BACK)
    ended = living.now
    assert codes(living) == [AlertCode.SUPPLY_RESTORED_AFTER_LONG_OUTAGE_PHASE_2]
    living.wait(3 * HOUR)
    first, second, third = (
        [stamp for stamp, _ in voltage.averages(phase, begun, living.now, living.now)]
        for phase in voltage.phases
    )
    assert first == third
    missed = [one for one in first if begun < one and one - voltage.period < ended]
    assert missed
    assert second == [one for one in first if one not in missed]


def test_a_meter_of_one_phase_cannot_lose_one_of_three(meter):
    with pytest.raises(ValueError, match="it has one phase"):
        meter().operate(Stimulus.PHASE_1_LOST)


def test_nothing_is_told_before_anything_is_configured(meter):
    living = meter()
    living.device.part(VoltageAlerts)
    living.wait(30 * DAY)
    assert living.sent() == []


def test_what_is_told_is_what_the_voltage_did(meter):
    living = meter()
    alerts, voltage = living.device.part(VoltageAlerts), living.device.part(Voltage)
    monitor = alerts.monitors[Excursion.SWELL]
    monitor.threshold, monitor.seconds = 250, 60
    alerts.review(living.now)
    told = {}
    for _ in range(60 * 24):
        living.wait(HOUR)
        for code in codes(living):
            told.setdefault(living.now, []).append(code)
    every = [code for group in told.values() for code in group]
    assert AlertCode.VOLTAGE_SWELL in every
    # One begins, and ends, before the next begins.
    pairs = list(zip(every[::2], every[1::2], strict=False))
    assert set(pairs) == {(AlertCode.VOLTAGE_SWELL, AlertCode.VOLTAGE_SWELL_ENDED)}
    for hour, group in told.items():
        if AlertCode.VOLTAGE_SWELL in group:
            steps = [Instant(hour - 70 * MINUTE + step * STEP) for step in range(8)]
            assert max(voltage.model.at(step, 0) for step in steps) > 250


def test_the_phase_is_told(meter):
    living = meter(EsmeVariant.POLYPHASE)
    voltage = living.device.part(Voltage)
    voltage.measure_every(1_800, living.now)
    voltage.set_threshold(2, Side.UNDER, 242, living.now)
    living.device.part(VoltageAlerts).review(living.now)
    living.wait(2 * DAY)
    assert {AlertCode.AVERAGE_UNDER_VOLTAGE_PHASE_3, AlertCode.AVERAGE_UNDER_VOLTAGE_ENDED_PHASE_3} == set(
        codes(living)
    )


def test_events_lie_after_the_start_and_do_not_repeat(meter):
    living = meter()
    alerts = living.device.part(VoltageAlerts)
    for monitor in alerts.monitors.values():
        monitor.threshold, monitor.seconds = 243, 45
    whole = sorted(alerts.events(living.now, Instant(living.now + 2 * DAY)))
    middle = Instant(living.now + DAY + 17 * SECOND)
    parts = [*alerts.events(living.now, middle), *alerts.events(middle, Instant(living.now + 2 * DAY))]
    assert sorted(parts) == whole
    assert len(whole) > 20


def test_short_periods_are_looked_at_bit_by_bit(meter):
    living = meter()
    voltage, alerts = living.device.part(Voltage), living.device.part(VoltageAlerts)
    voltage.measure_every(30, living.now)
    voltage.set_threshold(0, Side.OVER, 245, living.now)
    for _ in range(3):
        alerts.review(living.now)
    begun = living.now
    living.wait(2 * HOUR)
    states = [
        is_beyond(volts, 245, Side.OVER)
        for _, volts in voltage.averages(0, Instant(begun - voltage.period), living.now, living.now)
    ]
    changes = sum(one is not other for one, other in pairwise(states))
    assert len(codes(living)) in {changes, changes + 1}
