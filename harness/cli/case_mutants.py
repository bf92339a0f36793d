"""``harness cases mutants``: how many mechanically broken devices the cases notice, and which they do not."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.cli.columns import in_columns
from harness.cli.exits import Exit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.execution.mutation import Hunted

_ROLES = ("CHF", "GPF", "ESME", "GSME", "PPMID", "HCALCS", "SAPC")
_HEADER = ("DEVICE", "FAULT", "CAUGHT", "OF")


@click.command("mutants")
@click.option("--role", "roles", type=click.Choice(_ROLES), multiple=True, help="Break this device only.")
@click.option(
    "--update",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Bring the list of survivors in this file up to date.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def mutants(roles: tuple[str, ...], *, update: Path | None, as_json: bool) -> int:
    """Break devices mechanically, one way at a time, and see whether a case fails.

    The home is one of the newest built-in devices without defects. Survivors are listed: mutants that no
    case fails, with whether any case comes by where they are broken. Takes about a minute.
    """
    from device_profiles import catalogue, profiles_of  # noqa: PLC0415 - "--help" needs none of it
    from harness.cases.suite import all_cases  # noqa: PLC0415 - likewise
    from harness.emulators.home import HomeFactory  # noqa: PLC0415 - likewise
    from harness.execution.mutation import hunt, newest_clean_home  # noqa: PLC0415 - likewise
    from harness.gbcs.roles import DeviceRole  # noqa: PLC0415 - likewise

    if update is not None and roles:
        raise click.UsageError("--update takes the mutants of every device: it goes without --role")
    home = newest_clean_home(profile for model in catalogue() for profile in profiles_of(model))
    places = [DeviceRole[name] for name in roles or _ROLES]
    found = list(hunt(HomeFactory(b"mutants"), home, places, all_cases()))
    if update is not None:
        from harness.execution.survivors import update_survivors  # noqa: PLC0415 - likewise

        gone, come = update_survivors(update, found)
        click.echo(f"{update}: {gone} no longer survive, {come} are new", err=True)
    if as_json:
        click.echo(json.dumps([_described(one) for one in found], indent=1))
        return Exit.DONE
    for line in in_columns(_HEADER, _counts(found)):
        click.echo(line)
    survivors = [one for one in found if one.caught_by is None]
    for one in survivors:
        click.echo(f"survives{'' if one.is_reached else ', no case comes by'}: {one.name}")
    caught = len(found) - len(survivors)
    click.echo(f"{caught} of {len(found)} mutants caught, {caught / len(found):.1%}")
    return Exit.DONE


def _counts(found: Iterable[Hunted]) -> list[tuple[str, ...]]:
    total: Counter[tuple[str, str]] = Counter()
    caught: Counter[tuple[str, str]] = Counter()
    for one in found:
        group = (one.role.name, one.mutant.fault)
        total[group] += 1
        caught[group] += one.caught_by is not None
    return [(*group, str(caught[group]), str(number)) for group, number in total.items()]


def _described(one: Hunted) -> dict[str, Any]:
    return {
        "device": one.role.name,
        "use_case": one.mutant.use_case,
        "fault": one.mutant.fault,
        "mutant": one.mutant.what,
        "caught_by": one.caught_by,
        "reached": one.is_reached,
    }
