"""The language of constraints and filters: comparisons of attributes, joined by words. No eval.

    require: comms_hub.gbcs >= 2.0 and 868MHz in comms_hub.bands
    require: not (ppmid.present and ihd.present)
    where: variant in [twin_element, polyphase] implies gbcs >= 3.2

From loosest to tightest: ``implies``, ``or``, ``and``, ``not``, comparison. Comparisons are ``=``
``!=`` ``<`` ``<=`` ``>`` ``>=`` ``in`` ``not in`` ``overlaps``. Words are text as it stands; quotes
allow spaces. This module knows the form only; what names mean is the business of ``claims``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

OPERATORS = ("=", "!=", "<", "<=", ">", ">=", "in", "not in", "overlaps")
_JOINING = ("implies", "or", "and", "not", "in", "overlaps")
_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<quoted>"[^"]*"|'[^']*')
      | (?P<operator><=|>=|!=|==|=|<|>)
      | (?P<punctuation>[()\[\],])
      | (?P<word>[A-Za-z0-9_](?:[A-Za-z0-9_.\-]*[A-Za-z0-9_])?)
    """,
    re.VERBOSE,
)
_DEEPEST = 50


class ExpressionError(Exception):
    """What was expected at a character of the expression (``offset`` counts from 0)."""

    def __init__(self, offset: int, expected: str) -> None:
        self.offset = offset
        self.expected = expected
        super().__init__(expected)


@dataclass(frozen=True, slots=True)
class Word:
    """A name or a literal: which of the two depends on what stands beside it."""

    text: str
    offset: int
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """A list of literals in square brackets."""

    items: tuple[Word, ...]
    offset: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two operands and what is claimed of them."""

    operator: str
    left: Word | Words
    right: Word | Words
    offset: int


@dataclass(frozen=True, slots=True)
class Flag:
    """A name that holds or does not, standing alone."""

    name: Word


@dataclass(frozen=True, slots=True)
class Not:
    """Negation."""

    inner: Expression


@dataclass(frozen=True, slots=True)
class Joined:
    """``and``, ``or`` (two or more parts) or ``implies`` (two)."""

    word: str
    parts: tuple[Expression, ...]


Expression = Comparison | Flag | Not | Joined


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    offset: int


def parse(text: str) -> Expression:
    """Read an expression. Raises ExpressionError at the first place that cannot be read."""
    parser = _Parser(text, list(_tokens(text)))
    expression = parser.implication(0)
    parser.expect_end()
    return expression


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ExpressionError(at, f"expected a name, a value or an operator; got {text[at]!r}")
        kind = match.lastgroup or ""
        if kind == "word" and match.group() in _JOINING:
            kind = "joining"
        if kind != "space":
            yield _Token(kind, match.group(), at)
        at = match.end()


class _Parser:
    def __init__(self, text: str, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._end = _Token("end", "", len(text))
        self._at = 0

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at] if self._at < len(self._tokens) else self._end

    def _take(self, *texts: str) -> _Token | None:
        token = self._next
        if token.text not in texts or token.kind == "quoted":
            return None
        self._at += 1
        return token

    def expect_end(self) -> None:
        if self._next.kind != "end":
            raise self._unexpected("expected and, or, implies, or the end")

    def _unexpected(self, expected: str) -> ExpressionError:
        token = self._next
        got = repr(token.text) if token.kind != "end" else "the end"
        return ExpressionError(token.offset, f"{expected}; got {got}")

    def implication(self, depth: int) -> Expression:
        if depth > _DEEPEST:
            raise ExpressionError(self._next.offset, f"expected at most {_DEEPEST} levels of parentheses")
        left = self._series("or", depth)
        return Joined("implies", (left, self.implication(depth + 1))) if self._take("implies") else left

    def _series(self, word: str, depth: int) -> Expression:
        def part() -> Expression:
            return self._series("and", depth) if word == "or" else self._negation(depth)

        parts = [part()]
        while self._take(word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else Joined(word, tuple(parts))

    def _negation(self, depth: int) -> Expression:
        negations = 0
        while self._take("not"):
            negations += 1
        found = self._atom(depth)
        return Not(found) if negations % 2 else found

    def _atom(self, depth: int) -> Expression:
        if self._take("("):
            inner = self.implication(depth + 1)
            if not self._take(")"):
                raise self._unexpected("expected ) or an operator")
            return inner
        left = self._operand()
        offset = self._next.offset
        operator = self._operator()
        if operator is not None:
            return Comparison(operator, left, self._operand(), offset)
        if isinstance(left, Words):
            raise self._unexpected("expected an operator after the list")
        if self._next.kind in ("word", "quoted"):
            raise self._unexpected(f"expected an operator, one of {', '.join(OPERATORS)}")
        return Flag(left)

    def _operator(self) -> str | None:
        if self._next.kind == "operator":
            token = self._next
            self._at += 1
            return "=" if token.text == "==" else token.text
        if self._take("in"):
            return "in"
        if self._take("overlaps"):
            return "overlaps"
        if self._take("not"):
            if not self._take("in"):
                raise self._unexpected("expected in after not")
            return "not in"
        return None

    def _operand(self) -> Word | Words:
        opening = self._take("[")
        if opening is None:
            return self._word("a name, a value or [")
        items: list[Word] = []
        while not self._take("]"):
            if items and not self._take(","):
                raise self._unexpected("expected , or ]")
            items.append(self._word("a value"))
        return Words(tuple(items), opening.offset)

    def _word(self, expected: str) -> Word:
        token = self._next
        if token.kind not in ("word", "quoted"):
            raise self._unexpected(f"expected {expected}")
        self._at += 1
        quoted = token.kind == "quoted"
        return Word(token.text[1:-1] if quoted else token.text, token.offset, quoted)
