"""Declarations of GBZ payloads: ZCL commands grouped for remote parties (GBCS 7.2.9, 7.3; alerts 16.2).

=================  =======================================================================
payload            0109 · count (1) · components
component          control (1) · cluster (2) · length (2) · that many octets of:
                   [additional header control (1) · frame counter (1)] · [from-date-time (4)] ·
                   frame control (1) · sequence (1) · command (1) · ZCL payload
alert              0109 · count (1) · alert code (2) · UTCTime (4) · components or body
FDEIA body         0E · message code (2) · originator counter (8) · cluster (2) · frame control (1)
                   · command (1)
FDRA body          [20] · SHA-256 of the manufacturer image (32)
MIIWA body         other information (2)
=================  =======================================================================

Numbers are most significant octet first; only the ZCL payload inside has ZigBee's order. Control bits:
01 last component, 02 the additional header is there and the payload encrypted, 10 from-date-time is
there. No other bit is used.
"""

from __future__ import annotations

import io
from typing import Any, Final

from construct import Construct, Struct

from harness.codecs.declaration import (
    Field,
    Fixed,
    Layout,
    Number,
    Octets,
    Record,
    Rest,
    bounded,
    build_part,
    dotted,
    located,
    parse_part,
    session_of,
)
from harness.codecs.errors import DecodeError, EncodeError
from harness.codecs.gbz_types import (
    ENCRYPTED,
    FROM_DATE_TIME,
    LAST,
    SMART_ENERGY_PROFILE,
    ExecutedInstruction,
    GbzAlert,
    GbzComponent,
    GbzPayload,
    ImageReceipt,
    IntegrityIssue,
    Protection,
)


class _Absent(Layout):
    """A part that these control bits leave out."""

    def __init__(self) -> None:
        super().__init__()
        self.flagbuildnone = True

    def _parse(self, stream: io.BytesIO, context: Any, path: str) -> None:
        """Nothing stands here."""

    def _build(self, obj: Any, stream: io.BytesIO, context: Any, path: str) -> Any:  # noqa: ARG002 - construct's signature
        return obj


_PROTECTION: Final = Record(Protection, Field("control", Number(1)), Field("frame_counter", Number(1)))
_INSIDE_NAMES: Final = ("protection", "from_date_time", "frame_control", "sequence", "command", "payload")


def _inside(control: int) -> Struct:
    return Struct(
        Field("protection", _PROTECTION) if control & ENCRYPTED else "protection" / _Absent(),
        Field("from_date_time", Number(4)) if control & FROM_DATE_TIME else "from_date_time" / _Absent(),
        Field("frame_control", Number(1)),
        Field("sequence", Number(1)),
        Field("command", Number(1)),
        Field("payload", Rest()),
    )


_INSIDE: Final = {
    control: _inside(control) for control in (0, ENCRYPTED, FROM_DATE_TIME, ENCRYPTED | FROM_DATE_TIME)
}
_CONTROL: Final = Number(1)
_CLUSTER: Final = Number(2)
_LENGTH: Final = Number(2)


def control_of(component: GbzComponent, *, last: bool) -> int:
    """The extended header control octet that a component's parts and place give."""
    encrypted = ENCRYPTED if component.protection is not None else 0
    dated = FROM_DATE_TIME if component.from_date_time is not None else 0
    return LAST * last | encrypted | dated


class Component(Layout):
    """One component, the last one or not."""

    def __init__(self, *, last: bool) -> None:
        super().__init__()
        self.last = last

    def _parse(self, stream: io.BytesIO, context: Any, path: str) -> GbzComponent:
        start = stream.tell()
        control = located(_CONTROL, "control", stream, context, path + " -> control")
        if bool(control & LAST) != self.last or (control & ~LAST) not in _INSIDE:
            place = "the last component" if self.last else "a component before the last"
            reason = f"{control:02X} is no control octet of {place}"
            raise DecodeError(dotted(path + " -> control"), reason, offset=start)
        cluster = located(_CLUSTER, "cluster", stream, context, path + " -> cluster")
        length = located(_LENGTH, "length", stream, context, path + " -> length")
        session = session_of(context)
        outer, session.end = session.end, bounded(stream, length, context, path)
        inside = parse_part(_INSIDE[control & ~LAST], stream, context, path)
        session.end = outer
        return GbzComponent(cluster=cluster, **{name: inside[name] for name in _INSIDE_NAMES})

    def _build(self, obj: Any, stream: io.BytesIO, context: Any, path: str) -> Any:
        if not isinstance(obj, GbzComponent):
            raise EncodeError(dotted(path), f"expected a GbzComponent, got {obj!r}")
        control = control_of(obj, last=self.last)
        inside = io.BytesIO()
        values = {name: getattr(obj, name) for name in _INSIDE_NAMES}
        build_part(_INSIDE[control & ~LAST], values, inside, context, path)
        build_part(_CONTROL, control, stream, context, path + " -> control")
        build_part(_CLUSTER, obj.cluster, stream, context, path + " -> cluster")
        build_part(_LENGTH, inside.tell(), stream, context, path + " -> length")
        stream.write(inside.getvalue())
        return obj


_LAST_COMPONENT: Final = Component(last=True)
_EARLIER_COMPONENT: Final = Component(last=False)


def _parse_components(count: int, stream: io.BytesIO, context: Any, path: str) -> tuple[GbzComponent, ...]:
    return tuple(
        located(
            _LAST_COMPONENT if index == count - 1 else _EARLIER_COMPONENT,
            f"[{index}]",
            stream,
            context,
            f"{path}[{index}]",
        )
        for index in range(count)
    )


class Components(Layout):
    """A count octet and that many components, of which only the last says so."""

    def _parse(self, stream: io.BytesIO, context: Any, path: str) -> tuple[GbzComponent, ...]:
        count = located(_CONTROL, "count", stream, context, path + " -> count")
        return _parse_components(count, stream, context, path)

    def _build(self, obj: Any, stream: io.BytesIO, context: Any, path: str) -> Any:
        if not isinstance(obj, tuple):
            raise EncodeError(dotted(path), f"expected a tuple, got {obj!r}")
        build_part(_CONTROL, len(obj), stream, context, path + " -> count")
        _build_components(obj, stream, context, path)
        return obj


def _build_components(components: tuple[Any, ...], stream: io.BytesIO, context: Any, path: str) -> None:
    for index, component in enumerate(components, 1):
        part = _LAST_COMPONENT if index == len(components) else _EARLIER_COMPONENT
        build_part(part, component, stream, context, f"{path}[{index - 1}]")


class _CountedComponents(Layout):
    """The components of an alert, whose count stands before its code."""

    def _parse(self, stream: io.BytesIO, context: Any, path: str) -> tuple[GbzComponent, ...]:
        return _parse_components(context.count, stream, context, path)

    def _build(self, obj: Any, stream: io.BytesIO, context: Any, path: str) -> Any:
        if not isinstance(obj, tuple) or len(obj) != context.count:
            raise EncodeError(dotted(path), f"expected {context.count} components, got {obj!r}")
        _build_components(obj, stream, context, path)
        return obj


class _Profile(Number):
    """The Smart Energy profile and no other."""

    def __init__(self) -> None:
        super().__init__(2)

    def _parse(self, stream: io.BytesIO, context: Any, path: str) -> int:
        start = stream.tell()
        profile = super()._parse(stream, context, path)
        if profile != SMART_ENERGY_PROFILE:
            raise DecodeError(
                dotted(path), f"expected {SMART_ENERGY_PROFILE:04X}, found {profile:04X}", offset=start
            )
        return profile


GBZ_PAYLOAD: Final = Record(
    GbzPayload,
    Field("profile", _Profile()),
    Field("components", Components()),
)
_ALERT_HEAD: Final = (
    Field("profile", _Profile()),
    Field("count", Number(1)),
    Field("alert_code", Number(2)),
    Field("utc_time", Number(4)),
)


class _Receipt(Layout):
    """The hash of an image, with its length before it or without."""

    def _parse(self, stream: io.BytesIO, context: Any, path: str) -> ImageReceipt:
        counted = session_of(context).end - stream.tell() > _HASH_LENGTH
        if counted:
            located(_HASH_COUNT, "length", stream, context, path + " -> length")
        name = "manufacturer_image_hash"
        return ImageReceipt(located(_HASH, name, stream, context, f"{path} -> {name}"), counted)

    def _build(self, obj: Any, stream: io.BytesIO, context: Any, path: str) -> Any:
        if not isinstance(obj, ImageReceipt):
            raise EncodeError(dotted(path), f"expected an ImageReceipt, got {obj!r}")
        if obj.counted:
            build_part(_HASH_COUNT, None, stream, context, path)
        build_part(_HASH, obj.manufacturer_image_hash, stream, context, path + " -> manufacturer_image_hash")
        return obj


_HASH_LENGTH: Final = 32
_HASH_COUNT: Final = Fixed(bytes((_HASH_LENGTH,)))
_HASH: Final = Octets(_HASH_LENGTH)
_INSTRUCTION: Final = Record(
    ExecutedInstruction,
    Field("length", Fixed(b"\x0e")),
    Field("message_code", Number(2)),
    Field("originator_counter", Number(8)),
    Field("cluster", Number(2)),
    Field("frame_control", Number(1)),
    Field("command", Number(1)),
)
_ISSUE: Final = Record(IntegrityIssue, Field("other_information", Octets(2)))


def _alert(body: Construct) -> Record:
    return Record(GbzAlert, *_ALERT_HEAD, Field("body", body))


GBZ_ALERT: Final = _alert(Rest())
GBZ_COMPONENT_ALERT: Final = Record(GbzAlert, *_ALERT_HEAD, Field("components", _CountedComponents()))
GBZ_ALERTS: Final = {
    "FDEIA-ZigBee": _alert(_INSTRUCTION),
    "FDRA-ZigBee": _alert(_Receipt()),
    "MIIWA-ZigBee": _alert(_ISSUE),
}
"""Alerts by use case, where it gives their body a form of its own."""
GBZ_ALERT_OF_BODY: Final = {
    bytes: GBZ_ALERT,
    ExecutedInstruction: GBZ_ALERTS["FDEIA-ZigBee"],
    ImageReceipt: GBZ_ALERTS["FDRA-ZigBee"],
    IntegrityIssue: GBZ_ALERTS["MIIWA-ZigBee"],
}
"""Alerts by the type of their body."""
