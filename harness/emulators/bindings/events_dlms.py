"""Event, security and power logs, and what is set about events, as COSEM objects (ECS15a, ECS25, ECS35a-f).

What a party sets is told apart from what is in force: it writes a mask of events and what becomes of
each, and reads what becomes of all. The bit of an event is found by the low octet of its code, the
last bit being that of nought.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Final

from harness.codecs.cosem_data import BitString, CompactArray, Data, DataTag, TypeDescription
from harness.codecs.dlms_types import DataAccessResult
from harness.emulators.access import CosemRow
from harness.emulators.bindings.cosem_values import attribute, forget, method, number
from harness.emulators.cosem.ranges import entries_in
from harness.emulators.refusal import AccessRefused
from harness.emulators.subjects.alerts import Alerts
from harness.emulators.subjects.event_logs import EventLogs, EventSettings, Logged
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.events import EventLog, EventRow, Treatment, events_of
from harness.gbcs.use_case import obis_octets
from harness.network.clock import utc_time_of

if TYPE_CHECKING:
    from harness.emulators.exchange import Exchange

_PROFILE: Final = 7
_DATA: Final = 1
_EVENTS: Final = 256
_NUMBER: Final = TypeDescription(DataTag.DOUBLE_LONG_UNSIGNED)
_CODE: Final = TypeDescription(DataTag.LONG_UNSIGNED)
_Columns = tuple[TypeDescription, Callable[[Logged], Iterable[Data]]]


def _structure(*members: TypeDescription) -> TypeDescription:
    return TypeDescription(DataTag.STRUCTURE, members)


_WITH_COMMAND: Final[_Columns] = (
    _structure(_NUMBER, _CODE, TypeDescription(DataTag.OCTET_STRING)),
    lambda entry: (Data(DataTag.OCTET_STRING, entry.information),),
)
_BARE: Final[_Columns] = (_structure(_NUMBER, _CODE), lambda _entry: ())
_WITH_NUMBER: Final[_Columns] = (
    _structure(_NUMBER, _CODE, _NUMBER),
    lambda entry: (number(int.from_bytes(entry.information, "big")),),
)


def _select(log: EventLog, columns: _Columns, exchange: Exchange, restriction: Data) -> Data:
    element, further = columns
    entries = tuple(
        Data(
            DataTag.STRUCTURE,
            (
                number(utc_time_of(entry.at)),
                Data(DataTag.LONG_UNSIGNED, int(entry.code)),
                *further(entry),
            ),
        )
        for entry in exchange.device.part(EventLogs).entries(log)
    )
    return entries_in(Data(DataTag.COMPACT_ARRAY, CompactArray(element, entries)), restriction)


def _log(instance: str, log: EventLog, columns: _Columns) -> CosemRow:
    return CosemRow(
        class_id=_PROFILE,
        instance=obis_octets(instance),
        index=2,
        select=partial(_select, log, columns),
    )


def _clear(exchange: Exchange, _argument: Data) -> None:
    """Empty the event log. The security log says that it was done."""
    device = exchange.device
    device.part(EventLogs).clear(EventLog.EVENT)
    forget(exchange, (_PROFILE, _EVENT_LOG, 2))
    source = exchange.message.originator
    device.part(Alerts).event(AlertCode.EVENT_LOG_CLEARED, exchange.now, information=source)


_EVENT_LOG: Final = "0-0:99.98.0.255"
EVENT_ROWS: Final = (
    _log(_EVENT_LOG, EventLog.EVENT, _WITH_COMMAND),
    _log("0-0:99.98.1.255", EventLog.SECURITY, _BARE),
    method((_PROFILE, _EVENT_LOG, 1), _clear),
)
"""Event log and security log, as every DLMS device has them."""
CHANNEL_LOG_ROW: Final = _log("0-0:94.44.10.3", EventLog.CHANNEL, _WITH_COMMAND)
"""The log of a hub's sub-GHz channels: each with its cause, in place of a command."""


# What is set about events

_SUPPLIER: Final = 30
_NETWORK_OPERATOR: Final = 33
_FAMILIES: Final = {_SUPPLIER: 0x81, _NETWORK_OPERATOR: 0x80}
"""Value group B of each party's objects, and the upper octet of the codes that it has a say in."""
_PARTS: Final = {11: Treatment.WAN, 12: Treatment.HAN, 13: Treatment.ALARM, 14: Treatment.LOGGED}
_IN_FORCE: Final = 4
"""How much further on in value group E stands what is in force."""


def _instance(party: int, place: int) -> str:
    return f"0-{party}:97.98.{place}.255"


def _rows_of(exchange: Exchange, party: int) -> Iterable[tuple[int, EventRow]]:
    """Events that a party has a say in, each with its bit."""
    for row in events_of(exchange.device.template.kind.role):
        if row.code >> 8 == _FAMILIES[party] and row.settable is not None:
            yield _EVENTS - 1 - (row.code & 0xFF), row


def _set(party: int, place: int, exchange: Exchange, value: Data) -> None:
    """Take what is wanted of the events in a mask; what is not settable stays as it is."""
    bits = value.value.bits if isinstance(value.value, BitString) else ""
    if len(bits) != 2 * _EVENTS:
        raise AccessRefused(DataAccessResult.TYPE_UNMATCHED)
    settings, part = exchange.device.part(EventSettings), _PARTS[place]
    for bit, row in _rows_of(exchange, party):
        if bits[bit] == "1":
            settings.put(row, part, part if bits[_EVENTS + bit] == "1" else Treatment.NONE)
    forget(exchange, (_DATA, _instance(party, place + _IN_FORCE), 2))


def _read(party: int, place: int, exchange: Exchange) -> Data:
    """One bit for each event: whether the device does this about it."""
    settings, part = exchange.device.part(EventSettings), _PARTS[place]
    bits = ["0"] * _EVENTS
    for bit, row in _rows_of(exchange, party):
        if part in settings.of(row):
            bits[bit] = "1"
    return Data(DataTag.BIT_STRING, BitString("".join(bits)))


def _never_read(_exchange: Exchange) -> Data:
    raise AccessRefused(DataAccessResult.READ_WRITE_DENIED)


def _settings(party: int, places: Iterable[int]) -> Iterable[CosemRow]:
    for place in places:
        yield attribute((_DATA, _instance(party, place), 2), _never_read, partial(_set, party, place))
        yield attribute((_DATA, _instance(party, place + _IN_FORCE), 2), partial(_read, party, place))


METER_ROWS: Final = (
    *EVENT_ROWS,
    _log("0-0:99.98.4.255", EventLog.POWER, _WITH_NUMBER),
    *_settings(_SUPPLIER, _PARTS),
    *_settings(_NETWORK_OPERATOR, (11, 14)),
)
"""Those of an electricity meter, which has a power log, and settings of supplier and network operator."""
