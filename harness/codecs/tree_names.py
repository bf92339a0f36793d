"""Names for the fields of DLMS payloads: items by the catalogue, members of structures by their shapes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from harness.codecs.cosem_data import CompactArray, Data, DataTag
from harness.codecs.declaration import Parsed
from harness.codecs.dlms_types import (
    AccessKind,
    AccessRequest,
    AccessResponse,
    AccessSpecification,
    DataAccessResult,
    DataNotification,
)
from harness.codecs.wording import data_meaning
from harness.gbcs.item_names import (
    PROTECTED_REQUEST,
    PROTECTED_RESPONSE,
    RANGE,
    Item,
    ItemKey,
    Shape,
    item_of,
    items_of,
    plain_titles,
)
from harness.gbcs.use_case import ItemKind, obis_text

_DATA_PROTECTION: Final = 30
_PROFILE: Final = 7


def name_request(parsed: Parsed, request: AccessRequest, use_case: str) -> None:
    """Name the items of an access request after the objects that they are about."""
    specifications, data = _part(parsed, "specifications"), _part(parsed, "data")
    for index, specification in enumerate(request.specifications):
        item = item_of(use_case, _key(specification))
        name = item.title if item else specification_text(specification)
        field = specifications.children[index]
        field.name = name
        field.meaning = specification_text(specification)
        if specification.selector is not None:
            shape = RANGE if specification.class_id == _PROFILE else None
            parameter = _part(_part(field, "selector"), "parameter")
            name_data(parameter, specification.selector.parameter, shape)
        data.children[index].name = name
        name_data(data.children[index], request.data[index], _shape(item, PROTECTED_REQUEST))


def name_response(parsed: Parsed, response: AccessResponse, use_case: str) -> None:
    """Name the items of an access response after those of the use case, in order.

    A response does not say what it answers: where it has fewer items than the use case, as optional
    ones are left out, they stay without names.
    """
    outer = [item for item in items_of(use_case) if not item.protected]
    items: Sequence[Item | None] = outer if len(outer) == len(response.data) else [None] * len(response.data)
    data, results = _part(parsed, "data"), _part(parsed, "results")
    for index, item in enumerate(items):
        field, result = data.children[index], results.children[index]
        if item is not None:
            field.name = result.name = item.title
        name_data(field, response.data[index], _shape(item, PROTECTED_RESPONSE))
        found = response.results[index]
        result.meaning = f"{found.kind.name.lower()}: {result_text(found.result)}"


def name_notification(parsed: Parsed, notification: DataNotification, use_case: str) -> None:
    """Name the members of an alert: code, time, and what the use case adds."""
    members = (Shape("alert_code"), Shape("timestamp"), *(plain_titles(use_case) or _PROTECTED))
    name_data(_part(parsed, "body"), notification.body, Shape("body", members=members))


def name_plain_data(parsed: Parsed, data: Data, use_case: str) -> None:
    """Name sensitive data in plain after the one attribute of the use case that is always encrypted."""
    protected = [item for item in items_of(use_case) if item.protected]
    if len(protected) != 1:
        name_data(parsed, data, None)
        return
    (item,) = protected
    parsed.name = item.title
    # Several attributes travel as a structure, and so does one alone.
    wrapped = data.tag is DataTag.STRUCTURE and isinstance(data.value, tuple) and len(data.value) == 1
    name_data(parsed, data, Shape("", members=(item.shape,)) if wrapped else item.shape)


_PROTECTED: Final = PROTECTED_RESPONSE.members


def result_text(result: int) -> str:
    """A result octet in words."""
    try:
        return DataAccessResult(result).name.replace("_", " ").lower()
    except ValueError:
        return f"result {result}"


def specification_text(specification: AccessSpecification) -> str:
    """What one item of a request asks for: kind, class, instance, attribute or method."""
    kind, _, selecting = specification.kind.name.partition("_")
    what = "method" if specification.kind is AccessKind.ACTION else "attribute"
    place = f"class {specification.class_id} {obis_text(specification.instance)} {what} {specification.index}"
    return f"{kind.lower()} {place}{' with selection' if selecting else ''}"


def name_data(parsed: Parsed, data: Data, shape: Shape | None) -> None:
    """Name a datum and those inside it after a shape, as far as it fits."""
    title = shape.title if shape and shape.title != parsed.name else ""
    meanings = [title, data_meaning(shape.name if shape else parsed.name, data)]
    parsed.meaning = parsed.meaning or "; ".join(filter(None, meanings)) or data.tag.name.lower()
    inner, fields = data.value, parsed.children
    if isinstance(inner, CompactArray):
        inner, fields = inner.elements, fields[1:]
    if not isinstance(inner, tuple):
        return
    for index, (child, value) in enumerate(zip(fields, inner, strict=True)):
        member = _member(shape, data.tag, index, len(inner))
        if member is not None:
            child.name = f"{member.name}[{index}]" if shape and shape.repeated else member.name
        name_data(child, value, member)


def _member(shape: Shape | None, tag: DataTag, index: int, count: int) -> Shape | None:
    if shape is None:
        return None
    if shape.repeated:
        return shape.members[0] if len(shape.members) == 1 and tag is not DataTag.STRUCTURE else None
    if tag is DataTag.STRUCTURE and count <= len(shape.members):
        return shape.members[index]
    return None


def _shape(item: Item | None, protected: Shape) -> Shape | None:
    if item is None:
        return None
    class_id, _, kind, _ = item.key
    return protected if class_id == _DATA_PROTECTION and kind is ItemKind.METHOD else item.shape


def _key(specification: AccessSpecification) -> ItemKey:
    kind = ItemKind.METHOD if specification.kind is AccessKind.ACTION else ItemKind.ATTRIBUTE
    return specification.class_id, specification.instance, kind, specification.index


def _part(parsed: Parsed, name: str) -> Parsed:
    return next(child for child in parsed.children if child.name == name)
