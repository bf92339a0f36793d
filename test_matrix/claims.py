"""An expression with its names resolved and its types checked: a claim that can be true, false or unknown.

Logic is three-valued (Kleene): what is not known excludes nothing. A home without a device leaves every
attribute of that device unknown but ``present``.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from device_profiles.checking import hint
from device_profiles.model import Version
from test_matrix.attributes import Attribute, Value, ValueType
from test_matrix.expression import (
    Comparison,
    Expression,
    ExpressionError,
    Flag,
    Joined,
    Not,
    Word,
    Words,
    parse,
)
from test_matrix.names import Atom, Names

Truth = bool | None
Facts = Mapping[Atom, Value]
Verdict = Callable[[Facts], Truth]

_T, _V, _S, _F = ValueType.TEXT, ValueType.VERSION, ValueType.SET, ValueType.FLAG
_EQUALITY = frozenset({(_T, _T), (_T, Word), (_V, _V), (_V, Word), (_S, _S), (_S, Words), (_F, _F)})
_ORDER = frozenset({(_V, _V), (_V, Word)})
_MEMBERSHIP = frozenset({(_T, Words), (_V, Words), (_T, _S), (Word, _S)})
_SHAPES: dict[str, frozenset[tuple[object, object]]] = {
    "=": _EQUALITY,
    "!=": _EQUALITY,
    **dict.fromkeys(("<", "<=", ">", ">="), _ORDER),
    "in": _MEMBERSHIP,
    "not in": _MEMBERSHIP,
    "overlaps": frozenset({(_S, _S), (_S, Words)}),
}
_COMPUTE: dict[str, Callable[..., bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda left, right: left in right,
    "not in": lambda left, right: left not in right,
    "overlaps": lambda left, right: not left.isdisjoint(right),
}
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!=", "overlaps": "overlaps"}
_USAGE = {
    _T: "is a word: compare it with = != or in [...]",
    _V: "is a version: compare it with = != < <= > >= or in [...]",
    _S: "is a set of words: write WORD in it, it overlaps [...], or it = [...]",
    _F: "holds or does not: let it stand alone, after not, or beside another such with = or !=",
}


@dataclass(frozen=True, slots=True)
class Claim:
    """A checked expression: the attributes that it looks at, and its verdict on their values."""

    atoms: tuple[Atom, ...]
    verdict: Verdict


def claim(text: str, names: Names) -> Claim:
    """Read and check an expression. Raises ExpressionError."""
    checker = _Checker(names)
    verdict = checker.check(parse(text))
    return Claim(tuple(checker.atoms), verdict)


class _Checker:
    def __init__(self, names: Names) -> None:
        self._names = names
        self.atoms: dict[Atom, None] = {}

    def check(self, expression: Expression) -> Verdict:
        match expression:
            case Flag(name):
                return self._flag(name)
            case Comparison():
                return self._comparison(expression)
            case Not(inner):
                return _negation(self.check(inner))
            case Joined(word, parts):
                return _JOINS[word](tuple(map(self.check, parts)))

    def _atom(self, operand: Word | Words) -> Atom | None:
        atom = None if isinstance(operand, Words) else self._names.resolve(operand)
        if atom is not None:
            self.atoms.setdefault(atom)
        return atom

    def _flag(self, name: Word) -> Verdict:
        atom = self._atom(name)
        if atom is None:
            raise self._names.unknown(name)
        if atom.meaning.type is not _F:
            raise ExpressionError(name.offset, f"{name.text} {_USAGE[atom.meaning.type]}")
        return lambda facts: _truth(facts[atom])

    def _comparison(self, node: Comparison) -> Verdict:
        left, right, compared = node.left, node.right, node.operator
        left_atom, right_atom = self._atom(left), self._atom(right)
        if left_atom is None and right_atom is not None and compared in _MIRRORED:
            left, right, left_atom, right_atom = right, left, right_atom, left_atom
            compared = _MIRRORED[compared]
        atom = left_atom or right_atom
        if atom is None:
            literal = left if isinstance(left, Word) else Word("a list", left.offset, quoted=True)
            raise self._names.unknown(literal)
        if (_shape(left, left_atom), _shape(right, right_atom)) not in _SHAPES[compared]:
            named = left if left_atom else right
            text = named.text if isinstance(named, Word) else ""
            raise ExpressionError(node.offset, f"{text} {_USAGE[atom.meaning.type]}")
        return _compare(
            _COMPUTE[compared], _value(left, left_atom, atom.meaning), _value(right, right_atom, atom.meaning)
        )


def _shape(operand: Word | Words, atom: Atom | None) -> object:
    return type(operand) if atom is None else atom.meaning.type


def _value(operand: Word | Words, atom: Atom | None, beside: Attribute) -> Callable[[Facts], object]:
    if atom is not None:
        return lambda facts: facts[atom]
    literal: object
    if isinstance(operand, Words):
        literal = frozenset(_literal(item, beside) for item in operand.items)
    else:
        literal = _literal(operand, beside)
    return lambda _: literal


def _literal(word: Word, beside: Attribute) -> str | Version:
    if beside.type is _V:
        try:
            return Version.parse(word.text)
        except ValueError:
            expected = f"expected a version such as 2.0, or an attribute; got {word.text}"
            raise ExpressionError(word.offset, expected) from None
    if beside.choices and word.text not in beside.choices:
        raise ExpressionError(word.offset, f"unknown word {word.text}: {hint(word.text, beside.choices)}")
    return word.text.upper() if beside.hexadecimal else word.text


def _compare(
    compute: Callable[..., bool], left: Callable[[Facts], object], right: Callable[[Facts], object]
) -> Verdict:
    def verdict(facts: Facts) -> Truth:
        one, other = left(facts), right(facts)
        return None if one is None or other is None else compute(one, other)

    return verdict


def _truth(value: Value) -> Truth:
    return None if value is None else bool(value)


def _negation(inner: Verdict) -> Verdict:
    def verdict(facts: Facts) -> Truth:
        truth = inner(facts)
        return None if truth is None else not truth

    return verdict


def _any(parts: tuple[Verdict, ...]) -> Verdict:
    def verdict(facts: Facts) -> Truth:
        truths = [part(facts) for part in parts]
        return True if True in truths else None if None in truths else False

    return verdict


def _all(parts: tuple[Verdict, ...]) -> Verdict:
    def verdict(facts: Facts) -> Truth:
        truths = [part(facts) for part in parts]
        return False if False in truths else None if None in truths else True

    return verdict


_JOINS: dict[str, Callable[[tuple[Verdict, ...]], Verdict]] = {
    "or": _any,
    "and": _all,
    "implies": lambda parts: _any((_negation(parts[0]), parts[1])),
}
