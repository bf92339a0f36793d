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
    for title, replayed in (("PAIRS", report.pairs), ("ALERTS", report.alerts)):
        rows = [_row(name, of) for name, of in _by_use_case(replayed).items()]
        rows.append(_row("all", replayed))
        yield from in_columns(("USE CASE", title, *(column.upper() for column in _COLUMNS)), rows)
        yield ""
    rest = [one for one in (*report.pairs, *report.alerts) if one.outcome != "matched"]
    if rest:
        yield "not matched:"
        yield from (
            f"  {one.command or one.response}: {one.outcome}{one.why and ': '}{one.why}" for one in rest
        )
    if report.single:
        yield "\nwithout the other half:"
        yield from (f"  {file}" for file in report.single)


def _told(one: Replayed) -> str:
    return f"  {one.command or one.response}: {one.outcome}{one.why and ': '}{one.why}"


def described_replay(report: ReplayReport) -> dict[str, Any]:
    """The same for machines, octets in hexadecimal."""
    return {
        "holds": report.holds,
        "totals": {"pairs": len(report.pairs), **_counted(report.pairs)},
        "use_cases": {
            name: {"pairs": len(of), **_counted(of)} for name, of in _by_use_case(report.pairs).items()
        },
        "alerts": {"alerts": len(report.alerts), **_counted(report.alerts)},
        "single": list(report.single),
        "pairs": [_entry(pair) for pair in report.pairs],
        "raised": [_entry(alert) for alert in report.alerts],
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
