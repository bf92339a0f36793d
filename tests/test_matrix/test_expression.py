"""The form of expressions: precedence, and where what cannot be read is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from test_matrix.expression import Comparison, ExpressionError, Flag, Joined, Not, Word, Words, parse


def _flag(name: str, offset: int) -> Flag:
    return Flag(Word(name, offset))


def test_words_bind_from_not_over_and_and_or_to_implies() -> None:
    assert parse("not a and b or c implies d implies e") == Joined(
        "implies",
        (
            Joined("or", (Joined("and", (Not(_flag("a", 4)), _flag("b", 10))), _flag("c", 15))),
            Joined("implies", (_flag("d", 25), _flag("e", 35))),
        ),
    )


def test_parentheses_bind_tightest() -> None:
    assert parse("a and (b or c)") == Joined(
        "and", (_flag("a", 0), Joined("or", (_flag("b", 7), _flag("c", 12))))
    )


def test_two_negations_are_none() -> None:
    assert parse("not not a") == _flag("a", 8)


def test_words_quotes_and_lists_are_operands() -> None:
    assert parse("""868MHz in hub.bands""") == Comparison(
        "in", Word("868MHz", 0), Word("hub.bands", 10), offset=7
    )
    assert parse('name not in ["A b", c]') == Comparison(
        "not in",
        Word("name", 0),
        Words((Word("A b", 13, quoted=True), Word("c", 20)), 12),
        offset=5,
    )


def test_one_equals_sign_is_as_good_as_two() -> None:
    assert parse("a == b") == parse("a =  b")


@pytest.mark.parametrize(
    ("text", "offset", "said"),
    [
        ("", 0, "expected a name, a value or [; got the end"),
        ("a and", 5, "expected a name, a value or [; got the end"),
        ("a >= ", 5, "expected a name, a value or [; got the end"),
        ("(a", 2, "expected ) or an operator; got the end"),
        ("a b", 2, "expected an operator, one of = != < <= > >= in not in overlaps; got 'b'"),
        ("a ) b", 2, "expected and, or, implies, or the end; got ')'"),
        ("a not b", 6, "expected in after not; got 'b'"),
        ("a + b", 2, "expected a name, a value or an operator; got '+'"),
        ("a in [b c]", 8, "expected , or ]; got 'c'"),
        ("[a]", 3, "expected an operator after the list; got the end"),
        ("a ~ b", 2, "expected a name, a value or an operator; got '~'"),
        ("a = 'b", 4, 'expected a name, a value or an operator; got "\'"'),
        ("__import__('os')", 10, "expected and, or, implies, or the end; got '('"),
        ("a.b().c", 5, "expected a name, a value or an operator; got '.'"),
    ],
)
def test_what_cannot_be_read_is_told_at_its_character(text: str, offset: int, said: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        parse(text)
    assert (refused.value.offset, refused.value.expected.replace(", ", " ")) == (
        offset,
        said.replace(", ", " "),
    )


def test_nesting_has_a_limit() -> None:
    with pytest.raises(ExpressionError, match="at most 50 levels"):
        parse("(" * 100_000 + "a")
    with pytest.raises(ExpressionError, match="at most 50 levels"):
        parse("a implies " * 100_000 + "a")
    assert parse("not " * 100_000 + "a") == _flag("a", 400_000)


_words = st.sampled_from(
    ["a", "b.c", "2.0", "and", "or", "not", "in", "implies", "(", ")", "[", "]", ",", "<=", "="]
)


@given(st.lists(_words, max_size=12).map(" ".join) | st.text(max_size=30))
def test_any_text_is_read_or_refused_within_itself(text: str) -> None:
    try:
        parse(text)
    except ExpressionError as error:
        assert 0 <= error.offset <= len(text)  # noqa: PT017 - either outcome is right, any other is not
