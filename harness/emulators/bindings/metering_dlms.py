"""Energy, power, tariff and maximum demand registers as COSEM objects (ECS17a-e, ECS18a/b, ECS37, ECS57)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from harness.codecs.cosem_data import BitString, Data, DataTag
from harness.codecs.dlms_types import DataAccessResult
from harness.emulators.access import CosemRow
from harness.emulators.bindings.cosem_values import (
    attribute,
    date_time,
    forget,
    method,
    number,
    numbers,
    unit,
)
from harness.emulators.refusal import AccessRefused
from harness.emulators.subjects.demand import Demand, MaximumDemand
from harness.emulators.subjects.registers import Channel, Registers
from harness.emulators.subjects.tariff_registers import TIERS_OF_ALL_BLOCKS, TariffRegisters
from harness.gbcs.use_case import obis_octets
from harness.network.clock import DAY, HOUR, MINUTE, SECOND

if TYPE_CHECKING:
    from harness.emulators.exchange import Exchange

_REGISTER: Final = 3
_EXTENDED_REGISTER: Final = 4
_SCHEDULE: Final = 10
_WATT: Final = 27
_WATT_HOUR: Final = 30
_VAR_HOUR: Final = 32
_START_SCRIPT: Final = 1
_END_SCRIPT: Final = 2
_DEMAND_SCRIPTS: Final = obis_octets("0-0:10.128.100.255")


def _constant(value: Data) -> Callable[[Exchange], Data]:
    return lambda _exchange: value


def _import_registers(exchange: Exchange) -> Data:
    """Active and reactive import with their units, and the second element's active import."""
    registers = exchange.device.part(Registers)
    active = registers.active_import(exchange.now)
    members = [
        number(active),
        unit(_WATT_HOUR),
        number(registers.reactive_import(active)),
        unit(_VAR_HOUR),
    ]
    if len(registers.channels) > 1:
        members.append(number(registers.active_import(exchange.now, Channel.SECONDARY)))
    return Data(DataTag.STRUCTURE, tuple(members))


def _export_register(exchange: Exchange) -> Data:
    return number(exchange.device.part(Registers).active_export(exchange.now))


def _reactive_export_register(exchange: Exchange) -> Data:
    return number(exchange.device.part(Registers).reactive_export(exchange.now))


def _power(exchange: Exchange) -> Data:
    """Active import power of the whole meter with its unit, and that of the primary element."""
    registers = exchange.device.part(Registers)
    members = (
        number(registers.power(exchange.now)),
        unit(_WATT),
        number(registers.power(exchange.now, Channel.PRIMARY)),
    )
    return Data(DataTag.STRUCTURE, members)


def _tiers(exchange: Exchange) -> Data:
    registers = exchange.device.part(TariffRegisters)
    members = [numbers(registers.tiers(exchange.now))]
    if len(exchange.device.part(Registers).channels) > 1:
        members.append(numbers(registers.tiers(exchange.now, Channel.SECONDARY)))
    return Data(DataTag.STRUCTURE, tuple(members))


def _blocks(exchange: Exchange) -> Data:
    """Sixteen tiers of each of the four blocks, block by block."""
    blocks = exchange.device.part(TariffRegisters).blocks(exchange.now, TIERS_OF_ALL_BLOCKS)
    return Data(DataTag.STRUCTURE, (numbers(tuple(value for block in blocks for value in block)),))


def _demand_power(demand: Demand, exchange: Exchange) -> Data:
    return number(exchange.device.part(MaximumDemand).power(demand, exchange.now))


def _demand_time(demand: Demand, exchange: Exchange) -> Data:
    return date_time(exchange.device.part(MaximumDemand).at(demand, exchange.now))


def _last_reset(demand: Demand, exchange: Exchange) -> Data:
    return date_time(exchange.device.part(MaximumDemand).reset_at(demand))


def _reset(demand: Demand, register: str, exchange: Exchange, _argument: Data) -> None:
    for index in (2, 5):
        forget(exchange, (_EXTENDED_REGISTER, register, index))
    exchange.device.part(MaximumDemand).reset(demand, exchange.now)


def _demand_rows(demand: Demand, register: str, last_reset: str) -> tuple[CosemRow, ...]:
    return (
        attribute((_EXTENDED_REGISTER, register, 2), partial(_demand_power, demand)),
        attribute((_EXTENDED_REGISTER, register, 3), _constant(unit(_WATT))),
        attribute((_EXTENDED_REGISTER, register, 5), partial(_demand_time, demand)),
        method((_EXTENDED_REGISTER, register, 1), partial(_reset, demand, register)),
        attribute((1, last_reset, 2), partial(_last_reset, demand)),
    )


def _schedule_entry(index: int, script: int, in_day: int) -> Data:
    hour, minute, second = in_day // HOUR % 24, in_day // MINUTE % 60, in_day // SECOND % 60
    return Data(
        DataTag.STRUCTURE,
        (
            Data(DataTag.LONG_UNSIGNED, index),
            Data(DataTag.BOOLEAN, value=True),
            Data(DataTag.OCTET_STRING, _DEMAND_SCRIPTS),
            Data(DataTag.LONG_UNSIGNED, script),
            Data(DataTag.OCTET_STRING, bytes((hour, minute, second, 0))),
            Data(DataTag.LONG_UNSIGNED, 0xFFFF),
            Data(DataTag.BIT_STRING, BitString("1" * 7)),
            Data(DataTag.BIT_STRING, BitString("")),
            Data(DataTag.OCTET_STRING, bytes.fromhex("000001ffff")),
            Data(DataTag.OCTET_STRING, b"\xff" * 5),
        ),
    )


def _read_times(exchange: Exchange) -> Data:
    first, last = exchange.device.part(MaximumDemand).times
    entries = (_schedule_entry(1, _START_SCRIPT, first), _schedule_entry(2, _END_SCRIPT, last))
    return Data(DataTag.ARRAY, entries)


def _write_times(exchange: Exchange, value: Data) -> None:
    """Two entries: when counting starts each day, and when it ends."""
    switched = dict(map(_switch, value.value if isinstance(value.value, tuple) else ()))
    if switched.keys() != {_START_SCRIPT, _END_SCRIPT}:
        raise AccessRefused(DataAccessResult.OTHER_REASON)
    times = (switched[_START_SCRIPT], switched[_END_SCRIPT] or int(DAY))
    exchange.device.part(MaximumDemand).configure(times, exchange.now)


def _switch(entry: Data) -> tuple[int, int]:
    """Script and time of day of a schedule entry."""
    members = entry.value
    if not isinstance(members, tuple) or len(members) < 5:
        raise AccessRefused(DataAccessResult.TYPE_UNMATCHED)
    script, time = members[3].value, members[4].value
    if not isinstance(script, int) or not isinstance(time, bytes) or len(time) != 4:
        raise AccessRefused(DataAccessResult.TYPE_UNMATCHED)
    hour, minute, second = (0 if part == 0xFF else part for part in time[:3])
    return script, hour * HOUR + minute * MINUTE + second * SECOND


ROWS: Final = (
    attribute((1, "0-0:94.44.34.10", 2), _import_registers, sensitive=True),
    attribute((1, "0-0:94.44.34.20", 2), _power),
    attribute((1, "0-0:94.44.34.1", 2), _tiers, sensitive=True),
    attribute((1, "0-0:94.44.34.2", 2), _blocks, sensitive=True),
    attribute((_REGISTER, "1-0:2.8.0.255", 2), _export_register),
    attribute((_REGISTER, "1-0:2.8.0.255", 3), _constant(unit(_WATT_HOUR))),
    attribute((_REGISTER, "1-0:4.8.0.255", 2), _reactive_export_register),
    attribute((_REGISTER, "1-0:4.8.0.255", 3), _constant(unit(_VAR_HOUR))),
    *_demand_rows(Demand.IMPORT, "1-0:1.6.0.255", "0-0:94.44.5.1"),
    *_demand_rows(Demand.IMPORT_IN_CONFIGURED_TIMES, "1-0:1.6.1.255", "0-0:94.44.5.0"),
    *_demand_rows(Demand.EXPORT, "1-0:2.6.0.255", "0-0:94.44.5.2"),
    attribute((_SCHEDULE, "0-0:12.0.0.255", 2), _read_times, _write_times),
)
