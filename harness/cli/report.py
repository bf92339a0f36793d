"""``harness report``: a stored run as HTML, or one finding of it as text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from device_profiles.errors import InputError, InputProblem

if TYPE_CHECKING:
    from harness.records.reader import RunReader
    from harness.records.types import Finding, FrameRecord


@click.command("report")
@click.argument("folder", metavar="RUN", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the report.  [default: report in the run's folder]",
)
@click.option("--finding", "finding_id", metavar="ID", help="Print one finding: CASE@COMBINATION.")
def command(folder: Path, out: Path | None, finding_id: str | None) -> None:
    """Render the run in the folder RUN as HTML, or print one finding of it.

    The report opens from a file, without a network. The last line printed is its index.html. A run may
    be incomplete; its report says so.
    """
    # "harness report --help" needs neither numpy nor templates.
    from harness.records.reader import RunReader  # noqa: PLC0415 - see above
    from reports.site import render_site  # noqa: PLC0415 - see above
    from reports.words import printable  # noqa: PLC0415 - see above

    with RunReader(folder) as run:
        if finding_id is not None:
            for line in _finding_lines(run, finding_id):
                click.echo(printable(line))
            return
        click.echo(render_site(run, out or run.path.parent / "report", decode_frame))


def decode_frame(octets: bytes) -> dict[str, Any]:
    """The tree of a frame, as reports take it. Octets that are no message have a tree that says so."""
    from harness.codecs.tree import message_tree, tree_json  # noqa: PLC0415 - all codecs, for evidence only

    return tree_json(message_tree(octets))


def _finding_lines(run: RunReader, finding_id: str) -> Iterator[str]:
    findings, number = findings_named(run, finding_id, "--finding")
    for finding in findings:
        yield f"{finding.verdict.name} {finding.case_id}, combination {number}"
        for label in ("reason", "clause", "expected", "observed"):
            first, *more = getattr(finding, label).splitlines() or [""]
            if first:
                yield f"{label}: {first}"
                yield from (f"  {line}" for line in more)
        yield "home:"
        for factor, level in zip(run.manifest.factors, finding.home, strict=True):
            yield f"  {factor.name}: {factor.levels[level].label} ({factor.levels[level].key})"
        for place, frame in enumerate(finding.frames, 1):
            yield ""
            yield from _frame_lines(place, frame)
    if not findings:
        yield f"combination {number} inherits no finding from this case"


def findings_named(run: RunReader, finding_id: str, field: str) -> tuple[tuple[Finding, ...], int]:
    """The findings that CASE@COMBINATION names, and the combination. Raises InputError about ``field``."""
    from reports.evidence import parse_finding_id  # noqa: PLC0415 - numpy, which --help does not need

    try:
        case_id, number = parse_finding_id(finding_id)
        home = run.combination(number).tolist()
        return run.findings_of(case_id, home), number
    except ValueError as error:
        expected = str(error)
    except IndexError:
        expected = f"expected a combination of this run, 0 to {run.manifest.combinations - 1}"
    except KeyError:
        expected = "expected a case of this run"
    raise InputError([InputProblem(finding_id, 0, 0, field, expected)])


def _frame_lines(place: int, frame: FrameRecord) -> Iterator[str]:
    from reports.frames import decoded  # noqa: PLC0415 - numpy, which --help does not need
    from reports.words import moment  # noqa: PLC0415 - as above

    yield f"frame {place}, {frame.note}: {frame.source} to {frame.destination} at {moment(frame.at)}"
    yield frame.octets.hex().upper()
    lines, error = decoded(frame.octets, decode_frame)
    if error:
        yield f"  not decoded: {error}"
    for line in lines:
        said = "  ".join(part for part in (line.value, line.meaning) if part)
        yield f"{'  ' * (line.depth + 1)}{line.name}{': ' if said else ''}{said}"
