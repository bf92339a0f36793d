"""Event and security logs, and what is set about events, as ZCL commands (CS10a, CS10b, CS11, GCS20, GCS20r).

The gas proxy tells of its own logs, and of the meter's as of the meter's last report.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from harness.codecs.zcl_types import Entry, ZclField, ZclStatus
from harness.emulators.refusal import CommandRefused
from harness.emulators.subjects.alerts import Alerts
from harness.emulators.subjects.event_logs import EventLogs, EventSettings, Logged
from harness.emulators.zcl.tables import repeated
from harness.emulators.zcl_access import ZclAnswer, ZclCommand
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.events import EventLog, Treatment, event_row, events_of
from harness.network.clock import SECOND, Instant, utc_time_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.emulators.bindings.metering_gbz import Source
    from harness.emulators.device import EmulatedDevice
    from harness.emulators.exchange import Exchange
    from harness.emulators.zcl.templates import Asked

_EVENTS: Final = 0x0709
_GET_LOG: Final = 0x00
_PUBLISH_LOG: Final = 0x01
_CLEAR_LOG: Final = 0x01
_CLEARED: Final = 0x02
_MANAGEMENT: Final = 0x0708
_SET: Final = 0x04
_GET: Final = 0x05
_REPORT: Final = 0x04
_LOG_MASK: Final = 0x0F
_OWN: Final = {3: EventLog.EVENT, 4: EventLog.SECURITY}
_OF_METER: Final = {6: EventLog.EVENT, 7: EventLog.SECURITY}
"""Logs by their numbers: a device's own, and those of the meter that a proxy mirrors."""
_GENERAL_LOG: Final = 3
_SETTINGS: Final = (
    (0x07, _GENERAL_LOG, Treatment.LOGGED),
    (0x08, 0x08, Treatment.WAN),
    (0x10, 0x10, Treatment.HAN),
    (0x60, 0x40, Treatment.ALARM),
)
"""Of the octet that configures an event: which bits, what they say for yes, and about what."""


def _number(asked: Asked, field: str) -> int:
    value = asked.command[field]
    if not isinstance(value, int):
        raise CommandRefused(ZclStatus.INVALID_VALUE)
    return value


def _answer(asked: Asked, command: int, **known: int | tuple[Entry, ...]) -> tuple[ZclAnswer, ...]:
    template = next(one for one in asked.answers if one.command == command)
    return (ZclAnswer(command, repeated(asked, template, **known)),)


def _get_log(source: Source, exchange: Exchange, asked: Asked) -> tuple[ZclAnswer, ...]:
    """Entries in a range of time, oldest first, after those that are to be left out."""
    number = _number(asked, "event_control_log_id") & _LOG_MASK
    device: EmulatedDevice
    if number in _OWN:
        device, at, log = exchange.device, exchange.now, _OWN[number]
    else:
        (device, at), log = source(exchange), _OF_METER[number]
    start, end = (_number(asked, name) * SECOND for name in ("start_time", "end_time"))
    wanted, offset = _number(asked, "event_id"), _number(asked, "event_offset")
    entries = [
        entry
        for entry in device.part(EventLogs).entries(log)
        if start <= entry.at // SECOND * SECOND <= min(end, at) and wanted in {0, entry.code}
    ]
    most = _number(asked, "number_of_events") or len(entries)
    found = entries[offset : offset + most]
    if not found:
        raise CommandRefused(ZclStatus.NOT_FOUND)
    return _answer(
        asked,
        _PUBLISH_LOG,
        total_number_of_events=len(entries),
        command_index=0,
        log_payload_control=0,
        entries=tuple(_entry(number, log, one) for one in found),
    )


def _entry(number: int, log: EventLog, entry: Logged) -> Entry:
    return Entry(
        (
            ZclField("log_id", number),
            ZclField("event_id", int(entry.code)),
            ZclField("time", utc_time_of(entry.at)),
            # Who caused a security event is not told.
            ZclField("event_data", b"" if log is EventLog.SECURITY else entry.information),
        )
    )


def _clear(exchange: Exchange, asked: Asked) -> tuple[ZclAnswer, ...]:
    """Empty the event log. The security log says that it was done."""
    device = exchange.device
    device.part(EventLogs).clear(EventLog.EVENT)
    source = exchange.message.originator
    device.part(Alerts).event(AlertCode.EVENT_LOG_CLEARED, exchange.now, information=source)
    return _answer(asked, _CLEARED, cleared_events_logs=1 << _GENERAL_LOG)


def _set(exchange: Exchange, asked: Asked) -> tuple[ZclAnswer, ...]:
    """Have the meter treat the events of a list in some way, as far as it can be told how."""
    device, octet = exchange.device, _number(asked, "event_configuration")
    wanted = Treatment.NONE
    for mask, _, part in _SETTINGS:
        if octet & mask:
            wanted |= part
    listed = asked.command["event_ids"]
    for code in listed if isinstance(listed, tuple) else ():
        row = event_row(code, device.template.kind.role) if isinstance(code, int) else None
        if row is None:
            raise CommandRefused(ZclStatus.NOT_FOUND)
        device.part(EventSettings).put(row, ~Treatment.NONE, wanted)
    return ()


def _get(exchange: Exchange, asked: Asked) -> tuple[ZclAnswer, ...]:
    """How every event is treated that can be told how."""
    return _answer(asked, _REPORT, command_index=0, configurations=tuple(_configured(exchange.device)))


def _configured(device: EmulatedDevice) -> Iterable[Entry]:
    settings = device.part(EventSettings)
    for row in events_of(device.template.kind.role):
        if row.settable is not None:
            treatment = settings.of(row)
            octet = sum(value for _, value, part in _SETTINGS if part in treatment)
            yield Entry((ZclField("event_id", int(row.code)), ZclField("configuration", octet)))


def _own_meter(exchange: Exchange) -> tuple[EmulatedDevice, Instant]:
    return exchange.device, exchange.now


def log_commands(source: Source = _own_meter) -> tuple[ZclCommand, ...]:
    """Reading and clearing logs; ``source`` is the meter whose logs a proxy mirrors."""
    return (
        ZclCommand(cluster=_EVENTS, command=_GET_LOG, act=partial(_get_log, source)),
        ZclCommand(cluster=_EVENTS, command=_CLEAR_LOG, act=_clear),
    )


METER_COMMANDS: Final = (
    *log_commands(),
    ZclCommand(cluster=_MANAGEMENT, command=_SET, act=_set, from_server=True),
    ZclCommand(cluster=_MANAGEMENT, command=_GET, act=_get, from_server=True),
)
"""Those of the gas meter, whose supplier sets what becomes of events."""
