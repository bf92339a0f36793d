"""The JSON form: back to the same octets, and every type that a payload has."""

import json
from dataclasses import replace

import pytest

from harness.codecs import json_form
from harness.codecs.envelope import decode_message, encode_message
from harness.codecs.errors import DecodeError, EncodeError
from harness.codecs.json_form import message_json, message_octets
from harness.codecs.message import Supplementary
from harness.codecs.payload import payload_types

VECTOR = bytes.fromhex(
    "DD00000000000081A91100000000"
    "DF0901000000000000000108123456789ABCDEF008FFFFFFFFFFFFFFFE000200B335"
    "D92000000100030300700000130A00FF020300700000130A01FF020300700000130A02FF02"
    "03050000000005000000000500000000"
    "4059045AB0F554622B0360340B9D87B5A23ED5723B41DE3F206E58CDD10F915B9F"
    "E2E12E2DA3632478A8DF678E418895869AC1E55318CCE04D120D2D6B44DC167B"
    "5D832D15B57A56D620F198B3"
)


def through_json(octets):
    return message_octets(json.loads(json.dumps(message_json(octets))))


def test_published_vector():
    form = message_json(VECTOR)
    assert form["cra"] == "command"
    assert form["originator"] == "123456789abcdef0"
    assert form["payload"]["AccessRequest"]["data"] == [{"double-long": 0}] * 3
    assert through_json(VECTOR) == VECTOR


def test_what_is_left_out_has_its_default():
    form = message_json(VECTOR)
    assert "date_time" not in form
    assert "supplementary" not in form
    assert message_octets(form) == VECTOR


def test_a_payload_that_does_not_decode_stays_octets():
    odd = encode_message(replace(decode_message(VECTOR), payload=b"\xff\x00"))
    assert message_json(odd)["payload"] == {"octets": "ff00"}
    assert through_json(odd) == odd


def test_supplementary_fields_and_missing_signature():
    message = replace(
        decode_message(VECTOR),
        supplementary=Supplementary(remote_party=bytes(8), remote_party_counter=7),
        signature=None,
        mac=None,
    )
    assert through_json(encode_message(message)) == encode_message(message)


def test_octets_that_are_no_message():
    with pytest.raises(DecodeError):
        message_json(b"\0")


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
def test_a_wrong_field_is_named(change, field):
    with pytest.raises(EncodeError) as caught:
        message_octets({**message_json(VECTOR), **change})
    assert caught.value.field.endswith(field)


def data_form(datum):
    form = message_json(VECTOR)
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
def test_wrong_data_are_refused(datum):
    with pytest.raises(EncodeError, match=r"payload\.AccessRequest\.data\[0\]"):
        message_octets(data_form(datum))


def test_compact_arrays_and_odd_booleans():
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
    octets = message_octets(data_form(datum))
    assert bytes.fromhex("0203030103ff130202110100021005010002fffd") in octets
    assert through_json(octets) == octets


def test_hostile_nesting_is_refused():
    deep: object = {"null": None}
    for _ in range(5000):
        deep = {"array": [deep]}
    with pytest.raises(EncodeError, match="nests too deeply"):
        message_octets(data_form(deep))


@pytest.mark.rtds
def test_every_reference_message_survives(rtds):
    for path in sorted(rtds.rglob("*.HEX")):
        octets = bytes.fromhex(path.read_text())
        assert "octets" not in message_json(octets)["payload"], path.name
        assert through_json(octets) == octets, path.name
