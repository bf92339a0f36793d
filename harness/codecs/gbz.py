"""GBZ payloads: the compiled twin of ``gbz_layout``.

Layouts are in ``gbz_layout``. What is not right goes to the declaration, which names the fault.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from harness.codecs import declaration
from harness.codecs.compiled import GIVE_UP, NotTaken
from harness.codecs.errors import EncodeError
from harness.codecs.gbz_layout import (
    GBZ_ALERT,
    GBZ_ALERT_OF_BODY,
    GBZ_COMPONENT_ALERT,
    GBZ_PAYLOAD,
    control_of,
)
from harness.codecs.gbz_types import (
    ENCRYPTED,
    FROM_DATE_TIME,
    LAST,
    SMART_ENERGY_PROFILE,
    GbzAlert,
    GbzComponent,
    GbzPayload,
    Protection,
)

if TYPE_CHECKING:
    from construct import Construct

_HEAD: Final = struct.Struct(">HB")
_EXTENDED_HEADER: Final = struct.Struct(">BHH")
_ZCL_HEADER: Final = struct.Struct(">BBB")
_UTC_TIME: Final = struct.Struct(">I")
_KNOWN_BITS: Final = LAST | ENCRYPTED | FROM_DATE_TIME


def decode_gbz(octets: bytes) -> GbzPayload:
    """Decode the payload of a GBZ command or response. Raises DecodeError."""
    try:
        return _read_payload(octets)
    except GIVE_UP:
        made: GbzPayload = declaration.parse_whole(GBZ_PAYLOAD, octets)
        return made


def encode_gbz(payload: GbzPayload) -> bytes:
    """Encode the payload of a GBZ command or response. Raises EncodeError."""
    try:
        return _write_payload(payload)
    except GIVE_UP:
        return declaration.build(GBZ_PAYLOAD, payload)


def decode_gbz_alert(octets: bytes, layout: Construct = GBZ_ALERT) -> GbzAlert:
    """Decode the payload of a GBZ alert. Raises DecodeError.

    The use case says what follows code and time; the octets themselves do not. Without a layout it
    stays octets.
    """
    made: GbzAlert = declaration.parse_whole(layout, octets)
    return made


def encode_gbz_alert(alert: GbzAlert) -> bytes:
    """Encode the payload of a GBZ alert. Raises EncodeError."""
    if alert.components and alert.body != b"":
        raise EncodeError("body", "an alert has components or a body, not both")
    layout = GBZ_COMPONENT_ALERT if alert.components else GBZ_ALERT_OF_BODY.get(type(alert.body), GBZ_ALERT)
    return declaration.build(layout, alert)


def _read_payload(octets: bytes) -> GbzPayload:
    profile, count = _HEAD.unpack_from(octets)
    if profile != SMART_ENERGY_PROFILE:
        raise NotTaken
    components = []
    offset = _HEAD.size
    while count:
        count -= 1
        control, cluster, length = _EXTENDED_HEADER.unpack_from(octets, offset)
        offset += _EXTENDED_HEADER.size
        end = offset + length
        if control & ~_KNOWN_BITS or (control & LAST == 0) == (count == 0) or end > len(octets):
            raise NotTaken
        components.append(_read_component(octets, offset, end, control, cluster))
        offset = end
    if offset != len(octets):
        raise NotTaken
    return GbzPayload(tuple(components), profile)


def _read_component(octets: bytes, offset: int, end: int, control: int, cluster: int) -> GbzComponent:
    protection = from_date_time = None
    if control & ENCRYPTED:
        protection = Protection(octets[offset], octets[offset + 1])
        offset += 2
    if control & FROM_DATE_TIME:
        (from_date_time,) = _UTC_TIME.unpack_from(octets, offset)
        offset += 4
    frame_control, sequence, command = _ZCL_HEADER.unpack_from(octets, offset)
    if offset + 3 > end:
        raise NotTaken
    return GbzComponent(
        cluster=cluster,
        frame_control=frame_control,
        sequence=sequence,
        command=command,
        payload=octets[offset + 3 : end],
        from_date_time=from_date_time,
        protection=protection,
    )


def _write_payload(payload: GbzPayload) -> bytes:
    components = payload.components
    if type(components) is not tuple:
        raise NotTaken
    pieces = [_HEAD.pack(payload.profile, len(components))]
    final = len(components) - 1
    for index, component in enumerate(components):
        inside = _write_inside(component)
        control = control_of(component, last=index == final)
        pieces += (_EXTENDED_HEADER.pack(control, component.cluster, len(inside)), inside)
    return b"".join(pieces)


def _write_inside(component: GbzComponent) -> bytes:
    octets = (
        _ZCL_HEADER.pack(component.frame_control, component.sequence, component.command) + component.payload
    )
    if component.from_date_time is not None:
        octets = _UTC_TIME.pack(component.from_date_time) + octets
    if component.protection is not None:
        octets = bytes((component.protection.control, component.protection.frame_counter)) + octets
    return octets
