"""Access requests, access responses and data notifications: the compiled twin of ``dlms_layout``.

Layouts are in ``dlms_layout``. What is not right goes to the declaration, which names the fault.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any, Final, TypeVar

from construct import Construct

from harness.codecs import declaration
from harness.codecs.axdr_reading import read_data, read_many
from harness.codecs.axdr_writing import write_data, write_length
from harness.codecs.compiled import GIVE_UP, NotTaken, read_length
from harness.codecs.cosem_data import Data
from harness.codecs.dlms_layout import (
    ACCESS_REQUEST,
    ACCESS_RESPONSE,
    DATA_NOTIFICATION,
    NOTIFICATION_TAG,
    REQUEST_TAG,
    RESPONSE_TAG,
    SELECTING,
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

_T = TypeVar("_T")
_Write = Callable[[bytes], None]
_HEADER: Final = struct.Struct(">BIB")
_SPECIFICATION: Final = struct.Struct(">BH6sb")
_KINDS: Final[dict[int, AccessKind]] = {kind.value: kind for kind in AccessKind}
# A result is two octets, and the same few of them make up nearly all responses.
_RESULTS: Final = {
    (kind.value, result): AccessResult(kind, result)
    for kind in AccessKind
    if kind not in SELECTING
    for result in range(256)
}
_RESULT_OCTETS: Final = {result: bytes(octets) for octets, result in _RESULTS.items()}


def decode_access_request(octets: bytes) -> AccessRequest:
    """Raises DecodeError."""
    return _decode(_read_request, ACCESS_REQUEST, octets)


def encode_access_request(request: AccessRequest) -> bytes:
    """Raises EncodeError."""
    return _encode(_write_request, ACCESS_REQUEST, request)


def decode_access_response(octets: bytes) -> AccessResponse:
    """Raises DecodeError."""
    return _decode(_read_response, ACCESS_RESPONSE, octets)


def encode_access_response(response: AccessResponse) -> bytes:
    """Raises EncodeError."""
    return _encode(_write_response, ACCESS_RESPONSE, response)


def decode_data_notification(octets: bytes) -> DataNotification:
    """Raises DecodeError."""
    return _decode(_read_notification, DATA_NOTIFICATION, octets)


def encode_data_notification(notification: DataNotification) -> bytes:
    """Raises EncodeError."""
    return _encode(_write_notification, DATA_NOTIFICATION, notification)


def _decode(read: Callable[[bytes], _T], layout: Construct, octets: bytes) -> _T:
    try:
        return read(octets)
    except GIVE_UP:
        made: _T = declaration.parse_whole(layout, octets)
        return made


def _encode(write: Callable[[Any, _Write], None], layout: Construct, value: object) -> bytes:
    pieces: list[bytes] = []
    try:
        write(value, pieces.append)
    except GIVE_UP:
        return declaration.build(layout, value)
    return b"".join(pieces)


def _read_request(octets: bytes) -> AccessRequest:
    invoke_id, date_time, offset = _read_header(octets, REQUEST_TAG)
    specifications, offset = _read_specifications(octets, offset)
    data, offset = _read_list(octets, offset)
    if offset != len(octets) or len(specifications) != len(data):
        raise NotTaken
    return AccessRequest(invoke_id, specifications, data, date_time)


def _read_response(octets: bytes) -> AccessResponse:
    invoke_id, date_time, offset = _read_header(octets, RESPONSE_TAG)
    specifications: tuple[AccessSpecification, ...] = ()
    echoed = octets[offset]
    offset += 1
    if echoed:
        specifications, offset = _read_specifications(octets, offset)
        if echoed != 1 or not specifications:
            raise NotTaken
    data, offset = _read_list(octets, offset)
    count, offset = _read_count(octets, offset)
    pairs = octets[offset:]
    if count != len(data) or len(pairs) != 2 * count:
        raise NotTaken
    results = tuple([_RESULTS[pair] for pair in zip(pairs[::2], pairs[1::2], strict=True)])
    return AccessResponse(invoke_id, data, results, specifications, date_time)


def _read_notification(octets: bytes) -> DataNotification:
    invoke_id, date_time, offset = _read_header(octets, NOTIFICATION_TAG)
    body, offset = read_data(octets, offset)
    if offset != len(octets):
        raise NotTaken
    return DataNotification(invoke_id, body, date_time)


def _read_header(octets: bytes, expected: int) -> tuple[int, bytes, int]:
    tag, invoke_id, length = _HEADER.unpack_from(octets)
    if tag != expected:
        raise NotTaken
    if not length:
        return invoke_id, b"", 6
    if length != 12:
        raise NotTaken
    return invoke_id, octets[6:18], 18


def _read_count(octets: bytes, offset: int) -> tuple[int, int]:
    count = octets[offset]
    return (count, offset + 1) if count < 0x80 else read_length(octets, offset)


def _read_list(octets: bytes, offset: int) -> tuple[tuple[Data, ...], int]:
    count, offset = _read_count(octets, offset)
    return read_many(octets, offset, count, 0)


def _read_specifications(octets: bytes, offset: int) -> tuple[tuple[AccessSpecification, ...], int]:
    count, offset = _read_count(octets, offset)
    if count > len(octets) - offset:
        raise NotTaken
    made = []
    for _ in range(count):
        kind, class_id, instance, index = _SPECIFICATION.unpack_from(octets, offset)
        offset += 10
        selector = None
        if kind in SELECTING:
            parameter, end = read_data(octets, offset + 1)
            selector = Selector(octets[offset], parameter)
            offset = end
        made.append(AccessSpecification(_KINDS[kind], class_id, instance, index, selector))
    return tuple(made), offset


def _write_request(request: AccessRequest, append: _Write) -> None:
    specifications, data = request.specifications, request.data
    if len(specifications) != len(data):
        raise NotTaken
    _write_header(REQUEST_TAG, request.invoke_id, request.date_time, append)
    _write_specifications(specifications, append)
    _write_list(data, append)


def _write_response(response: AccessResponse, append: _Write) -> None:
    data, results = response.data, response.results
    if len(data) != len(results) or type(results) is not tuple:
        raise NotTaken
    _write_header(RESPONSE_TAG, response.invoke_id, response.date_time, append)
    if response.specifications:
        append(b"\1")
        _write_specifications(response.specifications, append)
    else:
        append(b"\0")
    _write_list(data, append)
    write_length(len(results), append)
    append(b"".join([_RESULT_OCTETS[result] for result in results]))


def _write_notification(notification: DataNotification, append: _Write) -> None:
    _write_header(NOTIFICATION_TAG, notification.invoke_id, notification.date_time, append)
    write_data(notification.body, append)


def _write_header(tag: int, invoke_id: int, date_time: bytes, append: _Write) -> None:
    if len(date_time) not in (0, 12):
        raise NotTaken
    append(_HEADER.pack(tag, invoke_id, len(date_time)) + date_time)


def _write_list(data: tuple[Data, ...], append: _Write) -> None:
    if type(data) is not tuple:
        raise NotTaken
    write_length(len(data), append)
    for datum in data:
        write_data(datum, append)


def _write_specifications(specifications: tuple[AccessSpecification, ...], append: _Write) -> None:
    if type(specifications) is not tuple:
        raise NotTaken
    write_length(len(specifications), append)
    for item in specifications:
        if len(item.instance) != 6:
            raise NotTaken
        append(_SPECIFICATION.pack(_KINDS[item.kind], item.class_id, item.instance, item.index))
        if (item.selector is not None) != (item.kind in SELECTING):
            raise NotTaken
        if item.selector is not None:
            append(bytes((item.selector.selector,)))
            write_data(item.selector.parameter, append)
