"""Voltage measurement as COSEM objects (ECS23, ECS23b, ECS26b/k, ECS29a-f)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Final

from harness.codecs.cosem_data import CompactArray, Data, DataTag, TypeDescription
from harness.emulators.access import CosemRow
from harness.emulators.bindings.cosem_values import attribute, forget, integer_in, method, number, unit
from harness.emulators.cosem.ranges import range_in
from harness.emulators.subjects.voltage import Side, Voltage
from harness.emulators.subjects.voltage_alerts import Excursion, VoltageAlerts
from harness.gbcs.use_case import obis_octets
from harness.network.clock import SECOND, utc_time_of

if TYPE_CHECKING:
    from harness.emulators.exchange import Exchange

_REGISTER: Final = 3
_PROFILE: Final = 7
_LIMITER: Final = 71
_COUNT: Final = 255
_NUMBER: Final = TypeDescription(DataTag.DOUBLE_LONG_UNSIGNED)
_ENTRY: Final = TypeDescription(DataTag.STRUCTURE, (_NUMBER, _NUMBER))


def _read_count(phase: int, side: Side, exchange: Exchange) -> Data:
    return number(exchange.device.part(Voltage).count(phase, side, exchange.now))


def _read_unit(_exchange: Exchange) -> Data:
    return unit(_COUNT)


def _reset(phase: int, side: Side, register: str, exchange: Exchange, _argument: Data) -> None:
    forget(exchange, (_REGISTER, register, 2))
    exchange.device.part(Voltage).reset(phase, side, exchange.now)


def _read_threshold(phase: int, side: Side, exchange: Exchange) -> Data:
    return number(exchange.device.part(Voltage).threshold(phase, side))


def _write_threshold(phase: int, side: Side, exchange: Exchange, value: Data) -> None:
    volts = integer_in(value, DataTag.DOUBLE_LONG_UNSIGNED)
    exchange.device.part(Voltage).set_threshold(phase, side, volts, exchange.now)
    exchange.device.part(VoltageAlerts).review(exchange.now)


def _read_log(phase: int, exchange: Exchange, restriction: Data) -> Data:
    start, end = range_in(restriction)
    entries = exchange.device.part(Voltage).averages(phase, start, end, exchange.now)
    rows = tuple(
        Data(DataTag.STRUCTURE, (number(utc_time_of(ended)), number(volts))) for ended, volts in entries
    )
    return Data(DataTag.COMPACT_ARRAY, CompactArray(_ENTRY, rows))


def _read_period(exchange: Exchange) -> Data:
    return number(exchange.device.part(Voltage).period // SECOND)


def _write_period(exchange: Exchange, value: Data) -> None:
    seconds = integer_in(value, DataTag.DOUBLE_LONG_UNSIGNED)
    exchange.device.part(Voltage).measure_every(seconds, exchange.now)
    exchange.device.part(VoltageAlerts).review(exchange.now)


def _read_monitor(excursion: Excursion, what: str, exchange: Exchange) -> Data:
    return number(getattr(exchange.device.part(VoltageAlerts).monitors[excursion], what))


def _write_monitor(excursion: Excursion, what: str, exchange: Exchange, value: Data) -> None:
    alerts = exchange.device.part(VoltageAlerts)
    setattr(alerts.monitors[excursion], what, integer_in(value, DataTag.DOUBLE_LONG_UNSIGNED))
    alerts.review(exchange.now)


def _phase_rows(phase: int) -> Iterable[CosemRow]:
    place = f"1-0:{32 + 20 * phase}"
    for side, counter, threshold in ((Side.UNDER, "32.0.4", "31.0.4"), (Side.OVER, "36.0.4", "35.0.4")):
        yield attribute((_REGISTER, f"{place}.{counter}", 2), partial(_read_count, phase, side))
        yield attribute((_REGISTER, f"{place}.{counter}", 3), _read_unit)
        yield method((_REGISTER, f"{place}.{counter}", 1), partial(_reset, phase, side, f"{place}.{counter}"))
        yield attribute(
            (1, f"{place}.{threshold}", 2),
            partial(_read_threshold, phase, side),
            partial(_write_threshold, phase, side),
        )
    yield CosemRow(
        class_id=_PROFILE,
        instance=obis_octets(f"{place}.24.0.255"),
        index=2,
        select=partial(_read_log, phase),
    )
    yield attribute((_PROFILE, f"{place}.24.0.255", 4), _read_period, _write_period)


def _monitor_rows(excursion: Excursion) -> Iterable[CosemRow]:
    for index, what in ((4, "threshold"), (6, "seconds")):
        yield attribute(
            (_LIMITER, f"0-0:17.0.{excursion}.255", index),
            partial(_read_monitor, excursion, what),
            partial(_write_monitor, excursion, what),
        )


_MONITOR_ROWS: Final = tuple(row for excursion in Excursion for row in _monitor_rows(excursion))
ROWS: Final = (*_phase_rows(0), *_MONITOR_ROWS)
"""What every meter has."""
OTHER_PHASE_ROWS: Final = (*_phase_rows(1), *_phase_rows(2))
