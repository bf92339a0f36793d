"""The electricity meter reports a loss of supply when it is over, and says how long it lasted (ECS80).

A meter of three phases reports a loss of each phase by itself, and goes on working meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind
from harness.cases.alerts import RaisedAlert, alerts_of, code_text, expect_alert
from harness.cases.applicability import all_of, has, with_equipment
from harness.cases.bench import ANSWERS_WITHIN
from harness.cases.case import Case, CheckFailed, Purpose
from harness.cases.cosem_answers import octets_of
from harness.cases.inspection import check_moment, moment_of
from harness.cases.subjects import SUBJECTS
from harness.cases.wording import duration_text
from harness.codecs.cosem_data import Data
from harness.codecs.cosem_date_time import LENGTH, CosemDateTime
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.catalogue import use_case
from harness.gbcs.equipment import Equipment
from harness.gbcs.roles import DeviceRole
from harness.network.clock import MINUTE, SECOND, Duration, Instant
from harness.network.port import Stimulus

if TYPE_CHECKING:
    from harness.cases.bench import Bench

_CLAUSE: Final = "SMETS2 5.5.12.6, GBCS ECS80"
_PHASE_CLAUSE: Final = "SMETS2 5.5.12.6, 5.19, GBCS ECS80"
_PARTICIPANTS: Final = (DeviceKind.COMMS_HUB, DeviceKind.ESME)
_PHASES: Final = (
    (
        (Stimulus.PHASE_1_LOST, Stimulus.PHASE_1_BACK),
        (AlertCode.SUPPLY_RESTORED_PHASE_1, AlertCode.SUPPLY_RESTORED_AFTER_LONG_OUTAGE_PHASE_1),
    ),
    (
        (Stimulus.PHASE_2_LOST, Stimulus.PHASE_2_BACK),
        (AlertCode.SUPPLY_RESTORED_PHASE_2, AlertCode.SUPPLY_RESTORED_AFTER_LONG_OUTAGE_PHASE_2),
    ),
    (
        (Stimulus.PHASE_3_LOST, Stimulus.PHASE_3_BACK),
        (AlertCode.SUPPLY_RESTORED_PHASE_3, AlertCode.SUPPLY_RESTORED_AFTER_LONG_OUTAGE_PHASE_3),
    ),
)
"""For each phase how it goes and comes back, and the codes of a short and of a long outage."""
_MAINS: Final = (Stimulus.POWER_OFF, Stimulus.POWER_ON)
_LENGTHS: Final = (
    ("under", Duration(150 * SECOND)),
    ("just_under", Duration(179 * SECOND)),
    ("over", Duration(4 * MINUTE)),
    ("just_over", Duration(181 * SECOND)),
    ("exactly", Duration(3 * MINUTE)),
)
_LONG: Final = 3 * MINUTE
_CODES: Final = (AlertCode.SUPPLY_RESTORED, AlertCode.SUPPLY_RESTORED_AFTER_LONG_OUTAGE)
_HAS_PHASES: Final = with_equipment(DeviceKind.ESME, Equipment.THREE_PHASES)
_READING: Final = next(one for one in SUBJECTS if (one.use_case, one.target) == ("ECS52", DeviceRole.ESME))


def _run(bench: Bench, length: Duration, code: AlertCode, turns: tuple[Stimulus, Stimulus]) -> None:
    lost, back = turns
    began = bench.now
    bench.operate(DeviceRole.ESME, lost)
    if turns != _MAINS:
        bench.exchange(_READING.command(bench))
    bench.wait(Duration(began + length - bench.now))
    ended = bench.now
    bench.operate(DeviceRole.ESME, back)
    meter = bench.device(DeviceRole.ESME)
    messages = bench.messages(ANSWERS_WITHIN)
    alert = expect_alert(bench, meter, {code}, messages, since=ended)
    wanted = use_case("ECS80").message_codes[0]
    if alert.received.message.message_code != wanted:
        raise CheckFailed(
            _CLAUSE, f"message code {wanted:#06x}", f"message code {alert.received.message.message_code:#06x}"
        )
    if len(alert.further) != 2:
        raise CheckFailed(
            _CLAUSE, "the times of interruption and restoration", f"{len(alert.further)} values"
        )
    for stamp, moment, what in zip(
        alert.further, (began, ended), ("interruption", "restoration"), strict=True
    ):
        _check_time(stamp, moment, what)
    _check_recipients(alerts_of(meter, messages), code)


def _check_time(stamp: Data, moment: Instant, what: str) -> None:
    octets = octets_of(stamp, _CLAUSE, f"time of the {what}", LENGTH)
    shown = moment_of(CosemDateTime.from_octets(octets), _CLAUSE)
    check_moment(shown, moment, moment, _CLAUSE, f"time of the {what}")


def _check_recipients(alerts: list[RaisedAlert], code: AlertCode) -> None:
    """Check that nobody is told of one outage twice, and of nothing but that outage."""
    told = [alert.received.message.recipient for alert in alerts if alert.code == code]
    if len(told) != len(set(told)) or len(told) != len(alerts):
        raise CheckFailed(
            _CLAUSE,
            f"one alert {code_text(code)} for each remote party, and no other",
            ", ".join(code_text(alert.code) for alert in alerts),
        )


def _case(words: str, length: Duration, phase: int | None, number: int) -> Case:
    turns, codes = (_MAINS, _CODES) if phase is None else _PHASES[phase]
    long = length >= _LONG
    what = "an outage of" if phase is None else f"a loss of phase {phase + 1} alone for"
    said = "3 minutes or longer" if long else "shorter than 3 minutes"
    applies = has(*_PARTICIPANTS)
    return Case(
        case_id=f"TC_ECS80_outage_{words}_{number}",
        title=f"The ESME reports {what} {duration_text(length)} as {said}, with its times",
        why="network operators send people out, and pay their customers, by these alerts",
        clause=_CLAUSE if phase is None else _PHASE_CLAUSE,
        use_case="ECS80",
        purpose=Purpose.ALERT,
        participants=_PARTICIPANTS,
        applies=applies if phase is None else all_of(applies, _HAS_PHASES),
        run=partial(_run, length=length, code=codes[long], turns=turns),
    )


def _cases() -> Iterator[Case]:
    for words, length in _LENGTHS:
        yield _case(words, length, None, 1)
        for phase in range(len(_PHASES)):
            yield _case(f"phase_{words}", length, phase, phase + 1)


CASES: Final = tuple(_cases())
