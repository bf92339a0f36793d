"""Arrays and findings come back as they went in; a wrong size is refused."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.records.columns import (
    pack_codes,
    pack_levels,
    pack_numbers,
    unpack_codes,
    unpack_levels,
    unpack_numbers,
)
from harness.records.evidence import Evidence, pack_evidence, unpack_evidence
from harness.records.types import FrameRecord, Verdict

_rows = st.integers(1, 6).flatmap(
    lambda width: st.lists(
        st.lists(st.integers(0, 65535), min_size=width, max_size=width), min_size=1, max_size=20
    )
)


@given(_rows)
def test_levels_come_back(rows: list[list[int]]) -> None:
    levels = np.array(rows, dtype=np.uint16)
    assert unpack_levels(pack_levels(levels), *levels.shape).tolist() == rows


@given(st.binary(max_size=200))
def test_codes_come_back(octets: bytes) -> None:
    codes = np.frombuffer(octets, dtype=np.uint8)
    assert unpack_codes(pack_codes(codes), len(octets)).tobytes() == octets


@given(st.lists(st.integers(0, 2**62), max_size=50))
def test_numbers_come_back(numbers: list[int]) -> None:
    packed = pack_numbers(np.array(numbers, dtype=np.int64))
    assert unpack_numbers(packed, len(numbers)).tolist() == numbers


@pytest.mark.parametrize("rows", [2, 4, 1000])
def test_a_wrong_number_of_rows_is_refused(rows: int) -> None:
    with pytest.raises(ValueError, match="octets"):
        unpack_codes(pack_codes(np.zeros(3, dtype=np.uint8)), rows)


_frames = st.builds(
    FrameRecord, st.integers(0, 2**60), st.text(), st.text(), st.text(), st.binary(max_size=40)
)
_findings: st.SearchStrategy[Any] = st.builds(
    Evidence,
    st.integers(0, 1000),
    st.sampled_from(Verdict),
    st.text(),
    st.text(),
    st.text(),
    st.text(),
    st.lists(_frames, max_size=4).map(tuple),
)


@given(st.lists(_findings, max_size=10))
def test_findings_come_back(found: list[Evidence]) -> None:
    assert list(unpack_evidence(pack_evidence(found))) == found


def test_the_same_exchange_in_many_homes_costs_little() -> None:
    frames = tuple(FrameRecord(at, "a", "b", "sent", bytes([at]) * 200) for at in range(10))
    found = [Evidence(row, Verdict.FAIL, "the same", frames=frames) for row in range(1000)]
    packed = pack_evidence(found)
    assert packed is not None
    assert len(packed) < 10_000
