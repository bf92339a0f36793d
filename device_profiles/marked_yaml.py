"""YAML as text with places: every scalar stays the text that was written, every node keeps its line.

Nothing is resolved to a number, a date or a boolean: ``4.10`` is not ``4.1`` and ``0123E5`` is not a
large number. Aliases are refused (a small file must not unfold into a large one), and so are
duplicate keys, of which YAML readers silently keep the last.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import yaml

from device_profiles.errors import InputError, InputProblem

Value: TypeAlias = "str | list[Value] | dict[str, Value]"
Place: TypeAlias = tuple[str | int, ...]
"""Keys and list positions from the top of a document down to one value."""

# libyaml's parser is about ten times as fast; wheels for some platforms come without it.
_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

# No document of ours needs more than six.
_DEEPEST = 30


@dataclass(frozen=True, slots=True)
class MarkedDocument:
    """One YAML document. Lines and columns count from 1."""

    path: str
    value: Value
    values_at: Mapping[Place, tuple[int, int]]
    keys_at: Mapping[Place, tuple[int, int]]
    texts_at: Mapping[Place, tuple[int, int]]
    """Where the first character of a text of one line stands, inside its quotes."""

    def line_of(self, place: Place) -> int:
        """Line on which the value at ``place`` starts."""
        return self.values_at[place][0]

    def problem(self, place: Place, expected: str, *, at_key: bool = False) -> InputProblem:
        """Say what was expected at ``place``, or at the nearest thing around it that was written."""
        marks = self.keys_at if at_key else self.values_at
        around = place
        while around and around not in marks:
            around = around[:-1]
        line, column = marks.get(around) or self.values_at.get(around, (0, 0))
        return InputProblem(self.path, line, column, dotted(place), expected)

    def problem_within(self, place: Place, offset: int, expected: str) -> InputProblem:
        """Say what was expected at a character of the text at ``place`` (``offset`` counts from 0).

        In a text that is folded over lines, the column is that of its start.
        """
        if place not in self.texts_at:
            return self.problem(place, expected)
        line, column = self.texts_at[place]
        return InputProblem(self.path, line, column + offset, dotted(place), expected)


def dotted(place: Place) -> str:
    """A place as people write it: ``firmwares[2].gbcs``."""
    text = ""
    for step in place:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def parse_yaml(octets: bytes, path: str) -> MarkedDocument:
    """Read one UTF-8 YAML document. Raises InputError with every fault of form that can be told."""
    try:
        text = octets.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = octets.count(b"\n", 0, error.start) + 1
        raise InputError([InputProblem(path, line, 0, "", "expected UTF-8 text")]) from None
    walk = _Walk(path, yaml.parse(text, Loader=_Loader))
    try:
        value = walk.document()
    except yaml.YAMLError as error:
        raise InputError([*walk.problems, _syntax_problem(error, path)]) from None
    if walk.problems:
        raise InputError(walk.problems)
    return MarkedDocument(path, value, walk.values_at, walk.keys_at, walk.texts_at)


def _syntax_problem(error: yaml.YAMLError, path: str) -> InputProblem:
    mark = getattr(error, "problem_mark", None)
    said = getattr(error, "problem", None) or getattr(error, "reason", None) or "not YAML"
    context = getattr(error, "context", None)
    text = f"expected YAML: {said}" + (f" ({context})" if context else "")
    return InputProblem(path, mark.line + 1 if mark else 0, mark.column + 1 if mark else 0, "", text)


class _Walk:
    """Builds values from parser events, which need no stack of the parser's: depth is ours to limit."""

    def __init__(self, path: str, events: Iterator[yaml.Event]) -> None:
        self._path = path
        self._events = events
        self.values_at: dict[Place, tuple[int, int]] = {}
        self.keys_at: dict[Place, tuple[int, int]] = {}
        self.texts_at: dict[Place, tuple[int, int]] = {}
        self.problems: list[InputProblem] = []

    def document(self) -> Value:
        next(self._events)
        if isinstance(next(self._events), yaml.StreamEndEvent):
            raise InputError(
                [InputProblem(self._path, 1, 1, "", "expected a mapping, the document is empty")]
            )
        value = self._value(next(self._events), ())
        next(self._events)
        after = next(self._events)
        if not isinstance(after, yaml.StreamEndEvent):
            self._complain(_mark(after), (), "expected one document, another one starts here")
        return value

    def _value(self, event: yaml.Event, place: Place) -> Value:
        mark = self.values_at[place] = _mark(event)
        if len(place) > _DEEPEST:
            raise InputError([InputProblem(self._path, *mark, "", f"expected at most {_DEEPEST} levels")])
        match event:
            case yaml.MappingStartEvent():
                return self._mapping(place)
            case yaml.SequenceStartEvent():
                return self._sequence(place)
            case yaml.ScalarEvent():
                return self._scalar(event, place)
            case _:
                self._complain(mark, place, "expected the value itself: aliases are not read")
                return ""

    def _scalar(self, event: yaml.ScalarEvent, place: Place) -> str:
        line, column = self.values_at[place]
        if event.end_mark is not None and event.end_mark.line + 1 == line:
            self.texts_at[place] = (line, column + (event.style in ("'", '"')))
        text: str = event.value
        return text

    def _sequence(self, place: Place) -> list[Value]:
        items: list[Value] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._value(event, (*place, len(items))))
        return items

    def _mapping(self, place: Place) -> dict[str, Value]:
        mapping: dict[str, Value] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            mark = _mark(event)
            key = self._key(event, place)
            inner = (*place, key)
            if key in mapping:
                first = self.keys_at[inner][0]
                self._complain(mark, inner, f"expected each key once, it stands in line {first} already")
            else:
                self.keys_at[inner] = mark
            mapping[key] = self._value(next(self._events), inner)
        return mapping

    def _key(self, event: yaml.Event, place: Place) -> str:
        if isinstance(event, yaml.ScalarEvent):
            text: str = event.value
            return text
        self._complain(_mark(event), place, "expected a plain word as key")
        self._value(event, (*place, ""))
        return ""

    def _complain(self, mark: tuple[int, int], place: Place, expected: str) -> None:
        self.problems.append(InputProblem(self._path, *mark, dotted(place), expected))


def _mark(event: yaml.Event) -> tuple[int, int]:
    if event.start_mark is None:  # Only events made by hand have none.
        return 0, 0
    return event.start_mark.line + 1, event.start_mark.column + 1
