"""ZCL payloads as named, typed values and back: of GBZ components, and of any cluster's commands.

Layouts are in ``zcl_commands``.
"""

from __future__ import annotations

from dataclasses import replace

from harness.codecs import declaration
from harness.codecs.declaration import Parsed
from harness.codecs.errors import EncodeError
from harness.codecs.gbz_types import GbzComponent
from harness.codecs.zcl_commands import GENERAL, UNKNOWN, commands
from harness.codecs.zcl_layout import ENCRYPTED, Named
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
    return decode_command(component.cluster, component.frame_control, component.command, octets, trace)


def with_zcl(component: GbzComponent, payload: ZclCommand | EncryptedPayload) -> GbzComponent:
    """The component with this payload instead of its own. Raises EncodeError."""
    if isinstance(payload, EncryptedPayload):
        if component.protection is None:
            raise EncodeError("protection", "an encrypted payload needs the additional header")
        return replace(component, payload=declaration.build(ENCRYPTED, payload))
    return replace(component, payload=encode_zcl_payload(component, payload))


def encode_zcl_payload(component: GbzComponent, payload: ZclCommand) -> bytes:
    """Octets of a payload of that component's command. Raises EncodeError."""
    return encode_command(component.cluster, component.frame_control, component.command, payload)


def decode_command(
    cluster: int, frame_control: int, command: int, octets: bytes, trace: Parsed | None = None
) -> ZclCommand:
    """``octets`` as the payload of a command of a cluster. Raises DecodeError.

    Of ``frame_control``, the frame type and the direction matter.
    """
    name, layout = _layout_of(cluster, frame_control, command)
    return ZclCommand(name, declaration.parse_whole(layout, octets, trace))


def encode_command(cluster: int, frame_control: int, command: int, payload: ZclCommand) -> bytes:
    """Octets of the payload of a command of a cluster. Raises EncodeError."""
    name, layout = _layout_of(cluster, frame_control, command)
    if payload.name != name:
        raise EncodeError("name", f"expected {name}, got {payload.name}")
    return declaration.build(layout, payload.fields)


def _layout_of(cluster: int, frame_control: int, command: int) -> tuple[str, Named]:
    if frame_control & FRAME_TYPE_MASK == GENERAL_FRAME_TYPE:
        return GENERAL.get(command, _UNKNOWN)
    from_server = bool(frame_control & FROM_SERVER)
    return commands().get((cluster, from_server, command), _UNKNOWN)
