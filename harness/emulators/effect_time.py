"""When an operation is to take effect, whatever the form in which its command says so (GBCS 9.2)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from harness.codecs.asn1.credentials import ReplaceCredentials
from harness.codecs.asn1.firmware import ActivateFirmware
from harness.codecs.cosem_data import Data
from harness.codecs.cosem_date_time import NEVER, NOW
from harness.codecs.zcl_types import ZclField
from harness.emulators import asn1_time
from harness.emulators.cosem.passive import ACTIVATED
from harness.emulators.zcl.later import EFFECT_FIELDS, time_in
from harness.emulators.zcl.later import NEVER as ZCL_NEVER
from harness.emulators.zcl.templates import Asked

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.emulators.exchange import Operation


class Effect(Enum):
    """When something takes effect."""

    AT_ONCE = 1
    LATER = 2
    NEVER = 3


@dataclass(frozen=True, slots=True)
class _Form:
    """One way of saying it: what an argument says, None for nothing, and the argument that says otherwise."""

    read: Callable[[Any], object]
    write: Callable[[Any, Any], Any]
    at_once: object
    never: object


def effect_of(operation: Operation) -> Effect | None:
    """When an operation takes effect; None where it is none of those that say so."""
    form = _form_of(operation)
    if form is None:
        return None
    said = form.read(operation.argument)
    if said == form.at_once:
        return Effect.AT_ONCE
    return Effect.NEVER if said == form.never else Effect.LATER


def taking_effect(operation: Operation, effect: Effect) -> Operation:
    """An operation that says when it takes effect, with another word on that: at once or never."""
    form = _form_of(operation)
    if form is None:
        return operation
    said = form.at_once if effect is Effect.AT_ONCE else form.never
    return replace(operation, argument=form.write(operation.argument, said))


def _form_of(operation: Operation) -> _Form | None:
    argument = operation.argument
    if isinstance(argument, Data):
        return _COSEM if operation.key in ACTIVATED and isinstance(argument.value, bytes) else None
    if isinstance(argument, Asked):
        return None if time_in(argument) is None else _ZCL
    return _ASN1 if isinstance(argument, ActivateFirmware | ReplaceCredentials) else None


def _said_in(asked: Asked, when: int) -> Asked:
    if asked.component.from_date_time is not None:
        return replace(asked, component=replace(asked.component, from_date_time=when))
    fields = tuple(
        ZclField(field.name, when) if field.name in EFFECT_FIELDS else field for field in asked.command.fields
    )
    return replace(asked, command=replace(asked.command, fields=fields))


_COSEM: Final = _Form(
    lambda data: data.value,
    lambda data, said: Data(data.tag, said),
    NOW.to_octets(),
    NEVER.to_octets(),
)
_ZCL: Final = _Form(lambda asked: min(time_in(asked) or 0, ZCL_NEVER), _said_in, 0, ZCL_NEVER)
_ASN1: Final = _Form(
    lambda request: request.execution_time,
    lambda request, said: replace(request, execution_time=said),
    None,
    asn1_time.NEVER,
)
