"""Shapes and values: what a device holds at first is what it would take, and nothing of another type is."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.codecs.axdr import decode_data, encode_data
from harness.codecs.cosem_data import BitString, Data, DataTag
from harness.codecs.cosem_shapes import Group, Part, Series, items_of
from harness.emulators.cosem.first_values import Origin, first_value
from harness.emulators.cosem.typed import has_constants, has_shape
from harness.gbcs.catalogue import use_cases
from harness.network.clock import DAY, Instant

SHAPES = [
    shape
    for one in use_cases()
    for item in items_of(one.id)
    for shape in (item.value, item.output)
    if shape is not None and item.key[0] != 30
]
ORIGINS = st.builds(
    Origin,
    st.binary(min_size=8, max_size=8),
    st.integers(0, 20_000).map(lambda day: Instant(day * DAY)),
    st.booleans(),
)
NUMBERS = {
    DataTag.INTEGER: (-0x80, 0x7F),
    DataTag.UNSIGNED: (0, 0xFF),
    DataTag.LONG: (-0x8000, 0x7FFF),
    DataTag.LONG_UNSIGNED: (0, 0xFFFF),
    DataTag.DOUBLE_LONG: (-0x8000_0000, 0x7FFF_FFFF),
    DataTag.DOUBLE_LONG_UNSIGNED: (0, 0xFFFF_FFFF),
    DataTag.ENUM: (0, 0xFF),
}


def part(tag, size=None, name="value"):
    return Part(name, "", "", tag, size, (), False)


def value_of(tag):
    if tag in NUMBERS:
        return st.integers(*NUMBERS[tag])
    return {
        DataTag.BOOLEAN: st.booleans(),
        DataTag.BIT_STRING: st.text("01", max_size=40).map(BitString),
        DataTag.OCTET_STRING: st.binary(max_size=40),
        DataTag.VISIBLE_STRING: st.text("abc", max_size=40),
    }[tag]


TAGS = [*NUMBERS, DataTag.BOOLEAN, DataTag.BIT_STRING, DataTag.OCTET_STRING, DataTag.VISIBLE_STRING]


def leaf(tag):
    return st.tuples(st.just(part(tag)), value_of(tag).map(lambda value: Data(tag, value)))


@st.composite
def nested(draw, inside):
    if draw(st.booleans()):
        pairs = draw(st.lists(inside, min_size=1, max_size=4))
        shape = Group("", tuple(shape for shape, _ in pairs))
        return shape, Data(DataTag.STRUCTURE, tuple(data for _, data in pairs))
    shape, data = draw(inside)
    count = draw(st.integers(0, 4))
    return Series("", shape, 0, 4), Data(DataTag.ARRAY, (data,) * count)


PAIRS = st.recursive(st.sampled_from(TAGS).flatmap(leaf), nested, max_leaves=8)


@given(st.sampled_from(SHAPES), ORIGINS)
def test_first_values_have_their_shape_and_can_be_written_down(shape, origin):
    value = first_value(shape, origin)
    assert has_shape(value, shape, second_element=origin.second_element)
    assert has_constants(value, shape)
    assert decode_data(encode_data(value)) == value
    assert first_value(shape, origin) == value


@given(PAIRS)
def test_a_value_of_the_shape_has_it(pair):
    shape, data = pair
    assert has_shape(data, shape)


@given(PAIRS)
def test_a_value_of_another_type_has_it_not(pair):
    shape, data = pair
    wrong = Data(DataTag.BCD, 0)
    assert not has_shape(wrong, shape)
    if data.tag is DataTag.STRUCTURE:
        assert not has_shape(replace(data, value=(*data.value, data.value[0])), shape)
        assert not has_shape(replace(data, value=(wrong, *data.value[1:])), shape)
        assert not has_shape(replace(data, tag=DataTag.ARRAY), shape)
    if data.tag is DataTag.ARRAY:
        assert not has_shape(replace(data, value=(*data.value, wrong)), shape)
        assert not has_shape(replace(data, value=(*data.value, *data.value[:1] * 5)), shape) or not data.value


@pytest.mark.parametrize(
    ("shape", "octets", "fits"),
    [
        (part(DataTag.OCTET_STRING, 12), bytes(12), True),
        (part(DataTag.OCTET_STRING, 12), bytes(11), False),
        (part(DataTag.OCTET_STRING, 4, "switch_time"), bytes(3), False),
        (part(DataTag.OCTET_STRING, 4, "week_name"), bytes(1), True),
        (part(DataTag.OCTET_STRING, 4, "week_name"), bytes(5), False),
        (part(DataTag.OCTET_STRING, 0), b"", True),
        (part(DataTag.OCTET_STRING, 0), b"1", False),
        (part(DataTag.OCTET_STRING), bytes(99), True),
    ],
)
def test_sizes(shape, octets, fits):
    assert has_shape(Data(DataTag.OCTET_STRING, octets), shape) is fits


def test_an_item_without_a_value_takes_nothing():
    assert has_shape(Data(DataTag.NULL, None), None)
    assert not has_shape(Data(DataTag.INTEGER, 0), None)


def test_a_structure_may_leave_out_what_only_a_second_element_has():
    second = Part("second", "", "", DataTag.UNSIGNED, None, (), True)
    shape = Group("", (part(DataTag.UNSIGNED), second))
    one = Data(DataTag.UNSIGNED, 1)
    assert has_shape(Data(DataTag.STRUCTURE, (one,)), shape, second_element=False)
    assert not has_shape(Data(DataTag.STRUCTURE, (one,)), shape)
    assert has_shape(Data(DataTag.STRUCTURE, (one, one)), shape)


@pytest.mark.parametrize(
    ("constants", "data", "holds"),
    [
        ((), Data(DataTag.UNSIGNED, 9), True),
        ((1, 2), Data(DataTag.UNSIGNED, 2), True),
        ((1, 2), Data(DataTag.UNSIGNED, 3), False),
        (("11",), Data(DataTag.BIT_STRING, BitString("11")), True),
        (("11",), Data(DataTag.BIT_STRING, BitString("10")), False),
        ((b"a",), Data(DataTag.OCTET_STRING, b"a"), True),
        ((b"a",), Data(DataTag.OCTET_STRING, b"b"), False),
    ],
)
def test_constants_wherever_they_are(constants, data, holds):
    shape = Part("value", "", "", data.tag, None, constants, False)
    assert has_constants(data, shape) is holds
    assert has_constants(Data(DataTag.ARRAY, (data, data)), Series("", shape, 0, 4)) is holds
    assert has_constants(Data(DataTag.STRUCTURE, (data,)), Group("", (shape,))) is holds


def test_nothing_has_no_constants():
    assert has_constants(Data(DataTag.NULL, None), None)
