"""Carrying out a GBZ command component by component (GBCS 7.2.9, 7.3).

Each is answered by its own answer, or by a default response that says why not. After one that fails
nothing more is done: the rest is answered as failed without saying what it was. That something is not
there is no failure. What is sensitive is encrypted component by component.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from harness.codecs.gbz_types import GbzComponent, GbzPayload, Protection
from harness.codecs.zcl import encode_command
from harness.codecs.zcl_types import FROM_SERVER, AttributeRecord, ZclCommand, ZclField, ZclStatus
from harness.emulators.refusal import CommandRefused, NoSharedKey
from harness.emulators.subjects.presets import Presets
from harness.emulators.zcl.later import put_off, time_in
from harness.emulators.zcl.tables import acknowledged
from harness.emulators.zcl.templates import DEFAULT_RESPONSE, Asked, assigned, is_readable
from harness.emulators.zcl_access import ZclAnswer, command_key

if TYPE_CHECKING:
    from harness.emulators.exchange import Exchange, ZclKey

_READ_ATTRIBUTES_RESPONSE: Final = 0x01
_CLUSTER_COMMAND: Final = 0x01
_ANY_COMMAND: Final = 0xFF
_HARMLESS: Final = frozenset({ZclStatus.SUCCESS, ZclStatus.NOT_FOUND})


def fits_gbz(exchange: Exchange) -> bool:
    """Whether a payload follows the templates of its use case, with the values that they allow."""
    request: GbzPayload = exchange.request
    return is_readable(exchange.ability.use_case.id, request.components)


def answer_gbz(exchange: Exchange) -> None:
    """Serve every component of the request and put the response together."""
    request: GbzPayload = exchange.request
    asked = assigned(exchange.ability.use_case.id, request.components) or ()
    exchange.response = GbzPayload(tuple(_Answering(exchange).answers(asked)))


class _Answering:
    """The answer to one command in the making."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._presets = exchange.device.part(Presets)
        self._encrypted = 0
        self._failed = False
        self._when: int | None = None

    def answers(self, asked: tuple[Asked, ...]) -> Iterator[GbzComponent]:
        for one in asked:
            if self._failed:
                yield _default(one, _ANY_COMMAND, ZclStatus.FAILURE)
                continue
            try:
                yield from self._attributes(one) if one.template.attributes else self._command(one)
            except CommandRefused as refused:
                yield self._refused(one, refused.status)
            except NoSharedKey:
                yield self._refused(one, ZclStatus.FAILURE)

    def _refused(self, asked: Asked, status: int) -> GbzComponent:
        self._failed |= status not in _HARMLESS
        return _default(asked, asked.component.command, status)

    def _attributes(self, asked: Asked) -> Iterator[GbzComponent]:
        records = tuple(
            self._record(asked.component.cluster, one.attribute) for one in asked.template.attributes
        )
        sensitive = any(secret for _, secret in records)
        self._failed |= any(record.status not in _HARMLESS for record, _ in records)
        message = ZclCommand(
            "Read Attributes Response", (ZclField("attributes", tuple(record for record, _ in records)),)
        )
        template = asked.answer(_READ_ATTRIBUTES_RESPONSE)
        frame_control = FROM_SERVER if template is None else template.frame_control
        answer = ZclAnswer(_READ_ATTRIBUTES_RESPONSE, message)
        yield self._component(asked, answer, frame_control, encrypted=sensitive)

    def _record(self, cluster: int, attribute: int) -> tuple[AttributeRecord, bool]:
        """One attribute record, and whether it is sensitive."""
        key = (cluster, attribute, False)
        row = self._exchange.device.template.zcl_attributes.get(key)
        if row is None:
            return AttributeRecord(attribute, ZclStatus.UNSUPPORTED_ATTRIBUTE), False
        fault = self._presets.fault(key)
        if fault is not None:
            return AttributeRecord(attribute, fault), row.sensitive
        try:
            data_type, value = self._presets.value(key) or (row.type, row.read(self._exchange))
        except CommandRefused as refused:
            # What a response holds must not show in its form: a missing sensitive value is encrypted too.
            return AttributeRecord(attribute, refused.status), row.sensitive
        reading = self._exchange.reading(key, value, sensitive=row.sensitive)
        return AttributeRecord(attribute, ZclStatus.SUCCESS, data_type, reading.value), reading.sensitive

    def _command(self, asked: Asked) -> Iterator[GbzComponent]:
        component = asked.component
        key = command_key(component.cluster, component.frame_control, component.command)
        row = self._exchange.device.template.zcl_commands.get(key)
        if row is None:
            raise CommandRefused(ZclStatus.UNSUPPORTED_CLUSTER_COMMAND)
        argument = argument_of(component)
        fault = self._presets.fault(key, argument)
        if fault is not None:
            raise CommandRefused(fault)
        operation = self._exchange.planned(key, asked)
        answers: tuple[ZclAnswer, ...] = ()
        when = time_in(asked if operation is None else operation.argument)
        self._when = self._when if when is None else when
        if operation is not None:
            preset = self._presets.value(key, argument)
            waits = put_off(self._exchange, operation.argument, row, self._when)
            if preset is not None:
                answers = preset
            else:
                answers = acknowledged(asked) if waits else row.act(self._exchange, operation.argument)
        if not answers:
            yield _default(asked, component.command, ZclStatus.SUCCESS)
        for answer in answers:
            yield self._answer(asked, key, answer)

    def _answer(self, asked: Asked, key: ZclKey, answer: ZclAnswer) -> GbzComponent:
        template = asked.answer(answer.command)
        sensitive = template is not None and template.encrypted
        reading = self._exchange.reading(key, answer.message, sensitive=sensitive)
        frame_control = FROM_SERVER | _CLUSTER_COMMAND if template is None else template.frame_control
        return self._component(
            asked,
            ZclAnswer(answer.command, reading.value),
            frame_control,
            encrypted=reading.sensitive,
        )

    def _component(
        self, asked: Asked, answer: ZclAnswer, frame_control: int, *, encrypted: bool
    ) -> GbzComponent:
        cluster = asked.component.cluster
        payload = encode_command(cluster, frame_control, answer.command, answer.message)
        protection = None
        if encrypted:
            payload = self._exchange.encrypted(payload)
            payload = len(payload).to_bytes(2, "big") + payload
            protection = Protection(frame_counter=self._encrypted)
            self._encrypted += 1
        return GbzComponent(
            cluster=cluster,
            frame_control=frame_control,
            sequence=asked.component.sequence,
            command=answer.command,
            payload=payload,
            protection=protection,
        )


def argument_of(component: GbzComponent) -> bytes:
    """What a component asks, for telling one request of a command from another."""
    start = component.from_date_time
    return component.payload if start is None else component.payload + start.to_bytes(4, "big")


def _default(asked: Asked, command: int, status: int) -> GbzComponent:
    template = asked.answer(DEFAULT_RESPONSE)
    return GbzComponent(
        cluster=asked.component.cluster,
        frame_control=FROM_SERVER if template is None else template.frame_control,
        sequence=asked.component.sequence,
        command=DEFAULT_RESPONSE,
        payload=bytes((command, status)),
    )
