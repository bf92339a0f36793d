"""What gas meter and proxy answer about registers and logs, read as messages."""

from harness.codecs.envelope import decode_message
from harness.codecs.gbz import decode_gbz
from harness.codecs.payload import decode_payload
from harness.codecs.zcl import decode_zcl_payload
from harness.emulators.bindings.billing_gbz import tell_reading
from harness.emulators.load import HALF_HOUR
from harness.emulators.subjects import logs
from harness.emulators.subjects.billing import BillingCalendar, BillingSpan, Unit
from harness.emulators.subjects.mirror import Mirror
from harness.emulators.subjects.network_log import PERIOD, NetworkLog
from harness.emulators.subjects.registers import Registers
from harness.emulators.subjects.supply import Supply, SupplyState
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.roles import DeviceRole
from harness.network.clock import DAY, HOUR, MINUTE, Instant, utc_time_of


def test_network_log_adds_up_to_the_register(meter):
    living = meter(role=DeviceRole.GSME)
    log, registers = living.device.part(NetworkLog), living.device.part(Registers)
    assert log.samples(living.now, 41)[1] == ()
    living.wait(7 * MINUTE)
    begun = living.now
    log.start(begun, 41)
    living.wait(5 * HOUR)
    first, samples = log.samples(living.now, 50)
    assert first == begun
    assert len(samples) == 41
    end = Instant(begun + 41 * PERIOD)
    assert sum(samples) == registers.active_import(end) - registers.active_import(begun)
    assert log.samples(living.now, 5)[1] == samples[:5]


def test_the_proxy_knows_the_meter_as_of_its_last_report(meter):
    living = meter(role=DeviceRole.GPF)
    living.wait(3 * HOUR)
    known, at = living.device.part(Mirror).meter(living.now)
    assert living.now - HALF_HOUR < at <= living.now
    supply = known.part(Supply)
    supply.change(SupplyState.DISABLED, living.now)
    assert supply.state_at(at) is SupplyState.ENABLED
    assert supply.state_at(living.now) is SupplyState.DISABLED


def test_a_closed_valve_stops_the_logs(meter):
    living = meter(role=DeviceRole.GSME)
    living.wait(DAY)
    closed = living.now
    living.device.part(Supply).change(SupplyState.DISABLED, closed)
    living.wait(DAY)
    start = Instant((closed // HALF_HOUR + 2) * HALF_HOUR)
    read = list(logs.PROFILE_IMPORT.entries(living.device, start, living.now, living.now))
    assert len(read) > 40
    assert {values for _, values in read} == {(0,)}


def test_meter_and_proxy_answer_with_the_same_half_hours(tester):
    """A day of half hours back from the present, asked for over the wide area network."""
    start = Instant((tester.home.now - 2 * DAY) // DAY * DAY)
    payload = tester.PAYLOADS["GCS17"].replace("80bd1431", utc_time_of(start).to_bytes(4, "little").hex())
    answers = []
    for role in (DeviceRole.GSME, DeviceRole.GPF):
        message = tester.exchange("GCS17", role, payload=payload)
        (component,) = decode_gbz(message.payload).components
        plain = tester.decrypted(message, component.payload[2:])
        answers.append(decode_zcl_payload(component, plain))
    assert answers[0] == answers[1]
    samples = answers[0]["samples"]
    assert answers[0]["sample_start_time"] == utc_time_of(start)
    registers = tester.home._reached(DeviceRole.GSME).part(Registers)
    grown = registers.active_import(Instant(start + DAY)) - registers.active_import(start)
    assert len(samples) == 48
    assert sum(samples) == grown


def test_the_supplier_is_told_the_reading_of_a_billing_period(meter):
    living = meter(role=DeviceRole.GSME)
    calendar = living.device.part(BillingCalendar)
    calendar.change((BillingSpan(Instant(living.now + HOUR), 1, Unit.DAYS),), living.now, tell_reading)
    living.wait(2 * HOUR)
    (octets,) = living.sent()
    message = decode_message(octets)
    alert = decode_payload(message)
    assert alert.alert_code == AlertCode.BILLING_DATA_LOG_UPDATED
    (component,) = alert.components
    assert component.protection is not None
    assert len(component.payload) == 2 + 0x59
