"""A home is installed and commissioned, and taken out of service (GBCS 13.7, 13.8; CHTS 4.5.1; CCS01, CCS02).

Each fuel goes its own way: onto the hub's list, joined with whom it speaks with, its credentials and its
first reading taken, its tariff set, and the first thing shown in the house. Out of service, a device is off
the list and out of reach, the hub's copy of it is gone, and what it counted stays on the device itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from harness.cases.applicability import all_of
from harness.cases.case import Case, CheckFailed, Purpose, preamble
from harness.cases.hub_entries import add_device, hub_lists, take_off
from harness.cases.observation import register_shown
from harness.cases.outcomes import was_done
from harness.cases.refusal import Refusal, expect_silence
from harness.cases.settings import expect_set, set_by
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS
from harness.cases.subjects.gas import CONSUMPTION_AT_PROXY, METERING, SUMMATION
from harness.cases.told import told_by
from harness.cases.wording import device_name, octets_text
from harness.gbcs.roles import DeviceRole
from harness.network.clock import HOUR, Duration
from harness.network.port import Display

if TYPE_CHECKING:
    from harness.cases.bench import Bench

_IN_CLAUSE: Final = "GBCS 13.7, CHTS 4.5.1.2, CCS01, CS03"
_OUT_CLAUSE: Final = "GBCS 13.8, CHTS 4.5.1.3, 4.4.3, CCS02, CS04"
_SHOWN_CLAUSE: Final = "SMETS2 8.4, GBCS 13.7"
_OFF: Final = Refusal(_OUT_CLAUSE, "it is off the hub's list")
_A_WHILE: Final = Duration(HOUR)
_BY_NAME: Final = {(subject.use_case, subject.target): subject for subject in SUBJECTS}
_HUB: Final = {one.use_case: one for one in SUBJECTS if one.target is DeviceRole.CHF}


@dataclass(frozen=True, slots=True)
class _Meter:
    """What is done with one meter: its first reading, its tariff, and what its display shows of it.

    ``joining`` and ``parting`` are with the hub's own function, where it is that that speaks for the meter.
    """

    reading: Subject
    tariff: Subject
    tariff_reading: Subject
    register: Display
    joining: Subject | None = None
    parting: Subject | None = None


def _done(bench: Bench, subject: Subject) -> None:
    answer = bench.exchange(subject.command(bench))
    if not was_done(answer):
        raise CheckFailed(_IN_CLAUSE, f"{subject.doing} to succeed", octets_text(answer.message.payload))


def _run_installed(bench: Bench, meter: _Meter, credentials: Subject) -> None:
    role = meter.reading.target
    with preamble():
        if meter.parting is not None:
            bench.exchange(meter.parting.command(bench))
        code = take_off(bench, role)
    add_device(bench, role, code)
    if bench.device(role).entity_id not in hub_lists(bench)[0].keys:
        raise CheckFailed(_IN_CLAUSE, f"the {device_name(role)} in the hub's list", "other devices only")
    if meter.joining is not None:
        _done(bench, meter.joining)
    for first in (credentials, meter.reading):
        first.verify(bench, first, first.sender)
    command = meter.tariff.command(bench)
    bench.exchange(command)
    told = told_by(bench.exchange(meter.tariff_reading.command(bench)))
    expect_set(_IN_CLAUSE, "as the first tariff was set", set_by(command), told)
    if meter.joining is not None:
        CONSUMPTION_AT_PROXY.verify(bench, CONSUMPTION_AT_PROXY, CONSUMPTION_AT_PROXY.sender)


def _run_shown(bench: Bench, joining: Subject, parting: Subject) -> None:
    """A meter comes into a home that has a PPMID, and is joined with it."""
    with preamble():
        bench.exchange(parting.command(bench))
        code = take_off(bench, joining.target)
    add_device(bench, joining.target, code)
    _done(bench, joining)
    meter, shown = (
        register_shown(bench, role, Display.IMPORT_REGISTER) for role in (joining.target, DeviceRole.PPMID)
    )
    if meter is not None and shown != meter:
        raise CheckFailed(_SHOWN_CLAUSE, f"the PPMID to show the meter's {meter} Wh", f"{shown}")


def _run_removed(bench: Bench, reading: Subject, meter: _Meter | None) -> None:
    role = reading.target
    with preamble():
        reading.verify(bench, reading, reading.sender)
        before = None if meter is None else register_shown(bench, role, meter.register)
        if meter is not None and meter.parting is not None:
            bench.exchange(meter.parting.command(bench))
        take_off(bench, role)
    device = bench.device(role).entity_id
    present, former = hub_lists(bench)
    if device in present.keys or device not in former.keys:
        found = "still in the list" if device in present.keys else "in neither list"
        raise CheckFailed(_OUT_CLAUSE, "the device among those taken off the list", found)
    expect_silence(bench, bench.device(role), reading.command(bench).octets, _OFF)
    if meter is None:
        return
    if meter.parting is not None:
        _expect_no_copy(bench)
    after = register_shown(bench, role, meter.register)
    if before is not None and (after is None or after < before):
        raise CheckFailed(
            _OUT_CLAUSE, f"the {device_name(role)} to go on from {before}, as it shows", f"{after}"
        )


def _expect_no_copy(bench: Bench) -> None:
    """The hub has no copy left of a gas meter that is gone."""
    bench.wait(_A_WHILE)
    told = told_by(bench.exchange(CONSUMPTION_AT_PROXY.command(bench)))
    copies = [value for place, value in told.items() if place.where == (METERING, SUMMATION)]
    if copies:
        raise CheckFailed(_OUT_CLAUSE, "no consumption of a gas meter that is gone", str(copies[0]))


_METERS: Final = {
    DeviceRole.ESME: _Meter(
        _BY_NAME["ECS17b", DeviceRole.ESME],
        _BY_NAME["ECS01a", DeviceRole.ESME],
        _BY_NAME["ECS24", DeviceRole.ESME],
        Display.IMPORT_REGISTER,
    ),
    DeviceRole.GSME: _Meter(
        _BY_NAME["GCS13a", DeviceRole.GSME],
        _BY_NAME["GCS01a", DeviceRole.GSME],
        _BY_NAME["GCS21f", DeviceRole.GSME],
        Display.GAS_REGISTER,
        _BY_NAME["CS03B", DeviceRole.GSME],
        _BY_NAME["CS04B", DeviceRole.GSME],
    ),
}


def _installed_case(role: DeviceRole, meter: _Meter, number: int) -> Case:
    used = (_HUB["CCS01"], _HUB["CCS02"], _HUB["CCS07"], meter.reading, meter.tariff, meter.tariff_reading)
    subject = replace(_HUB["CCS01"], beside=meter.reading.participants, number=number)
    return subject.case(
        Purpose.JOURNEY,
        detail="installed",
        title=f"The {device_name(role)} is installed: listed, joined, read for the first time and priced",
        why="an installer has one visit: what does not work at its end takes another",
        clause=_IN_CLAUSE,
        run=partial(_run_installed, meter=meter, credentials=_BY_NAME["CS02a", role]),
        applies=all_of(*(one.applies for one in used)),
    )


def _shown_case() -> Case:
    joining, parting = (_BY_NAME[name, DeviceRole.ESME] for name in ("CS03A1", "CS04AC"))
    return joining.case(
        Purpose.JOURNEY,
        detail="first_shown",
        title="The PPMID shows the meter's register once the meter is on the network and joined with it",
        why="the customer is shown the display before the installer leaves",
        clause=_SHOWN_CLAUSE,
        run=partial(_run_shown, joining=joining, parting=parting),
        applies=all_of(joining.applies, parting.applies),
    )


def _removed_cases() -> Iterator[Case]:
    others = (DeviceRole.PPMID, DeviceRole.HCALCS)
    readings = [one.reading for one in _METERS.values()] + [_BY_NAME["CS02a", one] for one in others]
    for number, reading in enumerate(readings, 1):
        subject = replace(_HUB["CCS02"], beside=reading.participants, number=number)
        yield subject.case(
            Purpose.JOURNEY,
            detail="out_of_service",
            title=f"The {reading.device} is out of reach once it is off the hub's list, and no copy is kept",
            why="what is left behind on the list of a home lets somebody else's device in, or bills it twice",
            clause=_OUT_CLAUSE,
            run=partial(_run_removed, reading=reading, meter=_METERS.get(reading.target)),
            applies=all_of(_HUB["CCS02"].applies, _HUB["CCS07"].applies, reading.applies),
        )


CASES: Final = (
    *(_installed_case(role, meter, number) for number, (role, meter) in enumerate(_METERS.items(), 1)),
    _shown_case(),
    *_removed_cases(),
)
