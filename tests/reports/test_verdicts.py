import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from harness.records.types import Verdict
from reports.verdicts import LOOKS, NOT_RUN, Tally, look, ranks

BAD = {Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.ERROR}
codes = st.lists(st.sampled_from([*Verdict, NOT_RUN]))


def test_every_verdict_has_a_word_and_a_symbol_of_its_own() -> None:
    assert {entry.code for entry in LOOKS} == {*Verdict, NOT_RUN}
    for part in ("word", "symbol", "style", "ended"):
        assert len({getattr(entry, part) for entry in LOOKS}) == len(LOOKS)
    assert all(look(entry.code) is entry for entry in LOOKS)


@given(codes, codes)
def test_tallies_count_and_add_up(one: list[int], other: list[int]) -> None:
    def tally(values: list[int]) -> Tally:
        return Tally.of_ranks(ranks(np.array(values, dtype=np.uint8)))

    both = tally(one) + tally(other)
    assert both == tally(one + other)
    assert both.total == len(one) + len(other)
    assert both.bad == sum(code in BAD for code in one + other)
    assert both.decided == both.bad + (one + other).count(Verdict.PASS)
    assert {entry.code: count for entry, count in both.shown()} == {
        code: (one + other).count(code) for code in {*one, *other}
    }
