"""COSEM data and xDLMS APDUs: round trips of every type, and the compiled twin against the declaration."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.codecs import axdr, declaration, dlms, dlms_layout
from harness.codecs.axdr_layout import DATA, elements_fit
from harness.codecs.axdr_reading import read_data
from harness.codecs.compiled import GIVE_UP
from harness.codecs.cosem_data import NULL, BitString, CompactArray, Data, DataTag, TypeDescription
from harness.codecs.declaration import MAX_DEPTH
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

BITS = st.text("01", max_size=300).map(BitString)
LATIN = st.text(st.characters(max_codepoint=0xFF), max_size=150)
TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=150)


def integers(octets, *, signed=False):
    bits = 8 * octets
    return st.integers(-(1 << bits - 1), (1 << bits - 1) - 1) if signed else st.integers(0, (1 << bits) - 1)


PLAIN = {
    DataTag.NULL: st.none(),
    DataTag.BOOLEAN: st.one_of(st.booleans(), st.integers(2, 254)),
    DataTag.BIT_STRING: BITS,
    DataTag.DOUBLE_LONG: integers(4, signed=True),
    DataTag.DOUBLE_LONG_UNSIGNED: integers(4),
    DataTag.OCTET_STRING: st.binary(max_size=300),
    DataTag.VISIBLE_STRING: LATIN,
    DataTag.UTF8_STRING: TEXT,
    DataTag.BCD: integers(1, signed=True),
    DataTag.INTEGER: integers(1, signed=True),
    DataTag.LONG: integers(2, signed=True),
    DataTag.UNSIGNED: integers(1),
    DataTag.LONG_UNSIGNED: integers(2),
    DataTag.LONG64: integers(8, signed=True),
    DataTag.LONG64_UNSIGNED: integers(8),
    DataTag.ENUM: integers(1),
    DataTag.DATE_TIME: st.binary(min_size=12, max_size=12),
    DataTag.DATE: st.binary(min_size=5, max_size=5),
    DataTag.TIME: st.binary(min_size=4, max_size=4),
    DataTag.DONT_CARE: st.none(),
}
NESTED = {DataTag.ARRAY, DataTag.STRUCTURE}


def plain(tag):
    return PLAIN[tag].map(lambda value: Data(tag, value))


def elements(description):
    if description.tag is DataTag.STRUCTURE:
        return st.tuples(*map(elements, description.members)).map(
            lambda value: Data(DataTag.STRUCTURE, value)
        )
    if description.tag is DataTag.ARRAY:
        (member,) = description.members
        return st.tuples(*[elements(member)] * description.count).map(
            lambda value: Data(DataTag.ARRAY, value)
        )
    return plain(description.tag)


LEAVES = st.sampled_from(sorted(PLAIN)).map(TypeDescription)
DESCRIPTIONS = st.recursive(
    LEAVES.filter(lambda leaf: leaf.tag not in {DataTag.NULL, DataTag.DONT_CARE}),
    lambda inner: st.one_of(
        st.lists(st.one_of(LEAVES, inner), min_size=1, max_size=4)
        .filter(lambda members: any(elements_fit(member, 10**6) for member in members))
        .map(lambda members: TypeDescription(DataTag.STRUCTURE, tuple(members))),
        st.builds(
            lambda member, count: TypeDescription(DataTag.ARRAY, (member,), count), inner, st.integers(1, 3)
        ),
    ),
    max_leaves=6,
)
COMPACT = DESCRIPTIONS.flatmap(
    lambda description: st.lists(elements(description), max_size=4).map(
        lambda found: Data(DataTag.COMPACT_ARRAY, CompactArray(description, tuple(found)))
    )
)
ANY_PLAIN = st.sampled_from(sorted(PLAIN)).flatmap(plain)
VALUES = st.recursive(
    st.one_of(ANY_PLAIN, COMPACT),
    lambda inner: st.builds(Data, st.sampled_from(sorted(NESTED)), st.lists(inner, max_size=5).map(tuple)),
    max_leaves=20,
)
KINDS = st.sampled_from([AccessKind.GET, AccessKind.SET, AccessKind.ACTION])
PLAIN_ITEM = st.builds(
    AccessSpecification, KINDS, integers(2), st.binary(min_size=6, max_size=6), integers(1, signed=True)
)
SELECTING_ITEM = st.builds(
    AccessSpecification,
    st.sampled_from(sorted(dlms_layout.SELECTING)),
    integers(2),
    st.binary(min_size=6, max_size=6),
    integers(1, signed=True),
    st.builds(Selector, integers(1), VALUES),
)
ITEM = st.one_of(PLAIN_ITEM, SELECTING_ITEM)
TIMES = st.one_of(st.just(b""), st.binary(min_size=12, max_size=12))
RESULT = st.builds(AccessResult, KINDS, integers(1))


def unzipped(pairs):
    return tuple(zip(*pairs, strict=True)) if pairs else ((), ())


REQUESTS = st.builds(
    lambda number, pairs, time: AccessRequest(number, *unzipped(pairs), time),
    integers(4),
    st.lists(st.tuples(ITEM, VALUES), max_size=5),
    TIMES,
)
RESPONSES = st.builds(
    lambda number, pairs, echo, time: AccessResponse(number, *unzipped(pairs), tuple(echo), time),
    integers(4),
    st.lists(st.tuples(VALUES, RESULT), max_size=5),
    st.lists(ITEM, max_size=3),
    TIMES,
)
NOTIFICATIONS = st.builds(DataNotification, integers(4), VALUES, TIMES)
APDUS = {
    "request": (REQUESTS, dlms.decode_access_request, dlms.encode_access_request, dlms_layout.ACCESS_REQUEST),
    "response": (
        RESPONSES,
        dlms.decode_access_response,
        dlms.encode_access_response,
        dlms_layout.ACCESS_RESPONSE,
    ),
    "notification": (
        NOTIFICATIONS,
        dlms.decode_data_notification,
        dlms.encode_data_notification,
        dlms_layout.DATA_NOTIFICATION,
    ),
}
READERS = {"request": "_read_request", "response": "_read_response", "notification": "_read_notification"}
NOT_TAKEN = object()


def compiled_data(octets):
    """What the compiled twin alone makes of the octets."""
    try:
        data, end = read_data(octets, 0)
    except GIVE_UP:
        return NOT_TAKEN
    return data if end == len(octets) else NOT_TAKEN


def declared(layout, octets):
    """What the declaration alone makes of the octets."""
    try:
        return declaration.parse_whole(layout, octets)
    except DecodeError as error:
        placed = 0 <= error.offset <= len(octets) and error.field and error.reason
        return NOT_TAKEN if placed else error


@given(VALUES)
def test_data_round_trip_on_both_paths(value):
    octets = axdr.encode_data(value)
    assert octets == declaration.build(DATA, value)
    assert axdr.decode_data(octets) == value
    assert compiled_data(octets) == value
    assert declared(DATA, octets) == value


@pytest.mark.parametrize("name", APDUS)
@given(pick=st.data())
def test_apdu_round_trip_on_both_paths(name, pick):
    values, decode, encode, layout = APDUS[name]
    value = pick.draw(values)
    octets = encode(value)
    assert octets == declaration.build(layout, value)
    assert decode(octets) == value
    assert getattr(dlms, READERS[name])(octets) == value
    assert declared(layout, octets) == value


@given(VALUES, st.data())
def test_both_paths_say_the_same_of_damaged_data(value, pick):
    octets = damage(axdr.encode_data(value), pick)
    assert compiled_data(octets) == declared(DATA, octets)


@pytest.mark.parametrize("name", APDUS)
@given(pick=st.data())
def test_both_paths_say_the_same_of_a_damaged_apdu(name, pick):
    values, _, encode, layout = APDUS[name]
    octets = damage(encode(pick.draw(values)), pick)
    try:
        compiled = getattr(dlms, READERS[name])(octets)
    except GIVE_UP:
        compiled = NOT_TAKEN
    assert compiled == declared(layout, octets)


@given(st.binary(max_size=40))
def test_both_paths_say_the_same_of_any_octets(octets):
    assert compiled_data(octets) == declared(DATA, octets)


def damage(octets, pick):
    """Change, drop or add an octet or two."""
    found = bytearray(octets)
    for _ in range(pick.draw(st.integers(1, 2))):
        at = pick.draw(st.integers(0, max(len(found) - 1, 0)))
        change = pick.draw(st.sampled_from(["set", "drop", "insert", "cut"]))
        if change == "set" and found:
            found[at] = pick.draw(st.integers(0, 255))
        elif change == "drop":
            del found[at : at + 1]
        elif change == "insert":
            found.insert(at, pick.draw(st.integers(0, 255)))
        elif change == "cut":
            del found[at:]
    return bytes(found)


def test_some_encodings_known_from_the_standard():
    structure = Data(
        DataTag.STRUCTURE,
        (
            Data(DataTag.LONG_UNSIGNED, 0x8F66),
            Data(DataTag.BIT_STRING, BitString("1111111")),
            Data(DataTag.BOOLEAN, True),
            NULL,
        ),
    )
    assert axdr.encode_data(structure).hex() == "0204128f660407fe03ff00"
    compact = CompactArray(
        TypeDescription(
            DataTag.STRUCTURE, (TypeDescription(DataTag.UNSIGNED), TypeDescription(DataTag.LONG))
        ),
        (Data(DataTag.STRUCTURE, (Data(DataTag.UNSIGNED, 7), Data(DataTag.LONG, -2))),),
    )
    assert axdr.encode_data(Data(DataTag.COMPACT_ARRAY, compact)).hex() == "13020211100307fffe"


@pytest.mark.parametrize(
    ("octets", "offset", "field", "reason"),
    [
        ("", 0, "value", "needs 1 octets"),
        ("07", 0, "value", "no DataTag"),
        ("0905aabb", 2, "value", "needs 5 octets, 2 left"),
        ("098100", 1, "length", "shortest"),
        ("09820001aa", 1, "length", "shortest"),
        ("0409ff01", 1, "value", "padding"),
        ("0c02c328", 1, "value", "utf-8"),
        ("0205110111", 1, "value", "5 values cannot fit 3 octets"),
        ("02021101", 4, "value[1]", "needs 1 octets"),
        ("0000", 1, "end", "1 octets left over"),
        ("1301ffff0002aabb", 1, "value", "no elements of this type in 2 octets"),
        ("13020211120401020304", 10, "value[1][1]", "needs 2 octets, 0 left"),
        ("13130500", 1, "type", "COMPACT_ARRAY"),
        ("01010182ffff", 3, "value[0]", "cannot fit"),
    ],
)
def test_malformed_data_names_field_and_offset(octets, offset, field, reason):
    with pytest.raises(DecodeError, match=reason) as caught:
        axdr.decode_data(bytes.fromhex(octets))
    assert (caught.value.offset, caught.value.field) == (offset, field)


def test_nesting_is_limited_on_both_ways():
    def nested(levels):
        value = NULL
        for _ in range(levels):
            value = Data(DataTag.ARRAY, (value,))
        return value

    octets = axdr.encode_data(nested(MAX_DEPTH))
    assert axdr.decode_data(octets) == nested(MAX_DEPTH)
    with pytest.raises(DecodeError, match="levels"):
        axdr.decode_data(b"\x01\x01" + octets)
    with pytest.raises(DecodeError, match="levels"):
        axdr.decode_data(b"\x02\x01" * 30_000)
    with pytest.raises(EncodeError, match="levels"):
        axdr.encode_data(nested(MAX_DEPTH + 1))


@pytest.mark.parametrize(
    ("tag", "value"),
    [
        (DataTag.NULL, 0),
        (DataTag.BOOLEAN, 255),
        (DataTag.BOOLEAN, "yes"),
        (DataTag.UNSIGNED, 256),
        (DataTag.UNSIGNED, None),
        (DataTag.LONG, 40_000),
        (DataTag.OCTET_STRING, "text"),
        (DataTag.OCTET_STRING, bytearray(b"a")),
        (DataTag.VISIBLE_STRING, "€"),
        (DataTag.UTF8_STRING, "\ud800"),
        (DataTag.BIT_STRING, BitString("012")),
        (DataTag.BIT_STRING, "01"),
        (DataTag.DATE, b"1234"),
        (DataTag.STRUCTURE, [NULL]),
        (DataTag.ARRAY, (None,)),
        (DataTag.COMPACT_ARRAY, CompactArray(TypeDescription(DataTag.NULL), (NULL,))),
        (DataTag.COMPACT_ARRAY, CompactArray(TypeDescription(DataTag.UNSIGNED), (NULL,))),
        (DataTag.COMPACT_ARRAY, CompactArray(TypeDescription(DataTag.COMPACT_ARRAY), ())),
        (DataTag.COMPACT_ARRAY, CompactArray(TypeDescription(DataTag.ARRAY, (), 2), ())),
        (DataTag.COMPACT_ARRAY, None),
    ],
)
def test_a_value_that_does_not_suit_its_tag_is_refused(tag, value):
    with pytest.raises(EncodeError):
        axdr.encode_data(Data(tag, value))


def test_an_encode_error_names_the_field():
    request = AccessRequest(
        1,
        (AccessSpecification(AccessKind.GET, 3, b"short", 2),),
        (NULL,),
    )
    with pytest.raises(EncodeError) as caught:
        dlms.encode_access_request(request)
    assert caught.value.field == "specifications[0].instance"


@pytest.mark.parametrize(
    ("octets", "offset", "field"),
    [
        ("", 0, "access_request"),
        ("da", 0, "access_request"),
        ("d9200000", 1, "invoke_id"),
        ("d9200000010500000000000000", 5, "date_time"),
        ("d920000001000101000301000108", 10, "specifications[0].instance"),
        ("d92000000100010600030100010800ff020100", 7, "specifications[0].kind"),
        ("d92000000100010100030100010800ff0200", 18, "data"),
        ("d92000000100010100030100010800ff02010000", 19, "end"),
    ],
)
def test_malformed_request_names_field_and_offset(octets, offset, field):
    with pytest.raises(DecodeError) as caught:
        dlms.decode_access_request(bytes.fromhex(octets))
    assert (caught.value.offset, caught.value.field) == (offset, field)


def test_response_and_its_results_go_together():
    one = AccessResponse(1, (NULL,), ())
    with pytest.raises(EncodeError, match="1 data and 0 results"):
        dlms.encode_access_response(one)
    with pytest.raises(DecodeError, match="1 data and 0 results"):
        dlms.decode_access_response(bytes.fromhex("da200000010000010000"))
    with pytest.raises(DecodeError, match="no kind of result"):
        dlms.decode_access_response(bytes.fromhex("da2000000100000100010400"))
    with pytest.raises(DecodeError, match="expected 00, or 01"):
        dlms.decode_access_response(bytes.fromhex("da200000010001000000"))
