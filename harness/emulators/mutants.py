"""Devices broken mechanically, one way at a time, to see whether the cases notice (mutation testing).

Mutants come from what a device is made of: its use cases, what each of them reads and carries out, and
the seams at which defects hang. Nothing is said about any of them but where it is and what it does there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from harness.codecs.cosem_data import Data
from harness.codecs.envelope import split_message
from harness.codecs.message import Cra
from harness.emulators.defect import Hooks
from harness.emulators.exchange import Check, Exchange, Operation, Reading
from harness.gbcs.use_case import UseCase
from harness.network.device import Outgoing

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice
    from harness.emulators.template import Ability, DeviceTemplate


@dataclass(frozen=True, slots=True)
class Mutant:
    """A way of breaking a device: ``what`` it does wrong in ``use_case`` (empty for all of them)."""

    use_case: str
    what: str
    hooks: Hooks

    @property
    def name(self) -> str:
        """For lists: use case and fault."""
        return f"{self.use_case or 'any'}: {self.what}"


def mutants_of(template: DeviceTemplate) -> Iterator[Mutant]:
    """Every mutant of a device, in a stable order."""
    abilities = {ability.use_case.id: ability for ability in template.abilities.values()}
    for name in sorted(abilities):
        ability = abilities[name]
        yield from _unchecked(ability)
        yield from _misread(ability, template)
        yield from _not_done(ability, template)
        yield from _misencoded(ability)
    yield from _unsent()


def _only(use_case: UseCase, exchange: Exchange) -> bool:
    return exchange.message.message_code in use_case.message_codes


# Checks that are left out


def _unchecked(ability: Ability) -> Iterator[Mutant]:
    use_case = ability.use_case
    for check in Check:
        if check is Check.SIGNATURE and not ability.critical and not use_case.signature_only_roles:
            continue
        if check is Check.COUNTER and not use_case.replay_protected:
            continue
        if check is Check.PAYLOAD:
            continue  # a payload that does not decode leaves nothing to carry out
        hooks = Hooks(before_verify=(_ignoring(use_case, check),))
        yield Mutant(use_case.id, f"{check.name} not checked", hooks)


def _ignoring(use_case: UseCase, check: Check) -> Callable[[Exchange], None]:
    def ignore(exchange: Exchange) -> None:
        if _only(use_case, exchange):
            exchange.ignored |= {check}

    return ignore


# Values that are read wrongly


def _misread(ability: Ability, template: DeviceTemplate) -> Iterator[Mutant]:
    for key in sorted(ability.keys, key=repr):
        row: Any = template.objects.get(key) or template.zcl_attributes.get(key)
        if row is None or getattr(row, "act", None) is not None:
            continue
        yield _reading_mutant(ability.use_case, key, "shifted", _shifted)
        if row.sensitive:
            yield _reading_mutant(ability.use_case, key, "in the clear", _in_clear)


def _reading_mutant(use_case: UseCase, key: Any, what: str, change: Callable[[Reading], Reading]) -> Mutant:
    def read(exchange: Exchange, reading: Reading) -> Reading:
        return change(reading) if reading.key == key and _only(use_case, exchange) else reading

    return Mutant(use_case.id, f"{key_text(key)} {what}", Hooks(on_read=(read,)))


def _shifted(reading: Reading) -> Reading:
    return replace(reading, value=_shift(reading.value))


def _in_clear(reading: Reading) -> Reading:
    return replace(reading, sensitive=False)


def _shift(value: Any) -> Any:
    """The next value: a number one up, octets with their last bit turned, data in their first leaf."""
    if isinstance(value, Data):
        return Data(value.tag, _shift(value.value))
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1 if value & 0xFF != 0xFF else value - 1
    if isinstance(value, bytes) and value:
        return value[:-1] + bytes((value[-1] ^ 1,))
    if isinstance(value, tuple) and value:
        return (_shift(value[0]), *value[1:])
    return value


# What is not carried out


def _not_done(ability: Ability, template: DeviceTemplate) -> Iterator[Mutant]:
    for key in sorted(ability.keys, key=repr):
        row: Any = template.objects.get(key)
        if (row is not None and (row.act or row.write)) or key in template.zcl_commands:
            yield Mutant(
                ability.use_case.id,
                f"{key_text(key)} not carried out",
                Hooks(on_execute=(_dropping(ability.use_case, key),)),
            )


def _dropping(use_case: UseCase, key: Any) -> Callable[[Exchange, Operation], Operation | None]:
    def drop(exchange: Exchange, operation: Operation) -> Operation | None:
        return None if operation.key == key and _only(use_case, exchange) else operation

    return drop


# Answers that are put together wrongly


def _misencoded(ability: Ability) -> Iterator[Mutant]:
    use_case = ability.use_case
    yield _answering(use_case, "counter one too high", _next_counter)
    if use_case.response_date_time:
        yield _answering(use_case, "no date-time", _no_date_time)
    else:
        yield Mutant(use_case.id, "octet added to the payload", Hooks(after_encode=(_longer(use_case),)))
    yield Mutant(use_case.id, "last octet of the payload missing", Hooks(after_encode=(_shorter(use_case),)))
    yield _answering(use_case, "own counter missing for unknown parties", _no_own_counter)


def _answering(use_case: UseCase, what: str, change: Callable[[Exchange], None]) -> Mutant:
    def encode(exchange: Exchange) -> None:
        if _only(use_case, exchange):
            change(exchange)

    return Mutant(use_case.id, what, Hooks(before_encode=(encode,)))


def _next_counter(exchange: Exchange) -> None:
    exchange.response_counter += 1


def _no_date_time(exchange: Exchange) -> None:
    exchange.response_date_time = None


def _no_own_counter(exchange: Exchange) -> None:
    exchange.own_counter = None


def _longer(use_case: UseCase) -> Callable[[Exchange, bytes], bytes]:
    return lambda exchange, payload: payload + b"\0" if _only(use_case, exchange) else payload


def _shorter(use_case: UseCase) -> Callable[[Exchange, bytes], bytes]:
    return lambda exchange, payload: payload[:-1] if _only(use_case, exchange) else payload


# Messages that do not go out as they should


def _unsent() -> Iterator[Mutant]:
    yield Mutant("", "no alert is sent", Hooks(before_send=(_losing(Cra.ALERT),)))
    yield Mutant("", "no response is sent", Hooks(before_send=(_losing(Cra.RESPONSE),)))
    yield Mutant("", "every response is sent twice", Hooks(before_send=(_twice(Cra.RESPONSE),)))
    yield Mutant("", "every alert is sent twice", Hooks(before_send=(_twice(Cra.ALERT),)))


def _losing(cra: Cra) -> Callable[[EmulatedDevice, Outgoing], Sequence[Outgoing]]:
    return lambda _device, sent: () if split_message(sent.octets).cra is cra else (sent,)


def _twice(cra: Cra) -> Callable[[EmulatedDevice, Outgoing], Sequence[Outgoing]]:
    return lambda _device, sent: (sent, sent) if split_message(sent.octets).cra is cra else (sent,)


def key_text(key: Any) -> str:
    """A COSEM or ZCL key as people write it."""
    if len(key) == 4:
        class_id, instance, index, is_method = key
        a, b, c, d, e, f = instance
        return f"{class_id} {a}-{b}:{c}.{d}.{e}.{f} {'m' if is_method else 'a'}{index}"
    cluster, number, is_command = key
    return f"0x{cluster:04X} {'command' if is_command else 'attribute'} 0x{number:04X}"
