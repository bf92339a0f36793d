"""Devices broken mechanically, one way at a time, to see whether the cases notice (mutation testing).

Mutants come from what a device is made of: its use cases, what each of them reads and carries out, the
fields of its answers, the alerts that it raises, and the seams at which defects hang. Nothing is said
about any of them but where it is and what it does there.

Left out is what cannot change anything that anybody sees:

- a check that never decides: the counter where a use case has none, the signature where nobody signs;
- the payload's check, as a payload that does not decode leaves nothing to carry out;
- a device's own counter where an answer encrypts nothing, or is never for a party that the device does
  not know, as it is not used then;
- attributes that a use case sets and does not answer, shifted as they are read;
- what is set in an object that no use case reads, left undone or done with another value;
- fields of ZCL answers that are there only in some versions of a command, unless the device has them.

A value that one use case alone reads and none sets is shifted every second time: shifted for good, it
would be that of another sound device, and nobody could tell the two.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from harness.codecs.cosem_shapes import Part, items_of
from harness.codecs.dlms_types import DataAccessResult
from harness.codecs.zcl_commands import commands
from harness.codecs.zcl_layout import Conditional, Each, Optional
from harness.codecs.zcl_types import FROM_SERVER, ZclStatus
from harness.emulators.cosem.rows import key_of_item
from harness.emulators.defect import Hooks, Seam
from harness.emulators.exchange import Check, CosemKey, Exchange, Operation, Reading, ZclKey
from harness.emulators.mutant_messages import (
    Chosen,
    answers,
    doubled,
    lost,
    misaddressed,
    raises,
    unprotected,
)
from harness.emulators.refusal import AccessRefused, CommandRefused
from harness.emulators.shifting import emptied, in_field, shifted, shifted_at_end, without_last_entry
from harness.emulators.zcl.templates import DEFAULT_RESPONSE, Asked, steps_of
from harness.emulators.zcl_access import command_key
from harness.gbcs.catalogue import use_case as catalogue_use_case
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.gbcs.use_case import Access, ItemKind, PayloadFamily, UseCase

if TYPE_CHECKING:
    from harness.codecs.cosem_shapes import Shape
    from harness.emulators.template import Ability, DeviceTemplate
    from harness.gbcs.gbz_messages import ComponentTemplate

Key = CosemKey | ZclKey
_ZCL_KEY_LENGTH: Final = 3


class Fault(StrEnum):
    """Kinds of fault."""

    CHECK_DROPPED = "check dropped"
    VALUE_SHIFTED = "value shifted"
    VALUE_MISSING = "value missing"
    IN_THE_CLEAR = "sensitive value in the clear"
    NOT_DONE = "not carried out"
    DONE_WRONGLY = "carried out with another value"
    MISENCODED = "answer put together wrongly"
    ANSWER_MISSENT = "answer lost, doubled or misaddressed"
    ALERT_MISSENT = "alert lost, doubled or misaddressed"


@dataclass(frozen=True, slots=True)
class Site:
    """Where a mutant differs from a sound device: it does as that one does until it comes by here.

    ``use_case`` is empty for alerts. ``key`` is an item, or the code of an alert.
    """

    seam: Seam
    use_case: str
    key: Key | int | None = None


@dataclass(frozen=True, slots=True)
class Mutant:
    """A way of breaking a device: ``what`` it does wrong in ``use_case`` (empty for all of them)."""

    use_case: str
    what: str
    fault: Fault
    hooks: Hooks = field(compare=False)
    site: Site

    @property
    def name(self) -> str:
        """For lists: use case and fault."""
        return f"{self.use_case or 'any'}: {self.what}"


def mutants_of(template: DeviceTemplate, alerts: Collection[int] = ()) -> Iterator[Mutant]:
    """Every mutant of a device, in a stable order. ``alerts`` are codes that the device is known to raise."""
    abilities = {ability.use_case.id: ability for ability in template.abilities.values()}
    witnesses = _witnesses(abilities.values())
    for name in sorted(abilities):
        ability = abilities[name]
        yield from _unchecked(ability)
        yield from _misread(ability, template, witnesses)
        yield from _misanswered(ability, witnesses)
        yield from _not_done(ability, template, witnesses)
        yield from _misencoded(ability)
        yield from _missent(Fault.ANSWER_MISSENT, ability.use_case.id, "answer", answers(ability.use_case))
    yield from alert_mutants(alerts)


def alert_mutants(alerts: Collection[int]) -> Iterator[Mutant]:
    """Every mutant that has to do with alerts of some codes alone."""
    for code in sorted(alerts):
        yield from _missent(Fault.ALERT_MISSENT, "", f"alert {code:04X}", raises(code), code)


def _only(use_case: UseCase, exchange: Exchange) -> bool:
    return exchange.message.message_code in use_case.message_codes


# Checks that are left out


def _unchecked(ability: Ability) -> Iterator[Mutant]:
    use_case = ability.use_case
    for check in Check:
        if _decides(check, ability):
            hooks = Hooks(before_verify=(_ignoring(use_case, check),))
            site = Site(Seam.BEFORE_VERIFY, use_case.id)
            yield Mutant(use_case.id, f"{check.name} not checked", Fault.CHECK_DROPPED, hooks, site)


def _decides(check: Check, ability: Ability) -> bool:
    use_case = ability.use_case
    match check:
        case Check.SIGNATURE:
            return bool(use_case.signature_only_roles) or (
                ability.critical and not ability.roles <= use_case.mac_only_roles
            )
        case Check.MAC:
            return not ability.roles <= use_case.signature_only_roles
        case Check.COUNTER:
            return use_case.replay_protected
    return check is not Check.PAYLOAD


def _ignoring(use_case: UseCase, check: Check) -> Callable[[Exchange], None]:
    def ignore(exchange: Exchange) -> None:
        if _only(use_case, exchange):
            exchange.ignored |= {check}

    return ignore


# Values that are read wrongly

_Change = Callable[[Reading], Reading]


def _misread(ability: Ability, template: DeviceTemplate, witnesses: Witnesses) -> Iterator[Mutant]:
    shapes = _shapes_read(ability)
    for key in sorted(ability.keys, key=repr):
        if key in shapes:
            yield from _misread_cosem(ability.use_case, key, shapes[key], witnesses)
            if template.objects[key].sensitive:
                yield _reading(ability.use_case, key, "in the clear", Fault.IN_THE_CLEAR, _in_clear)
        elif key in template.zcl_attributes:
            yield _shifted_reading(
                ability.use_case, key, "shifted", _value(shifted), _is_mirrored(ability.use_case)
            )
            yield _reading(ability.use_case, key, "refused", Fault.VALUE_MISSING, _refused)
    yield from _attributes_in_clear(ability, template)


def _attributes_in_clear(ability: Ability, template: DeviceTemplate) -> Iterator[Mutant]:
    """The sensitive attributes of a cluster, all of them: while one is left, the answer is encrypted."""
    found: dict[int, list[Key]] = {}
    for key in sorted(ability.keys, key=repr):
        if key in template.zcl_attributes and template.zcl_attributes[key].sensitive:
            found.setdefault(key[0], []).append(key)
    for cluster, keys in found.items():
        yield _reading_any(
            ability.use_case, keys, f"0x{cluster:04X} attributes in the clear", Fault.IN_THE_CLEAR, _in_clear
        )


def _shapes_read(ability: Ability) -> dict[Key, Shape | None]:
    """What a use case answers of attributes, by their keys."""
    use_case = ability.use_case
    if use_case.payload_family is not PayloadFamily.DLMS:
        return {}
    return {
        key_of_item(item): item.value
        for item in items_of(use_case.id)
        if item.key[2] is ItemKind.ATTRIBUTE and (use_case.access is not Access.UPDATE or item.returned)
    }


def _misread_cosem(
    use_case: UseCase, key: Key, shape: Shape | None, witnesses: Witnesses
) -> Iterator[Mutant]:
    known = len(witnesses[_object_of(key)]) > 1
    yield _shifted_reading(use_case, key, "shifted", _value(shifted), known)
    if not isinstance(shape, Part | None):
        yield _shifted_reading(use_case, key, "shifted at its end", _value(shifted_at_end), known)
    yield _reading(use_case, key, "left empty", Fault.VALUE_MISSING, _value(emptied))
    yield _reading(use_case, key, "refused", Fault.VALUE_MISSING, _refused)


Witnesses = Mapping[Any, frozenset[str]]
"""The use cases that read or set something, by the object that it is of."""


def _witnesses(abilities: Collection[Ability]) -> Witnesses:
    """Which use cases could tell of each object what it should hold."""
    found: dict[Any, set[str]] = {}
    for ability in abilities:
        for key in ability.keys:
            found.setdefault(_object_of(key), set()).add(ability.use_case.id)
    return {thing: frozenset(names) for thing, names in found.items()}


def _object_of(key: Key) -> Any:
    """A COSEM object, an object for later being that in force; a ZCL key as it is."""
    if len(key) == _ZCL_KEY_LENGTH:
        return key
    class_id, instance = key[0], bytes(key[1])
    return class_id, (b"\0\0" + instance[2:] if instance.startswith(b"\0\1") else instance)


def _reading(use_case: UseCase, key: Key, what: str, fault: Fault, change: _Change) -> Mutant:
    return _reading_any(use_case, (key,), f"{key_text(key)} {what}", fault, change)


def _reading_any(use_case: UseCase, keys: Sequence[Key], what: str, fault: Fault, change: _Change) -> Mutant:
    def read(exchange: Exchange, reading: Reading) -> Reading:
        return change(reading) if reading.key in keys and _only(use_case, exchange) else reading

    site = Site(Seam.ON_READ, use_case.id, keys[0])
    return Mutant(use_case.id, what, fault, Hooks(on_read=(read,)), site)


def _shifted_reading(use_case: UseCase, key: Key, what: str, change: _Change, known: bool) -> Mutant:  # noqa: FBT001 - one of two ways
    """A value shifted for good where something else tells what it should be, else every second time."""
    if known:
        return _reading(use_case, key, what, Fault.VALUE_SHIFTED, change)
    return _reading(use_case, key, f"{what} every second time", Fault.VALUE_SHIFTED, _unsteadily(change))


def _is_mirrored(use_case: UseCase) -> bool:
    """Whether the gas meter's values are told by its proxy as well."""
    return {DeviceRole.GSME, DeviceRole.GPF} <= use_case.targets and not use_case.id.startswith("CS")


def _unsteadily(change: _Change) -> _Change:
    """Every second time only, for a value of which nothing but itself tells what it should be."""
    times = count()
    return lambda reading: change(reading) if next(times) % 2 else reading


def _value(change: Callable[[Any], Any]) -> _Change:
    return lambda reading: replace(reading, value=change(reading.value))


def _in_clear(reading: Reading) -> Reading:
    return replace(reading, sensitive=False)


def _refused(reading: Reading) -> Reading:
    if len(reading.key) == _ZCL_KEY_LENGTH:
        raise CommandRefused(ZclStatus.HARDWARE_FAILURE)
    raise AccessRefused(DataAccessResult.HARDWARE_FAULT)


# Answers of ZCL commands, field by field


def _misanswered(ability: Ability, witnesses: Witnesses) -> Iterator[Mutant]:
    use_case = ability.use_case
    if use_case.payload_family is not PayloadFamily.GBZ:
        return
    for asked, told in steps_of(use_case.id):
        for answer in told:
            if asked.attributes or (answer.command == DEFAULT_RESPONSE and not answer.frame_control & 1):
                continue
            key = command_key(asked.cluster, asked.frame_control, asked.command)
            if answer.encrypted:
                yield _reading(use_case, key, "in the clear", Fault.IN_THE_CLEAR, _in_clear)
            for name, is_list in _fields(answer):
                change = _value(in_field(name, shifted))
                known = _is_mirrored(use_case) or _is_published(answer, witnesses)
                yield _shifted_reading(use_case, key, f"{name} shifted", change, known)
                if is_list:
                    change = _value(in_field(name, without_last_entry))
                    what = f"{name} without its last entry"
                    yield _reading(use_case, key, what, Fault.VALUE_MISSING, change)


def _is_published(answer: ComponentTemplate, witnesses: Witnesses) -> bool:
    """Whether what is answered is what another use case set."""
    return command_key(answer.cluster, answer.frame_control, answer.command) in witnesses


def _fields(template: ComponentTemplate) -> Iterator[tuple[str, bool]]:
    """Fields that a command always has, and whether each is a list."""
    from_server = bool(template.frame_control & FROM_SERVER)
    _, layout = commands()[template.cluster, from_server, template.command]
    for name, part in layout.parts.items():
        if not isinstance(part, Conditional | Optional):
            yield name, isinstance(part, Each)


# What is not carried out, or otherwise than it was asked for


def _not_done(ability: Ability, template: DeviceTemplate, witnesses: Witnesses) -> Iterator[Mutant]:
    use_case = ability.use_case
    read = _shapes_read(ability)
    for key in sorted(ability.keys, key=repr):
        row = template.objects.get(key)
        done = row is not None and key not in read and bool(row.act or row.write)
        if done and not _is_told(key, witnesses):
            continue
        if done or key in template.zcl_commands:
            yield _operation(use_case, key, "not carried out", Fault.NOT_DONE, lambda _: None)
            if use_case.access is not Access.READ:
                what = "carried out with another value"
                yield _operation(use_case, key, what, Fault.DONE_WRONGLY, _otherwise)


def _is_told(key: Key, witnesses: Witnesses) -> bool:
    """Whether a use case reads the object that is set."""
    names = witnesses[_object_of(key)]
    return any(catalogue_use_case(name).access is Access.READ for name in names)


def _operation(
    use_case: UseCase, key: Key, what: str, fault: Fault, change: Callable[[Operation], Operation | None]
) -> Mutant:
    def execute(exchange: Exchange, operation: Operation) -> Operation | None:
        return change(operation) if operation.key == key and _only(use_case, exchange) else operation

    site = Site(Seam.ON_EXECUTE, use_case.id, key)
    return Mutant(use_case.id, f"{key_text(key)} {what}", fault, Hooks(on_execute=(execute,)), site)


def _otherwise(operation: Operation) -> Operation:
    argument = operation.argument
    if isinstance(argument, Asked):
        return replace(operation, argument=replace(argument, command=shifted_at_end(argument.command)))
    return replace(operation, argument=shifted_at_end(argument))


# Answers that are put together wrongly


def _misencoded(ability: Ability) -> Iterator[Mutant]:
    use_case = ability.use_case
    yield _answering(use_case, "counter one too high", _next_counter)
    if use_case.response_date_time:
        yield _answering(use_case, "no date-time", _no_date_time)
    else:
        yield _encoding(use_case, "octet added to the payload", lambda payload: payload + b"\0")
    yield _encoding(use_case, "last octet of the payload missing", lambda payload: payload[:-1])
    if _encrypts(use_case) and RemotePartyRole.ACCESS_CONTROL_BROKER in ability.roles:
        yield _answering(use_case, "own counter missing for unknown parties", _no_own_counter)


def _encrypts(use_case: UseCase) -> bool:
    return any(row.sensitive for row in use_case.cosem) or any(row.sensitive for row in use_case.zcl)


def _answering(use_case: UseCase, what: str, change: Callable[[Exchange], None]) -> Mutant:
    def encode(exchange: Exchange) -> None:
        if _only(use_case, exchange):
            change(exchange)

    site = Site(Seam.BEFORE_ENCODE, use_case.id)
    return Mutant(use_case.id, what, Fault.MISENCODED, Hooks(before_encode=(encode,)), site)


def _encoding(use_case: UseCase, what: str, change: Callable[[bytes], bytes]) -> Mutant:
    def encoded(exchange: Exchange, payload: bytes) -> bytes:
        return change(payload) if _only(use_case, exchange) else payload

    site = Site(Seam.BEFORE_ENCODE, use_case.id)
    return Mutant(use_case.id, what, Fault.MISENCODED, Hooks(after_encode=(encoded,)), site)


def _next_counter(exchange: Exchange) -> None:
    exchange.response_counter += 1


def _no_date_time(exchange: Exchange) -> None:
    exchange.response_date_time = None


def _no_own_counter(exchange: Exchange) -> None:
    exchange.own_counter = None


# Messages that do not go out as they should

_WAYS: Final = {
    "lost": lost,
    "sent twice": doubled,
    "misaddressed": misaddressed,
    "badly protected": unprotected,
}


def _missent(
    fault: Fault, use_case: str, what: str, chosen: Chosen, code: int | None = None
) -> Iterator[Mutant]:
    site = Site(Seam.BEFORE_ENCODE, use_case) if use_case else Site(Seam.BEFORE_SEND, "", code)
    for way, broken in _WAYS.items():
        yield Mutant(use_case, f"{what} {way}", fault, Hooks(before_send=(broken(chosen),)), site)


def key_text(key: Any) -> str:
    """A COSEM or ZCL key as people write it."""
    if len(key) == 4:
        class_id, instance, index, is_method = key
        a, b, c, d, e, f = instance
        return f"{class_id} {a}-{b}:{c}.{d}.{e}.{f} {'m' if is_method else 'a'}{index}"
    cluster, number, is_command = key
    return f"0x{cluster:04X} {'command' if is_command else 'attribute'} 0x{number:04X}"
