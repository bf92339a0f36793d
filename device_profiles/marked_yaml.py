"""YAML as text with places: every scalar stays the text that was written, every node keeps its line.

Nothing is resolved to a number, a date or a boolean: ``4.10`` is not ``4.1`` and ``0123E5`` is not a
large number. Aliases are refused (a small file must not unfold into a large one), and so are
duplicate keys, of which YAML readers silently keep the last.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import yaml

from device_profiles.errors import InputError, InputProblem

Value: TypeAlias = "str | list[Value] | dict[str, Value]"
Place: TypeAlias = tuple[str | int, ...]
"""Keys and list positions from the top of a document down to one value."""

# libyaml's parser is about ten times as fast; wheels for some platforms come without it.
_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


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
    try:
        root = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise InputError([_syntax_problem(error, path)]) from None
    except RecursionError:
        raise InputError([InputProblem(path, 0, 0, "", "expected less deep nesting")]) from None
    if root is None:
        raise InputError([InputProblem(path, 1, 1, "", "expected a mapping, the document is empty")])
    walk = _Walk(path)
    value = walk.value_of(root, ())
    if walk.problems:
        raise InputError(walk.problems)
    return MarkedDocument(path, value, walk.values_at, walk.keys_at, walk.texts_at)


def _syntax_problem(error: yaml.YAMLError, path: str) -> InputProblem:
    mark = getattr(error, "problem_mark", None)
    said = getattr(error, "problem", None) or getattr(error, "reason", None) or "not YAML"
    context = getattr(error, "context", None)
    text = f"expected YAML: {said}" + (f" ({context})" if context else "")
    return InputProblem(path, mark.line + 1 if mark else 0, mark.column + 1 if mark else 0, "", text)


@dataclass(slots=True)
class _Walk:
    path: str
    values_at: dict[Place, tuple[int, int]] = field(default_factory=dict)
    keys_at: dict[Place, tuple[int, int]] = field(default_factory=dict)
    texts_at: dict[Place, tuple[int, int]] = field(default_factory=dict)
    problems: list[InputProblem] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)

    def value_of(self, node: yaml.Node, place: Place) -> Value:
        mark = self.values_at[place] = _mark(node)
        if id(node) in self.seen:
            self._complain(mark, place, "expected the value itself: aliases are not read")
            return ""
        self.seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self.value_of(item, (*place, index)) for index, item in enumerate(node.value)]
        assert isinstance(node, yaml.ScalarNode)  # noqa: S101 - YAML has these three kinds of node
        text: str = node.value
        if node.start_mark.line == node.end_mark.line:
            self.texts_at[place] = (mark[0], mark[1] + (node.style in ("'", '"')))
        return text

    def _mapping(self, node: yaml.MappingNode, place: Place) -> dict[str, Value]:
        mapping: dict[str, Value] = {}
        for key_node, value_node in node.value:
            mark = _mark(key_node)
            if not isinstance(key_node, yaml.ScalarNode):
                self._complain(mark, place, "expected a plain word as key")
                continue
            key: str = key_node.value
            inner = (*place, key)
            if key in mapping:
                first = self.keys_at[inner][0]
                self._complain(mark, inner, f"expected each key once, it stands in line {first} already")
                continue
            self.keys_at[inner] = mark
            mapping[key] = self.value_of(value_node, inner)
        return mapping

    def _complain(self, mark: tuple[int, int], place: Place, expected: str) -> None:
        self.problems.append(InputProblem(self.path, *mark, dotted(place), expected))


def _mark(node: yaml.Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1
