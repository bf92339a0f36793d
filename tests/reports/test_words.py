from hypothesis import given
from hypothesis import strategies as st

from reports import words


@given(st.integers(0, 10**7), st.integers(1, 10**7))
def test_a_share_says_none_and_all_only_where_that_is_so(part: int, whole: int) -> None:
    part = min(part, whole)
    assert (words.share(part, whole) == "0 %") == (part == 0)
    assert (words.share(part, whole) == "100 %") == (part == whole)
    assert abs(float(words.share(part, whole).split()[0]) - 100 * part / whole) <= 0.5


def test_numbers_and_names() -> None:
    assert words.counted(1, "case") == "1 case"
    assert words.counted(1234, "case") == "1,234 cases"
    assert words.duration(59.94) == "59.9 s"
    assert words.duration(272) == "4 min 32 s"
    assert words.size(286_400_000) == "286 MB"
    assert words.size(None) == "not measured"
    assert words.factor_title("comms_hub") == "Comms hub"
    assert words.factor_title("heat_pump") == "heat pump"
    assert words.first_line("one\ntwo") == "one"
    assert words.first_line("") == ""


def test_moments_are_of_simulated_time() -> None:
    assert words.moment(0) == "2000-01-01 00:00:00.000 Z"
    assert words.moment(757_382_401_250_000) == "2024-01-01 00:00:01.250 Z"
    assert words.moment(2**63) == "9223372036854775808 µs"


@given(st.text())
def test_a_terminal_gets_no_orders(text: str) -> None:
    assert words.printable(text).isprintable()
    assert len(words.printable(text)) == len(text)
