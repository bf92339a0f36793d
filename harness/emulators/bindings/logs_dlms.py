"""Logs as COSEM profiles, read by range of time (ECS20b/c, ECS21a/c, ECS22, ECS66)."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, Final

from harness.codecs.cosem_data import CompactArray, Data, DataTag, TypeDescription
from harness.emulators.access import CosemRow
from harness.emulators.bindings.account_logs_dlms import amounts_held
from harness.emulators.bindings.cosem_values import number, numbers
from harness.emulators.cosem.ranges import entries_in, range_in
from harness.emulators.subjects import logs
from harness.emulators.subjects.billing_events import BillingEvents, changed
from harness.emulators.subjects.registers import Registers
from harness.emulators.subjects.tariff_registers import SECONDARY_TIERS, TIERS, TIERS_OF_BLOCKS
from harness.gbcs.use_case import obis_octets
from harness.network.clock import Instant, utc_time_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.emulators.device import EmulatedDevice
    from harness.emulators.exchange import CosemKey, Exchange

_PROFILE: Final = 7
_ONE: Final = TypeDescription(DataTag.DOUBLE_LONG_UNSIGNED)


def _several(count: int) -> TypeDescription:
    return TypeDescription(DataTag.ARRAY, (_ONE,), count)


@cache
def _numbers_of(count: int) -> TypeDescription:
    return TypeDescription(DataTag.STRUCTURE, (_ONE,) * (1 + count))


def _one_column(_elements: int) -> TypeDescription:
    return _numbers_of(1)


def _two_columns(_elements: int) -> TypeDescription:
    return _numbers_of(2)


@cache
def _reading(elements: int) -> TypeDescription:
    """Time and registers of a register reading."""
    tiers = (TIERS,) if elements == 1 else (TIERS, SECONDARY_TIERS)
    blocks = (TIERS_OF_BLOCKS,) * 4
    return TypeDescription(
        DataTag.STRUCTURE, ((_ONE,) * (1 + elements) + tuple(map(_several, (*tiers, *blocks))))
    )


def _select(
    log: logs.Log, element: Callable[[int], TypeDescription], exchange: Exchange, restriction: Data
) -> Data:
    return _entries(log, element, exchange.device, (*range_in(restriction), exchange.now))


def _entries(
    log: logs.Log,
    element: Callable[[int], TypeDescription],
    device: EmulatedDevice,
    span: tuple[Instant, Instant, Instant],
) -> Data:
    """Entries from a moment to another, as the log stands at a third."""
    entries = tuple(
        Data(DataTag.STRUCTURE, (number(utc_time_of(stamp)), *map(_member, values)))
        for stamp, values in log.entries(device, *span)
    )
    elements = len(device.part(Registers).channels)
    return Data(DataTag.COMPACT_ARRAY, CompactArray(element(elements), entries))


def billing_entry(device: EmulatedDevice, ended: Instant) -> Data:
    """The billing log's entry for a period that ended, as the only one of a log."""
    return _entries(logs.BILLING_READ, _reading, device, (ended, ended, ended))


def _member(value: logs.Number) -> Data:
    return numbers(value) if isinstance(value, tuple) else number(value)


def _log(
    instance: str, log: logs.Log, element: Callable[[int], TypeDescription], *, sensitive: bool = False
) -> CosemRow:
    return CosemRow(
        class_id=_PROFILE,
        instance=obis_octets(instance),
        index=2,
        select=partial(_select, log, element),
        sensitive=sensitive,
    )


@cache
def _reading_and_balances(elements: int) -> TypeDescription:
    balance = TypeDescription(DataTag.DOUBLE_LONG)
    return TypeDescription(DataTag.STRUCTURE, (*_reading(elements).members, *(balance,) * _BALANCES))


def _select_events(exchange: Exchange, restriction: Data) -> Data:
    """Readings at changes of payment mode and tariff, with the account's balances."""
    device = exchange.device
    entries = tuple(
        Data(
            DataTag.STRUCTURE,
            (
                number(utc_time_of(one.at)),
                *map(_member, one.registers),
                *amounts_held(one.balances),
            ),
        )
        for one in device.part(BillingEvents).events
    )
    element = _reading_and_balances(len(device.part(Registers).channels))
    return entries_in(Data(DataTag.COMPACT_ARRAY, CompactArray(element, entries)), restriction)


def _attribute(class_id: int, instance: str, index: int) -> CosemKey:
    return (class_id, obis_octets(instance), index, False)


_BALANCES: Final = 6
WATCHED: Final = {
    _attribute(111, "0-0:19.0.0.255", 2): changed,
    **{_attribute(20, "0-0:13.0.0.255", index): changed for index in (3, 4, 5)},
    **{_attribute(113, f"0-0:19.20.{charge}.255", 5): changed for charge in (0, 1, 2)},
}
"""Payment mode, calendar and prices in force: a change of any makes an entry."""

ROWS: Final = (
    CosemRow(
        class_id=_PROFILE,
        instance=obis_octets("0-0:98.1.2.255"),
        index=2,
        select=_select_events,
        sensitive=True,
    ),
    _log("0-0:99.1.0.255", logs.PROFILE_IMPORT, _numbers_of, sensitive=True),
    _log("0-0:99.1.1.255", logs.PROFILE_EXPORT, _two_columns),
    _log("0-0:99.1.2.255", logs.PROFILE_REACTIVE, _one_column),
    _log("0-0:99.1.3.255", logs.DAILY_CONSUMPTION, _one_column, sensitive=True),
    _log("0-0:98.1.9.255", logs.DAILY_READ, _reading, sensitive=True),
    _log("0-0:98.1.10.255", logs.DAILY_READ_EXPORT, _one_column),
    _log("0-0:98.1.0.255", logs.BILLING_READ, _reading, sensitive=True),
)
