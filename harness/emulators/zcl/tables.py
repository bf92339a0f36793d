"""Attributes and commands that the templates of GBZ use cases name, for what has no behaviour of its own.

An attribute holds the value that the template allows, or one that follows from the device's chance. A
Publish command is remembered for the Get command that asks for it; a command whose answer is a command
is answered with what the request says again, and the template's values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from hashlib import sha256
from typing import Final

from harness.codecs.zcl_commands import commands
from harness.codecs.zcl_layout import Conditional, Each, Named, Optional, value_layout
from harness.codecs.zcl_types import (
    FRAME_TYPE_MASK,
    FROM_SERVER,
    GENERAL_FRAME_TYPE,
    ZclField,
    ZclStatus,
    ZclValue,
)
from harness.codecs.zcl_types import ZclCommand as ZclMessage
from harness.emulators.device import EmulatedDevice
from harness.emulators.exchange import Exchange, ZclKey
from harness.emulators.refusal import CommandRefused
from harness.emulators.subjects.publications import Publications
from harness.emulators.zcl.templates import DEFAULT_RESPONSE, Asked, steps_of
from harness.emulators.zcl_access import ZclAnswer, ZclAttribute, ZclCommand
from harness.gbcs.gbz_messages import ComponentTemplate, ReadAttribute
from harness.gbcs.roles import DeviceRole

_STRINGS: Final = frozenset({0x41, 0x42})
_ENUMERATIONS: Final = frozenset({0x18, 0x30, 0x10})
_OCTETS: Final = {"octets", "text", "rest"}
_UINT8: Final = 0x20
Tables = tuple[Mapping[ZclKey, ZclAttribute], Mapping[ZclKey, ZclCommand]]


@cache
def generic_tables(use_cases: frozenset[str]) -> Tables:
    """Attributes and commands of some use cases, by their keys."""
    attributes: dict[ZclKey, ZclAttribute] = {}
    made: dict[ZclKey, ZclCommand] = {}
    for name in sorted(use_cases):
        for template, answers in steps_of(name):
            if template.attributes:
                attributes.update((one.key, one) for one in _attributes(template, answers))
            else:
                command = _command(template)
                made[command.key] = command
    return attributes, made


def keys_of(use_case: str) -> frozenset[ZclKey]:
    """Attributes and commands that a use case's command names."""
    attributes, made = generic_tables(frozenset({use_case}))
    return frozenset((*attributes, *made))


def _attributes(template: ComponentTemplate, answers: Iterable[ComponentTemplate]) -> Iterable[ZclAttribute]:
    answer = next(one for one in answers if one.attributes)
    for one in answer.attributes:
        yield ZclAttribute(
            cluster=template.cluster,
            attribute=one.attribute,
            type=_UINT8 if one.data_type is None else one.data_type,
            read=_first_value(template.cluster, one),
            sensitive=answer.encrypted,
        )


def _first_value(cluster: int, attribute: ReadAttribute) -> Callable[[Exchange], int | bytes]:
    """What an attribute holds before anybody changed it: small numbers, as few things start large."""
    data_type = attribute.data_type or _UINT8

    def read(exchange: Exchange) -> int | bytes:
        chance = _holder(exchange).template.entity_id + bytes((cluster >> 8, cluster & 0xFF))
        drawn = sha256(chance + attribute.attribute.to_bytes(2, "big")).digest()
        if data_type in _STRINGS:
            return b"%08d" % (int.from_bytes(drawn[:4], "big") % 100_000_000)
        if attribute.choices:
            return attribute.choices[drawn[0] % len(attribute.choices)]
        if data_type in _ENUMERATIONS:
            return 0
        return drawn[0]

    if value_layout(data_type) is None:
        raise ValueError(f"attribute {attribute.attribute:04X} of {cluster:04X}: type {data_type:02X}")
    return read


def _holder(exchange: Exchange) -> EmulatedDevice:
    """Whose values are answered: the gas meter's, also where its proxy answers for it (GBCS 10.3.3)."""
    device = exchange.device
    if device.template.kind.role is not DeviceRole.GPF:
        return device
    meter = device.surroundings.heard(DeviceRole.GSME, DeviceRole.GPF)
    if meter is None:
        raise CommandRefused(ZclStatus.NOT_FOUND)
    return meter


def _command(template: ComponentTemplate) -> ZclCommand:
    return ZclCommand(
        cluster=template.cluster,
        command=template.command,
        from_server=bool(template.frame_control & FROM_SERVER),
        act=served,
    )


def served(exchange: Exchange, asked: Asked) -> tuple[ZclAnswer, ...]:
    """Answer by the kind of answer that the template has."""
    answer = asked.answers[0]
    if answer.command == DEFAULT_RESPONSE and _is_general(answer):
        exchange.device.part(Publications).publish(
            asked.component.cluster, asked.component.command, asked.command, _message_of(exchange)
        )
        return ()
    if asked.command.name.startswith("Get "):
        wanted, _ = _layout(answer)
        told = _holder(exchange).part(Publications).published(answer.cluster, answer.command)
        known = [one for one in told if one.name == wanted]
        if not known:
            raise CommandRefused(ZclStatus.NOT_FOUND)
        return tuple(ZclAnswer(answer.command, one) for one in known)
    return acknowledged(asked)


def acknowledged(asked: Asked) -> tuple[ZclAnswer, ...]:
    """What answers a command that has been understood, and takes effect later."""
    answer = asked.answers[0]
    if answer.command == DEFAULT_RESPONSE and _is_general(answer):
        return ()
    return (ZclAnswer(answer.command, repeated(asked, answer)),)


def _is_general(template: ComponentTemplate) -> bool:
    return template.frame_control & FRAME_TYPE_MASK == GENERAL_FRAME_TYPE


def _message_of(exchange: Exchange) -> object:
    return (exchange.message.originator, exchange.message.originator_counter)


def repeated(asked: Asked, answer: ComponentTemplate, **known: ZclValue) -> ZclMessage:
    """An answer made of values that are known, of what its template fixes and of what the request said."""
    name, layout = _layout(answer)
    said = {field.name: field.value for field in asked.command.fields}
    fields: list[ZclField] = []
    for field, part in layout.parts.items():
        if isinstance(part, Conditional | Optional):
            continue
        choices = answer.choices.get(field, ())
        value: ZclValue
        if field in known:
            value = known[field]
        elif choices and not isinstance(choices[0], str):
            value = choices[0]
        elif field in said:
            value = said[field]
        else:
            value = () if isinstance(part, Each) else _nothing(part)
        fields.append(ZclField(field, value))
    return ZclMessage(name, tuple(fields))


def _layout(template: ComponentTemplate) -> tuple[str, Named]:
    """Name and fields of a template's cluster command."""
    from_server = bool(template.frame_control & FROM_SERVER)
    return commands()[template.cluster, from_server, template.command]


def _nothing(part: object) -> ZclValue:
    return b"" if type(part).__name__ == "String" else 0
