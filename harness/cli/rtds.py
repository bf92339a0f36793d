"""``harness rtds``: a whole folder of reference messages, checked with the keys beside it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.cli.columns import in_columns
from harness.cli.exits import Exit
from harness.cli.rtds_replay import described_replay, replay_lines
from harness.crypto.inspection import State
from harness.execution.reference_set import (
    CHECKS,
    CheckedMessage,
    ReferenceReport,
    check_reference_set,
    count_states,
)

if TYPE_CHECKING:
    from harness.execution.reference_replay import ReplayReport

_TITLES = {
    "parsed": "PARSED",
    "rebuilt": "REBUILT",
    "mac": "MAC",
    "signature": "SIGNATURE",
    "decrypted": "DECRYPTED",
}
_WORDS = {State.HELD: "{}", State.FAILED: "failed {}", State.NO_KEY: "no key {}"}


@click.command("rtds")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--json",
    "json_file",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    help="Also write totals and one entry per message to this file; - prints them instead of the table.",
)
@click.option(
    "--replay",
    is_flag=True,
    help="Also give each command to an emulated device that holds what its response reports, "
    "and compare what it answers.",
)
def command(folder: Path, json_file: Path | None, *, replay: bool) -> int:
    """Check a folder of Reference Test Data Set messages.

    FOLDER holds messages/ and keystore/. Each message is parsed, built again from its values, and its
    MAC, signature and encrypted attributes are checked with the keys of the key store. With --replay a
    device's response has to be the one in the folder octet for octet, but for a signature.

    A cell says how many held, and how many failed or had no key, where any did; "-" where there was
    nothing to check. Exit code 0 if all hold, 1 if any fails, 2 if FOLDER is no such folder. What no
    key in the key store can check has not failed.
    """
    report = check_reference_set(folder)
    replayed = _replay(folder) if replay else None
    described = _described(report)
    if replayed is not None:
        described["replay"] = described_replay(replayed)
    text = json.dumps(described, indent=1)
    if json_file is not None and str(json_file) != "-":
        json_file.write_text(text + "\n", encoding="utf-8")
    for line in [text] if str(json_file) == "-" else _all_lines(report, replayed):
        click.echo(line)
    holds = report.holds and (replayed is None or replayed.holds)
    return Exit.DONE if holds else Exit.GATE_FAILED


def _replay(folder: Path) -> ReplayReport:
    # Devices are only imported where they are asked for: a check of messages needs none.
    from harness.execution.reference_replay import replay_reference_set  # noqa: PLC0415 - see above

    return replay_reference_set(folder)


def _all_lines(report: ReferenceReport, replayed: ReplayReport | None) -> Iterator[str]:
    yield from _lines(report)
    if replayed is not None:
        yield ""
        yield from replay_lines(replayed)


def _lines(report: ReferenceReport) -> Iterator[str]:
    rows = [_row(name, messages) for name, messages in report.by_use_case.items()]
    rows.append(_row("all", report.messages))
    yield from in_columns(("USE CASE", "MESSAGES", *_TITLES.values()), rows)
    yield from _listed(
        "failed", (f"{one.file}: {fault}" for one in report.messages for fault in one.found.faults)
    )
    yield from _listed("no key", _without_key(report.messages))
    yield from _listed("in the key store under another's name", report.misfiled)


def _listed(title: str, lines: Iterable[str]) -> Iterator[str]:
    found = list(lines)
    if found:
        yield f"\n{title}:"
        yield from (f"  {line}" for line in found)


def _without_key(messages: Iterable[CheckedMessage]) -> Iterator[str]:
    for one in messages:
        missing = [check for check in CHECKS if one.state(check) is State.NO_KEY]
        if missing:
            yield f"{one.file}: {', '.join(missing)}"


def _row(name: str, messages: tuple[CheckedMessage, ...]) -> tuple[str, ...]:
    counts = count_states(messages)
    return (name, str(len(messages)), *(_cell(counts[check]) for check in _TITLES))


def _cell(counts: Counter[State]) -> str:
    return ", ".join(words.format(counts[state]) for state, words in _WORDS.items() if counts[state]) or "-"


def _described(report: ReferenceReport) -> dict[str, Any]:
    return {
        "folder": str(report.folder),
        "holds": report.holds,
        "totals": {"messages": len(report.messages), **_counted(report.totals)},
        "use_cases": {
            name: {"messages": len(messages), **_counted(count_states(messages))}
            for name, messages in report.by_use_case.items()
        },
        "misfiled": list(report.misfiled),
        "messages": [_entry(one) for one in report.messages],
    }


def _counted(counts: Mapping[str, Counter[State]]) -> dict[str, dict[str, int]]:
    return {
        check: {"held": of[State.HELD], "failed": of[State.FAILED], "not_checkable": of[State.NO_KEY]}
        for check, of in counts.items()
    }


def _entry(one: CheckedMessage) -> dict[str, Any]:
    message = one.found.message
    entry: dict[str, Any] = {"file": one.file, "use_case": one.use_case}
    if message is not None:
        entry |= {
            "message_code": f"0x{message.message_code:04X}",
            "kind": message.cra.name.lower(),
            "originator": message.originator.hex(),
            "recipient": message.recipient.hex(),
            "originator_counter": message.originator_counter,
        }
    entry |= {check: str(one.state(check)) for check in CHECKS}
    return entry | {"faults": list(one.found.faults)}
