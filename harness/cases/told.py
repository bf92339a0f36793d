"""What answers tell, item by item, so that it can be held against what others tell of the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from harness.cases.case import CheckFailed
from harness.cases.cosem_answers import access_response, data_text, structure_of, unprotected
from harness.cases.cosem_requests import DATA_PROTECTION, items_named, protected_items
from harness.cases.inspection import SENSITIVE_CLAUSE, Answer, decrypted
from harness.cases.wording import message_text
from harness.codecs.cosem_data import NULL, Data
from harness.codecs.cosem_shapes import Group, Item, Part, Series, Shape
from harness.codecs.dlms_types import DataAccessResult
from harness.codecs.gbz_types import GbzComponent, GbzPayload
from harness.codecs.message import Cra
from harness.codecs.zcl import decode_zcl_payload
from harness.codecs.zcl_types import AttributeRecord, ZclCommand
from harness.crypto.sensitive import protected_text
from harness.gbcs.use_case import ItemKind, PayloadFamily

if TYPE_CHECKING:
    from harness.cases.inspection import Received

_SUCCESS: Final = 0x00
_OF_THE_MOMENT: Final = frozenset({"date-time", "last_communication_date-time"})
"""Members that say when something was read or heard, which is another time with every answer."""


@dataclass(frozen=True, slots=True)
class Place:
    """Something that a device tells: a COSEM attribute, a ZCL attribute or one field of a ZCL command.

    ``where`` tells it from all others, ``name`` says what it is. ``ordinal`` counts commands of one kind.
    """

    where: tuple[Any, ...]
    name: str
    ordinal: int = 0

    def __str__(self) -> str:
        return f"{self.name} (number {self.ordinal + 1})" if self.ordinal else self.name


Told = dict[Place, object]
"""Values by what they are of: Data, ZCL values."""


def told_by(answer: Answer) -> Told:
    """What an answer tells; nothing of what it says cannot be told. Raises CheckFailed."""
    family = answer.command.use_case.payload_family
    if family is PayloadFamily.ASN1:
        return {}
    return dict(_access(answer) if family is PayloadFamily.DLMS else _components(answer))


def place_of(item: Item) -> Place:
    """A COSEM attribute or method as something that is told."""
    class_id, instance, kind, index = item.key
    return Place((class_id, instance, index, kind is ItemKind.METHOD), item.title)


def fields_of(cluster: int, command: ZclCommand, ordinal: int) -> Iterator[tuple[Place, object]]:
    """The fields of a ZCL command as things that are told."""
    for field in command.fields:
        where = (cluster, command.name, field.name)
        yield Place(where, f"{command.name}: {field.name}", ordinal), field.value


def _access(answer: Answer) -> Iterator[tuple[Place, object]]:
    row = answer.command.use_case
    response = access_response(answer)
    for item, datum, result in zip(items_named(row), response.data, response.results, strict=True):
        if result.result != DataAccessResult.SUCCESS:
            continue
        if item.key[0] == DATA_PROTECTION:
            items = protected_items(row)
            values = structure_of(unprotected(answer), len(items), SENSITIVE_CLAUSE, "the values")
            yield from ((place_of(one), value) for one, value in zip(items, values, strict=True))
        else:
            yield place_of(item), _lasting(item.output or item.value, datum)


def _lasting(shape: Shape | None, datum: Data) -> Data:
    """A datum without what is only of the moment."""
    members = datum.value
    if isinstance(shape, Part) and shape.name in _OF_THE_MOMENT:
        return NULL
    if not isinstance(members, tuple):
        return datum
    if isinstance(shape, Group) and len(shape.members) == len(members):
        return Data(datum.tag, tuple(map(_lasting, shape.members, members)))
    if isinstance(shape, Series):
        return Data(datum.tag, tuple(_lasting(shape.element, one) for one in members))
    return datum


def _components(answer: Answer) -> Iterator[tuple[Place, object]]:
    payload = answer.payload
    if not isinstance(payload, GbzPayload):
        return
    seen: dict[tuple[int, str], int] = {}
    for component in payload.components:
        command = decode_zcl_payload(component, _in_the_clear(answer, component))
        ordinal = seen.setdefault((component.cluster, command.name), 0)
        seen[component.cluster, command.name] += 1
        if command.name == "Read Attributes Response":
            yield from _attributes(component.cluster, command)
        elif command.name != "Default Response":
            yield from fields_of(component.cluster, command, ordinal)


def _attributes(cluster: int, command: ZclCommand) -> Iterator[tuple[Place, object]]:
    records = command["attributes"]
    for record in records if isinstance(records, tuple) else ():
        if isinstance(record, AttributeRecord) and record.status == _SUCCESS:
            name = f"attribute {record.attribute:#06x} of cluster {cluster:#06x}"
            yield Place((cluster, record.attribute), name), record.value


def _in_the_clear(answer: Answer, component: GbzComponent) -> bytes:
    if component.protection is None:
        return component.payload
    return decrypted(answer, protected_text(component.payload))


def expect_told(clause: str, place: Place, like: str, wanted: object, found: object) -> None:
    """Check that something is told as it should be; ``like`` says why so. Raises CheckFailed."""
    if found != wanted:
        raise CheckFailed(clause, f"{place}: {_text(wanted)}, {like}", _text(found))


def expect_once(heard: Iterable[Received]) -> None:
    """Check that nothing is answered twice, nor told twice; answers are taken. Raises CheckFailed."""
    seen: set[bytes] = set()
    for received in heard:
        if received.message.cra is Cra.RESPONSE or received.octets in seen:
            raise CheckFailed(
                "GBCS 7.2.7",
                "one answer to each command, and one alert of each event to each party",
                f"another {message_text(received.message)}",
            )
        seen.add(received.octets)


def _text(value: object) -> str:
    return data_text(value) if isinstance(value, Data) else str(value)
