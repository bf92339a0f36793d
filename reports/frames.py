"""Octets and decoded trees, prepared to stand side by side with their differences marked.

A tree is made of JSON-like nodes with ``name``, ``value``, ``meaning``, ``offset`` and ``children``, and
``text`` for a value as people write it. It becomes flat lines with a depth, cut where a hostile frame
would make it endless.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from harness.records.types import FrameRecord

Decode = Callable[[bytes], Mapping[str, Any]]
"""From the octets of a message to its tree. Whatever it raises is shown in place of the tree."""

MOST_FRAMES = 60
"""Of a longer exchange the last frames are shown: they hold what went wrong."""
MOST_LINES = 400
MOST_OCTETS = 2048
"""A frame longer than this is cut in the report, and says so; the stored run has all of it."""
_MOST_TEXT = 500
_ROW = 16


@dataclass(frozen=True, slots=True)
class TreeLine:
    """One line of a decoded frame. ``differs``: its counterpart says something else, or there is none."""

    depth: int
    name: str
    value: str
    meaning: str
    differs: bool = False


@dataclass(frozen=True, slots=True)
class HexRun:
    """Consecutive octets of one dump row, all alike or all different from their counterparts."""

    text: str
    differs: bool


@dataclass(frozen=True, slots=True)
class HexRow:
    """One row of a dump. ``offset`` is in octets from 0."""

    offset: int
    runs: tuple[HexRun, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame, ready to be shown. ``omitted`` counts octets that the dump leaves out."""

    record: FrameRecord
    rows: tuple[HexRow, ...]
    tree: tuple[TreeLine, ...]
    error: str
    omitted: int


@dataclass(frozen=True, slots=True)
class Step:
    """Frames that belong together, in the columns of the report."""

    sent: tuple[Frame, ...]
    received: tuple[Frame, ...]
    expected: tuple[Frame, ...]


def lay_out(frames: Sequence[FrameRecord], decode: Decode | None) -> tuple[Step, ...]:
    """Put the last ``MOST_FRAMES`` of an exchange into steps: what was sent, and what came of it."""
    return tuple(_step(own, decode) for own in _steps(frames[-MOST_FRAMES:]))


def column_of(frame: FrameRecord) -> str:
    """``sent``, ``received`` or ``expected``. A note may say more behind the word."""
    words = frame.note.split()
    word = words[0].rstrip(":,").lower() if words else ""
    return word if word in ("sent", "expected") else "received"


def _steps(frames: Sequence[FrameRecord]) -> Iterator[list[FrameRecord]]:
    current: list[FrameRecord] = []
    for frame in frames:
        answered = any(column_of(entry) != "sent" for entry in current)
        if column_of(frame) == "sent" and answered:
            yield current
            current = []
        current.append(frame)
    if current:
        yield current


def _step(records: Sequence[FrameRecord], decode: Decode | None) -> Step:
    columns: dict[str, list[FrameRecord]] = {"sent": [], "received": [], "expected": []}
    for record in records:
        columns[column_of(record)].append(record)
    # What was expected is held against what came last: earlier frames are on the way to it.
    wanted = columns["expected"][0] if columns["expected"] else None
    came = columns["received"][-1] if columns["received"] else None
    return Step(
        tuple(_frame(record, None, decode) for record in columns["sent"]),
        tuple(_frame(record, wanted if record is came else None, decode) for record in columns["received"]),
        tuple(_frame(record, came if record is wanted else None, decode) for record in columns["expected"]),
    )


def _frame(record: FrameRecord, other: FrameRecord | None, decode: Decode | None) -> Frame:
    tree, error = decoded(record.octets, decode)
    if other is not None:
        tree = _marked(tree, decoded(other.octets, decode)[0])
    rows = tuple(_dump(record.octets[:MOST_OCTETS], other.octets if other is not None else None))
    return Frame(record, rows, tree, error, max(0, len(record.octets) - MOST_OCTETS))


def decoded(octets: bytes, decode: Decode | None) -> tuple[tuple[TreeLine, ...], str]:
    """The lines of a frame's tree, and what went wrong in place of them."""
    if decode is None:
        return (), ""
    try:
        return tree_lines(decode(octets)), ""
    except Exception as error:  # noqa: BLE001 - the frame may be anything, and so may the decoder
        return (), _cut(f"{type(error).__name__}: {error}")


def tree_lines(root: Mapping[str, Any]) -> tuple[TreeLine, ...]:
    """Flatten a tree, at most ``MOST_LINES`` lines, after which one says so."""
    lines: list[TreeLine] = []
    waiting: list[tuple[int, Mapping[str, Any]]] = [(0, root)]
    while waiting:
        if len(lines) == MOST_LINES:
            return (*lines, TreeLine(0, "…", "", "more is left out here"))
        depth, node = waiting.pop()
        value = node.get("text", node.get("value"))
        lines.append(
            TreeLine(
                depth,
                _cut(str(node.get("name", ""))),
                "" if value is None else _cut(str(value)),
                _cut(str(node.get("meaning") or "")),
            )
        )
        waiting.extend((depth + 1, child) for child in reversed(node.get("children") or ()))
    return tuple(lines)


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_TEXT else text[:_MOST_TEXT] + "…"


def _marked(tree: tuple[TreeLine, ...], other: tuple[TreeLine, ...]) -> tuple[TreeLine, ...]:
    counterparts = {path: (line.value, line.meaning) for path, line in _paths(other)}
    return tuple(
        replace(line, differs=counterparts.get(path) != (line.value, line.meaning))
        for path, line in _paths(tree)
    )


def _paths(tree: tuple[TreeLine, ...]) -> Iterator[tuple[tuple[str, ...], TreeLine]]:
    """Each line with the names that lead to it; a name that comes again gets its number."""
    path: list[str] = []
    seen: dict[tuple[str, ...], int] = {}
    for line in tree:
        path[line.depth :] = [line.name]
        number = seen[tuple(path)] = seen.get(tuple(path), -1) + 1
        path[-1] = f"{line.name}#{number}"
        yield tuple(path), line


def _dump(octets: bytes, other: bytes | None) -> Iterator[HexRow]:
    for offset in range(0, len(octets), _ROW):
        row = octets[offset : offset + _ROW]
        runs: list[HexRun] = []
        for place, octet in enumerate(row, offset):
            differs = other is not None and other[place : place + 1] != bytes([octet])
            if runs and runs[-1].differs == differs:
                runs[-1] = HexRun(f"{runs[-1].text} {octet:02X}", differs)
            else:
                runs.append(HexRun(f"{octet:02X}", differs))
        yield HexRow(offset, tuple(runs))
