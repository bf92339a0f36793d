"""``harness cases defects``: the seeded defects, what carries each of them, and which cases catch it."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import click

from harness.cli.columns import in_columns
from harness.cli.exits import Exit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from device_profiles.home import HomeProfile
    from harness.cases.case import Case
    from harness.emulators.defect import Defect
    from harness.execution.seeding import Tried

_LAST = 1_000
"""Behind all numbers: for defects that follow no sighting."""
_HEADER = ("SEEN", "DEFECT", "CARRIED BY", "CASES", "TITLE")
_TRIED_HEADER = ("DEFECT", "DEVICE", "FAILED", "OF", "CASES")


@click.command("defects")
@click.argument("patterns", nargs=-1)
@click.option("--run", "tries", is_flag=True, help="Run the cases that name a defect against its specimens.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def defects(patterns: tuple[str, ...], *, tries: bool, as_json: bool) -> int:
    """List the seeded defects, by the number of the sighting that each follows, if any, with their cases.

    A PATTERN is the id of a defect, with the wildcards of the shell. With --run each specimen that
    carries one is put among sound devices, and the table says which of those cases fail it: some seconds
    for all of them. With --json the cases are listed one by one.
    """
    from harness.cases.suite import all_cases  # noqa: PLC0415 - "--help" needs none of it
    from harness.emulators.defect import all_defects  # noqa: PLC0415 - likewise

    chosen = [
        defect
        for name, defect in all_defects().items()
        if not patterns or any(fnmatchcase(name, pattern) for pattern in patterns)
    ]
    chosen.sort(key=lambda defect: (defect.field_defect or _LAST, defect.id))
    if tries:
        return _echo_tried(chosen, as_json=as_json)
    naming = {defect.id: [case for case in all_cases() if defect.id in case.catches] for defect in chosen}
    if as_json:
        click.echo(json.dumps([_described(one, naming[one.id]) for one in chosen], indent=1))
    else:
        for line in in_columns(_HEADER, [_row(one, naming[one.id]) for one in chosen]):
            click.echo(line)
        sightings = {one.field_defect for one in chosen} - {None}
        click.echo(f"{len(chosen)} defects, of {len(sightings)} sightings")
    return Exit.DONE if chosen else Exit.NOTHING_SELECTED


def _row(defect: Defect, cases: list[Case]) -> tuple[str, ...]:
    kinds = ", ".join(sorted(defect.applies_to))
    return str(defect.field_defect or "-"), defect.id, kinds, str(len(cases)), defect.title


def _described(defect: Defect, cases: list[Case]) -> dict[str, Any]:
    return {
        "id": defect.id,
        "title": defect.title,
        "clause": defect.clause,
        "field_defect": defect.field_defect,
        "applies_to": sorted(defect.applies_to),
        "cases": [case.case_id for case in cases],
    }


def _echo_tried(chosen: list[Defect], *, as_json: bool) -> int:
    tried = list(_tried({defect.id for defect in chosen}))
    if as_json:
        found = [
            {
                "defect": one.defect,
                "kind": one.specimen.kind.value,
                "applied": one.applied,
                "failed": one.failed,
            }
            for one in tried
        ]
        click.echo(json.dumps(found, indent=1))
    else:
        for line in in_columns(_TRIED_HEADER, map(_tried_row, tried)):
            click.echo(line)
        missed = sum(not one.failed for one in tried)
        click.echo(f"{len(tried)} specimens, {missed} of them failed by no case that names their defect")
    return Exit.DONE if tried else Exit.NOTHING_SELECTED


def _tried(wanted: set[str]) -> Iterable[Tried]:
    from device_profiles import profiles_of, specimens  # noqa: PLC0415 - see defects
    from harness.cases.suite import all_cases  # noqa: PLC0415 - likewise
    from harness.emulators.home import HomeFactory  # noqa: PLC0415 - likewise
    from harness.execution.seeding import try_specimens  # noqa: PLC0415 - likewise

    carrying = [
        profile
        for model in specimens()
        for profile in profiles_of(model)
        if wanted.intersection(profile.firmware.defects)
    ]
    return try_specimens(HomeFactory(b"defects"), _sound_homes(), carrying, all_cases())


def _sound_homes() -> list[HomeProfile]:
    """Homes of built-in devices without defects: the newest one, and the same with each other meter."""
    from device_profiles import catalogue, profiles_of  # noqa: PLC0415 - see defects
    from device_profiles.home import HomeProfile  # noqa: PLC0415 - likewise
    from device_profiles.model import DeviceKind  # noqa: PLC0415 - likewise
    from harness.execution.mutation import newest_clean_home  # noqa: PLC0415 - likewise

    profiles = [profile for model in catalogue() for profile in profiles_of(model)]
    newest = newest_clean_home(profiles)
    meters = [one for one in profiles if one.kind is DeviceKind.ESME and not one.firmware.defects]
    return [newest, *(HomeProfile({**newest.devices, DeviceKind.ESME: meter}) for meter in meters)]


def _tried_row(one: Tried) -> tuple[str, ...]:
    first = ", ".join(one.failed[:3]) + (" ..." if len(one.failed) > 3 else "")
    return one.defect, one.specimen.kind.value, str(len(one.failed)), str(len(one.applied)), first
