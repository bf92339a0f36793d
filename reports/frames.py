"""Octets and decoded trees, prepared to stand side by side with their differences marked.

A decoded tree is whatever JSON-like value the decoder gives: mappings, sequences and scalars. It becomes
flat lines with a depth, cut where a hostile frame would make it endless.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from harness.records.types import FrameRecord

Decode = Callable[[bytes], object]
"""From the octets of a message to a JSON-like value. Whatever it raises is shown in place of the tree."""

MOST_LINES = 400
MOST_OCTETS = 2048
"""A frame longer than this is cut in the report, and says so; the stored run has all of it."""
_MOST_DEPTH = 12
_MOST_TEXT = 500
_ROW = 16


@dataclass(frozen=True, slots=True)
class TreeLine:
    """One line of a decoded frame. ``differs``: its counterpart has another value, or there is none."""

    depth: int
    name: str
    value: str
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
    """Put an exchange into steps: each starts with what was sent and has what came of it."""
    return tuple(_step(own, decode) for own in _steps(frames))


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
    tree, error = _decoded(record.octets, decode)
    if other is not None:
        tree = _marked(tree, _decoded(other.octets, decode)[0])
    rows = tuple(_dump(record.octets[:MOST_OCTETS], other.octets if other is not None else None))
    return Frame(record, rows, tree, error, max(0, len(record.octets) - MOST_OCTETS))


def _decoded(octets: bytes, decode: Decode | None) -> tuple[tuple[TreeLine, ...], str]:
    if decode is None:
        return (), ""
    try:
        return tree_lines(decode(octets)), ""
    except Exception as error:  # noqa: BLE001 - the frame may be anything, and so may the decoder
        return (), f"{type(error).__name__}: {error}"[:_MOST_TEXT]


def tree_lines(value: object) -> tuple[TreeLine, ...]:
    """Flatten a JSON-like value, at most ``MOST_LINES`` lines, the last of which then says so."""
    lines: list[TreeLine] = []
    for line in _walk("", value, 0):
        if len(lines) == MOST_LINES:
            lines.append(TreeLine(0, "…", "more is left out here"))
            break
        lines.append(line)
    return tuple(lines)


def _walk(name: str, value: object, depth: int) -> Iterator[TreeLine]:
    children = _children(value)
    if children is None or depth > _MOST_DEPTH:
        yield TreeLine(depth, name, _scalar(value))
        return
    if name:
        yield TreeLine(depth, name, "" if children else "(empty)")
    for child_name, child in children:
        yield from _walk(child_name, child, depth + bool(name))


def _children(value: object) -> list[tuple[str, object]] | None:
    if isinstance(value, Mapping):
        return [(str(key), child) for key, child in value.items()]
    if isinstance(value, Sequence) and not isinstance(value, str | bytes | bytearray):
        return [(f"[{number}]", child) for number, child in enumerate(value)]
    return None


def _scalar(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, bytes | bytearray):
        text = value[: _MOST_TEXT // 2].hex().upper()
    elif isinstance(value, bool):
        text = "true" if value else "false"
    else:
        text = str(value)
    return text if len(text) <= _MOST_TEXT else text[:_MOST_TEXT] + "…"


def _marked(tree: tuple[TreeLine, ...], other: tuple[TreeLine, ...]) -> tuple[TreeLine, ...]:
    counterparts = dict(_by_path(other))
    return tuple(replace(line, differs=counterparts.get(path) != line.value) for path, line in _paths(tree))


def _by_path(tree: tuple[TreeLine, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    for path, line in _paths(tree):
        yield path, line.value


def _paths(tree: tuple[TreeLine, ...]) -> Iterator[tuple[tuple[str, ...], TreeLine]]:
    path: list[str] = []
    for line in tree:
        path[line.depth :] = [line.name]
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
