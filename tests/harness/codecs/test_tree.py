"""Trees of fields: places, names from the catalogue, and something to say of any octets."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.codecs.envelope import decode_message, encode_message
from harness.codecs.gbz import encode_gbz_alert
from harness.codecs.gbz_types import ExecutedInstruction, GbzAlert
from harness.codecs.message import Cra, Message
from harness.codecs.tree import message_tree, plain_tree, tree_json


def find(node, *names):
    for name in names:
        node = next(child for child in node.children if child.name == name)
    return node


def every(node):
    yield node
    for child in node.children:
        yield from every(child)


def check_places(node, octets):
    assert node.octets == octets[node.offset : node.offset + len(node.octets)]
    at = node.offset
    for child in node.children:
        assert child.offset >= at
        assert child.offset + len(child.octets) <= node.offset + len(node.octets)
        at = child.offset + len(child.octets)
        check_places(child, octets)


def test_published_vector_in_names(ecs04b_vector):
    tree = message_tree(ecs04b_vector)
    assert tree.meaning == "ECS04b command"
    message = find(tree, "general_ciphering", "message")
    code = find(message, "grouping_header", "other_information", "message_code")
    assert (code.offset, code.octets.hex(), code.value) == (45, "00b3", 0xB3)
    assert code.meaning == "ECS04b Reset Meter Balance on the ESME"
    names = [child.name for child in find(message, "payload", "data").children]
    assert names == [
        "MeterBalance: reset",
        "EmergencyCreditBalance: reset",
        "AccumulatedDebtRegister: reset",
    ]
    check_places(tree, ecs04b_vector)


def test_tree_in_json(ecs04b_vector):
    form = tree_json(message_tree(ecs04b_vector))
    assert _texts(form)["message_code"] == "0x00B3"
    assert json.loads(json.dumps(form)) == form
    assert form["octets"] == ecs04b_vector.hex()


@pytest.mark.parametrize("length", [0, 1, 7, 20, 40, 60, 177])
def test_what_does_not_decode_is_a_tree_up_to_there(ecs04b_vector, length):
    tree = message_tree(ecs04b_vector[:length])
    assert tree.meaning.startswith("does not decode: ")
    check_places(tree, ecs04b_vector[:length])


def test_a_payload_that_does_not_decode_leaves_the_header(ecs04b_vector):
    damaged = ecs04b_vector[:54] + b"\x07" + ecs04b_vector[55:]
    tree = message_tree(damaged)
    payload = find(tree, "general_ciphering", "message", "payload")
    assert payload.meaning.startswith("does not decode: ")
    check_places(tree, damaged)


@given(st.binary(max_size=60), st.integers(0, 178))
def test_any_octets_make_a_tree(ecs04b_vector, octets, at):
    for wire in (octets, ecs04b_vector[:at] + octets + ecs04b_vector[at:]):
        check_places(message_tree(wire), wire)


def test_sensitive_data_in_plain_has_names(ecs04b_vector):
    message = decode_message(ecs04b_vector[:44] + bytes.fromhex("020027") + ecs04b_vector[47:])
    # One attribute in a structure: value, scaler and unit, twice.
    plain = bytes.fromhex("02010204060000000a02020f00161e060000000b02020f001620")
    tree = plain_tree(message, "data[0][1]", plain)
    leaves = {node.name: node.value for node in every(tree) if not node.children}
    assert leaves["active_import_value"] == 10
    assert leaves["reactive_import_unit"] == 32
    check_places(tree, plain)
    assert plain_tree(message, "data[0][1]", b"\x07").meaning.startswith("does not decode")
    assert plain_tree(message, "components[0]", b"\x07").meaning.startswith("does not decode")


def test_bodies_of_gas_alerts_have_names():
    done = GbzAlert(0x8F66, 1, 1, ExecutedInstruction(0x006C, 1001, 0x0705, 1, 6))
    payload = encode_gbz_alert(done)
    alert = Message(
        cra=Cra.ALERT,
        originator_counter=1,
        originator=bytes(8),
        recipient=bytes(8),
        message_code=0x00CD,
        payload=payload,
    )
    tree = message_tree(encode_message(alert))
    body = next(node for node in every(tree) if node.name == "executed_instruction")
    assert body.meaning == "GCS02 counter 1001: cluster 0705 command 06"
    names = ["length", "message_code", "originator_counter", "cluster", "frame_control", "command"]
    assert [child.name for child in body.children] == names
    assert find(body, "message_code").meaning.startswith("GCS02")


@pytest.mark.rtds
def test_every_reference_message_is_named_through(rtds):
    unnamed = named = 0
    for path in sorted(rtds.rglob("*.HEX")):
        octets = bytes.fromhex(path.read_text())
        tree = message_tree(octets)
        check_places(tree, octets)
        assert not any(node.meaning.startswith("does not decode") for node in every(tree)), path.name
        for part in every(tree):
            if part.name in {"data", "body"}:
                leaves = [node for node in every(part) if not node.children]
                unnamed += sum(node.name.startswith("[") for node in leaves)
                named += sum(not node.name.startswith("[") for node in leaves)
    # Members without a name: those of type descriptions, and answers that leave optional items out.
    assert unnamed < named / 50


def _texts(node):
    """Names and texts of a tree in JSON."""
    inside = {name: text for child in node["children"] for name, text in _texts(child).items()}
    return {node["name"]: node["text"], **inside}
