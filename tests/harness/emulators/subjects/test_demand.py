"""Maximum demand: never below any half hour that counted, and begun anew when it is reset."""

from hypothesis import given, settings
from hypothesis import strategies as st

from harness.emulators.load import HALF_HOUR
from harness.emulators.subjects.demand import Demand, MaximumDemand
from harness.emulators.subjects.registers import Registers
from harness.network.clock import DAY, HOUR, MINUTE, Instant
from harness.network.port import Stimulus


def averages(living, start, register):
    """Average power of each half hour from ``start`` on, with its end."""
    registers = living.device.part(Registers)
    number = -(-start // HALF_HOUR)
    found = []
    while (number + 1) * HALF_HOUR <= living.now:
        begun, end = Instant(number * HALF_HOUR), Instant((number + 1) * HALF_HOUR)
        found.append((2 * (register(registers, end) - register(registers, begun)), end))
        number += 1
    return found


@settings(max_examples=30)
@given(
    waits=st.lists(
        st.tuples(st.sampled_from(["off", "on", "reset", "look"]), st.integers(1, DAY)), max_size=8
    )
)
def test_no_average_since_the_reset_is_above_the_maximum(meter, waits):
    living = meter()
    demand = living.device.part(MaximumDemand)
    for what, length in waits:
        if what == "reset":
            demand.reset(Demand.IMPORT, living.now)
        elif what == "look":
            demand.power(Demand.IMPORT, living.now)
        else:
            living.operate(Stimulus.POWER_OFF if what == "off" else Stimulus.POWER_ON)
        living.wait(length)
    seen = averages(living, demand.reset_at(Demand.IMPORT), Registers.whole_import)
    expected = max(seen, key=lambda one: one[0], default=(0, None))
    assert demand.power(Demand.IMPORT, living.now) == expected[0]
    if expected[0]:
        assert demand.at(Demand.IMPORT, living.now) == expected[1]


def test_configured_times_leave_out_the_rest_of_the_day(meter):
    living = meter()
    demand = living.device.part(MaximumDemand)
    demand.reset(Demand.IMPORT_IN_CONFIGURED_TIMES, living.now)
    demand.configure((int(23 * HOUR), int(2 * HOUR)), living.now)
    begun = living.now
    living.wait(2 * DAY)
    night = [
        power
        for power, end in averages(living, begun, Registers.whole_import)
        if not 2 * HOUR < end % DAY <= 23 * HOUR
    ]
    assert demand.power(Demand.IMPORT_IN_CONFIGURED_TIMES, living.now) == max(night)
    assert demand.times == (23 * HOUR, 2 * HOUR)


def test_a_reset_leaves_nothing(meter):
    living = meter()
    demand = living.device.part(MaximumDemand)
    living.wait(DAY)
    assert demand.power(Demand.EXPORT, living.now) > 0
    demand.reset(Demand.EXPORT, living.now)
    living.wait(10 * MINUTE)
    assert demand.power(Demand.EXPORT, living.now) == 0
    assert demand.at(Demand.EXPORT, living.now) == demand.reset_at(Demand.EXPORT)
