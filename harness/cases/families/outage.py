"""The electricity meter reports a loss of supply when it is over, and says how long it lasted (ECS80)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind
from harness.cases.alerts import RaisedAlert, alerts_of, code_text, expect_alert
from harness.cases.applicability import has
from harness.cases.bench import ANSWERS_WITHIN
from harness.cases.case import Case, CheckFailed, Purpose
from harness.cases.cosem_answers import octets_of
from harness.cases.inspection import check_moment, moment_of
from harness.cases.wording import duration_text
from harness.codecs.cosem_data import Data
from harness.codecs.cosem_date_time import LENGTH, CosemDateTime
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.catalogue import use_case
from harness.gbcs.roles import DeviceRole
from harness.network.clock import MINUTE, SECOND, Duration, Instant
from harness.network.port import Stimulus

if TYPE_CHECKING:
    from harness.cases.bench import Bench

_CLAUSE: Final = "SMETS2 5.5.12.6, GBCS ECS80"
_SAID: Final = {
    AlertCode.SUPPLY_RESTORED: "shorter than 3 minutes",
    AlertCode.SUPPLY_RESTORED_AFTER_LONG_OUTAGE: "3 minutes or longer",
}
_PARTICIPANTS: Final = (DeviceKind.COMMS_HUB, DeviceKind.ESME)


def _run(bench: Bench, length: Duration, code: AlertCode) -> None:
    began = bench.now
    bench.operate(DeviceRole.ESME, Stimulus.POWER_OFF)
    bench.wait(length)
    ended = bench.now
    bench.operate(DeviceRole.ESME, Stimulus.POWER_ON)
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


def _case(words: str, length: Duration, code: AlertCode, number: int) -> Case:
    return Case(
        case_id=f"TC_ECS80_outage_{words}_{number}",
        title=f"The ESME reports an outage of {duration_text(length)} as {_SAID[code]}, with its times",
        why="network operators send people out, and pay their customers, by these alerts",
        clause=_CLAUSE,
        use_case="ECS80",
        purpose=Purpose.ALERT,
        participants=_PARTICIPANTS,
        applies=has(*_PARTICIPANTS),
        run=partial(_run, length=length, code=code),
    )


CASES: Final = (
    _case("under", Duration(150 * SECOND), AlertCode.SUPPLY_RESTORED, 1),
    _case("over", Duration(4 * MINUTE), AlertCode.SUPPLY_RESTORED_AFTER_LONG_OUTAGE, 1),
    _case("just_under", Duration(179 * SECOND), AlertCode.SUPPLY_RESTORED, 1),
    _case("just_over", Duration(181 * SECOND), AlertCode.SUPPLY_RESTORED_AFTER_LONG_OUTAGE, 1),
)
