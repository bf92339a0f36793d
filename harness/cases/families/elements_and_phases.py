"""What meters with two elements, or three phases, keep apart (SMETS2 5.13, 5.19).

Each element has a register, a column of the half-hour log and a tariff of its own; each phase has limits of
its own. What is set or counted for one shows at that one, and at no other.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind
from harness.cases.applicability import all_of, with_equipment
from harness.cases.case import Case, CheckFailed, Purpose, preamble
from harness.cases.settings import expect_set, set_by
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS
from harness.cases.subjects.electricity import (
    HALF_HOUR,
    HALF_HOUR_LOG,
    IMPORT_REGISTERS,
    element_imports_in,
    log_entries,
)
from harness.cases.terms import Terms
from harness.cases.told import Told, expect_told, told_by
from harness.gbcs.equipment import Equipment
from harness.gbcs.roles import DeviceRole
from harness.network.clock import MINUTE, Duration, Instant

if TYPE_CHECKING:
    from harness.cases.bench import Bench
    from harness.cases.command import Command

_ELEMENTS_CLAUSE: Final = "SMETS2 5.7.5.3, 5.7.5.27, 5.13.2"
_TARIFF_CLAUSE: Final = "SMETS2 5.13.2, GBCS ECS01c"
_PHASES_CLAUSE: Final = "SMETS2 5.19.1, GBCS ECS29b"
_PERIODS: Final = 4
_MARGIN: Final = Duration(MINUTE)
_FIRST_VOLTAGE: Final = 2_000
"""Where limits begin that are told apart by their number, in the unit of the command."""
_OWN_PRICE: Final = 4_321
"""In the unit of a price matrix, and no price of any other tariff here."""
_BY_NAME: Final = {subject.use_case: subject for subject in SUBJECTS if subject.target is DeviceRole.ESME}


def _run_elements(bench: Bench) -> None:
    """Read both registers shortly before and after whole half hours, and the log's entries for these."""
    first = Instant(((bench.now + _MARGIN) // HALF_HOUR + 1) * HALF_HOUR)
    last = Instant(first + _PERIODS * HALF_HOUR)
    before, begun, ended, after = (
        _imports(bench, at) for at in (first - _MARGIN, first, last - _MARGIN, last)
    )
    span = (Instant(first + HALF_HOUR), last)
    command = bench.command("ECS22b", DeviceRole.ESME, HALF_HOUR_LOG.sender, argument=span)
    columns = zip(*log_entries(bench, bench.exchange(command)), strict=True)
    for place, (name, column) in enumerate(zip(("primary", "secondary"), columns, strict=True)):
        # Registers and entries are rounded to whole Wh, each on its own.
        least, most = ended[place] - begun[place] - _PERIODS, after[place] - before[place] + _PERIODS
        if not least <= sum(column) <= most:
            raise CheckFailed(
                _ELEMENTS_CLAUSE,
                f"{least} to {most} Wh logged for the {name} element, as its register counted",
                f"{sum(column)} Wh",
            )


def _imports(bench: Bench, at: int) -> tuple[int, int]:
    bench.wait(Duration(max(at - bench.now, 0)))
    return element_imports_in(bench.exchange(IMPORT_REGISTERS.command(bench)))


def _set(bench: Bench, subject: Subject, given: tuple[tuple[str, int], ...] = ()) -> Command:
    terms = Terms(given=given)
    command = bench.command(subject.use_case, subject.target, subject.sender, argument=terms)
    bench.exchange(command)
    return command


def _told(bench: Bench, reading: Subject) -> Told:
    return told_by(bench.exchange(reading.command(bench)))


def _run_tariffs(bench: Bench, setting: tuple[Subject, Subject], reading: tuple[Subject, Subject]) -> None:
    with preamble():
        for one in setting:
            _set(bench, one)
    for own, other in ((1, 0), (0, 1)):
        untouched = _told(bench, reading[other])
        command = _set(bench, setting[own], (("charge_per_unit", _OWN_PRICE - own),))
        told = _told(bench, reading[own])
        expect_set(_TARIFF_CLAUSE, "as its element's tariff was set", set_by(command), told)
        for place, value in _told(bench, reading[other]).items():
            like = "as before the other element's tariff was set"
            expect_told(_TARIFF_CLAUSE, place, like, untouched[place], value)


def _run_phases(bench: Bench, setting: Subject, reading: Subject) -> None:
    usual = _set(bench, setting)
    limits = [place for place in set_by(usual) if "VoltageThreshold" in place.name]
    given = tuple((place.name, _FIRST_VOLTAGE + number) for number, place in enumerate(limits))
    command = _set(bench, setting, given)
    told = _told(bench, reading)
    expect_set(_PHASES_CLAUSE, "as set for its phase", set_by(command), told, least=len(limits))


def _tariff_case(setting: Subject, other: Subject, readings: tuple[Subject, Subject]) -> Case:
    return setting.case(
        Purpose.JOURNEY,
        detail="own_tariff",
        title="The ESME keeps the tariffs of its two elements apart: setting one leaves the other as it was",
        why="the storage heaters' night rate must not become the price of the kitchen",
        clause=_TARIFF_CLAUSE,
        run=partial(_run_tariffs, setting=(other, setting), reading=readings),
        applies=all_of(*(one.applies for one in (setting, other, *readings))),
    )


def _phase_case(setting: Subject, reading: Subject) -> Case:
    return setting.case(
        Purpose.JOURNEY,
        detail="own_limits",
        title="The ESME tells each phase's voltage limits as they were set for that phase",
        why="an excursion that is held against another phase's limit sends a crew to the wrong cable",
        clause=_PHASES_CLAUSE,
        run=partial(_run_phases, setting=setting, reading=reading),
        applies=all_of(setting.applies, reading.applies),
    )


CASES: Final = (
    HALF_HOUR_LOG.case(
        Purpose.JOURNEY,
        detail="each_element",
        title="The ESME's half-hour log adds up, for each of its two elements, to what its register counted",
        why="two elements are two prices: what is logged for the wrong one is billed at the wrong one",
        clause=_ELEMENTS_CLAUSE,
        run=_run_elements,
        applies=all_of(
            HALF_HOUR_LOG.applies,
            IMPORT_REGISTERS.applies,
            with_equipment(DeviceKind.ESME, Equipment.SECOND_ELEMENT),
        ),
        catches=("elements-swapped",),
    ),
    _tariff_case(_BY_NAME["ECS01c"], _BY_NAME["ECS01a"], (_BY_NAME["ECS24"], _BY_NAME["ECS24b"])),
    _phase_case(_BY_NAME["ECS29b"], _BY_NAME["ECS26k"]),
)
