"""What a GBZ answer must say by the template of its use case: which components, how often, fixed values.

GBCS 7.2.9 and 19.3, ZCL 2.5. A component that comes in place of another, such as "not found" for an empty
log, counts as that one does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from harness.cases.case import CheckFailed
from harness.cases.inspection import SENSITIVE_CLAUSE, Answer, decrypted
from harness.cases.wording import octets_text
from harness.cases.zcl_answers import DEFAULT_RESPONSE, DEFAULT_RESPONSE_CLAUSE, GBZ_CLAUSE, READ_CLAUSE
from harness.codecs.errors import DecodeError
from harness.codecs.gbz_types import GbzComponent, GbzPayload
from harness.codecs.zcl import decode_zcl_payload
from harness.codecs.zcl_types import AttributeRecord, ZclCommand
from harness.crypto.errors import SensitiveDataError
from harness.crypto.sensitive import protected_text
from harness.gbcs.gbz_messages import ComponentTemplate, response_templates
from harness.gbcs.use_case import Access

if TYPE_CHECKING:
    from harness.gbcs.use_case import UseCase

_SUCCESS: Final = 0x00
_NOT_FOUND: Final = 0x8B
_TYPE_AND_DIRECTION: Final = 0x0B


@dataclass(frozen=True, slots=True)
class _Slot:
    """A place for components: what is usual there, and what may come instead."""

    usual: ComponentTemplate
    instead: tuple[ComponentTemplate, ...]


def check_components(answer: Answer, *, lenient: bool = False) -> None:
    """Check the components of an answer against its use case's template. Raises CheckFailed.

    ``lenient`` is for use cases that only work in a state which was not brought about: then a status
    may say that something was not done.
    """
    payload, request = answer.payload, answer.command.payload
    if not isinstance(payload, GbzPayload) or not isinstance(request, GbzPayload):
        raise CheckFailed(GBZ_CLAUSE, "a GBZ payload", type(payload).__name__)
    _check_sequence(payload, request)
    left = list(payload.components)
    for slot in _slots(answer.command.use_case):
        left = left[_taken(answer, slot, left, lenient=lenient) :]
    if left:
        raise CheckFailed(GBZ_CLAUSE, "no further components", _text(left[0]))


def _check_sequence(payload: GbzPayload, request: GbzPayload) -> None:
    sent = {component.sequence for component in request.components}
    found = [component.sequence for component in payload.components]
    if not set(found) <= sent or found != sorted(found):
        raise CheckFailed(
            GBZ_CLAUSE, f"sequence numbers of the command, {sorted(sent)}, in their order", str(found)
        )


def _slots(row: UseCase) -> Iterator[_Slot]:
    templates = response_templates(row.id)
    for place, template in enumerate(templates):
        if not template.alternative:
            behind = templates[place + 1 :]
            count = next((n for n, one in enumerate(behind) if not one.alternative), len(behind))
            yield _Slot(template, behind[:count])


def _taken(answer: Answer, slot: _Slot, left: list[GbzComponent], *, lenient: bool) -> int:
    """How many components belong to a slot, each of them checked."""
    count = 0
    for component in left:
        template = next((one for one in (slot.usual, *slot.instead) if _matches(one, component)), None)
        if template is None or count == max(slot.usual.most, 1):
            break
        _check_component(answer, template, component, lenient=lenient)
        count += 1
    wanted = slot.usual.least if not slot.instead else max(_wanted(slot.usual), 1)
    if count < wanted:
        came = _text(left[count]) if count < len(left) else "none"
        raise CheckFailed(
            GBZ_CLAUSE,
            f"{wanted} of command {slot.usual.command:#04x} of cluster {slot.usual.cluster:#06x}",
            f"{count}, then {came}",
        )
    return count


def _wanted(usual: ComponentTemplate) -> int:
    """Snapshots are asked for one by one, each with an answer; profiles of a calendar come as there are."""
    return usual.most if usual.encrypted else usual.least


def _matches(template: ComponentTemplate, component: GbzComponent) -> bool:
    if (component.cluster, component.command) != (template.cluster, template.command):
        return False
    if (component.frame_control ^ template.frame_control) & _TYPE_AND_DIRECTION:
        return False
    answered = template.choices.get("command_identifier")
    return answered is None or component.payload[:1] in [
        bytes((one,)) for one in answered if type(one) is int
    ]


def _check_component(
    answer: Answer, template: ComponentTemplate, component: GbzComponent, *, lenient: bool
) -> None:
    octets = _in_the_clear(answer, template, component)
    try:
        command = decode_zcl_payload(component, octets)
    except DecodeError as error:
        raise CheckFailed(
            GBZ_CLAUSE, "a command in the form of ZCL", f"{error}, in {octets_text(octets)}"
        ) from None
    if template.attributes:
        _check_attributes(template, command, lenient=lenient)
        return
    for name, choices in template.choices.items():
        value = command[name]
        if value not in choices:
            allowed = " or ".join(map(str, choices))
            raise CheckFailed(GBZ_CLAUSE, f"{command.name}: {name} {allowed}", str(value))
    status_is_free = component.command == DEFAULT_RESPONSE and "status" not in template.choices
    nothing_there = template.alternative and answer.command.use_case.access is Access.READ
    allowed_too = _NOT_FOUND if nothing_there else _SUCCESS
    if status_is_free and command["status"] not in {_SUCCESS, allowed_too} and not lenient:
        said, about = command["status"], command["command_identifier"]
        raise CheckFailed(DEFAULT_RESPONSE_CLAUSE, f"success for command {about!r}", f"status {said!r}")


def _check_attributes(template: ComponentTemplate, command: ZclCommand, *, lenient: bool) -> None:
    records = command["attributes"]
    found = [one for one in records if isinstance(one, AttributeRecord)] if isinstance(records, tuple) else []
    wanted = [one.attribute for one in template.attributes]
    if [one.attribute for one in found] != wanted:
        raise CheckFailed(
            READ_CLAUSE, f"attributes {_names(wanted)}", _names([one.attribute for one in found])
        )
    for record, expected in zip(found, template.attributes, strict=True):
        what = f"attribute {record.attribute:#06x}"
        if record.status != _SUCCESS:
            if lenient:
                continue
            raise CheckFailed(READ_CLAUSE, f"{what} with status 0", f"status {record.status}")
        if expected.data_type is not None and record.data_type != expected.data_type:
            raise CheckFailed(
                READ_CLAUSE, f"{what} of type {expected.data_type:#04x}", f"type {record.data_type or 0:#04x}"
            )
        if expected.choices and record.value not in expected.choices:
            allowed = " or ".join(f"{choice:#x}" for choice in expected.choices)
            raise CheckFailed(READ_CLAUSE, f"{what}: {allowed}", str(record.value))


def _in_the_clear(answer: Answer, template: ComponentTemplate, component: GbzComponent) -> bytes:
    if template.encrypted != (component.protection is not None):
        wanted = "an encrypted component" if template.encrypted else "a component in the clear"
        raise CheckFailed(SENSITIVE_CLAUSE, wanted, octets_text(component.payload))
    if component.protection is None:
        return component.payload
    try:
        protected = protected_text(component.payload)
    except SensitiveDataError as error:
        raise CheckFailed(SENSITIVE_CLAUSE, "a length and a protected text", str(error)) from None
    return decrypted(answer, protected)


def _names(attributes: list[int]) -> str:
    return ", ".join(f"{attribute:#06x}" for attribute in attributes) or "none"


def _text(component: GbzComponent) -> str:
    return f"command {component.command:#04x} of cluster {component.cluster:#06x}"
