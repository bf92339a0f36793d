"""A hub's sub-GHz radio has used up its air: it says so, and what it discards because of that.

These cases are about the home area network itself, so their homes have one of frames.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind
from harness.cases.alerts import ALERT_CLAUSE, RaisedAlert, alerts_of, code_text
from harness.cases.applicability import all_of, by_sub_ghz_alone, has
from harness.cases.case import Case, CheckFailed, Purpose, preamble
from harness.cases.inspection import check_protection
from harness.cases.subjects import SUBJECTS
from harness.cases.terms import Terms
from harness.cases.wording import octets_text
from harness.codecs.cosem_data import Data, DataTag
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.catalogue import use_case
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.clock import HOUR, MINUTE, Duration

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.cases.bench import Bench

_BROKER: Final = RemotePartyRole.ACCESS_CONTROL_BROKER
_SETTINGS: Final = next(one for one in SUBJECTS if one.use_case == "DBCH04")
_READING: Final = next(one for one in SUBJECTS if (one.use_case, one.target) == ("GCS38", DeviceRole.GSME))
_PARTICIPANTS: Final = (DeviceKind.COMMS_HUB, DeviceKind.GSME)
_LIMITED: Final = "SubGHzConfigurationSettings: normal-LimitedDutyCycleThreshold"
_CRITICAL: Final = "SubGHzConfigurationSettings: limited-CriticalDutyCycleThreshold"
_SOON: Final = Duration(40 * MINUTE)
_LATER: Final = Duration(2 * HOUR)
_MANY: Final = 20
"""Readings that take more than a ten thousandth of an hour on the air."""


def _use_air(bench: Bench, *, limited: int, critical: int) -> list[RaisedAlert]:
    """Set the thresholds, have the meter asked for much, and give what the hub says of its radio."""
    terms = Terms(given=((_LIMITED, limited), (_CRITICAL, critical)))
    with preamble():
        bench.exchange(bench.command("DBCH04", DeviceRole.CHF, _BROKER, argument=terms))
    for _ in range(_MANY):
        bench.send(_READING.command(bench))
    return alerts_of(bench.device(DeviceRole.CHF), bench.messages(_SOON))


def _alert(bench: Bench, alerts: Iterable[RaisedAlert], name: str, code: AlertCode) -> RaisedAlert:
    """The alert of a use case with a code, for the broker and in order."""
    raised = tuple(alerts)
    for alert in raised:
        message = alert.received.message
        if alert.code == code and message.message_code in use_case(name).message_codes:
            check_protection(
                bench.device(DeviceRole.CHF), bench.parties.party(_BROKER), alert.received, signed=False
            )
            return alert
    seen = ", ".join(code_text(alert.code) for alert in raised) or "no alert"
    raise CheckFailed(ALERT_CLAUSE, f"the hub to raise {name} with alert {code_text(code)}", seen)


def _limited(bench: Bench) -> None:
    alerts = _use_air(bench, limited=1, critical=10_000)
    alert = _alert(bench, alerts, "DBCH06", AlertCode.LIMITED_DUTY_CYCLE_ACTION)
    radio = Data(DataTag.OCTET_STRING, bench.device(DeviceRole.CHF).entity_id)
    if alert.further != (radio,):
        raise CheckFailed(ALERT_CLAUSE, "the hub to name the radio that is limited", str(alert.further))
    later = alerts_of(bench.device(DeviceRole.CHF), bench.messages(_LATER))
    _alert(bench, later, "GNCA", AlertCode.DUTY_CYCLE_BELOW_NORMAL_LIMITED)


def _discarded(bench: Bench) -> None:
    alerts = _use_air(bench, limited=1, critical=2)
    _alert(bench, alerts, "GNCA", AlertCode.CRITICAL_DUTY_CYCLE_ACTION)
    command = _READING.command(bench)
    bench.send(command)
    alerts = alerts_of(bench.device(DeviceRole.CHF), bench.messages(_SOON))
    alert = _alert(bench, alerts, "DBCH10", AlertCode.MESSAGE_DISCARDED_BY_DUTY_CYCLE)
    message = command.message
    named = message.originator + message.recipient + bytes((message.cra,))
    wanted = named + message.originator_counter.to_bytes(8, "big")
    if alert.further != (Data(DataTag.OCTET_STRING, wanted),):
        told = ", ".join(octets_text(one.value) for one in alert.further if isinstance(one.value, bytes))
        raise CheckFailed(
            ALERT_CLAUSE, f"the message that was discarded: {octets_text(wanted)}", told or "none"
        )


_WHY: Final = "a hub that talks too much breaks the law, and one that goes quiet and does not say so is lost"
CASES: Final = tuple(
    Case(
        case_id=f"TC_{name}_alert_1",
        title=title,
        why=_WHY,
        clause=f"{ALERT_CLAUSE}, {name}; CHTS 4.6.2.5",
        use_case=name,
        purpose=Purpose.ALERT,
        participants=_PARTICIPANTS,
        on_frames=True,
        covers=("GNCA",),
        applies=all_of(has(*_PARTICIPANTS), _SETTINGS.applies, _READING.applies, by_sub_ghz_alone),
        run=run,
    )
    for name, title, run in (
        ("DBCH06", "The hub tells the broker that its radio is limited, and when no longer", _limited),
        ("DBCH10", "The hub tells the broker which message it discarded for want of air", _discarded),
    )
)
