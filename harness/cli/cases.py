"""``harness cases``: which conformance cases there are, and what each one is about."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from device_profiles.model import DeviceKind
from harness.cli.columns import in_columns
from harness.cli.exits import Exit

if TYPE_CHECKING:
    from harness.cases.case import Case

_HEADER = ("CASE", "PARTICIPANTS", "TITLE")
_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group("cases")
def command() -> None:
    """List and show the conformance cases."""


@command.command("list")
@click.argument("patterns", nargs=-1)
@click.option(
    "--kind", type=click.Choice([kind.value for kind in DeviceKind]), help="With this kind of device."
)
@click.option("--catches", metavar="DEFECT", help="That name this seeded defect.")
@_as_json
def list_cases(patterns: tuple[str, ...], kind: str | None, catches: str | None, *, as_json: bool) -> int:
    """List cases. A PATTERN is a case id, a use case or a purpose, with the wildcards of the shell."""
    from harness.cases.suite import select  # noqa: PLC0415 - "harness cases --help" needs none of it

    cases = [
        case
        for case in select(patterns)
        if kind in (None, *case.participants) and catches in (None, *case.catches)
    ]
    if as_json:
        click.echo(json.dumps([_described(case) for case in cases], indent=2))
    else:
        for line in in_columns(_HEADER, map(_row, cases)):
            click.echo(line)
        click.echo(f"{len(cases)} cases")
    return Exit.DONE if cases else Exit.NOTHING_SELECTED


@command.command("show")
@click.argument("case_id")
@_as_json
def show(case_id: str, *, as_json: bool) -> None:
    """Show one case: what it checks, by which clause, why it matters, where it applies."""
    case = _case(case_id)
    if as_json:
        click.echo(json.dumps(_described(case), indent=2))
        return
    for name, value in _facts(case):
        click.echo(f"{name:<14}{value}")


def _case(case_id: str) -> Case:
    from device_profiles.checking import hint  # noqa: PLC0415 - see list_cases
    from device_profiles.errors import InputError, InputProblem  # noqa: PLC0415 - see list_cases
    from harness.cases.suite import all_cases  # noqa: PLC0415 - see list_cases

    found = {case.case_id: case for case in all_cases()}
    if case_id in found:
        return found[case_id]
    close = hint(case_id, found)
    said = close if close.startswith("did") else "see harness cases list"
    raise InputError([InputProblem(case_id, 0, 0, "", f"expected the id of a case; {said}")])


def _row(case: Case) -> tuple[str, ...]:
    return case.case_id, _kinds(case), case.title


def _kinds(case: Case) -> str:
    return "the whole home" if case.whole_home else ", ".join(case.participants)


def _facts(case: Case) -> Iterator[tuple[str, str]]:
    yield "Case", case.case_id
    yield "Checks", case.title
    yield "Matters", case.why
    yield "Clause", case.clause
    yield "Use case", case.use_case or "none of its own"
    yield "Purpose", case.purpose.replace("_", " ")
    yield "Participants", _kinds(case)
    yield "Catches", ", ".join(case.catches) or "no seeded defect by name"
    yield "Digest", case.source_digest


def _described(case: Case) -> dict[str, Any]:
    return {
        "id": case.case_id,
        "title": case.title,
        "why": case.why,
        "clause": case.clause,
        "use_case": case.use_case,
        "purpose": case.purpose,
        "participants": list(case.participants),
        "whole_home": case.whole_home,
        "catches": list(case.catches),
        "source_digest": case.source_digest,
    }
