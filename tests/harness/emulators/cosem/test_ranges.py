"""Parts of logs: both ends belong to the range, whichever way it is given."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.codecs.cosem_data import CompactArray, Data, DataTag, TypeDescription
from harness.codecs.dlms_types import DataAccessResult
from harness.emulators.cosem.ranges import entries_in, range_in
from harness.emulators.refusal import AccessRefused
from harness.emulators.subjects.clock import date_time_of
from harness.network.clock import SECOND, Instant

SECONDS = st.integers(0, 1_000)
NUMBER = TypeDescription(DataTag.DOUBLE_LONG_UNSIGNED)
CLOCK = Data(
    DataTag.STRUCTURE,
    (
        Data(DataTag.LONG_UNSIGNED, 1),
        Data(DataTag.OCTET_STRING, bytes.fromhex("00005e2c64ff")),
        Data(DataTag.INTEGER, 2),
        Data(DataTag.LONG_UNSIGNED, 0),
    ),
)


def number(value):
    return Data(DataTag.DOUBLE_LONG_UNSIGNED, value)


def described(start, end):
    columns = Data(DataTag.ARRAY, ())
    return Data(DataTag.STRUCTURE, (CLOCK, number(start), number(end), columns))


def dated(start, end):
    ends = (date_time_of(Instant(second * SECOND)).to_octets() for second in (start, end))
    return Data(DataTag.STRUCTURE, tuple(Data(DataTag.OCTET_STRING, octets) for octets in ends))


def log(stamps):
    entries = tuple(Data(DataTag.STRUCTURE, (number(stamp), number(7))) for stamp in stamps)
    return Data(
        DataTag.COMPACT_ARRAY, CompactArray(TypeDescription(DataTag.STRUCTURE, (NUMBER, NUMBER)), entries)
    )


@given(st.lists(SECONDS, max_size=20), SECONDS, SECONDS, st.sampled_from([described, dated]))
def test_entries_in_a_range(stamps, start, end, form):
    found = entries_in(log(stamps), form(start, end)).value
    assert [entry.value[0].value for entry in found.elements] == [
        stamp for stamp in stamps if start <= stamp <= end
    ]
    assert found.element == log([]).value.element


@given(SECONDS, SECONDS)
def test_both_forms_say_the_same(start, end):
    assert range_in(described(start, end)) == range_in(dated(start, end))


@pytest.mark.parametrize(
    "wrong",
    [
        number(1),
        Data(DataTag.STRUCTURE, (number(1),)),
        Data(DataTag.STRUCTURE, (number(1), number(2))),
        Data(DataTag.STRUCTURE, (number(1), number(1), number(2), Data(DataTag.ARRAY, ()))),
        Data(DataTag.ARRAY, described(1, 2).value),
    ],
)
def test_what_is_no_range_is_refused(wrong):
    with pytest.raises(AccessRefused) as refused:
        range_in(wrong)
    assert refused.value.result == DataAccessResult.TYPE_UNMATCHED


def test_what_is_no_log_has_no_entries():
    with pytest.raises(AccessRefused) as refused:
        entries_in(number(1), described(1, 2))
    assert refused.value.result == DataAccessResult.READ_WRITE_DENIED
