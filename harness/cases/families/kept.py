"""What one use case sets, every use case that reads it tells: settings, tariffs, calendars, prices.

A setting that takes effect at once is read where the one in force is. Several settings go into one case,
but never two of the same thing, so that each has something to change.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from device_profiles.model import DeviceKind
from harness.cases.applicability import KIND_OF, has
from harness.cases.case import Case, Purpose
from harness.cases.cosem_requests import items_named, protected_items
from harness.cases.settings import OWN_STATUS, expect_set, set_by
from harness.cases.subjects import SUBJECTS
from harness.cases.subjects.read_back import SET_BESIDE, in_force
from harness.cases.told import expect_once, place_of, told_by
from harness.cases.wording import device_name
from harness.codecs.zcl_commands import commands
from harness.codecs.zcl_types import FROM_SERVER
from harness.gbcs.gbz_messages import ComponentTemplate, command_templates, response_templates
from harness.gbcs.roles import DeviceRole
from harness.gbcs.use_case import Access, ItemKind, PayloadFamily, UseCase
from harness.network.clock import MINUTE, Duration

if TYPE_CHECKING:
    from harness.cases.bench import Bench
    from harness.cases.subject import Subject

Where = tuple[Any, ...]
_CLAUSE: Final = "GBCS 7.2.9, 7.2.10, 9.2.2"
_QUIET: Final = Duration(MINUTE)
_CAPABLE: Final = frozenset({PayloadFamily.DLMS, PayloadFamily.GBZ})
_MIRRORED_AT: Final = {DeviceRole.GSME: (DeviceRole.GPF,)}


def _set_by(row: UseCase) -> frozenset[Where]:
    """What a use case sets, told apart as readings tell it."""
    if row.payload_family is PayloadFamily.GBZ:
        return frozenset(name for one in command_templates(row.id) if (name := _name_of(one)) is not None)
    return frozenset(
        (*in_force((class_id, instance, index)), False)
        for class_id, instance, kind, index in (item.key for item in items_named(row) if not item.returned)
        if kind is ItemKind.ATTRIBUTE and (class_id, index) not in SET_BESIDE
    ) - {OWN_STATUS}


def _told_in(row: UseCase) -> frozenset[Where]:
    """What the answers of a use case tell."""
    if row.payload_family is PayloadFamily.GBZ:
        return frozenset(name for one in response_templates(row.id) if (name := _name_of(one)) is not None)
    return frozenset(place_of(item).where for item in (*items_named(row), *protected_items(row)))


def _name_of(template: ComponentTemplate) -> Where | None:
    known = commands().get((template.cluster, bool(template.frame_control & FROM_SERVER), template.command))
    return None if template.attributes or known is None else (template.cluster, known[0])


def _subjects(target: DeviceRole, access: Access) -> tuple[Subject, ...]:
    return tuple(
        one
        for one in SUBJECTS
        if one.target is target
        and one.row.access is access
        and one.row.payload_family in _CAPABLE
        and one.accepted
        and not one.has_preamble
        and not one.row.has_preconditions
    )


def _groups(target: DeviceRole) -> Iterator[tuple[tuple[Subject, tuple[Subject, ...]], ...]]:
    """Settings with what reads them, in groups no two of which set the same."""
    tellers = (target, *_MIRRORED_AT.get(target, ()))
    readings = [(one, _told_in(one.row)) for at in tellers for one in _subjects(at, Access.READ)]
    groups: list[tuple[set[Where], list[tuple[Subject, tuple[Subject, ...]]]]] = []
    for subject in _subjects(target, Access.UPDATE):
        settings = _set_by(subject.row)
        readers = tuple(one for one, told in readings if told & settings)
        group = next((one for one in groups if not one[0] & settings), None)
        if group is None:
            group = (set(), [])
            groups.append(group)
        group[0].update(settings)
        group[1].append((subject, readers))
    return (tuple(members) for _, members in groups)


def _run(bench: Bench, group: tuple[tuple[Subject, tuple[Subject, ...]], ...]) -> None:
    home = bench.port.profile
    for subject, readers in group:
        if subject.applies(home) is not None:
            continue
        command = subject.command(bench)
        bench.exchange(command)
        wanted = set_by(command)
        for reader in readers:
            if reader.applies(home) is None:
                told = told_by(bench.exchange(reader.command(bench)))
                expect_set(_CLAUSE, f"as {subject.use_case} set it", wanted, told, least=0)
    expect_once(bench.messages(_QUIET))


def _case(target: DeviceRole, number: int, group: tuple[tuple[Subject, tuple[Subject, ...]], ...]) -> Case:
    involved = {DeviceKind.COMMS_HUB, KIND_OF[target]}
    participants = tuple(kind for kind in DeviceKind if kind in involved)
    first, *others = (subject.use_case for subject, _ in group)
    names = f"{first} and {len(others)} other use cases" if others else first
    return Case(
        case_id=f"TC_kept_{target.name.lower()}_{number}",
        title=f"The {device_name(target)} tells in every answer what it was set to by {names}",
        why="a setting that is acknowledged and lost shows on a bill, if it shows at all",
        clause=_CLAUSE,
        use_case="",
        purpose=Purpose.CONSISTENT,
        participants=participants,
        applies=has(*participants),
        run=partial(_run, group=group),
    )


CASES: Final = tuple(
    _case(target, number, group) for target in DeviceRole for number, group in enumerate(_groups(target), 1)
)
