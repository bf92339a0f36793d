"""``harness cases``: which conformance cases there are, and what each one is about."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from device_profiles.model import DeviceKind
from harness.cli.case_defects import defects
from harness.cli.case_mutants import mutants
from harness.cli.case_proofs import proofs
from harness.cli.columns import in_columns
from harness.cli.exits import Exit

if TYPE_CHECKING:
    from harness.cases.case import Case

_GROUPINGS = ("clause", "use-case", "purpose", "journey")
_HEADER = ("CASE", "PARTICIPANTS", "TITLE")
_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group("cases")
def command() -> None:
    """List and show the conformance cases."""


command.add_command(defects)
command.add_command(mutants)
command.add_command(proofs)


@command.command("list")
@click.argument("patterns", nargs=-1)
@click.option(
    "--kind", type=click.Choice([kind.value for kind in DeviceKind]), help="With this kind of device."
)
@click.option("--catches", metavar="DEFECT", help="That name this seeded defect.")
@click.option("--clause", metavar="CLAUSE", help='That check this clause, such as "GBCS 6.2.4".')
@click.option(
    "--by", "grouping", type=click.Choice(list(_GROUPINGS)), help="Group them, with the number of each."
)
@_as_json
def list_cases(  # noqa: PLR0913 - one parameter for each option
    patterns: tuple[str, ...],
    kind: str | None,
    catches: str | None,
    clause: str | None,
    grouping: str | None,
    *,
    as_json: bool,
) -> int:
    """List cases. A PATTERN is a case id, a use case or a purpose, with the wildcards of the shell.

    By clause or use case, each one is listed with its cases: the traceability of the suite. A use case
    that no case is about is listed with none. By journey, those are listed that go across a home.
    """
    from harness.cases.suite import select  # noqa: PLC0415 - "harness cases --help" needs none of it
    from harness.cases.trace import clauses_of  # noqa: PLC0415 - likewise

    cases = [
        case
        for case in select(patterns)
        if kind in (None, *case.participants)
        and catches in (None, *case.catches)
        and clause in (None, *clauses_of(case))
    ]
    if grouping is not None:
        _echo_groups(
            _groups(cases, grouping, everything=not (patterns or kind or catches or clause)), as_json
        )
    elif as_json:
        click.echo(json.dumps([_described(case) for case in cases], indent=2))
    else:
        for line in in_columns(_HEADER, map(_row, cases)):
            click.echo(line)
        click.echo(f"{len(cases)} cases")
    return Exit.DONE if cases else Exit.NOTHING_SELECTED


def _groups(cases: list[Case], grouping: str, *, everything: bool) -> dict[str, list[str]]:
    """Ids of cases in the groups that are asked for; with everything, also of what there is no case."""
    from harness.cases.trace import (  # noqa: PLC0415 - see list_cases
        cases_by_clause,
        cases_by_journey,
        cases_by_use_case,
        use_cases_of,
    )

    wanted = {case.case_id for case in cases}
    if grouping == "purpose":
        found: dict[str, list[str]] = {}
        for case in cases:
            found.setdefault(case.purpose, []).append(case.case_id)
        return dict(sorted(found.items()))
    made = {"clause": cases_by_clause, "use-case": cases_by_use_case, "journey": cases_by_journey}
    table = made[grouping]()
    groups = {name: [case.case_id for case in some if case.case_id in wanted] for name, some in table.items()}
    groups = {name: ids for name, ids in groups.items() if ids or everything}
    loose = [case.case_id for case in cases if grouping == "use-case" and not use_cases_of(case)]
    return {**groups, **({"none of its own": loose} if loose else {})}


def _echo_groups(groups: dict[str, list[str]], as_json: bool) -> None:  # noqa: FBT001 - as the option is
    if as_json:
        click.echo(json.dumps(groups, indent=2))
        return
    for name, ids in groups.items():
        click.echo(f"{name}: {len(ids)}")
        for case_id in ids:
            click.echo(f"  {case_id}")
    empty = [name for name, ids in groups.items() if not ids]
    click.echo(f"{len(groups)} in all, without a case: {', '.join(empty) or 'none'}")


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
    from harness.cases.trace import clauses_of  # noqa: PLC0415 - see list_cases

    yield "Case", case.case_id
    yield "Checks", case.title
    yield "Matters", case.why
    yield "Clauses", "; ".join(clauses_of(case))
    yield "Use case", case.use_case or "none of its own"
    yield "Covers", ", ".join(case.covers) or "no further use case"
    yield "Purpose", case.purpose.replace("_", " ")
    yield "Participants", _kinds(case)
    yield "Catches", ", ".join(case.catches) or "no seeded defect by name"
    yield "Digest", case.source_digest


def _described(case: Case) -> dict[str, Any]:
    from harness.cases.trace import clauses_of  # noqa: PLC0415 - see list_cases

    return {
        "id": case.case_id,
        "title": case.title,
        "why": case.why,
        "clause": case.clause,
        "clauses": list(clauses_of(case)),
        "use_case": case.use_case,
        "covers": list(case.covers),
        "purpose": case.purpose,
        "participants": list(case.participants),
        "whole_home": case.whole_home,
        "catches": list(case.catches),
        "source_digest": case.source_digest,
    }
