"""The JSON form: back to the same octets, and every type that a payload has."""

import json
from dataclasses import replace

import pytest

from harness.codecs import json_form
from harness.codecs.envelope import decode_message, encode_message
from harness.codecs.errors import DecodeError, EncodeError
from harness.codecs.gbz import encode_gbz_alert
from harness.codecs.gbz_types import ExecutedInstruction, GbzAlert, ImageReceipt, IntegrityIssue
from harness.codecs.json_form import message_json, message_octets
from harness.codecs.message import Cra, Message, Supplementary
from harness.codecs.payload import payload_types


def through_json(octets):
    return message_octets(json.loads(json.dumps(message_json(octets))))


def test_published_vector(ecs04b_vector):
    form = message_json(ecs04b_vector)
    assert form["cra"] == "command"
    assert form["originator"] == "123456789abcdef0"
    assert form["payload"]["AccessRequest"]["data"] == [{"double-long": 0}] * 3
    assert through_json(ecs04b_vector) == ecs04b_vector


def test_what_is_left_out_has_its_default(ecs04b_vector):
    form = message_json(ecs04b_vector)
    assert "date_time" not in form
    assert "supplementary" not in form
    assert message_octets(form) == ecs04b_vector


def test_a_payload_that_does_not_decode_stays_octets(ecs04b_vector):
    odd = encode_message(replace(decode_message(ecs04b_vector), payload=b"\xff\x00"))
    assert message_json(odd)["payload"] == {"octets": "ff00"}
    assert through_json(odd) == odd


def test_supplementary_fields_and_missing_signature(ecs04b_vector):
    message = replace(
        decode_message(ecs04b_vector),
        supplementary=Supplementary(remote_party=bytes(8), remote_party_counter=7),
        signature=None,
        mac=None,
    )
    assert through_json(encode_message(message)) == encode_message(message)


def test_octets_that_are_no_message():
    with pytest.raises(DecodeError):
        message_json(b"\0")


@pytest.mark.parametrize(
    ("code", "body"),
    [
        (0x00CD, ExecutedInstruction(0x6C, 1001, 0x0705, 1, 6)),
        (0x00CF, ImageReceipt(bytes(32))),
        (0x00CF, ImageReceipt(bytes(32), counted=True)),
        (0x00F2, IntegrityIssue(b"\0\5")),
        (0x1000, b""),
        (0x1000, b"more"),
    ],
)
def test_bodies_of_gas_alerts(code, body):
    alert = Message(
        cra=Cra.ALERT,
        originator_counter=1,
        originator=bytes(8),
        recipient=bytes(8),
        message_code=code,
        payload=encode_gbz_alert(GbzAlert(0x8F66, 1, 1, body)),
    )
    octets = encode_message(alert)
    assert through_json(octets) == octets
    form = message_json(octets)
    form["payload"]["GbzAlert"]["body"] = {"NoSuchBody": {}}
    with pytest.raises(EncodeError, match="body"):
        message_octets(form)


@pytest.mark.parametrize("made", payload_types(), ids=lambda made: made.__name__)
def test_every_payload_type_has_a_form(made):
    to_json, from_json = json_form._pair(made)
    with pytest.raises(EncodeError):
        from_json({"no such field": 1}, "payload")
    assert callable(to_json)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"cra": "question"}, "message.cra"),
        ({"originator": "xyz"}, "message.originator"),
        ({"originator_counter": "one"}, "message.originator_counter"),
        ({"originator_counter": True}, "message.originator_counter"),
        ({"originator": "00"}, "originator"),
        ({"surprise": 1}, "message"),
        ({"payload": None}, "payload"),
        ({"payload": {"AccessRequest": {}}}, "payload.AccessRequest"),
        ({"payload": {"NoSuchType": {}}}, "payload"),
        ({"payload": {"octets": 5}}, "payload.octets"),
    ],
)
def test_a_wrong_field_is_named(ecs04b_vector, change, field):
    with pytest.raises(EncodeError) as caught:
        message_octets({**message_json(ecs04b_vector), **change})
    assert caught.value.field.endswith(field)


def data_form(vector, datum):
    form = message_json(vector)
    form["payload"]["AccessRequest"]["data"][0] = datum
    return form


@pytest.mark.parametrize(
    "datum",
    [
        {"long": 1, "unsigned": 2},
        {"no-such-tag": 1},
        {"boolean": "yes"},
        {"null": 0},
        {"bit-string": "012"},
        {"octet-string": [1]},
        {"structure": {"null": None}},
        {"compact-array": {"type": "unsigned"}},
        {"compact-array": {"type": {"array": [1]}, "elements": []}},
        5,
    ],
)
def test_wrong_data_are_refused(ecs04b_vector, datum):
    with pytest.raises(EncodeError, match=r"payload\.AccessRequest\.data\[0\]"):
        message_octets(data_form(ecs04b_vector, datum))


def test_compact_arrays_and_odd_booleans(ecs04b_vector):
    datum = {
        "structure": [
            {"boolean": 1},
            {"boolean": True},
            {
                "compact-array": {
                    "type": {"structure": ["unsigned", {"array": [2, "long"]}]},
                    "elements": [{"structure": [{"unsigned": 1}, {"array": [{"long": 2}, {"long": -3}]}]}],
                }
            },
        ]
    }
    octets = message_octets(data_form(ecs04b_vector, datum))
    assert bytes.fromhex("0203030103ff130202110100021005010002fffd") in octets
    assert through_json(octets) == octets


def test_hostile_nesting_is_refused(ecs04b_vector):
    deep: object = {"null": None}
    for _ in range(5000):
        deep = {"array": [deep]}
    with pytest.raises(EncodeError, match="nests too deeply"):
        message_octets(data_form(ecs04b_vector, deep))


@pytest.mark.rtds
def test_every_reference_message_survives(rtds):
    for path in sorted(rtds.rglob("*.HEX")):
        octets = bytes.fromhex(path.read_text())
        assert "octets" not in message_json(octets)["payload"], path.name
        assert through_json(octets) == octets, path.name
