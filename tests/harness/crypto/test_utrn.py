"""Prepayment tokens: the worked example, every field, and every slip of a finger."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.crypto.errors import TokenError
from harness.crypto.utrn import (
    Token,
    TokenScope,
    ValueClass,
    check_digit,
    check_digit_holds,
    format_token,
    make_token,
    parse_token,
    token_holds,
)

EXAMPLE = "73946144332040217315"
Z = bytes(range(32))
TOKENS = st.builds(
    Token,
    counter_bits=st.integers(0, 1023),
    value_class=st.sampled_from(ValueClass),
    value=st.integers(0, 8191),
    check=st.binary(min_size=4, max_size=4),
)
COUNTERS = st.integers(0, 2**32 - 1).map(lambda step: step << 32)
SCOPES = st.builds(
    TokenScope,
    originator=st.binary(min_size=8, max_size=8),
    target=st.binary(min_size=8, max_size=8),
    counter=COUNTERS,
)


def test_the_worked_example_reads_as_it_says() -> None:
    token = parse_token(EXAMPLE)
    assert (token.value_class, token.value, token.pence) == (ValueClass.POUNDS, 10, 1000)
    assert token.counter_from() == 0x0000_0003_0000_0000
    assert format_token(token) == EXAMPLE


@given(TOKENS)
def test_tokens_are_read_back(token: Token) -> None:
    utrn = format_token(token)
    assert len(utrn) == 20
    assert check_digit_holds(utrn)
    assert parse_token(utrn) == token


@given(SCOPES, st.integers(0, 8191), st.sampled_from(ValueClass))
def test_a_token_holds_for_its_scope_alone(scope: TokenScope, value: int, value_class: ValueClass) -> None:
    token = parse_token(make_token(Z, scope, value, value_class))
    assert (token.value, token.value_class) == (value, value_class)
    assert token_holds(token, Z, scope)
    assert not token_holds(token, bytes(32), scope)
    following = (scope.counter + 2**32) % 2**64
    for other in (
        TokenScope(originator=scope.target + b"", target=scope.originator, counter=scope.counter),
        TokenScope(originator=scope.originator, target=scope.target, counter=following),
        # The same ten bits of the counter, in another of its rounds.
        TokenScope(originator=scope.originator, target=scope.target, counter=(scope.counter + 2**42) % 2**64),
    ):
        assert other == scope or not token_holds(token, Z, other)


@given(TOKENS, st.integers(0, 19), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(token: Token, place: int, change: int) -> None:
    utrn = format_token(token)
    wrong = str((int(utrn[place]) + change) % 10)
    assert not check_digit_holds(utrn[:place] + wrong + utrn[place + 1 :])


@given(TOKENS, st.integers(0, 17))
def test_two_neighbours_changed_over_are_always_noticed(token: Token, place: int) -> None:
    utrn = format_token(token)
    swapped = utrn[:place] + utrn[place + 1] + utrn[place] + utrn[place + 2 :]
    assert swapped == utrn or not check_digit_holds(swapped)


@given(st.text(max_size=24))
def test_text_is_a_token_or_a_token_error(text: str) -> None:
    try:
        token = parse_token(text)
    except TokenError:
        return
    assert format_token(token) == text


@given(
    st.one_of(st.integers(0, 10**19 - 1), st.integers(0, 2**58).map(lambda ptut: 7394156990786306048 + ptut))
)
def test_numbers_with_a_check_digit_are_tokens_or_refused(number: int) -> None:
    digits = f"{number:019d}"
    utrn = digits + check_digit(digits)
    ptut = number - 7394156990786306048
    if 0 <= ptut < 2**57 and ptut >> 45 & 3 < 2:
        assert format_token(parse_token(utrn)) == utrn
    else:
        with pytest.raises(TokenError, match=r"range|reserved"):
            parse_token(utrn)


@pytest.mark.parametrize(
    "utrn", ["", "1", EXAMPLE[:-1], EXAMPLE + "0", EXAMPLE[:-1] + "x", "٣" * 20, "+" + EXAMPLE[1:]]
)
def test_what_is_not_twenty_digits_is_refused(utrn: str) -> None:
    with pytest.raises(TokenError, match="UTRN: expected"):
        check_digit_holds(utrn)


@pytest.mark.parametrize("value_class", [2, 3])
def test_reserved_value_classes_are_refused(value_class: int) -> None:
    digits = str(7394156990786306048 + (value_class << 45))
    with pytest.raises(TokenError, match="reserved"):
        parse_token(digits + check_digit(digits))


@pytest.mark.parametrize(
    ("counter", "value", "field"),
    [
        (1, 0, "counter"),
        (-(2**32), 0, "counter"),
        (2**64, 0, "counter"),
        (0, -1, "value"),
        (0, 8192, "value"),
    ],
)
def test_what_no_token_can_carry_is_refused(counter: int, value: int, field: str) -> None:
    scope = TokenScope(originator=bytes(8), target=bytes(8), counter=counter)
    with pytest.raises(TokenError, match=field):
        make_token(Z, scope, value, ValueClass.PENCE)


@pytest.mark.parametrize("field", [{"counter_bits": 1024}, {"check": b"123"}, {"value": 8192}])
def test_a_token_out_of_range_is_not_written(field: dict[str, object]) -> None:
    fields = {"counter_bits": 0, "value_class": ValueClass.PENCE, "value": 0, "check": bytes(4)} | field
    with pytest.raises(TokenError):
        format_token(Token(**fields))  # type: ignore[arg-type]  # wrong on purpose


@given(COUNTERS, st.integers(0, 2**63))
def test_a_counter_is_found_again_from_below_it(counter: int, floor: int) -> None:
    token = parse_token(
        make_token(Z, TokenScope(originator=bytes(8), target=bytes(8), counter=counter), 1, ValueClass.PENCE)
    )
    found = token.counter_from(floor)
    assert found >= floor
    assert found - floor < 2**42
    assert found % 2**42 == counter % 2**42
    assert token.counter_from(counter) == counter


def test_there_is_no_counter_beyond_sixty_four_bits() -> None:
    token = parse_token(EXAMPLE)
    with pytest.raises(TokenError, match="counter"):
        token.counter_from(2**64 - 1)
