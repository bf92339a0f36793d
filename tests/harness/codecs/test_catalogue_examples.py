"""An example of every DLMS use case, built from its rows alone: encoded, decoded, named and through JSON.

The Reference Test Data Set does not have all use cases; the rows describe all of them in one way.
"""

import json

import pytest

from harness.codecs.cosem_data import NULL, BitString, Data, DataTag
from harness.codecs.dlms_types import (
    AccessKind,
    AccessRequest,
    AccessResponse,
    AccessResult,
    AccessSpecification,
    DataNotification,
)
from harness.codecs.envelope import encode_message
from harness.codecs.json_form import message_json, message_octets
from harness.codecs.message import Cra, Message
from harness.codecs.payload import decode_payload, encode_payload
from harness.codecs.tree import message_tree
from harness.gbcs.catalogue import use_cases
from harness.gbcs.item_names import items_of, plain_titles
from harness.gbcs.use_case import Access, ItemKind, PayloadFamily

TAGS = {tag.name.lower().replace("_", "-"): tag for tag in DataTag}
DLMS = [one for one in use_cases() if one.payload_family is PayloadFamily.DLMS]
COMMANDS = [one for one in DLMS if not one.message_type.is_alert and items_of(one.id)]
ALERTS = [one for one in DLMS if one.message_type.is_alert]


def plain(row):
    """A value that the row allows: its constant, or one of its type and size."""
    tag = TAGS.get(row.type, DataTag.INTEGER)
    value = row.constants[0] if row.constants else None
    size = 4 if row.size is None else min(row.size, 40)
    made = {
        DataTag.NULL: lambda: None,
        DataTag.BOOLEAN: lambda: bool(value),
        DataTag.OCTET_STRING: lambda: bytes(size) if value is None else value,
        DataTag.VISIBLE_STRING: lambda: "x" * size,
        DataTag.UTF8_STRING: lambda: "é" * size,
        DataTag.BIT_STRING: lambda: BitString("1" * size if value is None else value),
        DataTag.STRUCTURE: lambda: (),
        DataTag.ARRAY: lambda: (),
    }
    return Data(tag, made.get(tag, lambda: value or 0)())


def datum(shape, rows):
    """A datum of this shape: two of what is repeated."""
    if not shape.members:
        return plain(rows[shape.title])
    inside = tuple(datum(member, rows) for member in shape.members)
    return Data(DataTag.ARRAY, inside * 2) if shape.repeated else Data(DataTag.STRUCTURE, inside)


def parts(use_case):
    rows = {row.name: row for row in use_case.cosem}
    outer = [item for item in items_of(use_case.id) if not item.protected]
    return outer, [datum(item.shape, rows) for item in outer]


def kind_of(use_case, item):
    if item.key[2] is ItemKind.METHOD:
        return AccessKind.ACTION
    return AccessKind.GET if use_case.access is Access.READ else AccessKind.SET


def command(use_case):
    outer, data = parts(use_case)
    kinds = [kind_of(use_case, item) for item in outer]
    specifications = [
        AccessSpecification(kind, item.key[0], item.key[1], item.key[3])
        for kind, item in zip(kinds, outer, strict=True)
    ]
    sent = [NULL if kind is AccessKind.GET else one for kind, one in zip(kinds, data, strict=True)]
    return AccessRequest(0x20000001, tuple(specifications), tuple(sent))


def response(use_case):
    outer, data = parts(use_case)
    kinds = [kind_of(use_case, item) for item in outer]
    found = [one if kind is AccessKind.GET else NULL for kind, one in zip(kinds, data, strict=True)]
    return AccessResponse(0x20000001, tuple(found), tuple(AccessResult(kind, 0) for kind in kinds))


def alert(use_case):
    rows = {row.name: row for row in use_case.cosem}
    added = [datum(shape, rows) for shape in plain_titles(use_case.id)]
    head = [Data(DataTag.LONG_UNSIGNED, 0x8F66), Data(DataTag.OCTET_STRING, bytes(12))]
    return DataNotification(0x20000001, Data(DataTag.STRUCTURE, (*head, *added)))


def every(node):
    yield node
    for child in node.children:
        yield from every(child)


def check(use_case, cra, payload):
    message = Message(
        cra=cra,
        originator_counter=1,
        originator=bytes(8),
        recipient=bytes(8),
        message_code=use_case.message_codes[0],
        payload=encode_payload(payload),
        mac=bytes(12),
    )
    wire = encode_message(message)
    assert decode_payload(message) == payload
    assert message_octets(json.loads(json.dumps(message_json(wire)))) == wire
    tree = message_tree(wire)
    assert not any(node.meaning.startswith("does not decode") for node in every(tree))
    return [
        node
        for part in every(tree)
        if part.name in {"data", "body"}
        for node in every(part)
        if not node.children
    ]


@pytest.mark.parametrize("use_case", COMMANDS, ids=lambda use_case: use_case.id)
def test_command_and_response(use_case):
    for cra, payload in ((Cra.COMMAND, command(use_case)), (Cra.RESPONSE, response(use_case))):
        unnamed = [node.name for node in check(use_case, cra, payload) if node.name.startswith("[")]
        assert not unnamed


@pytest.mark.parametrize("use_case", ALERTS, ids=lambda use_case: use_case.id)
def test_alert(use_case):
    leaves = check(use_case, Cra.ALERT, alert(use_case))
    assert [leaf.name for leaf in leaves[:2]] == ["alert_code", "timestamp"]
    assert len(leaves) == 2 + len(plain_titles(use_case.id))


def test_all_use_cases_with_items_are_here():
    assert len(COMMANDS) > 110
    assert len(ALERTS) > 10
