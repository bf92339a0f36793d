"""Declarations of the xDLMS APDUs of GBCS: access request and response, data notification.

====================  ====================================================================
access request        D9 · invoke id (4) · date-time · specifications · data
access response       DA · invoke id (4) · date-time · 00, or 01 and the specifications ·
                      data · results
data notification     0F · invoke id (4) · date-time · one datum
specification         kind (1) · class (2) · instance (6) · index (1, signed) · for kinds 4 and 5
                      a selector (1) and its parameter (a datum)
result                kind (1: get, set or action) · result (1)
date-time             00, or 0C and twelve octets
====================  ====================================================================

Lists begin with their count. A request has one datum for each specification (null for a get), a
response one datum for each result. The invoke id is 20 and the low three octets of the originator
counter (GBCS 7.2.10). DLMS Green Book 9.3 and 9.5; alerts GBCS 16.
"""

from __future__ import annotations

import io
from typing import Any, Final

from harness.codecs.axdr_layout import DATA
from harness.codecs.declaration import (
    Choice,
    Converter,
    Field,
    Fixed,
    Layout,
    Many,
    Number,
    Octets,
    Record,
    Region,
    Rest,
    build_part,
    dotted,
    parse_part,
    take,
)
from harness.codecs.dlms_types import (
    AccessKind,
    AccessRequest,
    AccessResponse,
    AccessResult,
    AccessSpecification,
    DataNotification,
    Selector,
)
from harness.codecs.errors import DecodeError, EncodeError

REQUEST_TAG: Final = 0xD9
RESPONSE_TAG: Final = 0xDA
NOTIFICATION_TAG: Final = 0x0F
_DATE_TIME_LENGTHS: Final = frozenset({0, 12})


class _DateTime(Converter):
    """The date-time of an APDU: absent, or the twelve octets of a COSEM date-time."""

    def __init__(self) -> None:
        super().__init__(Region(Rest()))

    def _parse(self, stream: io.BytesIO, context: Any, path: str) -> bytes:
        start = stream.tell()
        octets: bytes = parse_part(self.subcon, stream, context, path)
        if len(octets) not in _DATE_TIME_LENGTHS:
            raise DecodeError(dotted(path), f"expected 0 or 12 octets, found {len(octets)}", offset=start)
        return octets

    def _encode(self, obj: Any, context: Any, path: str) -> bytes:  # noqa: ARG002 - construct's signature
        if not isinstance(obj, bytes) or len(obj) not in _DATE_TIME_LENGTHS:
            raise EncodeError(dotted(path), f"expected 0 or 12 octets, got {obj!r}")
        return obj


class _Matched(Record):
    """A record of which two lists have the same length: what was asked, and what belongs to it."""

    def __init__(self, made: type[Any], pair: tuple[str, str], *parts: Any) -> None:
        super().__init__(made, *parts)
        self.pair = pair

    def _parse(self, stream: io.BytesIO, context: Any, path: str) -> Any:
        value = super()._parse(stream, context, path)
        if reason := self._mismatch(value):
            raise DecodeError(self.pair[1], reason, offset=stream.tell())
        return value

    def _encode(self, obj: Any, context: Any, path: str) -> dict[str, Any]:
        names = super()._encode(obj, context, path)
        if reason := self._mismatch(obj):
            raise EncodeError(self.pair[1], reason)
        return names

    def _mismatch(self, value: Any) -> str:
        one, other = (len(getattr(value, name)) for name in self.pair)
        return f"{one} {self.pair[0]} and {other} {self.pair[1]}" if one != other else ""


class _Echo(Layout):
    """00 for nothing, 01 and the request's specifications. The empty tuple is nothing."""

    def _parse(self, stream: io.BytesIO, context: Any, path: str) -> tuple[AccessSpecification, ...]:
        start = stream.tell()
        present = take(stream, 1, context, path)[0]
        if not present:
            return ()
        echoed: tuple[AccessSpecification, ...] = parse_part(_SPECIFICATIONS, stream, context, path)
        if present > 1 or not echoed:
            raise DecodeError(dotted(path), "expected 00, or 01 and specifications", offset=start)
        return echoed

    def _build(self, obj: Any, stream: io.BytesIO, context: Any, path: str) -> Any:
        stream.write(bytes((bool(obj),)))
        if obj:
            build_part(_SPECIFICATIONS, obj, stream, context, path)
        return obj


class _Selector(Layout):
    """Selector and parameter, present for the kinds of access that select."""

    def _parse(self, stream: io.BytesIO, context: Any, path: str) -> Selector | None:
        if context.kind not in SELECTING:
            return None
        selector: Selector = parse_part(_SELECTOR, stream, context, path)
        return selector

    def _build(self, obj: Any, stream: io.BytesIO, context: Any, path: str) -> Any:
        if (obj is not None) != (context.kind in SELECTING):
            raise EncodeError(dotted(path), f"{obj!r} does not suit access kind {context.kind!r}")
        if obj is not None:
            build_part(_SELECTOR, obj, stream, context, path)
        return obj


class _ResultKind(Choice):
    """Kind of a result: a selective get is answered as a get."""

    def __init__(self) -> None:
        super().__init__(AccessKind)

    def _parse(self, stream: io.BytesIO, context: Any, path: str) -> AccessKind:
        start = stream.tell()
        kind: AccessKind = super()._parse(stream, context, path)
        if kind in SELECTING:
            raise DecodeError(dotted(path), f"{kind.name} is no kind of result", offset=start)
        return kind

    def _encode(self, obj: Any, context: Any, path: str) -> int:
        if obj in SELECTING:
            raise EncodeError(dotted(path), f"{obj!r} is no kind of result")
        return super()._encode(obj, context, path)


SELECTING: Final = frozenset({AccessKind.GET_WITH_SELECTION, AccessKind.SET_WITH_SELECTION})
_SELECTOR: Final = Record(Selector, Field("selector", Number(1)), Field("parameter", DATA))
SPECIFICATION: Final = Record(
    AccessSpecification,
    Field("kind", Choice(AccessKind)),
    Field("class_id", Number(2)),
    Field("instance", Octets(6)),
    Field("index", Number(1, signed=True)),
    Field("selector", _Selector()),
)
_SPECIFICATIONS: Final = Many(SPECIFICATION)
_RESULT: Final = Record(AccessResult, Field("kind", _ResultKind()), Field("result", Number(1)))
ACCESS_REQUEST: Final = _Matched(
    AccessRequest,
    ("specifications", "data"),
    Field("access_request", Fixed(bytes((REQUEST_TAG,)))),
    Field("invoke_id", Number(4)),
    Field("date_time", _DateTime()),
    Field("specifications", _SPECIFICATIONS),
    Field("data", Many(DATA)),
)
ACCESS_RESPONSE: Final = _Matched(
    AccessResponse,
    ("data", "results"),
    Field("access_response", Fixed(bytes((RESPONSE_TAG,)))),
    Field("invoke_id", Number(4)),
    Field("date_time", _DateTime()),
    Field("specifications", _Echo()),
    Field("data", Many(DATA)),
    Field("results", Many(_RESULT)),
)
DATA_NOTIFICATION: Final = Record(
    DataNotification,
    Field("data_notification", Fixed(bytes((NOTIFICATION_TAG,)))),
    Field("invoke_id", Number(4)),
    Field("date_time", _DateTime()),
    Field("body", DATA),
)
