"""Auxiliary controllers and the boost function as COSEM objects (ECS26c, ECS47, ECS47a/e, ECS61a/c/e)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Final

from harness.codecs.cosem_data import CompactArray, Data, DataTag, TypeDescription
from harness.codecs.cosem_date_time import NEVER, NOW, CosemDateTime
from harness.codecs.dlms_types import DataAccessResult
from harness.emulators.abilities import has_version
from harness.emulators.access import CosemRow
from harness.emulators.bindings.cosem_values import attribute, date_time, integer_in, method, number
from harness.emulators.cosem.objects import Objects
from harness.emulators.cosem.ranges import entries_in
from harness.emulators.equipment import equipment_in
from harness.emulators.refusal import AccessRefused
from harness.emulators.subjects.boost import Boost
from harness.emulators.subjects.clock import Clock, moment_in
from harness.emulators.subjects.controllers import (
    CONTROLLERS,
    Controllers,
    Direction,
    Order,
    Target,
    level_in,
)
from harness.emulators.subjects.events import DlmsDetails, Event, tell
from harness.emulators.subjects.trust import Cell, TrustStore
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.catalogue import use_case
from harness.gbcs.equipment import Equipment
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.gbcs.use_case import obis_octets
from harness.network.clock import MINUTE, Instant, utc_time_of

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice
    from harness.emulators.exchange import Exchange

_DISCONNECT_CONTROL: Final = 70
_SCRIPTS: Final = 9
_PROFILE: Final = 7
_START_OF_STATE: Final = 1
_END_OF_STATE: Final = 2
_START_OF_LIMIT: Final = 3
_END_OF_LIMIT: Final = 4
_RELEASE: Final = 0x20
_LOG: Final = (_PROFILE, obis_octets("0-17:99.98.2.255"), 2, False)
_LOG_DEPTH: Final = 100
_NUMBER: Final = TypeDescription(DataTag.DOUBLE_LONG_UNSIGNED)
_LOG_ENTRY: Final = TypeDescription(
    DataTag.STRUCTURE,
    (_NUMBER, TypeDescription(DataTag.LONG_UNSIGNED), TypeDescription(DataTag.ENUM), _NUMBER),
)
_BOOST_ENTRY: Final = TypeDescription(DataTag.STRUCTURE, (_NUMBER, _NUMBER))
ELSEWHERE: Final = 2
"""The controller that is joined over the home area network, where the home has one."""
_FOR_EVER: Final = Instant(2**62)
_PROCESSED: Final = ("ECS101", AlertCode.APC_LIMIT_COMMAND_PROCESSED)
_ENDED: Final = ("ECS102", AlertCode.APC_LIMIT_ENDED)
_TOLD_OF_LOADS: Final = (RemotePartyRole.SUPPLIER, RemotePartyRole.LOAD_CONTROLLER)


def _clock(exchange: Exchange) -> Instant:
    return exchange.device.part(Clock).now(exchange.now)


def _read_output(controller: int, exchange: Exchange) -> Data:
    level = exchange.device.part(Controllers).level(Target(Direction.OUTPUT, controller), _clock(exchange))
    return Data(DataTag.BOOLEAN, level > 0)


def _read_information(controller: int, exchange: Exchange) -> Data:
    """State in both directions, as text in JSON."""
    return _information(exchange.device, controller, _clock(exchange))


def _information(device: EmulatedDevice, controller: int, now: Instant) -> Data:
    controllers = device.part(Controllers)
    output, taken = (str(controllers.level(Target(direction, controller), now)) for direction in Direction)
    told = {"outputState": output, "inputState": taken, "other-data": ""}
    return Data(DataTag.UTF8_STRING, json.dumps(told, separators=(",", ":")))


def _written(device: EmulatedDevice, controller: int, place: int) -> Data | None:
    instance = obis_octets(f"0-0:94.44.{116 + controller}.{place}")
    return device.part(Objects).written((1, instance, 2, False))


def _moment(written: Data | None, now: Instant, never: Instant) -> Instant:
    if written is None or not isinstance(written.value, bytes):
        raise AccessRefused(DataAccessResult.OTHER_REASON)
    moment = CosemDateTime.from_octets(written.value)
    if moment == NOW:
        return now
    return never if moment == NEVER else moment_in(written.value)


def _span(exchange: Exchange, target: Target, places: tuple[int, int]) -> tuple[Instant, Instant]:
    """From and to, as written before."""
    now = _clock(exchange)
    first, last = (_written(exchange.device, target.number, place) for place in places)
    return _moment(first, now, _FOR_EVER), _moment(last, now, _FOR_EVER)


def _minutes(exchange: Exchange, target: Target, level: int) -> Instant:
    """The end of the minutes that were written for switching on or off."""
    place = _START_OF_STATE if level else _END_OF_STATE
    written = _written(exchange.device, target.number, place)
    length = written.value if written is not None and isinstance(written.value, int) else 0
    return Instant(_clock(exchange) + length * MINUTE)


def _set_state(exchange: Exchange, argument: Data) -> None:
    """Switch for some minutes or for a span of time, or go back to the calendar."""
    selector = integer_in(argument, DataTag.LONG_UNSIGNED)
    controllers = exchange.device.part(Controllers)
    high, low = selector >> 8, selector & 0xFF
    if low == _RELEASE and high in CONTROLLERS:
        controllers.release(Target(Direction.OUTPUT, high))
    else:
        told = level_in(selector)
        if told is None:
            raise AccessRefused(DataAccessResult.OBJECT_UNDEFINED)
        target, level = told
        if high in CONTROLLERS:
            start, end = _clock(exchange), _minutes(exchange, target, level)
        else:
            start, end = _span(exchange, target, (_START_OF_STATE, _END_OF_STATE))
        controllers.order(target, Order(level, start, end))
    _note(exchange, selector)


def _note(exchange: Exchange, selector: int) -> None:
    """An entry in the controllers' log: when, what, that it worked."""
    objects = exchange.device.part(Objects)
    log = objects.written(_LOG)
    before = log.value.elements if log is not None and isinstance(log.value, CompactArray) else ()
    entry = Data(
        DataTag.STRUCTURE,
        (
            number(utc_time_of(_clock(exchange))),
            Data(DataTag.LONG_UNSIGNED, selector),
            Data(DataTag.ENUM, 0),
            number(0),
        ),
    )
    entries = (*before, entry)[-_LOG_DEPTH:]
    objects.put(_LOG, Data(DataTag.COMPACT_ARRAY, CompactArray(_LOG_ENTRY, entries)))


def _set_limit(exchange: Exchange, argument: Data) -> None:
    """Cap a proportional controller for a span of time, tell of it, and tell when it is over."""
    selector = integer_in(argument, DataTag.LONG_UNSIGNED)
    told = level_in(selector)
    if told is None or selector >> 8 in CONTROLLERS:
        raise AccessRefused(DataAccessResult.OBJECT_UNDEFINED)
    target, level = told
    start, end = _span(exchange, target, (_START_OF_LIMIT, _END_OF_LIMIT))
    device, now = exchange.device, _clock(exchange)
    controllers = device.part(Controllers)
    limit = Order(level, start, end)
    controllers.limit(target, limit)
    _note(exchange, selector)
    resulting = Data(DataTag.UNSIGNED, controllers.level(target, max(start, now)))
    span = (_shown(start), _shown(end), resulting)
    said = (target, span)
    # The command is answered first.
    device.schedule(exchange.now, lambda woken: _tell(device, _PROCESSED, said, woken))
    if end < _FOR_EVER:
        due = Instant(max(end - device.part(Clock).offset, exchange.now))
        device.schedule(due, partial(_end_limit, device, target, limit))


def _shown(moment: Instant) -> Data:
    return Data(DataTag.OCTET_STRING, NEVER.to_octets()) if moment == _FOR_EVER else date_time(moment)


def _end_limit(device: EmulatedDevice, target: Target, limit: Order, now: Instant) -> None:
    controllers = device.part(Controllers)
    if controllers.limit_of(target) is not limit:
        return
    controllers.end_limit(target)
    level = Data(DataTag.UNSIGNED, controllers.level(target, device.part(Clock).now(now)))
    _tell(device, _ENDED, (target, (level,)), now)


def _tell(
    device: EmulatedDevice,
    what: tuple[str, AlertCode],
    said: tuple[Target, tuple[Data, ...]],
    now: Instant,
) -> None:
    name, code = what
    target, further = said
    details = DlmsDetails((Data(DataTag.UNSIGNED, target.code), *further))
    tell(device, Event(code, use_case(name).message_codes[0], details, _told_of_loads(device)), now)


def tell_of_load(device: EmulatedDevice, now: Instant) -> None:
    """The load at the first proportional controller has news: tell of it, in versions that know the alert."""
    profile = device.template.profile
    row = use_case("ECS200")
    has_controller = Equipment.PROPORTIONAL_CONTROLLER in equipment_in(profile)
    if has_controller and has_version(row, profile.firmware.gbcs):
        details = DlmsDetails((_information(device, CONTROLLERS[0], device.part(Clock).now(now)),))
        tell(device, Event(AlertCode.APC_DATA, row.message_codes[0], details, _told_of_loads(device)), now)


def _told_of_loads(device: EmulatedDevice) -> tuple[bytes, ...]:
    trust = device.part(TrustStore)
    anchors = (trust.anchor(role, Cell.DIGITAL_SIGNATURE) for role in _TOLD_OF_LOADS)
    return tuple(anchor.entity_id for anchor in anchors if anchor is not None)


def _read_offset(what: str, exchange: Exchange) -> Data:
    return Data(DataTag.LONG_UNSIGNED, getattr(exchange.device.part(Controllers), what))


def _write_offset_limit(exchange: Exchange, value: Data) -> None:
    exchange.device.part(Objects).put((1, obis_octets("0-0:94.44.0.1"), 2, False), value)


def _has_boost(exchange: Exchange) -> Data:
    return Data(DataTag.BOOLEAN, Equipment.BOOST in equipment_in(exchange.device.template.profile))


def _read_boosts(exchange: Exchange, restriction: Data) -> Data:
    """Boosts that are over."""
    now = _clock(exchange)
    entries = tuple(
        Data(DataTag.STRUCTURE, (number(utc_time_of(one.start)), number(utc_time_of(one.end))))
        for one in exchange.device.part(Boost).log
        if one.end <= now
    )
    return entries_in(Data(DataTag.COMPACT_ARRAY, CompactArray(_BOOST_ENTRY, entries)), restriction)


def _read_identifier(controller: int, exchange: Exchange) -> Data:
    """Who the controller is: a switch elsewhere in the home by its identifier, one of the meter's by none."""
    there = exchange.device.surroundings.joined((DeviceRole.HCALCS,)) if controller == ELSEWHERE else ()
    return Data(DataTag.OCTET_STRING, there[0][0] if there else bytes(8))


def _controller_rows(controller: int) -> Iterable[CosemRow]:
    yield attribute(
        (_DISCONNECT_CONTROL, f"0-{controller}:96.3.10.255", 2), partial(_read_output, controller)
    )
    yield attribute((1, f"0-0:94.44.0.{20 + controller}", 2), partial(_read_identifier, controller))
    yield attribute((1, f"0-0:94.44.0.{30 + controller}", 2), partial(_read_information, controller))


ROWS: Final = (
    *(row for controller in CONTROLLERS for row in _controller_rows(controller)),
    method((_SCRIPTS, "0-0:10.0.103.255", 1), _set_state),
    method((_SCRIPTS, "0-0:10.0.107.255", 1), _set_limit),
    attribute((1, "0-0:94.44.0.0", 2), partial(_read_offset, "offset")),
    attribute((1, "0-0:94.44.0.1", 2), partial(_read_offset, "offset_limit"), _write_offset_limit),
    attribute((1, "0-0:94.44.0.2", 2), partial(_read_offset, "offset_number")),
    attribute((1, "0-0:94.44.7.255", 2), _has_boost),
    CosemRow(class_id=_PROFILE, instance=obis_octets("0-0:99.98.20.255"), index=2, select=_read_boosts),
)
