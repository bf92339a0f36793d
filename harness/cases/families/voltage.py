"""Voltage beyond a threshold: counted whatever the period of measurement, and told of the right phase.

A threshold that every voltage is above makes the outcome certain, whatever the voltage at the home is
(SMETS2 5.7.4.4 to 5.7.4.6, 5.7.5.7, 5.19).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind
from harness.cases.alerts import ALERT_CLAUSE, alerts_in_order, code_text
from harness.cases.applicability import with_equipment
from harness.cases.case import Case, CheckFailed, Purpose, preamble
from harness.cases.cosem_values import Value
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS
from harness.cases.terms import Terms
from harness.cases.told import told_by
from harness.codecs.cosem_data import Data
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.equipment import Equipment
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.clock import HOUR, MINUTE, SECOND, Duration

if TYPE_CHECKING:
    from harness.cases.bench import Bench

_ESME: Final = DeviceRole.ESME
_OPERATOR: Final = RemotePartyRole.NETWORK_OPERATOR
_COUNTING: Final = "SMETS2 5.7.4.6, 5.7.5.7, 5.7.5.8"
_PHASES_CLAUSE: Final = "SMETS2 5.19, GBCS 16.2"
_PERIOD: Final = Duration(10 * MINUTE)
_WATCHED: Final = Duration(2 * HOUR)
_LEAST: Final = _WATCHED // _PERIOD - 1
_MOST: Final = _WATCHED // _PERIOD + 1
_PHASES: Final = (1, 2, 3)
_MIDDLE: Final = 242
"""Volts that supplies in Great Britain are above and below many times a day."""
_PERSISTS: Final = Duration(5 * MINUTE)
"""For how long an excursion has to last, or to be over, to be told."""
_ALL_DAY: Final = Duration(4 * HOUR)
_Place = tuple[str, int]
"""A side of the voltage, and a phase."""
_READ_BY: Final = {"ECS29a": ("ECS23", (1,)), "ECS29b": ("ECS23b", _PHASES)}
"""What reads the counters that a use case configures, and of which phases."""
_OVER, _UNDER = "Over", "Under"
_QUIET: Final = {_OVER: 0xFFFF_FFFF, _UNDER: 0}
_LOUD: Final = {_OVER: 1, _UNDER: 10_000}
"""Thresholds in volts that no voltage is beyond, and that every voltage is beyond."""
_WORDS: Final = {_OVER: "high", _UNDER: "low"}
_EXCURSIONS: Final = {
    "ExtremeOverVoltage": _OVER,
    "ExtremeUnderVoltage": _UNDER,
    "VoltageSag": _UNDER,
    "VoltageSwell": _OVER,
}
_POLYPHASE: Final = (DeviceKind.ESME, Equipment.THREE_PHASES)
_EXCURSION_CLAUSE: Final = "SMETS2 5.5.14, 5.19, GBCS 16.2"
_EXCURSION_WORDS: Final = {
    "ExtremeOverVoltage": "extreme over voltage",
    "ExtremeUnderVoltage": "extreme under voltage",
    "VoltageSag": "voltage sag",
    "VoltageSwell": "voltage swell",
}
_CODES: Final = {
    (side, phase): AlertCode[f"AVERAGE_{side.upper()}_VOLTAGE_PHASE_{phase}"]
    for side in (_OVER, _UNDER)
    for phase in _PHASES
}


def _configure(
    bench: Bench,
    subject: Subject,
    phases: tuple[int, ...],
    loud: frozenset[_Place] = frozenset(),
    watched: str | None = None,
) -> None:
    """Measure over short periods, with thresholds that are beyond every voltage in some places alone.

    An excursion that is ``watched`` has a threshold in the midst of voltages as they are.
    """
    given: list[tuple[str, Value]] = [
        (f"(Phase[{phase}])AverageRMSVoltageProfileDataLog: measurementPeriod", _PERIOD // SECOND)
        for phase in phases
    ]
    for side in (_OVER, _UNDER):
        for phase in phases:
            volts = (_LOUD if (side, phase) in loud else _QUIET)[side]
            given.append((f"(Phase[{phase}])AverageRMS{side}VoltageThreshold: value", volts))
    for name, side in _EXCURSIONS.items():
        given.append((f"RMS{name}Threshold: threshold", _MIDDLE if name == watched else _QUIET[side]))
        given.append((f"RMS{name}MeasurementPeriod: period", _PERSISTS // SECOND))
    bench.exchange(bench.command(subject.use_case, _ESME, _OPERATOR, argument=Terms(given=tuple(given))))


def _run_counted(bench: Bench, subject: Subject) -> None:
    reading, phases = _READ_BY[subject.use_case]
    with preamble():
        _configure(bench, subject, phases, frozenset((_OVER, phase) for phase in phases))
    bench.wait(_WATCHED)
    told = told_by(bench.exchange(bench.command(reading, _ESME, _OPERATOR)))
    counted = {place.name: value for place, value in told.items()}
    for phase in phases:
        value = counted.get(f"(Phase[{phase}])AverageRMSOverVoltageCounter: value")
        count = value.value if isinstance(value, Data) else None
        if not isinstance(count, int) or not _LEAST <= count <= _MOST:
            raise CheckFailed(
                _COUNTING,
                f"{_LEAST} to {_MOST} periods of 10 min above the threshold on phase {phase}",
                str(count),
            )


def _run_named(bench: Bench, subject: Subject, place: _Place) -> None:
    with preamble():
        _configure(bench, subject, _PHASES, frozenset({place}))
    since, meter = bench.now, bench.device(_ESME)
    alerts = alerts_in_order(bench, meter, bench.messages(_WATCHED), since)
    wanted, raised = _CODES[place], {alert.code for alert in alerts}
    if raised & set(_CODES.values()) != {wanted}:
        found = ", ".join(code_text(code) for code in sorted(raised)) or "none"
        raise CheckFailed(ALERT_CLAUSE, f"alert {code_text(wanted)} and of no other phase", found)


def _codes_of(excursion: str, phase: int | None) -> tuple[AlertCode, AlertCode]:
    """What the beginning and the end of an excursion are told by, of a phase where there are several."""
    name = "".join(f"_{letter}" if letter.isupper() else letter.upper() for letter in excursion)[1:]
    of = "" if phase is None else f"_PHASE_{phase}"
    return AlertCode[f"{name}{of}"], AlertCode[f"{name}_ENDED{of}"]


def _run_excursion(bench: Bench, subject: Subject, excursion: str) -> None:
    meant = _READ_BY[subject.use_case][1]
    with preamble():
        _configure(bench, subject, meant, watched=excursion)
    # The thresholds are for all phases that there are, also where the older use case sets them.
    phases = _PHASES if with_equipment(*_POLYPHASE)(bench.port.profile) is None else meant
    since, meter = bench.now, bench.device(_ESME)
    told = {
        (alert.raised_at, alert.code)
        for alert in alerts_in_order(bench, meter, bench.messages(_ALL_DAY), since)
    }
    known: set[int] = set()
    for phase in phases:
        begins, ends = codes = _codes_of(excursion, phase if len(phases) > 1 else None)
        known.update(codes)
        of_phase = sorted(one for one in told if one[1] in codes)
        said = [code for _, code in of_phase]
        if {begins, ends} - set(said) or any(one == other for one, other in pairwise(said)):
            raise CheckFailed(
                _EXCURSION_CLAUSE,
                f"alerts {code_text(begins)} and {code_text(ends)} in turn",
                ", ".join(f"0x{code:04X}" for code in said) or "none",
            )
        if any(later - earlier < _PERSISTS for (earlier, _), (later, _) in pairwise(of_phase)):
            raise CheckFailed(_EXCURSION_CLAUSE, "alerts of what lasted 5 min", "alerts of less")
    if others := {code for _, code in told} - known:
        raise CheckFailed(
            _EXCURSION_CLAUSE, "alerts of that alone", ", ".join(map(code_text, sorted(others)))
        )


def _cases() -> Iterator[Case]:
    for subject in SUBJECTS:
        if subject.use_case not in _READ_BY:
            continue
        yield subject.case(
            Purpose.JOURNEY,
            detail="counted",
            title=f"The ESME counts averages beyond a threshold over periods of 10 min: {subject.doing}",
            why="a network operator that looks closely must not see less",
            clause=_COUNTING,
            run=partial(_run_counted, subject=subject),
        )
        for excursion, words in _EXCURSION_WORDS.items():
            yield subject.case(
                Purpose.JOURNEY,
                detail=f"{words.replace(' ', '_')}_and_its_end",
                title=f"The ESME tells of each {words} and of its end, in turn ({subject.use_case})",
                why="a fault that is never reported as over keeps people on the road for nothing",
                clause=_EXCURSION_CLAUSE,
                run=partial(_run_excursion, subject=subject, excursion=excursion),
            )
        for side, phase in _CODES if subject.use_case == "ECS29b" else ():
            yield subject.case(
                Purpose.ALERT,
                detail=f"{side.lower()}_on_phase_{phase}",
                title=f"The ESME tells of {_WORDS[side]} voltage on phase {phase}, and of no other phase",
                why="whoever is sent out opens the wrong feeder where two phases are mistaken",
                clause=_PHASES_CLAUSE,
                run=partial(_run_named, subject=subject, place=(side, phase)),
            )


CASES: Final = tuple(_cases())
