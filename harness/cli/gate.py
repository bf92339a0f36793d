"""``harness gate``: the decision on a stored run, as an exit code, for people, and for CI."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from device_profiles.errors import InputError, InputProblem
from harness.cli.columns import in_columns
from harness.cli.exits import Exit

if TYPE_CHECKING:
    from reports.gate import GateResult
    from reports.waivers import Waiver

_CASES = 20
_path = click.Path(path_type=Path)
_file = click.Path(dir_okay=False, path_type=Path)


@click.command("gate")
@click.argument("folder", metavar="RUN", type=_path)
@click.option("--baseline", metavar="RUN", type=_path, help="Only what this run passed counts.")
@click.option("--waivers", "waivers_file", type=_file, help="What is tolerated until when, YAML.")
@click.option(
    "--today",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The date by which waivers expire.  [default: this machine's]",
)
@click.option("--junit", type=_file, help="Write JUnit XML to this file.")
@click.option("--markdown", type=_file, help="Write a Markdown summary to this file.")
def command(
    folder: Path,
    baseline: Path | None,
    waivers_file: Path | None,
    today: datetime | None,
    **files: Path | None,
) -> Exit:
    """Decide on the run in the folder RUN: exit code 0 when it passes, 1 when it does not.

    Whatever failed, was inconclusive or ended in error counts, but for what the baseline failed too and
    what a waiver tolerates. 4 is a run that is not complete, 5 one that tested nothing.
    """
    # "harness gate --help" needs neither numpy nor templates.
    from harness.records.reader import RunReader  # noqa: PLC0415 - see above
    from reports.gate import decide  # noqa: PLC0415 - see above
    from reports.junit import junit_xml  # noqa: PLC0415 - see above
    from reports.markdown import markdown_summary  # noqa: PLC0415 - see above
    from reports.words import printable  # noqa: PLC0415 - see above

    with ExitStack() as stack:
        run = stack.enter_context(RunReader(folder))
        earlier = stack.enter_context(RunReader(baseline)) if baseline else None
        result = decide(run, earlier, _waivers(waivers_file), today.date() if today else _date_here())
        if junit := files["junit"]:
            junit.write_bytes(junit_xml(run, result))
        if markdown := files["markdown"]:
            markdown.write_text(markdown_summary(run, result), encoding="utf-8")
    for line in _lines(result):
        click.echo(printable(line))
    return Exit(result.exit_code)


def _waivers(file: Path | None) -> tuple[Waiver, ...]:
    from reports.waivers import read_waivers  # noqa: PLC0415 - pydantic, which --help does not need

    if file is None:
        return ()
    try:
        return read_waivers(file.read_bytes(), str(file))
    except FileNotFoundError:
        raise InputError([InputProblem(str(file), 0, 0, "", "expected a file of waivers")]) from None


def _date_here() -> date:
    return datetime.now(UTC).astimezone().date()


def _lines(result: GateResult) -> Iterator[str]:
    yield f"{result.headline}: run {result.run_id}"
    yield from (f"  {reason}" for reason in result.reasons)
    if result.baseline_id is not None:
        compared = f"{result.fixed:,} fixed, {result.gone:,} not decided here"
        yield f"  held against run {result.baseline_id}: {compared}"
    yield from _case_lines(result)
    for use in result.waivers:
        state = "has expired" if use.expired else "holds" if use.matched else "matches nothing, remove it"
        yield f"  waiver {use.waiver.issue} ({use.waiver.owner}, until {use.waiver.expires}): {state}"


def _case_lines(result: GateResult) -> Iterator[str]:
    counting = sorted(
        (outcome for outcome in result.outcomes if outcome.counting), key=lambda outcome: -outcome.counting
    )
    rows = [(outcome.record.case_id, f"{outcome.counting:,}") for outcome in counting[:_CASES]]
    if rows:
        yield from (f"  {line}" for line in in_columns(("case", "did not pass"), rows))
    if len(counting) > _CASES:
        yield f"  … and {len(counting) - _CASES:,} more cases"
