"""The table of events: complete, consistent, and as the reference set shows it."""

import pytest

from harness.codecs.envelope import decode_message
from harness.codecs.gbz import decode_gbz
from harness.codecs.payload import decode_payload
from harness.codecs.zcl import decode_zcl
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.catalogue import use_case
from harness.gbcs.events import EventLog, Told, Treatment, event_row, events_of
from harness.gbcs.roles import DeviceRole

REAL = [role for role in DeviceRole if role is not DeviceRole.IHD]
ROWS = [(role, row) for role in REAL for row in events_of(role)]


@pytest.mark.parametrize("code", AlertCode, ids=lambda code: code.name)
def test_each_code_belongs_to_some_device(code):
    assert any(event_row(code, role) is not None for role in REAL)


def test_a_display_without_certificates_has_no_events():
    assert events_of(DeviceRole.IHD) == ()


@pytest.mark.parametrize(("role", "row"), ROWS, ids=lambda one: getattr(one, "name", None))
def test_what_is_told_can_be_told_there(role, row):
    """Alerts are those of use cases that the device has; what can be switched off has something to switch."""
    assert all(role in use_case(name).targets for name in row.alerts)
    settable = row.settable or Treatment.NONE
    assert Treatment.WAN not in settable or row.alerts
    assert (Treatment.LOGGED in settable) is (Treatment.ALARM in settable)
    assert Treatment.LOGGED not in settable or row.log is EventLog.EVENT
    assert row.alerts or row.log or settable
    assert row.told is not Told.SENDER or row.code >= 0x8F00


def test_codes_of_events_that_can_be_set_do_not_clash_in_one_octet():
    """They are named by their low octet where they are set."""
    for family in (0x80, 0x81):
        low = [
            row.code & 0xFF
            for row in events_of(DeviceRole.ESME)
            if row.settable is not None and row.code >> 8 == family
        ]
        assert len(low) == len(set(low))
    assert all(row.settable is None or row.code < 0x8200 for _, row in ROWS)


@pytest.mark.rtds
def test_the_reference_gas_meter_treats_events_as_the_table_does_at_first(rtds):
    path = rtds / "messages" / "6.2.10_GCS20r" / "GCS20r_6.2.10_SUCCESS_RESPONSE_GBCS.HEX"
    message = decode_message(bytes.fromhex(path.read_text()))
    (component,) = decode_gbz(message.payload).components
    told = {entry.fields[0].value: entry.fields[1].value for entry in decode_zcl(component)["configurations"]}
    known = {row.code: row.settable for row in events_of(DeviceRole.GSME) if row.settable is not None}
    assert told.keys() == known.keys()
    for code, octet in told.items():
        assert bool(octet & 0x07) is (Treatment.LOGGED in known[code]), f"{code:04X}"
        assert bool(octet & 0x08) is (Treatment.WAN in known[code]), f"{code:04X}"
        assert bool(octet & 0x10) is (Treatment.HAN in known[code]), f"{code:04X}"


@pytest.mark.rtds
@pytest.mark.parametrize(
    ("name", "family", "parts"),
    [
        ("ECS25r1", 0x81, (Treatment.WAN, Treatment.HAN, Treatment.ALARM, Treatment.LOGGED)),
        ("ECS25r2", 0x80, (Treatment.WAN, Treatment.LOGGED)),
    ],
)
def test_the_reference_electricity_meter_treats_events_as_the_table_allows(rtds, name, family, parts):
    """Its meter has one phase and no reverse sensor, so it has some events less."""
    path = rtds / "messages" / f"6.2.10_{name}" / f"{name}_6.2.10_SUCCESS_RESPONSE_GBCS.HEX"
    message = decode_message(bytes.fromhex(path.read_text()))
    for part, datum in zip(parts, decode_payload(message).data[-len(parts) :], strict=True):
        for bit in (bit for bit, value in enumerate(datum.value.bits) if value == "1"):
            row = event_row(family << 8 | 255 - bit, DeviceRole.ESME)
            assert row is not None, f"bit {bit}"
            assert part in (row.settable or Treatment.NONE), f"{row.code:04X}"
