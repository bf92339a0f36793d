"""Carrying out an xDLMS access request on a device's COSEM objects (GBCS 7.2.10, DLMS Green Book 9.3).

Each item has its own result. Whether those after one that fails are still carried out is up to the
request: with the processing option set, as GBCS has it, they are not, and fail for no reason of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from device_profiles.model import Feature
from harness.codecs.axdr import encode_data
from harness.codecs.cosem_data import NULL, Data, DataTag
from harness.codecs.dlms_types import (
    AccessKind,
    AccessRequest,
    AccessResponse,
    AccessResult,
    AccessSpecification,
    DataAccessResult,
)
from harness.emulators.cosem.typed import has_constants, has_shape
from harness.emulators.exchange import CosemKey, Reading
from harness.emulators.refusal import AccessRefused, NoSharedKey
from harness.emulators.subjects.presets import Presets
from harness.gbcs.use_case import Access

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice
    from harness.emulators.exchange import Exchange

_BREAK_ON_ERROR: Final = 0x2000_0000
"""The processing option in the long-invoke-id-and-priority (DLMS Green Book 9.3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CosemRow:
    """One attribute or method that a device has.

    ``read`` gives an attribute's value, ``select`` the part of it that lies in a range, ``write``
    takes a new one; ``act`` carries out a method and gives what it returns, None for nothing.
    A ``sensitive`` attribute is only read through a data protection object. A row that needs a
    ``feature`` is absent from devices without it. ``prepare`` brings a device into the state in which
    the item, given the first datum, answers the second; items without one answer what was preset.
    """

    class_id: int
    instance: bytes
    index: int
    read: Callable[[Exchange], Data] | None = None
    select: Callable[[Exchange, Data], Data] | None = None
    write: Callable[[Exchange, Data], None] | None = None
    act: Callable[[Exchange, Data], Data | None] | None = None
    prepare: Callable[[EmulatedDevice, Data, Data], None] | None = None
    sensitive: bool = False
    feature: Feature | None = None

    @property
    def key(self) -> CosemKey:
        """How a request names it."""
        return (self.class_id, self.instance, self.index, self.act is not None)


def octets_in(structure: Data, lengths: tuple[int, ...]) -> tuple[bytes, ...]:
    """The octet-strings of a structure that holds nothing else, each of the given length."""
    members = structure.value
    if (
        structure.tag is not DataTag.STRUCTURE
        or not isinstance(members, tuple)
        or len(members) != len(lengths)
    ):
        raise AccessRefused(DataAccessResult.TYPE_UNMATCHED)
    values = tuple(member.value for member in members)
    if any(
        not isinstance(value, bytes) or len(value) != length
        for value, length in zip(values, lengths, strict=True)
    ):
        raise AccessRefused(DataAccessResult.TYPE_UNMATCHED)
    return values  # type: ignore[return-value]  # each was just seen to be bytes


def argument_of(specification: AccessSpecification, data: Data) -> bytes:
    """What an item is given beside its name: the parameter of a selection, a value or an input; encoded."""
    if specification.selector is not None:
        return encode_data(specification.selector.parameter)
    return b"" if specification.kind is AccessKind.GET else encode_data(data)


def read_attribute(exchange: Exchange, row: CosemRow, restriction: Data | None = None) -> Reading:
    """The value of an attribute, or of the part of it that a restriction asks for."""
    presets = exchange.device.part(Presets)
    value: Data | None = None
    if presets.values:
        value = presets.value(row.key, b"" if restriction is None else encode_data(restriction))
    if value is None:
        value = _read(exchange, row, restriction)
    return exchange.reading(row.key, value, sensitive=row.sensitive)


def _read(exchange: Exchange, row: CosemRow, restriction: Data | None) -> Data:
    if restriction is not None and row.select is not None:
        return row.select(exchange, restriction)
    if row.read is not None and restriction is None:
        return row.read(exchange)
    raise AccessRefused(DataAccessResult.READ_WRITE_DENIED)


def _get(exchange: Exchange, row: CosemRow, specification: AccessSpecification, _data: Data) -> Data:
    restriction = None if specification.selector is None else specification.selector.parameter
    reading = read_attribute(exchange, row, restriction)
    if reading.sensitive:
        raise AccessRefused(DataAccessResult.SCOPE_OF_ACCESS_VIOLATED)
    value: Data = reading.value
    return value


def _set(exchange: Exchange, row: CosemRow, specification: AccessSpecification, data: Data) -> Data:
    is_reading = exchange.ability.use_case.access is Access.READ
    if row.write is None or specification.selector is not None or is_reading:
        raise AccessRefused(DataAccessResult.READ_WRITE_DENIED)
    _check_value(exchange, row, data)
    operation = exchange.planned(row.key, data)
    if operation is not None:
        row.write(exchange, operation.argument)
        exchange.device.part(Presets).forget(row.key)
    return NULL


def _action(exchange: Exchange, row: CosemRow, _specification: AccessSpecification, data: Data) -> Data:
    if row.act is None:
        raise AccessRefused(DataAccessResult.READ_WRITE_DENIED)
    _check_value(exchange, row, data)
    operation = exchange.planned(row.key, data)
    answer = None if operation is None else row.act(exchange, operation.argument)
    presets = exchange.device.part(Presets)
    if presets.values:
        preset: Data | None = presets.value(row.key, encode_data(data))
        answer = answer if preset is None else preset
    return NULL if answer is None else answer


def _check_value(exchange: Exchange, row: CosemRow, data: Data) -> None:
    shape = exchange.ability.shapes.get(row.key)
    if shape is None:
        return
    if not has_shape(data, shape):
        raise AccessRefused(DataAccessResult.TYPE_UNMATCHED)
    if not has_constants(data, shape):
        raise AccessRefused(DataAccessResult.SCOPE_OF_ACCESS_VIOLATED)


_ACCESS: Final = {
    AccessKind.GET: _get,
    AccessKind.GET_WITH_SELECTION: _get,
    AccessKind.SET: _set,
    AccessKind.SET_WITH_SELECTION: _set,
    AccessKind.ACTION: _action,
}
_GETTING: Final = (AccessKind.GET, AccessKind.GET_WITH_SELECTION)
_REPORTED: Final = {
    AccessKind.GET: AccessKind.GET,
    AccessKind.GET_WITH_SELECTION: AccessKind.GET,
    AccessKind.SET: AccessKind.SET,
    AccessKind.SET_WITH_SELECTION: AccessKind.SET,
    AccessKind.ACTION: AccessKind.ACTION,
}


def key_of(specification: AccessSpecification) -> CosemKey:
    """What one item of a request names."""
    return (
        specification.class_id,
        specification.instance,
        specification.index,
        specification.kind is AccessKind.ACTION,
    )


def fits_access(exchange: Exchange) -> bool:
    """Whether a request names items of its use case and nothing else, with the values that it allows."""
    request: AccessRequest = exchange.request
    ability = exchange.ability
    if not request.specifications:
        return False
    for specification, datum in zip(request.specifications, request.data, strict=True):
        key = key_of(specification)
        if key not in ability.keys:
            return False
        allowed = ability.constants.get(key)
        if allowed is not None and specification.kind not in _GETTING and datum.value not in allowed:
            return False
    return True


def answer_access(exchange: Exchange) -> None:
    """Serve the items of the request in order and leave the access response."""
    request: AccessRequest = exchange.request
    breaks = bool(request.invoke_id & _BREAK_ON_ERROR)
    answers = []
    results = []
    is_broken = False
    for specification, datum in zip(request.specifications, request.data, strict=True):
        result: int = DataAccessResult.SUCCESS
        answer = NULL
        try:
            if is_broken:
                result = DataAccessResult.OTHER_REASON
            else:
                answer = _served(exchange, specification, datum)
        except AccessRefused as refused:
            result = refused.result
        except NoSharedKey:
            result = DataAccessResult.SCOPE_OF_ACCESS_VIOLATED
        is_broken = breaks and result != DataAccessResult.SUCCESS
        answers.append(answer)
        results.append(AccessResult(_REPORTED[specification.kind], result))
    exchange.response = AccessResponse(request.invoke_id, tuple(answers), tuple(results))


def _served(exchange: Exchange, specification: AccessSpecification, data: Data) -> Data:
    key = key_of(specification)
    presets = exchange.device.part(Presets)
    if presets.faults:
        fault = presets.fault(key, argument_of(specification, data))
        if fault is not None:
            raise AccessRefused(fault)
    row = exchange.device.template.objects[key]
    return _ACCESS[specification.kind](exchange, row, specification, data)
