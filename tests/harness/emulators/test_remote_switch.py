"""A switch elsewhere in the home does what the electricity meter says, and again after an outage."""

import pytest

from device_profiles.model import DeviceKind, Feature
from harness.codecs.cosem_data import BitString, Data, DataTag
from harness.codecs.han.zcl_frame import decode_zcl_frame
from harness.emulators.cosem.objects import Objects
from harness.emulators.subjects.controllers import Controllers, Direction, Target
from harness.emulators.subjects.controllers import Order as Level
from harness.emulators.subjects.device_log import DeviceLog
from harness.gbcs.roles import DeviceRole
from harness.gbcs.use_case import obis_octets
from harness.network.clock import DAY, HOUR, MINUTE, SECOND, Duration, Instant
from harness.network.entries import Entry, Feedback
from harness.network.port import Display, Stimulus

ESME, HCALCS, PPMID = DeviceRole.ESME, DeviceRole.HCALCS, DeviceRole.PPMID
ELSEWHERE = Target(Direction.OUTPUT, 2)
LOAD_CONTROL, PREPAYMENT = 0x0701, 0x0705


@pytest.fixture
def tester(make_tester, profile):
    return make_tester(esme=profile(DeviceKind.ESME, features=frozenset(Feature)))


def controllers(tester):
    return tester.home._reached(ESME).part(Controllers)


def state(tester):
    return tester.home.read_display(HCALCS, Display.SWITCH)


def switch_on(tester, minutes):
    now = tester.home.now
    controllers(tester).order(ELSEWHERE, Level(100, now, Instant(now + minutes * MINUTE)))


def test_the_switch_follows_orders_for_their_time(tester):
    assert state(tester) == "off"
    switch_on(tester, 30)
    assert state(tester) == "on"
    tester.home.wait(Duration(29 * MINUTE))
    assert state(tester) == "on"
    tester.home.wait(Duration(MINUTE))
    assert state(tester) == "off"
    assert tester.home.touched == {ESME, HCALCS}


def daily(selector, hour):
    """An entry of the meter's calendar, for every day."""
    fields = (
        (DataTag.LONG_UNSIGNED, 1),
        (DataTag.BOOLEAN, True),
        (DataTag.OCTET_STRING, obis_octets("0-0:10.0.103.255")),
        (DataTag.LONG_UNSIGNED, selector),
        (DataTag.OCTET_STRING, bytes((hour, 0, 0, 0))),
        (DataTag.LONG_UNSIGNED, 0xFFFF),
        (DataTag.BIT_STRING, BitString("1111111")),
        (DataTag.BIT_STRING, BitString("")),
        (DataTag.OCTET_STRING, b"\xff" * 5),
        (DataTag.OCTET_STRING, b"\xff" * 5),
    )
    return Data(DataTag.STRUCTURE, tuple(Data(tag, value) for tag, value in fields))


def test_the_switch_follows_the_meters_calendar_with_its_offset(tester):
    objects = tester.home._reached(ESME).part(Objects)
    entries = (daily(0x0201, 13), daily(0x0202, 14))
    objects.put((10, obis_octets("0-0:12.0.2.255"), 2, False), Data(DataTag.ARRAY, entries))
    objects.put((1, obis_octets("0-0:94.44.0.1"), 2, False), Data(DataTag.LONG_UNSIGNED, 600))
    offset = controllers(tester).offset
    tester.home.wait(Duration(13 * HOUR + offset * SECOND - tester.home.now % DAY - 1))
    assert state(tester) == "off"
    tester.home.wait(Duration(1))
    assert state(tester) == "on"
    tester.home.wait(HOUR)
    assert state(tester) == "off"


def test_without_its_meter_the_switch_stays_as_it_was_and_asks_again_after(tester):
    switch_on(tester, 30)
    assert state(tester) == "on"
    tester.home.operate(ESME, Stimulus.POWER_OFF)
    tester.home.wait(HOUR)
    assert state(tester) == "on"
    tester.home.operate(ESME, Stimulus.POWER_ON)
    assert state(tester) == "off"


def test_the_switch_is_in_its_state_again_after_an_outage_of_its_own(tester):
    switch_on(tester, 60)
    tester.home.operate(HCALCS, Stimulus.POWER_OFF)
    assert state(tester) is None
    tester.home.wait(Duration(10 * MINUTE))
    tester.home.operate(HCALCS, Stimulus.POWER_ON)
    assert state(tester) == "on"


def test_the_boost_button_turns_on_a_switch_that_goes_with_it(tester):
    goes_with = (1, obis_octets("0-0:94.44.6.2"), 2, False)
    tester.home._reached(ESME).part(Objects).put(goes_with, Data(DataTag.BOOLEAN, value=True))
    assert tester.home.enter(ESME, Entry.BOOST) is Feedback.ACCEPTED
    assert state(tester) == "on"
    tester.home.wait(Duration(15 * MINUTE))
    assert state(tester) == "off"


def asked(tester, who, cluster, frame):
    return tester.home.ask(ESME, who, cluster, bytes.fromhex(frame))


def test_only_a_device_in_the_log_is_answered_and_only_what_is_its_own(tester):
    wanted = "010701 00000000 01"
    assert decode_zcl_frame(asked(tester, HCALCS, LOAD_CONTROL, wanted)).command == 0x00
    refused = decode_zcl_frame(asked(tester, PPMID, LOAD_CONTROL, wanted))
    assert (refused.command, refused.payload.hex()) == (0x0B, "0181")
    credit = decode_zcl_frame(asked(tester, HCALCS, PREPAYMENT, "010700 00000000 02"))
    assert (credit.command, credit.payload.hex()) == (0x0B, "0081")
    assert asked(tester, HCALCS, LOAD_CONTROL, "01") is None
    log = tester.home._reached(ESME).part(DeviceLog)
    log.remove(tester.home.devices[HCALCS].entity_id)
    assert asked(tester, HCALCS, LOAD_CONTROL, wanted) is None
