"""What an access response must say by the rows of its use case: each item done, its types, scaler and unit.

A value is checked against the shape that the rows give it: types and sizes part by part, lengths of
arrays, and what the catalogue holds constant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind, EsmeVariant
from harness.cases.case import CheckFailed
from harness.cases.cosem_answers import (
    ACCESS_CLAUSE,
    access_response,
    data_text,
    result_text,
    structure_of,
    tag_text,
    unprotected,
)
from harness.cases.cosem_requests import DATA_PROTECTION, items_named, protected_items
from harness.cases.cosem_values import data_of
from harness.cases.inspection import SENSITIVE_CLAUSE
from harness.codecs.cosem_data import NULL, BitString, CompactArray, Data, DataTag
from harness.codecs.cosem_date_time import LENGTH
from harness.codecs.cosem_shapes import Group, Item, Part, Series, Shape
from harness.codecs.dlms_types import AccessKind, DataAccessResult
from harness.gbcs.use_case import Access

if TYPE_CHECKING:
    from harness.cases.bench import Bench
    from harness.cases.inspection import Answer

_DATE: Final = 5
_INSTANCE: Final = 6
_EXACT_SIZES: Final = frozenset({_DATE, _INSTANCE, LENGTH})
"""Octet-strings of these sizes are dates, names of objects and date-times; others are at most so long."""
_PROFILE: Final = 7


def check_access(bench: Bench, answer: Answer, *, lenient: bool = False) -> None:
    """Check the response to a use case's request item by item. Raises CheckFailed.

    ``lenient`` is for use cases that only work in a state which was not brought about: then an item may
    be refused, but not be answered wrongly.
    """
    response = access_response(answer)
    items = items_named(answer.command.use_case)
    twin = _has_second_element(bench)
    reading = answer.command.use_case.access is Access.READ
    for item, datum, result in zip(items, response.data, response.results, strict=True):
        if result.result != DataAccessResult.SUCCESS:
            if lenient or (item.optional and reading):
                continue
            raise CheckFailed(
                ACCESS_CLAUSE, f"{item.title} carried out", f"result {result_text(result.result)}"
            )
        if item.key[0] == DATA_PROTECTION:
            _check_protected(answer, twin=twin)
        else:
            check_item(item, result.kind, datum, twin=twin)


def check_item(item: Item, kind: AccessKind, datum: Data, *, twin: bool | None) -> None:
    """Check what one item that was carried out gave back. Raises CheckFailed."""
    shape = item.value if kind is AccessKind.GET else item.output
    if shape is not None:
        check_shape(shape, datum, twin=twin, is_log=item.key[0] == _PROFILE)
    elif kind is not AccessKind.GET and datum != NULL:
        raise CheckFailed(ACCESS_CLAUSE, f"no data for {item.title}, which returns nothing", data_text(datum))


def check_shape(shape: Shape, datum: Data, *, twin: bool | None, is_log: bool = False) -> None:
    """Check a datum part by part. Raises CheckFailed.

    ``twin`` is whether the meter has a second element, None where that is not known. A log may be empty.
    """
    if isinstance(shape, Part):
        _check_part(shape, datum)
    elif isinstance(shape, Series):
        elements = _elements(shape, datum)
        least = 0 if is_log else shape.least
        if not least <= len(elements) <= shape.most:
            raise CheckFailed(
                ACCESS_CLAUSE, f"{shape.name}: {least} to {shape.most} elements", f"{len(elements)} elements"
            )
        for element in elements:
            check_shape(shape.element, element, twin=twin)
    else:
        _check_group(shape, datum, twin=twin)


def _check_group(shape: Group, datum: Data, *, twin: bool | None) -> None:
    members = structure_of(datum, None, ACCESS_CLAUSE, shape.name or "the value")
    wanted = list(shape.members)
    if twin is None:
        twin = len(members) == len(wanted)
    if not twin:
        wanted = [member for member in wanted if not member.twin_element]
    if len(members) != len(wanted):
        raise CheckFailed(
            ACCESS_CLAUSE, f"{shape.name}: a structure of {len(wanted)}", f"{len(members)} members"
        )
    for member, found in zip(wanted, members, strict=True):
        # A log's columns may be lists that are empty where the tariff has none of their rates.
        check_shape(member, found, twin=twin, is_log=True)


def _elements(shape: Series, datum: Data) -> tuple[Data, ...]:
    value = datum.value
    if isinstance(value, CompactArray):
        return value.elements
    if datum.tag is DataTag.ARRAY and isinstance(value, tuple):
        return value
    raise CheckFailed(ACCESS_CLAUSE, f"{shape.name}: an array", data_text(datum))


def _check_part(part: Part, datum: Data) -> None:
    clause = part.reference if part.reference.startswith(("SMETS", "CHTS")) else ACCESS_CLAUSE
    if datum.tag is not part.tag:
        raise CheckFailed(clause, f"{part.title}: {tag_text(part.tag)}", data_text(datum))
    if part.constants and datum not in [data_of(part.tag, constant) for constant in part.constants]:
        allowed = " or ".join(data_text(data_of(part.tag, constant)) for constant in part.constants)
        raise CheckFailed(clause, f"{part.title}: {allowed}", data_text(datum))
    length = _length(datum)
    if part.size is None or length is None:
        return
    if length > part.size or (part.tag is DataTag.OCTET_STRING and length != part.size and _is_exact(part)):
        bound = "" if _is_exact(part) else "at most "
        raise CheckFailed(clause, f"{part.title}: {bound}{part.size} long", f"{length} long")


def _is_exact(part: Part) -> bool:
    return part.size in _EXACT_SIZES


def _length(datum: Data) -> int | None:
    value = datum.value
    if isinstance(value, BitString):
        return len(value.bits)
    return len(value) if isinstance(value, bytes | str) else None


def _check_protected(answer: Answer, *, twin: bool | None) -> None:
    """Check the attributes that come encrypted, in the order of the rows."""
    items = protected_items(answer.command.use_case)
    values = structure_of(unprotected(answer), len(items), SENSITIVE_CLAUSE, "the protected attributes")
    for item, value in zip(items, values, strict=True):
        check_item(item, AccessKind.GET, value, twin=twin)


def _has_second_element(bench: Bench) -> bool | None:
    """Whether the meter has a second element; None where its profile does not say."""
    profile = bench.port.profile.get(DeviceKind.ESME)
    variant = None if profile is None else profile.model.variant
    return None if variant is None else variant is EsmeVariant.TWIN_ELEMENT
