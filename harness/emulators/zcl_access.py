"""Carrying out the ZCL commands of a GBZ payload on a device's attributes and commands (GBCS 7.2.9, 7.3).

Component by component, in order: each is answered by its own response, or by a default response that
says why not. A response that holds a sensitive value is encrypted as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from device_profiles.model import Feature
from harness.codecs.gbz_types import GbzComponent, GbzPayload, Protection
from harness.codecs.zcl_types import FRAME_TYPE_MASK, FROM_SERVER, ZclStatus
from harness.emulators.exchange import ZclKey
from harness.emulators.refusal import CommandRefused, NoSharedKey

if TYPE_CHECKING:
    from harness.emulators.exchange import Exchange

_NO_DEFAULT_RESPONSE: Final = 0x10
_CLUSTER_COMMAND: Final = 0x01
_READ_ATTRIBUTES: Final = 0x00
_READ_ATTRIBUTES_RESPONSE: Final = 0x01
_DEFAULT_RESPONSE: Final = 0x0B


class ZclType(IntEnum):
    """Data type octets of ZCL, as far as attributes here have them (ZCL 2.6.2)."""

    UINT24 = 0x22
    UINT48 = 0x25
    ENUM8 = 0x30
    OCTET_STRING = 0x41


_SIZES: Final = {ZclType.UINT24: 3, ZclType.UINT48: 6, ZclType.ENUM8: 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class ZclAttribute:
    """One attribute: where it is, its type, and how its value (an int, or octets) is read."""

    cluster: int
    attribute: int
    type: ZclType
    read: Callable[[Exchange], int | bytes]
    sensitive: bool = False

    @property
    def key(self) -> ZclKey:
        """How a request names it."""
        return (self.cluster, self.attribute, False)


Act = Callable[["Exchange", bytes], tuple[int, bytes] | None]
"""Carries out a command's payload; gives the response's command and payload, None for a default response."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ZclCommand:
    """One cluster command, whose payload has ``length`` octets.

    Which use case it serves is in one octet of the payload, ``choice_at``: ``acts`` has one way of
    carrying it out for each of that octet's values.
    """

    cluster: int
    command: int
    length: int
    choice_at: int
    acts: Mapping[int, Act]
    feature: Feature | None = None

    @property
    def key(self) -> ZclKey:
        """How a request names it."""
        return (self.cluster, self.command, True)


def answer_gbz(exchange: Exchange) -> None:
    """Serve every component of the request and put the response together."""
    request: GbzPayload = exchange.request
    exchange.response = GbzPayload(tuple(_served(exchange, one) for one in request.components))


def fits_gbz(exchange: Exchange) -> bool:
    """Whether a payload asks for what its use case is about, nothing else, and no attribute twice."""
    request: GbzPayload = exchange.request
    allowed = exchange.ability.keys
    for component in request.components:
        keys = _keys_of(component)
        if not allowed.issuperset(keys) or len(set(keys)) != len(keys):
            return False
        if not _chooses_right(exchange, component):
            return False
    return bool(request.components)


def _chooses_right(exchange: Exchange, component: GbzComponent) -> bool:
    key = (component.cluster, component.command, True)
    allowed = exchange.ability.constants.get(key)
    if allowed is None or component.frame_control & FRAME_TYPE_MASK != _CLUSTER_COMMAND:
        return True
    command = exchange.device.template.zcl_commands[key]
    return len(component.payload) == command.length and component.payload[command.choice_at] in allowed


def _keys_of(component: GbzComponent) -> list[ZclKey]:
    """The command of a component, or the attributes that it reads, or what no use case has."""
    if component.frame_control & FRAME_TYPE_MASK == _CLUSTER_COMMAND:
        return [(component.cluster, component.command, True)]
    wanted = component.payload
    if component.command != _READ_ATTRIBUTES or not wanted or len(wanted) % 2:
        return [(component.cluster, -1, False)]
    return [
        (component.cluster, low | high << 8, False)
        for low, high in zip(wanted[::2], wanted[1::2], strict=True)
    ]


def _served(exchange: Exchange, component: GbzComponent) -> GbzComponent:
    try:
        if component.frame_control & FRAME_TYPE_MASK == _CLUSTER_COMMAND:
            return _cluster_command(exchange, component)
        return _read_attributes(exchange, component)
    except CommandRefused as refused:
        return _default_response(component, refused.status)
    except NoSharedKey:
        return _default_response(component, ZclStatus.FAILURE)


def _default_response(component: GbzComponent, status: ZclStatus) -> GbzComponent:
    return GbzComponent(
        cluster=component.cluster,
        frame_control=FROM_SERVER,
        sequence=component.sequence,
        command=_DEFAULT_RESPONSE,
        payload=bytes((component.command, status)),
    )


def _cluster_command(exchange: Exchange, component: GbzComponent) -> GbzComponent:
    command = exchange.device.template.zcl_commands.get((component.cluster, component.command, True))
    if command is None:
        raise CommandRefused(ZclStatus.UNSUPPORTED_CLUSTER_COMMAND)
    if len(component.payload) != command.length:
        raise CommandRefused(ZclStatus.MALFORMED_COMMAND)
    act = command.acts.get(component.payload[command.choice_at])
    if act is None:
        raise CommandRefused(ZclStatus.INVALID_FIELD)
    operation = exchange.planned(command.key, component.payload)
    answer = None if operation is None else act(exchange, operation.argument)
    if answer is None:
        return _default_response(component, ZclStatus.SUCCESS)
    return GbzComponent(
        cluster=component.cluster,
        frame_control=FROM_SERVER | _CLUSTER_COMMAND,
        sequence=component.sequence,
        command=answer[0],
        payload=answer[1],
    )


def _read_attributes(exchange: Exchange, component: GbzComponent) -> GbzComponent:
    if component.command != _READ_ATTRIBUTES:
        raise CommandRefused(ZclStatus.UNSUPPORTED_GENERAL_COMMAND)
    wanted = component.payload
    records = []
    sensitive = False
    for place in range(0, len(wanted), 2):
        attribute = wanted[place] | wanted[place + 1] << 8
        record, secret = _record(exchange, component.cluster, attribute)
        records.append(record)
        sensitive |= secret
    payload = b"".join(records)
    protection = None
    frame_control = FROM_SERVER
    if sensitive:
        payload = exchange.encrypted(payload)
        payload = len(payload).to_bytes(2, "big") + payload
        frame_control |= _NO_DEFAULT_RESPONSE
        protection = Protection()
    return GbzComponent(
        cluster=component.cluster,
        frame_control=frame_control,
        sequence=component.sequence,
        command=_READ_ATTRIBUTES_RESPONSE,
        payload=payload,
        protection=protection,
    )


def _record(exchange: Exchange, cluster: int, attribute: int) -> tuple[bytes, bool]:
    """One attribute record (identifier, status, type, value), and whether it is sensitive."""
    name = attribute.to_bytes(2, "little")
    row = exchange.device.template.zcl_attributes.get((cluster, attribute, False))
    if row is None:
        return name + bytes((ZclStatus.UNSUPPORTED_ATTRIBUTE,)), False
    try:
        reading = exchange.reading(row.key, row.read(exchange), sensitive=row.sensitive)
    except CommandRefused as refused:
        # What a response holds must not show in its form: a missing sensitive value is encrypted too.
        return name + bytes((refused.status,)), row.sensitive
    value = reading.value
    size = _SIZES.get(row.type)
    written = bytes((len(value),)) + value if size is None else value.to_bytes(size, "little")
    return name + bytes((ZclStatus.SUCCESS, row.type)) + written, reading.sensitive
