"""A message as people read it: a tree of fields with offset, octets, name, value and meaning.

The declarations give the fields and their places, the catalogue the names of items and of what is in
them. A tree is made of any octets: where they do not decode, it ends there and says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from harness.codecs import declaration
from harness.codecs.axdr_layout import DATA
from harness.codecs.cosem_data import BitString, Data
from harness.codecs.cosem_date_time import CosemDateTime
from harness.codecs.declaration import Parsed
from harness.codecs.dlms_types import AccessRequest, AccessResponse, DataNotification
from harness.codecs.envelope_layout import MESSAGE
from harness.codecs.errors import CodecError, DecodeError
from harness.codecs.gbz_types import GbzAlert, GbzPayload
from harness.codecs.message import Message
from harness.codecs.payload import trace_payload
from harness.codecs.tree_gbz import name_gbz, name_gbz_alert, name_plain_component
from harness.codecs.tree_names import name_notification, name_plain_data, name_request, name_response
from harness.codecs.wording import moment_text
from harness.gbcs.catalogue import by_message_code

_IN_HEXADECIMAL: Final = frozenset(
    {"message_code", "alert_code", "invoke_id", "cluster", "attribute", "profile"}
)


@dataclass(frozen=True, slots=True)
class Node:
    """One field: its first octet's place, its octets, and what they say.

    ``offset`` counts from the start of the message. ``value`` is None where the children say it all.
    """

    name: str
    offset: int
    octets: bytes
    value: bool | int | str | bytes | None
    meaning: str
    children: tuple[Node, ...]


def message_tree(octets: bytes) -> Node:
    """The tree of a whole message."""
    root = Parsed("message", 0, len(octets))
    try:
        message: Message = declaration.parse_whole(MESSAGE, octets, root)
    except DecodeError as error:
        root.meaning = f"does not decode: {error}"
        return _node(root, octets, 0)
    use_case = by_message_code(message.message_code)
    kind = message.cra.name.lower()
    root.meaning = f"{use_case.id} {kind}" if use_case else f"{kind} of an unknown use case"
    payload = _find(root, "payload")
    if payload is not None:
        _hang_payload(message, payload)
    return _node(root, octets, 0)


def plain_tree(message: Message, place: str, plaintext: bytes) -> Node:
    """The tree of sensitive data in plain. Offsets count from the start of the plaintext.

    ``place`` is where it stood in the payload: ``components[0]`` in a GBZ payload, else in DLMS data.
    """
    root = Parsed(place, 0, len(plaintext))
    use_case = by_message_code(message.message_code)
    name = use_case.id if use_case else ""
    try:
        if match := _COMPONENT.fullmatch(place):
            name_plain_component(root, message, int(match[1]), plaintext, name)
        else:
            data: Data = declaration.parse_whole(DATA, plaintext, root)
            root.value = data
            name_plain_data(root, data, name)
    except DecodeError as error:
        root.meaning = f"does not decode: {error}"
    return _node(root, plaintext, 0)


def number_text(name: str, value: int) -> str:
    """A number as people of the field write it: codes and identifiers in hexadecimal."""
    return f"0x{value:04X}" if name in _IN_HEXADECIMAL else str(value)


def tree_json(node: Node) -> dict[str, Any]:
    """A tree in the types that JSON has; octets in hexadecimal."""
    value = node.value.hex() if isinstance(node.value, bytes) else node.value
    return {
        "name": node.name,
        "offset": node.offset,
        "octets": node.octets.hex(),
        "value": value,
        "text": number_text(node.name, value) if isinstance(value, int) else value,
        "meaning": node.meaning,
        "children": [tree_json(child) for child in node.children],
    }


def _hang_payload(message: Message, place: Parsed) -> None:
    """Put the payload's own fields under the field that holds it."""
    inside = Parsed("payload", 0)
    base = place.end - len(message.payload)
    try:
        payload = trace_payload(message, inside)
    except CodecError as error:
        place.meaning = f"does not decode: {error}"
    else:
        use_case = by_message_code(message.message_code)
        place.meaning = type(payload).__name__
        name = _NAMERS.get(type(payload))
        if name is not None:
            name(inside, payload, use_case.id if use_case else "")
    inside.shift(base, place.end)
    place.children = inside.children


_COMPONENT: Final = re.compile(r"components\[(\d+)\]")
_NAMERS: Final[dict[type[Any], Callable[[Parsed, Any, str], None]]] = {
    AccessRequest: name_request,
    AccessResponse: name_response,
    DataNotification: name_notification,
    GbzPayload: name_gbz,
    GbzAlert: name_gbz_alert,
}


def _find(parsed: Parsed, name: str) -> Parsed | None:
    for child in parsed.children:
        found = child if child.name == name else _find(child, name)
        if found is not None:
            return found
    return None


def _node(parsed: Parsed, octets: bytes, floor: int) -> Node:
    end = parsed.end if parsed.end >= floor else len(octets)
    # A field without octets says only that something is not there.
    found = [child for child in parsed.children if child.end != child.start]
    children = tuple(_node(child, octets, child.start) for child in found)
    value = None if children else _plain(parsed.value)
    meaning = parsed.meaning or _MEANINGS.get(parsed.name, _meaning)(parsed.value)
    return Node(parsed.name, parsed.start, octets[parsed.start : end], value, meaning, children)


def _plain(value: object) -> bool | int | str | bytes | None:
    """A value in a type that needs no explanation; None where the value is made of others."""
    if isinstance(value, Data):
        value = value.value
    if isinstance(value, BitString):
        return value.bits
    if isinstance(value, CosemDateTime):
        return moment_text(value)
    if isinstance(value, bool | str | bytes):
        return value
    return int(value) if isinstance(value, int) else None


def _meaning(value: object) -> str:
    return value.name.replace("_", " ").lower() if isinstance(value, Enum) else ""


def _use_case_meaning(value: object) -> str:
    use_case = by_message_code(value) if isinstance(value, int) else None
    return f"{use_case.id} {use_case.title}" if use_case else "not in the catalogue"


_MEANINGS: Final[dict[str, Callable[[object], str]]] = {"message_code": _use_case_meaning}
