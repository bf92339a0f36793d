"""Which template a component of a command follows, and what may answer it (GBCS 19.3).

Templates of a command and groups of templates of its response are in the same order: a group is what
comes normally, and what may come in its place.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from harness.codecs.errors import DecodeError
from harness.codecs.gbz_types import GbzComponent
from harness.codecs.zcl import decode_zcl_payload
from harness.codecs.zcl_types import AttributeRecord, ZclCommand
from harness.gbcs.gbz_messages import PLACE, ComponentTemplate, command_templates, response_templates

READ_ATTRIBUTES: Final = 0x00
DEFAULT_RESPONSE: Final = 0x0B
_WORD: Final = 0xFFFF_FFFF


@dataclass(frozen=True, slots=True)
class Asked:
    """A component of a command with what its payload says, and the templates of it and of its answers."""

    component: GbzComponent
    command: ZclCommand
    template: ComponentTemplate
    answers: tuple[ComponentTemplate, ...]

    def answer(self, command: int) -> ComponentTemplate | None:
        """The template of one answer."""
        return next((one for one in self.answers if one.command == command), None)


@cache
def steps_of(use_case: str) -> tuple[tuple[ComponentTemplate, tuple[ComponentTemplate, ...]], ...]:
    """Each template of a use case's command with those of its answers."""
    groups: list[list[ComponentTemplate]] = []
    for template in response_templates(use_case):
        if template.alternative:
            groups[-1].append(template)
        else:
            groups.append([template])
    return tuple(zip(command_templates(use_case), map(tuple, groups), strict=True))


# Homes of one run get the same commands over and over, and what they ask follows from their octets.
@lru_cache(maxsize=1024)
def assigned(use_case: str, components: tuple[GbzComponent, ...]) -> tuple[Asked, ...] | None:
    """The components of a command with their templates; None where they do not follow them.

    Raises DecodeError for a ZCL payload that does not decode.
    """
    found: list[Asked] = []
    waiting = list(components)
    for template, answers in steps_of(use_case):
        for place in range(template.most):
            if not waiting or not _is_of(template, waiting[0]):
                if place < template.least:
                    return None
                break
            component = waiting.pop(0)
            command = decode_zcl_payload(component, component.payload)
            if not _follows(template, component, command, place):
                return None
            found.append(Asked(component, command, template, answers))
    return None if waiting or not found else tuple(found)


def _is_of(template: ComponentTemplate, component: GbzComponent) -> bool:
    return (template.cluster, template.frame_control, template.command) == (
        component.cluster,
        component.frame_control,
        component.command,
    )


def _follows(template: ComponentTemplate, component: GbzComponent, command: ZclCommand, place: int) -> bool:
    if (component.from_date_time is not None) != template.from_date_time or component.protection is not None:
        return False
    if template.attributes:
        wanted = [one.attribute for one in template.attributes]
        return [record.attribute for record in _records(command)] == wanted
    values = {field.name: field.value for field in command.fields}
    return all(
        name in values and any(_is_choice(values[name], choice, place) for choice in choices)
        for name, choices in template.choices.items()
    )


def _records(command: ZclCommand) -> Iterable[AttributeRecord]:
    for field in command.fields:
        if isinstance(field.value, tuple):
            yield from (record for record in field.value if isinstance(record, AttributeRecord))


def _is_choice(value: object, choice: int | bytes | str, place: int) -> bool:
    if choice == PLACE:
        return value == place
    if isinstance(choice, int) and isinstance(value, int):
        # Tables hold signed fields as the unsigned number of the same octets.
        return value & _WORD == choice or value == choice
    return value == choice


def is_readable(use_case: str, components: tuple[GbzComponent, ...]) -> bool:
    """Whether a command follows its use case's templates. False as well for what does not decode."""
    try:
        return assigned(use_case, components) is not None
    except DecodeError:
        return False
