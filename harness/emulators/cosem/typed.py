"""Whether a COSEM value is one that the catalogue's rows allow: types, sizes and numbers of elements.

Text and names may be shorter than their size; what DLMS lays out octet by octet (dates, times, logical
names) may not. An array holds at most as many elements as the rows say.
"""

from __future__ import annotations

from typing import Final

from harness.codecs.cosem_data import BitString, CompactArray, Data, DataTag
from harness.codecs.cosem_shapes import Group, Part, Series, Shape

_LAID_OUT: Final = frozenset({5, 6, 12})
"""Octets of a date, a logical name and a date-time."""
_TIME: Final = "time"
_EMPTY: Final = Data(DataTag.NULL, None)


def has_shape(data: Data, shape: Shape | None, *, second_element: bool = True) -> bool:
    """Whether a datum is of a shape; null where there is none.

    Without a ``second_element``, a structure may leave its data out.
    """
    if shape is None:
        return data == _EMPTY
    if isinstance(shape, Part):
        return data.tag is shape.tag and _has_size(data.value, shape)
    if isinstance(shape, Series):
        return _is_series(data, shape, second_element=second_element)
    members = data.value
    if data.tag is not DataTag.STRUCTURE or not isinstance(members, tuple):
        return False
    shapes = _members(shape, len(members), second_element=second_element)
    return len(shapes) == len(members) and all(
        has_shape(member, of, second_element=second_element)
        for member, of in zip(members, shapes, strict=True)
    )


def _members(shape: Group, count: int, *, second_element: bool) -> tuple[Shape, ...]:
    if second_element or len(shape.members) == count:
        return shape.members
    return tuple(member for member in shape.members if not member.twin_element)


def _is_series(data: Data, shape: Series, *, second_element: bool) -> bool:
    value = data.value
    elements = value.elements if isinstance(value, CompactArray) else value
    if data.tag not in {DataTag.ARRAY, DataTag.COMPACT_ARRAY} or not isinstance(elements, tuple):
        return False
    if len(elements) > shape.most or (shape.least == shape.most and len(elements) != shape.most):
        return False
    return all(has_shape(one, shape.element, second_element=second_element) for one in elements)


def _has_size(value: object, part: Part) -> bool:
    if part.size is None:
        return True
    if isinstance(value, BitString):
        return len(value.bits) <= part.size
    if isinstance(value, bytes):
        is_laid_out = part.size in _LAID_OUT or part.name.endswith(_TIME)
        return len(value) == part.size or (not is_laid_out and len(value) < part.size)
    return not isinstance(value, str) or len(value.encode()) <= part.size


def has_constants(data: Data, shape: Shape | None) -> bool:
    """Whether a datum of a shape has the only values that the rows allow, where they do."""
    if shape is None:
        return True
    if isinstance(shape, Part):
        value = data.value
        return (
            not shape.constants or (value.bits if isinstance(value, BitString) else value) in shape.constants
        )
    inside = data.value.elements if isinstance(data.value, CompactArray) else data.value
    if not isinstance(inside, tuple):
        return False
    if isinstance(shape, Series):
        return all(has_constants(one, shape.element) for one in inside)
    members = _members(shape, len(inside), second_element=False)
    return all(has_constants(member, of) for member, of in zip(inside, members, strict=True))
