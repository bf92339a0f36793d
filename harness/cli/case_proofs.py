"""``harness cases proofs``: which cases some broken device fails, and why nothing fails the others."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from harness.cli.columns import in_columns
from harness.cli.exits import Exit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.execution.proving import Proof

_HEADER = ("PURPOSE", "CASES", "FAIL A DEFECT", "FAIL A MUTANT", "NOTHING KNOWN")


@click.command("proofs")
@click.argument("patterns", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print JSON: each case with what it fails.")
def proofs(patterns: tuple[str, ...], *, as_json: bool) -> int:
    """Look for a broken device that each case fails, and list the cases that fail none, with the reason.

    A PATTERN is a case id, a use case or a purpose, with the wildcards of the shell. A case that names a
    seeded defect fails it; every other one is put before mutants until one fails it, in sound homes of
    built-in devices. Takes half a minute for all of them.
    """
    from device_profiles import catalogue, profiles_of  # noqa: PLC0415 - "--help" needs none of it
    from harness.cases.suite import select  # noqa: PLC0415 - likewise
    from harness.emulators.home import HomeFactory  # noqa: PLC0415 - likewise
    from harness.execution.proving import prove, sound_homes  # noqa: PLC0415 - likewise

    profiles = [profile for model in catalogue() for profile in profiles_of(model)]
    found = list(prove(HomeFactory(b"proofs"), sound_homes(profiles), select(patterns)))
    if as_json:
        click.echo(json.dumps([_described(one) for one in found], indent=1))
        return Exit.DONE if found else Exit.NOTHING_SELECTED
    for line in in_columns(_HEADER, _counts(found)):
        click.echo(line)
    for reason, number in Counter(_reason(one) for one in found if not one.can_fail).most_common():
        click.echo(f"{number} fail nothing: {reason}")
    proven = sum(one.can_fail for one in found)
    click.echo(f"{proven} of {len(found)} cases fail some broken device")
    return Exit.DONE if found else Exit.NOTHING_SELECTED


def _counts(found: Iterable[Proof]) -> list[tuple[str, ...]]:
    purposes: dict[str, list[Proof]] = {}
    for one in found:
        purposes.setdefault(one.case.purpose.value, []).append(one)
    return [
        (
            purpose,
            str(len(some)),
            str(sum(bool(one.defects) for one in some)),
            str(sum(one.mutant is not None for one in some)),
            str(sum(not one.can_fail for one in some)),
        )
        for purpose, some in sorted(purposes.items())
    ]


def _reason(one: Proof) -> str:
    from harness.cases.unfailed import reason_for  # noqa: PLC0415 - see proofs

    if one.home is None:
        return "no sound home of built-in devices is one that it applies to"
    return reason_for(one.case.case_id) or "no reason is known"


def _described(one: Proof) -> dict[str, Any]:
    return {
        "case": one.case.case_id,
        "defects": one.defects,
        "mutant": one.mutant,
        "reason": None if one.can_fail else _reason(one),
    }
