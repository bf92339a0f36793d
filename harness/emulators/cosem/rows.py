"""COSEM objects made from the catalogue's rows: every attribute and method of a role's use cases.

Reads answer what was written, else a first value of the row's shape; writes are kept; what a method
does follows from its class alone. Behaviour beyond that is in rows of their own, which take precedence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache, partial
from typing import TYPE_CHECKING, Final

from harness.codecs.cosem_data import CompactArray, Data, DataTag
from harness.codecs.cosem_date_time import LENGTH
from harness.codecs.cosem_shapes import Item, Shape, items_of
from harness.codecs.dlms_types import DataAccessResult
from harness.emulators.access import CosemRow
from harness.emulators.cosem.first_values import Origin, first_value
from harness.emulators.cosem.objects import Objects
from harness.emulators.cosem.passive import ACTIVATED, activate, set_time
from harness.emulators.cosem.ranges import entries_in
from harness.emulators.data_protection import CLASS_ID as DATA_PROTECTION
from harness.emulators.data_protection import get_protected_attributes
from harness.emulators.refusal import AccessRefused
from harness.emulators.subjects.presets import Presets
from harness.emulators.subjects.putting_off import Cause
from harness.gbcs.use_case import Access, ItemKind

if TYPE_CHECKING:
    from harness.emulators.exchange import CosemKey, Exchange

_REGISTER: Final = 3
_EXTENDED_REGISTER: Final = 4
_PROFILE: Final = 7
_VALUE: Final = 2
_RESET: Final = 1


def key_of_item(item: Item) -> CosemKey:
    """How a request names an item of the catalogue."""
    class_id, instance, kind, index = item.key
    return (class_id, instance, index, kind is ItemKind.METHOD)


def generic_rows(use_cases: Iterable[tuple[str, Access]]) -> Mapping[CosemKey, CosemRow]:
    """Rows for every item of some use cases, by name and access. A read says better what an item holds."""
    found: dict[CosemKey, CosemRow] = {}
    for name, _ in sorted(use_cases, key=lambda one: (one[1] is not Access.READ, one[0])):
        for row in _rows_of(name):
            found.setdefault(row.key, row)
    return found


@cache
def _rows_of(use_case: str) -> tuple[CosemRow, ...]:
    return tuple(_row(item) for item in items_of(use_case))


def _row(item: Item) -> CosemRow:
    class_id, instance, _, index = item.key
    key = key_of_item(item)
    if key[3]:
        act = get_protected_attributes if class_id == DATA_PROTECTION else _method(key, item.output)
        return CosemRow(class_id=class_id, instance=instance, index=index, act=act)
    first = _first(item.value)
    return CosemRow(
        class_id=class_id,
        instance=instance,
        index=index,
        read=partial(_read, key, first),
        select=partial(_select, key, first) if class_id == _PROFILE and index == _VALUE else None,
        write=partial(_activation_time if key in ACTIVATED else _write, key),
        sensitive=item.sensitive,
    )


_FirstValue = Callable[[Origin], Data]


def _first(shape: Shape | None) -> _FirstValue:
    # Homes of one run have the same devices over and over.
    return lru_cache(maxsize=128)(partial(first_value, shape))


def _read(key: CosemKey, first: _FirstValue, exchange: Exchange) -> Data:
    return exchange.device.part(Objects).value(key, first)


def _select(key: CosemKey, first: _FirstValue, exchange: Exchange, restriction: Data) -> Data:
    return entries_in(_read(key, first, exchange), restriction)


def _write(key: CosemKey, exchange: Exchange, value: Data) -> None:
    exchange.device.part(Objects).put(key, value)


def _activation_time(key: CosemKey, exchange: Exchange, value: Data) -> None:
    if not isinstance(value.value, bytes) or len(value.value) != LENGTH:
        raise AccessRefused(DataAccessResult.TYPE_UNMATCHED)
    set_time(exchange.device, key, value.value, exchange.now, Cause.of(exchange))
    exchange.device.part(Objects).put(key, value)


_Act = Callable[["Exchange", Data], Data | None]


def _method(key: CosemKey, output: Shape | None) -> _Act:
    class_id, instance, index, _ = key
    if index == _RESET and class_id in {_REGISTER, _EXTENDED_REGISTER}:
        return partial(_put_back, (class_id, instance, _VALUE, False), _nought)
    if index == _RESET and class_id == _PROFILE:
        return partial(_put_back, (class_id, instance, _VALUE, False), _without_entries)
    if key in ACTIVATED:
        return partial(_activate, key)
    if output is not None:
        return partial(_report, key, _first(output))
    return partial(_write, key)


def _put_back(key: CosemKey, emptied: Callable[[Data], Data], exchange: Exchange, _argument: Data) -> None:
    """A reset: the attribute as it is, or would be read, but with nothing in it."""
    row = exchange.device.template.objects.get(key)
    if row is not None and row.read is not None:
        exchange.device.part(Objects).put(key, emptied(row.read(exchange)))
        exchange.device.part(Presets).forget(key)


def _nought(value: Data) -> Data:
    return Data(value.tag, 0)


def _without_entries(log: Data) -> Data:
    array = log.value
    if isinstance(array, CompactArray):
        return Data(DataTag.COMPACT_ARRAY, CompactArray(array.element, ()))
    return log


def _activate(key: CosemKey, exchange: Exchange, _argument: Data) -> None:
    activate(exchange.device, key)


def _report(key: CosemKey, first: _FirstValue, exchange: Exchange, _argument: Data) -> Data:
    return _read(key, first, exchange)
