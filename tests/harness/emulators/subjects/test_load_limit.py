"""Load limiting: counted, told and acted on when power stays above the threshold for the period."""

from device_profiles.model import Feature
from harness.codecs.cosem_data import Data, DataTag
from harness.codecs.dlms import decode_data_notification
from harness.codecs.envelope import decode_message
from harness.emulators.cosem.objects import Objects
from harness.emulators.subjects.load_limit import ACTS, COUNTER, PERIOD, RESTORATION, THRESHOLD, LoadLimit
from harness.emulators.subjects.registers import Registers
from harness.emulators.subjects.supply import Supply, SupplyState
from harness.gbcs.alert_codes import AlertCode
from harness.network.clock import DAY, HOUR, MINUTE, SECOND, Instant


def configure(living, threshold, *, seconds=600, restoration=900, acts=True):
    objects = living.device.part(Objects)
    objects.put(PERIOD.key, Data(DataTag.DOUBLE_LONG_UNSIGNED, seconds))
    objects.put(RESTORATION.key, Data(DataTag.DOUBLE_LONG_UNSIGNED, restoration))
    objects.put(ACTS.key, Data(DataTag.BOOLEAN, acts))
    objects.put(THRESHOLD.key, Data(DataTag.DOUBLE_LONG_UNSIGNED, threshold))
    living.wait(0)


def told(living):
    bodies = [decode_data_notification(decode_message(one).payload).body for one in living.sent()]
    return [AlertCode(body.value[0].value) for body in bodies]


def test_no_threshold_no_watch(meter):
    living = meter()
    living.device.part(LoadLimit).review(living.now)
    living.wait(2 * DAY)
    assert living.device.wake_at() is None
    assert COUNTER.value(living.device) == 0


def test_the_supply_goes_and_comes_back(meter):
    living = meter()
    configure(living, 400)
    due = living.device.part(LoadLimit).next_event(living.now)
    assert living.device.part(Registers).wanted_power(Instant(due - 1)) > 400
    supply = living.device.part(Supply)
    living.wait(due - living.now - SECOND)
    assert supply.state is SupplyState.ENABLED
    living.wait(2 * SECOND)
    assert supply.state is SupplyState.ARMED
    assert COUNTER.value(living.device) == 1
    assert living.device.part(Registers).power(living.now) == 0
    living.wait(15 * MINUTE)
    assert supply.state is SupplyState.ENABLED
    assert set(told(living)) == {
        AlertCode.SUPPLY_ARMED_BY_LOAD_LIMIT,
        AlertCode.SUPPLY_ENABLED_AFTER_LOAD_LIMIT,
    }


def test_counting_alone_leaves_the_supply_on(meter):
    living = meter()
    configure(living, 300, acts=False)
    living.wait(DAY)
    assert COUNTER.value(living.device) > 0
    assert living.device.part(Supply).state is SupplyState.ENABLED


def test_a_meter_without_a_load_switch_counts_and_leaves_the_supply_on(meter):
    living = meter(features=frozenset(Feature) - {Feature.LOAD_SWITCH})
    configure(living, 300)
    living.wait(DAY)
    assert COUNTER.value(living.device) > 0
    assert living.device.part(Supply).state is SupplyState.ENABLED
    assert living.sent() == []


def test_power_must_stay_above_for_the_whole_period(meter):
    living = meter()
    registers = living.device.part(Registers)
    configure(living, 500, seconds=7_200)
    due = living.device.part(LoadLimit).next_event(living.now)
    if due is not None:
        begun = due - 2 * HOUR
        moments = [Instant(max(begun + number * 10 * MINUTE, living.now)) for number in range(12)]
        assert min(registers.wanted_power(moment) for moment in moments) > 500


def test_another_setting_takes_the_place_of_the_one_before(meter):
    living = meter()
    configure(living, 100)
    configure(living, 0xFFFF_FFFF)
    living.wait(2 * DAY)
    assert COUNTER.value(living.device) == 0
    assert living.sent() == []
