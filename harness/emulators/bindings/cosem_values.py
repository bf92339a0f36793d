"""COSEM values of numbers, moments and rows, as the bindings need them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from harness.codecs.cosem_data import Data, DataTag
from harness.codecs.dlms_types import DataAccessResult
from harness.emulators.access import CosemRow
from harness.emulators.refusal import AccessRefused
from harness.emulators.subjects.clock import date_time_of
from harness.emulators.subjects.presets import Presets
from harness.gbcs.use_case import obis_octets
from harness.network.clock import Instant

if TYPE_CHECKING:
    from harness.emulators.exchange import Exchange


def number(value: int) -> Data:
    """A register's value; registers of this size roll over."""
    return Data(DataTag.DOUBLE_LONG_UNSIGNED, value & 0xFFFF_FFFF)


def unit(code: int) -> Data:
    """Scaler 0 and a unit."""
    return Data(DataTag.STRUCTURE, (Data(DataTag.INTEGER, 0), Data(DataTag.ENUM, code)))


def date_time(moment: Instant) -> Data:
    """A moment in 12 octets."""
    return Data(DataTag.OCTET_STRING, date_time_of(moment).to_octets())


def numbers(values: tuple[int, ...]) -> Data:
    """The values of some registers."""
    return Data(DataTag.ARRAY, tuple(map(number, values)))


def integer_in(data: Data, tag: DataTag) -> int:
    """The number that a datum of a type holds. Raises AccessRefused for any other."""
    if data.tag is not tag or not isinstance(data.value, int):
        raise AccessRefused(DataAccessResult.TYPE_UNMATCHED)
    return data.value


def forget(exchange: Exchange, item: tuple[int, str, int]) -> None:
    """Have an attribute answer by itself again, whatever was put into it from outside."""
    class_id, instance, index = item
    exchange.device.part(Presets).forget((class_id, obis_octets(instance), index, False))


def attribute(
    item: tuple[int, str, int],
    read: Callable[[Exchange], Data],
    write: Callable[[Exchange, Data], None] | None = None,
    *,
    sensitive: bool = False,
) -> CosemRow:
    """A row for an attribute: class, instance as A-B:C.D.E.F, index."""
    class_id, instance, index = item
    return CosemRow(
        class_id=class_id,
        instance=obis_octets(instance),
        index=index,
        read=read,
        write=write,
        sensitive=sensitive,
    )


def method(item: tuple[int, str, int], act: Callable[[Exchange, Data], Data | None]) -> CosemRow:
    """A row for a method: class, instance as A-B:C.D.E.F, index."""
    class_id, instance, index = item
    return CosemRow(class_id=class_id, instance=obis_octets(instance), index=index, act=act)
