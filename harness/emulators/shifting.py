"""Values that are slightly wrong: what mutants of devices say and do in place of what they should."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from harness.codecs.cosem_data import NULL, BitString, CompactArray, Data, DataTag
from harness.codecs.zcl_types import AttributeRecord, Entry, ZclCommand, ZclField

_TURNED: Final = str.maketrans("01", "10")
_FIRST: Final = 0
_LAST: Final = -1


def shifted(value: Any) -> Any:
    """The next value: a number one up, octets with their last bit turned, what has parts in its first leaf.

    A value in which nothing can be shifted, such as an empty list, stays as it is.
    """
    return _shifted(value, _FIRST)


def shifted_at_end(value: Any) -> Any:
    """As ``shifted``, in the last leaf."""
    return _shifted(value, _LAST)


def emptied(value: Data) -> Data:
    """No value at all."""
    return replace(NULL) if value.tag is not DataTag.NULL else value


def without_last_entry(value: Any) -> Any:
    """A list without its last entry; anything else, and an empty list, as it is."""
    if isinstance(value, Data):
        return Data(value.tag, without_last_entry(value.value))
    if isinstance(value, CompactArray):
        return replace(value, elements=value.elements[:-1])
    return value[:-1] if isinstance(value, tuple) else value


def in_field(name: str, change: Callable[[Any], Any]) -> Callable[[ZclCommand], ZclCommand]:
    """A change of one field of a ZCL command, where it has that field."""

    def changed(command: ZclCommand) -> ZclCommand:
        fields = tuple(
            ZclField(field.name, change(field.value)) if field.name == name else field
            for field in command.fields
        )
        return replace(command, fields=fields)

    return changed


def _shifted(value: Any, end: int) -> Any:
    shift = next((shift for kind, shift in _SHIFTS.items() if isinstance(value, kind)), None)
    return value if shift is None else shift(value, end)


def _data(value: Data, end: int) -> Data:
    return Data(value.tag, _shifted(value.value, end))


def _number(value: int, _end: int) -> int:
    return value + 1 if value & 0xFF != 0xFF else value - 1  # no carry: the next one may need an octet more


def _octets(value: bytes, _end: int) -> bytes:
    return value[:-1] + bytes((value[-1] ^ 1,)) if value else value


def _text(value: str, _end: int) -> str:
    return value[:-1] + chr(ord(value[-1]) ^ 1) if value else value


def _bits(value: BitString, _end: int) -> BitString:
    return BitString(value.bits[:-1] + value.bits[-1:].translate(_TURNED))


def _members(value: tuple[Any, ...], end: int) -> tuple[Any, ...]:
    """The outermost member in which something can be shifted."""
    order = range(len(value)) if end == _FIRST else reversed(range(len(value)))
    for place in order:
        changed = _shifted(value[place], end)
        if changed != value[place]:
            return (*value[:place], changed, *value[place + 1 :])
    return value


def _elements(value: CompactArray, end: int) -> CompactArray:
    return replace(value, elements=_members(value.elements, end))


def _fields(value: Any, end: int) -> Any:
    return replace(value, fields=_members(value.fields, end))


def _field(value: Any, end: int) -> Any:
    return replace(value, value=_shifted(value.value, end))


_SHIFTS: Final[dict[type, Callable[[Any, int], Any]]] = {
    Data: _data,
    bool: lambda value, _end: not value,
    int: _number,
    bytes: _octets,
    str: _text,
    BitString: _bits,
    tuple: _members,
    CompactArray: _elements,
    Entry: _fields,
    ZclCommand: _fields,
    ZclField: _field,
    AttributeRecord: _field,
}
"""How each kind of value is shifted; ``bool`` stands before the ``int`` that it is as well."""
