"""A summary in Markdown for pull requests and job pages: always under 200 KB, and it says what it leaves out.

Names and reasons are untrusted: each is one line, cut, with everything escaped that Markdown, HTML or a
code host would take for markup, a link or a person.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from reports import words
from reports.gate import COUNTING, CaseOutcome, GateResult, Standing, WaiverUse
from reports.listing import Listed, Listing, list_counting
from reports.verdicts import LOOKS
from reports.words import first_line

if TYPE_CHECKING:
    from harness.records.reader import RunReader

MOST_OCTETS = 200_000
_ROOM_FOR_NOTES = 2_000
_LONGEST = 160
_EXAMPLES = 2
_IN_ALL = 400
_MARKUP = re.compile(r"[\\`*_{}\[\]()#+!|~$^=-]")
_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;", ":": "&#58;"}
_PLAIN = re.compile(r"[\w.-]{1,80}")


def markdown_summary(run: RunReader, gate: GateResult) -> str:
    """The decision, the counts, and what counts against the run, case by case."""
    listing = list_counting(run, gate, per_case=_EXAMPLES, in_all=_IN_ALL)
    page = _Page(MOST_OCTETS - _ROOM_FOR_NOTES)
    page.lines(_head(run, gate))
    page.table("Counting against the run", _COUNTING_HEAD, _counting_rows(gate, listing))
    if gate.baseline_id is not None:
        page.lines([f"Held against run {name(gate.baseline_id)}: {_baseline_words(gate)}", ""])
        page.table("Fixed", ("Case", "Executions"), _rows_where(gate, lambda entry: len(entry.fixed)))
        still = _rows_where(gate, lambda entry: entry.count(Standing.STILL))
        page.table("Not passed in the baseline either", ("Case", "Executions"), still)
    page.table("Waivers", ("Issue", "Owner", "Until", "Case", "Executions", ""), map(_waiver, gate.waivers))
    return page.finish()


class _Page:
    """Lines, as long as there is room."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._lines: list[str] = []
        self._cut = False

    def lines(self, lines: Iterable[str]) -> int:
        """Add lines; gives how many there was room for."""
        added = 0
        for line in lines:
            size = len(line.encode()) + 1
            if size > self._room:
                self._cut = True
                break
            self._room -= size
            self._lines.append(line)
            added += 1
        return added

    def table(self, title: str, head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
        made = ["| " + " | ".join(row) + " |" for row in rows]
        if not made:
            return
        self.lines([f"### {title}", "", "| " + " | ".join(head) + " |", "|" + " --- |" * len(head)])
        added = self.lines(made)
        if added < len(made):
            self._lines.append(f"\nShowing {added:,} of {len(made):,} rows.")
        self._lines.append("")

    def finish(self) -> str:
        if self._cut:
            self._lines.append("This summary was cut to stay under 200 KB; the HTML report has everything.")
        return "\n".join(self._lines).rstrip() + "\n"


_COUNTING_HEAD = ("Case", "Verdicts", "Count", "For example", "Seen")


def _head(run: RunReader, gate: GateResult) -> Iterator[str]:
    manifest = run.manifest
    yield f"## {'✅' if gate.passed else '❌'} {gate.headline}"
    yield ""
    yield from (f"- {reason}" for reason in gate.reasons)
    if gate.reasons:
        yield ""
    yield (
        f"{text(manifest.title)}: {words.counted(manifest.combinations, 'combination')},"
        f" {words.counted(len(manifest.cases), 'case')},"
        f" {words.counted(gate.tally.total, 'execution')}, seed {manifest.seed},"
        f" run {name(gate.run_id)}."
    )
    yield ""
    yield "| Verdict | Executions |"
    yield "| --- | ---: |"
    yield from (f"| {entry.symbol} {entry.word} | {gate.tally.of(entry.code):,} |" for entry in LOOKS[::-1])
    yield ""


def _counting_rows(gate: GateResult, listing: Listing) -> Iterator[tuple[str, ...]]:
    order = sorted(range(len(gate.outcomes)), key=lambda number: -gate.outcomes[number].counting)
    for number in order:
        outcome = gate.outcomes[number]
        if not outcome.counting:
            continue
        listed = listing.by_case.get(number, ())
        verdicts = ", ".join(f"{look.word} {count:,}" for look, count in outcome.results.tally.shown())
        seen = dict.fromkeys(first_line(one.finding.reason) for one in listed if one.finding)
        yield (
            name(outcome.record.case_id),
            verdicts,
            f"{outcome.counting:,}",
            "<br>".join(_devices(one) for one in listed),
            "<br>".join(text(reason) for reason in seen),
        )


def _devices(listed: Listed) -> str:
    return ", ".join(f"{text(device.factor)} {text(device.label)}" for device in listed.devices)


def _rows_where(gate: GateResult, count: Callable[[CaseOutcome], int]) -> Iterator[tuple[str, ...]]:
    for outcome in gate.outcomes:
        if count(outcome):
            yield name(outcome.record.case_id), f"{count(outcome):,}"


def _baseline_words(gate: GateResult) -> str:
    return (
        f"{gate.count(*COUNTING):,} new, {gate.fixed:,} fixed, {gate.count(Standing.STILL):,} as before,"
        f" {gate.gone:,} not decided here."
    )


def _waiver(use: WaiverUse) -> tuple[str, ...]:
    waiver = use.waiver
    state = "**expired**" if use.expired else "" if use.matched else "matches nothing: remove it"
    return (
        text(waiver.issue),
        text(waiver.owner),
        waiver.expires.isoformat(),
        name(waiver.case),
        f"{use.matched:,}",
        state,
    )


def text(untrusted: str) -> str:
    """One line of plain text, whatever it was."""
    line = " ".join("".join(c if c.isprintable() else " " for c in untrusted).split())
    line = line if len(line) <= _LONGEST else line[:_LONGEST] + "…"
    line = _MARKUP.sub(lambda match: "\\" + match[0], line)
    line = "".join(_ENTITIES.get(character, character) for character in line)
    return line.replace("@", "@\u200b")  # a zero-width space: code hosts notify whoever stands behind "@"


def name(untrusted: str) -> str:
    """An identifier, as code where it looks like one."""
    return f"`{untrusted}`" if _PLAIN.fullmatch(untrusted) else text(untrusted)
