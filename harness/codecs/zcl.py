"""ZCL payloads of GBZ components as named, typed values and back. Layouts are in ``zcl_layout``."""

from __future__ import annotations

from dataclasses import replace

from harness.codecs import declaration
from harness.codecs.declaration import Parsed
from harness.codecs.errors import EncodeError
from harness.codecs.gbz_types import GbzComponent
from harness.codecs.zcl_layout import ENCRYPTED, GENERAL, UNKNOWN, Named, commands
from harness.codecs.zcl_types import (
    FRAME_TYPE_MASK,
    FROM_SERVER,
    GENERAL_FRAME_TYPE,
    EncryptedPayload,
    ZclCommand,
)

_UNKNOWN = ("unknown", UNKNOWN)


def decode_zcl(component: GbzComponent, trace: Parsed | None = None) -> ZclCommand | EncryptedPayload:
    """The payload of a component. Raises DecodeError; offsets count from the start of the ZCL payload."""
    if component.protection is not None:
        encrypted: EncryptedPayload = declaration.parse_whole(ENCRYPTED, component.payload, trace)
        return encrypted
    return decode_zcl_payload(component, component.payload, trace)


def decode_zcl_payload(component: GbzComponent, octets: bytes, trace: Parsed | None = None) -> ZclCommand:
    """``octets`` as the payload of that component's command, such as a decrypted one. Raises DecodeError."""
    name, layout = _layout_of(component)
    return ZclCommand(name, declaration.parse_whole(layout, octets, trace))


def with_zcl(component: GbzComponent, payload: ZclCommand | EncryptedPayload) -> GbzComponent:
    """The component with this payload instead of its own. Raises EncodeError."""
    if isinstance(payload, EncryptedPayload):
        if component.protection is None:
            raise EncodeError("protection", "an encrypted payload needs the additional header")
        return replace(component, payload=declaration.build(ENCRYPTED, payload))
    return replace(component, payload=encode_zcl_payload(component, payload))


def encode_zcl_payload(component: GbzComponent, payload: ZclCommand) -> bytes:
    """Octets of a payload of that component's command. Raises EncodeError."""
    name, layout = _layout_of(component)
    if payload.name != name:
        raise EncodeError("name", f"expected {name}, got {payload.name}")
    return declaration.build(layout, payload.fields)


def _layout_of(component: GbzComponent) -> tuple[str, Named]:
    if component.frame_control & FRAME_TYPE_MASK == GENERAL_FRAME_TYPE:
        return GENERAL.get(component.command, _UNKNOWN)
    from_server = bool(component.frame_control & FROM_SERVER)
    return commands().get((component.cluster, from_server, component.command), _UNKNOWN)
