"""What ``harness rtds --replay`` prints of the pairs of a reference set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from harness.cli.columns import in_columns

if TYPE_CHECKING:
    from harness.execution.reference_replay import Replayed, ReplayReport

_COLUMNS = ("matched", "different", "unanswered", "no key")


def replay_lines(report: ReplayReport) -> Iterator[str]:
    """A table by use case, and what did not match."""
    rows = [_row(name, of) for name, of in _by_use_case(report.pairs).items()]
    rows.append(_row("all", report.pairs))
    yield from in_columns(("USE CASE", "REPLAYED", *(title.upper() for title in _COLUMNS)), rows)
    rest = [pair for pair in report.pairs if pair.outcome != "matched"]
    if rest:
        yield "\nnot matched:"
        yield from (f"  {pair.command}: {pair.outcome}{pair.why and ': '}{pair.why}" for pair in rest)
    if report.single:
        yield "\nwithout the other half:"
        yield from (f"  {file}" for file in report.single)


def described_replay(report: ReplayReport) -> dict[str, Any]:
    """The same for machines, octets in hexadecimal."""
    return {
        "holds": report.holds,
        "totals": {"pairs": len(report.pairs), **_counted(report.pairs)},
        "use_cases": {
            name: {"pairs": len(of), **_counted(of)} for name, of in _by_use_case(report.pairs).items()
        },
        "single": list(report.single),
        "pairs": [_entry(pair) for pair in report.pairs],
    }


def _entry(pair: Replayed) -> dict[str, Any]:
    entry = {
        "use_case": pair.use_case,
        "command": pair.command,
        "response": pair.response,
        "outcome": str(pair.outcome),
    }
    if pair.outcome != "matched":
        entry |= {"why": pair.why, "expected": pair.expected.hex(), "came": pair.came.hex()}
    return entry


def _by_use_case(pairs: Iterable[Replayed]) -> dict[str, list[Replayed]]:
    found: dict[str, list[Replayed]] = {}
    for pair in sorted(pairs, key=lambda pair: pair.use_case):
        found.setdefault(pair.use_case, []).append(pair)
    return found


def _counted(pairs: Iterable[Replayed]) -> dict[str, int]:
    counts = Counter(str(pair.outcome) for pair in pairs)
    return {column.replace(" ", "_"): counts[column] for column in _COLUMNS}


def _row(name: str, pairs: Iterable[Replayed]) -> tuple[str, ...]:
    listed = list(pairs)
    counts = Counter(str(pair.outcome) for pair in listed)
    return (name, str(len(listed)), *(str(counts[column]) if counts[column] else "-" for column in _COLUMNS))
