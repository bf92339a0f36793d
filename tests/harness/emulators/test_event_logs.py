"""Logs of events as commands read and clear them, and settings of events as commands make them."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from harness.codecs.dlms import decode_access_response, decode_data_notification
from harness.codecs.envelope import decode_message
from harness.codecs.gbz import decode_gbz
from harness.codecs.zcl import decode_zcl
from harness.codecs.zcl_types import ZclStatus
from harness.emulators.home import HomeFactory
from harness.emulators.subjects.alerts import Alerts
from harness.emulators.subjects.clock import Clock
from harness.emulators.subjects.event_logs import EventLogs, EventSettings, Logged
from harness.emulators.subjects.tamper import TURNS
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.catalogue import use_case
from harness.gbcs.events import EventLog, Told, Treatment, events_of
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.clock import HOUR, MINUTE, SECOND, Instant, utc_time_of
from harness.network.entries import Entry
from harness.network.port import Stimulus

ESME, GSME, GPF = DeviceRole.ESME, DeviceRole.GSME, DeviceRole.GPF
SUPPLIER, OPERATOR = RemotePartyRole.SUPPLIER, RemotePartyRole.NETWORK_OPERATOR
ORDINARY = (
    AlertCode.TIME_DEBT_1_CLEARED,
    AlertCode.PAYMENT_DEBT_CLEARED,
    AlertCode.EMERGENCY_CREDIT_ACTIVATED,
    AlertCode.MEASUREMENT_FAULT,
)
WRITES = {
    Treatment.WAN: ("ECS25a", "ECS25b"),
    Treatment.HAN: ("ECS25a1", None),
    Treatment.ALARM: ("ECS25a2", None),
    Treatment.LOGGED: ("ECS25a3", "ECS25b3"),
}
OCTET = {Treatment.LOGGED: 0x03, Treatment.WAN: 0x08, Treatment.HAN: 0x10, Treatment.ALARM: 0x40}


def device_of(tester, role):
    return tester.home._reached(role)


def read(tester, name, role):
    """Entries of a log, as a command reads them: time, code and the rest."""
    payload = tester.exchange(name, role).payload
    if name.startswith("CS10"):
        (component,) = decode_gbz(payload).components
        if component.command != 0x01:
            assert component.payload == bytes((0x00, ZclStatus.NOT_FOUND))
            return []
        answer = decode_zcl(component)
        found = [tuple(field.value for field in entry.fields)[1:] for entry in answer["entries"]]
        assert answer["total_number_of_events"] == len(found)
        return [(at, code, further) for code, at, further in found]
    response = decode_access_response(payload)
    assert [one.result for one in response.results] == [0]
    return [tuple(member.value for member in entry.value) for entry in response.data[0].value.elements]


def happen(tester, role, code):
    """An event, of which nobody takes the alert."""
    device = device_of(tester, role)
    device.part(Alerts).event(code, tester.home.now)
    device.outgoing(tester.home.now)


@pytest.mark.parametrize(("name", "role"), [("ECS35a", ESME), ("CS10a", GSME)])
def test_events_are_read_back_in_their_order_until_they_are_cleared(tester, name, role):
    expected = []
    for code in ORDINARY:
        tester.home.wait(HOUR)
        expected.append((utc_time_of(tester.home.now), code))
        happen(tester, role, code)
    tester.home.wait(HOUR)
    assert [entry[:2] for entry in read(tester, name, role)] == expected
    tester.exchange("ECS15a" if role is ESME else "CS11", role)
    left = read(tester, name, role)
    assert {code for _, code, _ in left} <= {AlertCode.HAN_COMMAND_DONE}
    security = read(tester, "ECS35b" if role is ESME else "CS10b", role)
    assert security[-1][1] == AlertCode.EVENT_LOG_CLEARED


def test_a_full_log_loses_its_oldest_entries(tester):
    logs, start = device_of(tester, ESME).part(EventLogs), tester.home.now
    for number in range(130):
        stamp = Instant(start + number * SECOND)
        logs.write(EventLog.EVENT, Logged(stamp, ORDINARY[number % 4], b""))
    entries = read(tester, "ECS35a", ESME)
    assert [entry[0] for entry in entries] == [utc_time_of(start) + number for number in range(30, 130)]


def test_the_power_log_says_how_long_an_outage_lasted(tester):
    began = tester.home.now
    tester.home.operate(ESME, Stimulus.POWER_OFF)
    tester.home.wait(4 * MINUTE)
    tester.home.operate(ESME, Stimulus.POWER_ON)
    assert len(tester.alerts()) == 2
    assert read(tester, "ECS35e", ESME) == [
        (utc_time_of(began), AlertCode.SUPPLY_INTERRUPTED, 0),
        (utc_time_of(began) + 240, AlertCode.SUPPLY_RESTORED_AFTER_LONG_OUTAGE, 240),
    ]


def test_the_proxy_tells_the_log_of_the_meter_as_of_its_last_report(tester):
    happen(tester, GSME, AlertCode.AIR_IN_GAS_FLOW)
    tester.home.wait(HOUR)
    asked = tester.PAYLOADS["CS10a"].replace("00 13 0000", "00 16 0000")
    (component,) = decode_gbz(tester.exchange("CS10a", GPF, payload=asked).payload).components
    (entry,) = decode_zcl(component)["entries"]
    assert [field.value for field in entry.fields[:2]] == [6, AlertCode.AIR_IN_GAS_FLOW]
    assert read(tester, "CS10a", GPF) == []


def bits_of(code):
    octets = bytearray(32)
    octets[31 - (code & 0xFF) // 8] = 1 << (code & 7)
    return octets.hex()


def set_event(tester, role, row, part, *, on):
    """Have a device treat an event in another way; whether any command can say so."""
    if role is GSME:
        kept = sum(value for one, value in OCTET.items() if one in row.treatment and one is not part)
        octet = kept | (OCTET[part] if on else 0)
        payload = tester.PAYLOADS["GCS20"].removesuffix("00 00 01 0000")
        code = row.code.to_bytes(2, "little").hex()
        tester.exchange("GCS20", role, payload=f"{payload}{octet:02x} 00 01 {code}")
        return True
    of_supplier, of_operator = WRITES[part]
    name = of_operator if row.code < 0x8100 else of_supplier
    if name is None:
        return False
    payload = tester.PAYLOADS[name].removesuffix(64 * "00")
    bits = bits_of(row.code)
    sender = SUPPLIER if name == of_supplier else OPERATOR
    answer = tester.exchange(name, role, sender=sender, payload=payload + bits + (bits if on else 32 * "00"))
    assert [one.result for one in decode_access_response(answer.payload).results] == [0]
    return True


def in_force(tester, role, row):
    """How a device says that it treats an event."""
    if role is GSME:
        (component,) = decode_gbz(tester.exchange("GCS20r", role).payload).components
        octets = {
            entry.fields[0].value: entry.fields[1].value for entry in decode_zcl(component)["configurations"]
        }
        return {part for part, value in OCTET.items() if octets.get(row.code, 0) & value}
    of_operator = row.code < 0x8100
    name, sender = ("ECS25r2", OPERATOR) if of_operator else ("ECS25r1", SUPPLIER)
    parts = (Treatment.WAN, Treatment.LOGGED) if of_operator else WRITES
    data = decode_access_response(tester.exchange(name, role, sender=sender).payload).data
    bit = 255 - (row.code & 0xFF)
    return {part for part, datum in zip(parts, data, strict=True) if datum.value.bits[bit] == "1"}


SET = [(role, row) for role in (ESME, GSME) for row in events_of(role) if row.settable is not None]
PLACES = [pytest.param(role, row, id=f"{role.name}-{row.code:04X}") for role, row in SET]


@pytest.mark.parametrize(("role", "row"), PLACES)
def test_what_is_set_about_an_event_is_told_and_done(tester, role, row):
    device, parts = device_of(tester, role), [one for one in Treatment if one in row.settable]
    wanted = {one for one in Treatment if one in row.treatment}
    assert in_force(tester, role, row) == wanted
    for part in parts:
        on = part not in wanted
        if not set_event(tester, role, row, part, on=on):
            continue
        assert in_force(tester, role, row) == wanted ^ {part}
        before = [one.code for one in device.part(EventLogs).entries(EventLog.EVENT)].count(row.code)
        device.part(Alerts).event(row.code, tester.home.now)
        after = [one.code for one in device.part(EventLogs).entries(EventLog.EVENT)].count(row.code)
        now = wanted ^ {part}
        assert after - before == (Treatment.LOGGED in now)
        assert len(device.outgoing(tester.home.now)) == (Treatment.WAN in now)
        set_event(tester, role, row, part, on=not on)
    assert in_force(tester, role, row) == wanted


@pytest.mark.parametrize(
    "code", [AlertCode.SUPPLY_RESTORED, AlertCode.TRUSTED_SOURCE_AUTHENTICATION_FAILED, AlertCode.LOW_CREDIT]
)
def test_what_must_be_done_about_an_event_cannot_be_switched_off(tester, code):
    """Nobody sets anything about the first two, and nobody has the third logged."""
    device = device_of(tester, ESME)
    row = next(row for row in events_of(ESME) if row.code == code)
    before = device.part(EventSettings).of(row)
    mandatory = row.settable is None
    for part in (Treatment.WAN, Treatment.LOGGED) if mandatory else (Treatment.LOGGED,):
        set_event(tester, ESME, row, part, on=not mandatory)
    assert device.part(EventSettings).of(row) == before


@pytest.mark.parametrize("role", [ESME, GSME, GPF, DeviceRole.CHF, DeviceRole.SAPC])
def test_each_event_is_logged_where_the_table_says_and_told_to_whom_it_says(tester, role):
    device = device_of(tester, role)
    known = {
        Told.SUPPLIER: {tester.party(SUPPLIER).entity_id},
        Told.NETWORK_OPERATOR: {tester.party(OPERATOR).entity_id},
        Told.BROKER: {tester.party(RemotePartyRole.ACCESS_CONTROL_BROKER).entity_id},
        Told.KNOWN: set(device.part(Alerts).known_parties()),
        Told.SENDER: set(),
    }
    if role is DeviceRole.CHF:
        known[Told.SUPPLIER] = set()
    for row in events_of(role):
        counts = {log: len(list(device.part(EventLogs).entries(log))) for log in EventLog}
        device.part(EventLogs).clear(EventLog.EVENT)
        counts[EventLog.EVENT] = 0
        device.part(Alerts).event(row.code, tester.home.now)
        grown = {log: len(list(device.part(EventLogs).entries(log))) - count for log, count in counts.items()}
        logged = row.log is not None and Treatment.LOGGED in row.treatment
        if counts.get(row.log, 0) < 100:
            assert grown == {log: int(logged and log is row.log) for log in EventLog}, row
        told = row.alerts and Treatment.WAN in row.treatment
        reached = {sent.recipient for sent in device.outgoing(tester.home.now)}
        assert reached == (known[row.told] if told else set()), row


FACTORY = HomeFactory(b"event logs")


class LogMachine(RuleBasedStateMachine):
    """Logs against lists that are cut to their last hundred."""

    def __init__(self):
        super().__init__()
        home = FACTORY.build(LogMachine.profile)
        self.logs = home._reached(ESME).part(EventLogs)
        self.model = {log: [] for log in EventLog}
        self.clock = home.now

    @rule(log=st.sampled_from(EventLog), codes=st.lists(st.sampled_from(ORDINARY), min_size=1, max_size=60))
    def write(self, log, codes):
        for code in codes:
            self.clock = Instant(self.clock + SECOND)
            self.logs.write(log, Logged(self.clock, code))
            self.model[log] = [*self.model[log], (self.clock, code)][-100:]

    @rule(log=st.sampled_from([log for log in EventLog if log is not EventLog.SECURITY]))
    def clear(self, log):
        self.logs.clear(log)
        self.model[log] = []

    @rule()
    def try_to_clear_the_security_log(self):
        self.logs.clear(EventLog.SECURITY)

    @invariant()
    def logs_are_as_modelled(self):
        for log, expected in self.model.items():
            assert [(one.at, one.code) for one in self.logs.entries(log)] == expected


def test_logs_follow_the_model(make_tester):
    LogMachine.profile = make_tester().home.profile
    machine = LogMachine.TestCase
    machine.settings = settings(deadline=None, max_examples=30, stateful_step_count=15)
    machine().runTest()


BODIES = [
    (
        ESME,
        Stimulus.COVER_OPENED,
        Stimulus.COVER_CLOSED,
        AlertCode.METER_COVER_REMOVED,
        AlertCode.METER_COVER_CLOSED,
    ),
    (
        ESME,
        Stimulus.TERMINAL_COVER_OPENED,
        Stimulus.TERMINAL_COVER_CLOSED,
        AlertCode.TERMINAL_COVER_REMOVED,
        AlertCode.TERMINAL_COVER_CLOSED,
    ),
    (GSME, Stimulus.TILTED, Stimulus.UPRIGHT, AlertCode.TILT_TAMPER, AlertCode.TILT_TAMPER_ENDED),
    (
        GSME,
        Stimulus.MAGNET_APPLIED,
        Stimulus.MAGNET_REMOVED,
        AlertCode.STRONG_MAGNETIC_FIELD,
        AlertCode.STRONG_MAGNETIC_FIELD_ENDED,
    ),
    (
        GSME,
        Stimulus.BATTERY_COVER_OPENED,
        Stimulus.BATTERY_COVER_CLOSED,
        AlertCode.BATTERY_COVER_REMOVED,
        AlertCode.BATTERY_COVER_CLOSED,
    ),
]


def logged(tester, role):
    """Codes of all that is logged, log by log."""
    logs = device_of(tester, role).part(EventLogs)
    return [entry.code for log in EventLog for entry in logs.entries(log)]


@pytest.mark.parametrize("condition", BODIES, ids=lambda one: f"{one[0].name}-{one[1]}")
def test_what_is_done_to_a_body_is_an_event_once_at_each_end(tester, condition):
    role, first, last, begun, ended = condition
    for stimulus in (last, first, first, last, last):
        tester.home.operate(role, stimulus)
    assert sorted(logged(tester, role)) == sorted((begun, ended))
    codes = set()
    while (octets := tester.receive()) is not None:
        message = decode_message(octets)
        codes.add(
            int.from_bytes(message.payload[3:5], "big")
            if role is GSME
            else decode_data_notification(message.payload).body.value[0].value
        )
    assert codes == {begun, ended}


@pytest.mark.parametrize(
    ("role", "stimulus"),
    [
        (ESME, Stimulus.BATTERY_LOW),
        (GSME, Stimulus.TERMINAL_COVER_OPENED),
        (DeviceRole.IHD, Stimulus.COVER_OPENED),
        (DeviceRole.CHF, Stimulus.MAGNET_APPLIED),
    ],
)
def test_what_cannot_be_done_to_a_kind_of_device_is_refused(tester, role, stimulus):
    with pytest.raises(ValueError, match=f"{role.name}: {stimulus}"):
        tester.home.operate(role, stimulus)


def test_opening_a_hub_is_told_to_those_whom_it_knows(tester):
    tester.home.operate(DeviceRole.CHF, Stimulus.COVER_OPENED)
    told = {alert.recipient for alert in tester.alerts() if alert.message_code == 0x1000}
    assert tester.party(RemotePartyRole.ACCESS_CONTROL_BROKER).entity_id in told


def test_commands_that_change_something_are_logged_with_their_codes(tester):
    tester.exchange("ECS70", ESME)
    tester.exchange("ECS52", ESME)
    tester.exchange("GCS39", GSME)
    entries = [entry for entry in read(tester, "ECS35a", ESME) if entry[1] == AlertCode.HAN_COMMAND_DONE]
    assert [entry[2] for entry in entries] == [use_case("ECS70").message_codes[0].to_bytes(2, "big")]
    assert [(code, further) for _, code, further in read(tester, "CS10a", GSME)] == [
        (AlertCode.HAN_COMMAND_DONE, use_case("GCS39").message_codes[0].to_bytes(2, "big"))
    ]


def test_a_clock_that_was_set_is_logged_and_one_that_is_too_far_off_too(tester):
    tester.exchange("ECS70", ESME)
    device = device_of(tester, ESME)
    device.part(Clock).hub_offset = 1000 * HOUR
    tester.exchange("ECS70", ESME)
    assert [code for code in logged(tester, ESME) if code in {0x8145, 0x81C6}] == [
        AlertCode.CLOCK_ADJUSTED,
        AlertCode.CLOCK_OUTSIDE_TOLERANCE,
    ]
    assert AlertCode.HAN_COMMAND_FAILED in logged(tester, ESME)


def test_what_a_person_keys_in_is_logged(tester):
    tester.home.enter(ESME, Entry.UTRN, "1")
    assert logged(tester, ESME) == [AlertCode.USER_COMMAND_FAILED]


@pytest.mark.parametrize("role", [ESME, GSME])
def test_what_a_meter_finds_is_logged_each_time_and_told_in_its_form(tester, role):
    found = {stimulus: turn.code for stimulus, turn in TURNS[role].items() if not turn.condition}
    assert len(found) > 10
    for stimulus, code in found.items():
        for times in (1, 2):
            tester.home.operate(role, stimulus)
            entries = device_of(tester, role).part(EventLogs).entries(EventLog.EVENT)
            assert [one.code for one in entries].count(code) == times
        told = set()
        while (octets := tester.home.receive(within=HOUR)) is not None:
            told.add(decode_message(octets).message_code)
        warning = "MIIWA-DLMS" if role is ESME else "MIIWA-ZigBee"
        name = warning if stimulus is Stimulus.INTEGRITY_DOUBTED else "GNCA"
        assert told == set(use_case(name).message_codes)
