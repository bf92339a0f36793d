"""What a meter finds wrong with itself or its wiring it tells its supplier, and logs (GBCS 16.2).

The event is brought about by hand. Nobody set anything about events, so each is told and logged but for
those that the standards only have logged.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from harness.cases.alerts import ALERT_CLAUSE, RaisedAlert, alerts_of, code_text, inspect_alert
from harness.cases.bench import patience_with
from harness.cases.case import Case, CheckFailed, Purpose
from harness.cases.event_log import events_told
from harness.cases.inspection import CLOCK_TOLERANCE, payload_in
from harness.cases.subjects import SUBJECTS
from harness.cases.wording import device_name
from harness.codecs.cosem_data import DataTag
from harness.codecs.gbz_types import GbzAlert, IntegrityIssue
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.catalogue import use_case
from harness.gbcs.events import event_row
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.clock import SECOND
from harness.network.port import Stimulus

if TYPE_CHECKING:
    from harness.cases.bench import Bench
    from harness.cases.subject import Subject
    from harness.network.clock import Instant

_READING: Final = {DeviceRole.ESME: "ECS35a", DeviceRole.GSME: "CS10a"}
_LENGTH_OF_ISSUE: Final = 2
_MEASURES_WRONGLY: Final = (
    "a meter that is broken and says nothing makes bills of nonsense until somebody calls"
)


@dataclass(frozen=True, slots=True)
class _Finding:
    """What happens to a meter, its code, in words what the meter finds, and what depends on it."""

    stimulus: Stimulus
    code: AlertCode
    words: str
    why: str = _MEASURES_WRONGLY


_WARNED: Final = _Finding(
    Stimulus.INTEGRITY_DOUBTED, AlertCode.METER_INTEGRITY_WARNING, "a doubt that a self-test raised"
)
_OF_BOTH: Final = (
    _WARNED,
    _Finding(Stimulus.MEASUREMENT_FAILED, AlertCode.MEASUREMENT_FAULT, "a fault of its measurement"),
    _Finding(
        Stimulus.METROLOGY_UNVERIFIED,
        AlertCode.METROLOGY_FIRMWARE_UNVERIFIED,
        "a change in the firmware that measures",
    ),
    _Finding(
        Stimulus.MEMORY_FAILED,
        AlertCode.NON_VOLATILE_MEMORY_ERROR,
        "a fault of the memory that keeps registers",
    ),
    _Finding(Stimulus.PROGRAM_FAILED, AlertCode.PROGRAM_EXECUTION_ERROR, "a fault in its program"),
    _Finding(Stimulus.STORAGE_FAILED, AlertCode.PROGRAM_STORAGE_ERROR, "a fault where its program is kept"),
    _Finding(Stimulus.RAM_FAILED, AlertCode.RAM_ERROR, "a fault of its working memory"),
    _Finding(Stimulus.HARDWARE_RESET, AlertCode.UNEXPECTED_HARDWARE_RESET, "a start that nobody asked for"),
    _Finding(Stimulus.WATCHDOG_BARKED, AlertCode.WATCHDOG_ERROR, "a watchdog that had to step in"),
)
_DANGER: Final = "a mistake of the installer can start a fire, and the customer does not see it"
_ELSEWHERE: Final = {
    DeviceRole.ESME: (
        _Finding(
            Stimulus.PHASES_SWAPPED, AlertCode.WRONG_PHASE_SEQUENCE, "phases in the wrong order", _DANGER
        ),
        _Finding(Stimulus.POLARITY_REVERSED, AlertCode.WRONG_POLARITY, "live and neutral exchanged", _DANGER),
        _Finding(
            Stimulus.CURRENT_REVERSED, AlertCode.REVERSE_CURRENT, "current that flows the wrong way", _DANGER
        ),
        _Finding(
            Stimulus.HUB_UNPLUGGED,
            AlertCode.COMMS_HUB_DISCONNECTED,
            "the loss of the hub that it carried",
            "a hub that is stolen and sold opens the way into other homes",
        ),
    ),
    DeviceRole.GSME: (
        _Finding(Stimulus.GAS_WITH_AIR, AlertCode.AIR_IN_GAS_FLOW, "air in the gas", _DANGER),
        _Finding(Stimulus.GAS_REVERSED, AlertCode.REVERSE_GAS_FLOW, "gas that flows backwards", _DANGER),
        _Finding(
            Stimulus.GAS_BEYOND_CAPACITY,
            AlertCode.GAS_FLOW_BEYOND_CAPACITY,
            "more gas than it can measure",
            _DANGER,
        ),
    ),
}


def _run(bench: Bench, reading: Subject, finding: _Finding) -> None:
    target, since = reading.target, bench.now
    device, row = bench.device(target), event_row(finding.code, target)
    bench.operate(target, finding.stimulus)
    alerts = [
        alert
        for alert in alerts_of(device, bench.messages(patience_with(target)))
        if alert.code == finding.code
    ]
    if row is not None and row.alerts:
        _check_told(bench, target, finding, alerts, since, row.alerts[0])
    answer = bench.exchange(reading.command(bench, RemotePartyRole.SUPPLIER))
    logged = [code for at, code in events_told(bench, answer) if at * SECOND >= since - CLOCK_TOLERANCE]
    if finding.code not in logged:
        raise CheckFailed(
            "SMETS2 4.6.5.7, 5.7.5.13",
            f"{code_text(finding.code)} in the event log of the {device_name(target)}",
            ", ".join(map(code_text, logged)) or "no entry since then",
        )


def _check_told(  # noqa: PLR0913, PLR0917 - what happened, when and where, and what came of it
    bench: Bench, target: DeviceRole, finding: _Finding, alerts: list[RaisedAlert], since: Instant, name: str
) -> None:
    device = bench.device(target)
    if len(alerts) != 1:
        raise CheckFailed(
            ALERT_CLAUSE,
            f"the {device_name(target)} to raise alert {code_text(finding.code)} once",
            f"it {len(alerts)} times",
        )
    alert = alerts[0]
    inspect_alert(bench, device, alert, since, bench.parties.party(RemotePartyRole.SUPPLIER))
    code = alert.received.message.message_code
    if code not in use_case(name).message_codes:
        raise CheckFailed(ALERT_CLAUSE, f"it in the form of {name}", f"message code {code:#06x}")
    if finding is _WARNED:
        _check_issue(alert)


def _check_issue(alert: RaisedAlert) -> None:
    """The warning says in two octets what it is about."""
    payload = payload_in(alert.received.message)
    body = payload.body if isinstance(payload, GbzAlert) else None
    issue = body.other_information if isinstance(body, IntegrityIssue) else b""
    if not isinstance(payload, GbzAlert):
        octets = [one.value for one in alert.further if one.tag is DataTag.OCTET_STRING]
        issue = b"".join(one for one in octets if isinstance(one, bytes))
    if len(issue) != _LENGTH_OF_ISSUE:
        raise CheckFailed(ALERT_CLAUSE, "two octets that say what the warning is about", f"{len(issue)}")


def _cases() -> Iterator[Case]:
    for reading in SUBJECTS:
        if _READING.get(reading.target) == reading.use_case:
            for finding in (*_OF_BOTH, *_ELSEWHERE[reading.target]):
                yield _case(reading, finding)


def _case(reading: Subject, finding: _Finding) -> Case:
    target = reading.target
    row = event_row(finding.code, target)
    told = row.alerts[0] if row is not None and row.alerts else ""
    name = told or reading.use_case
    word = "alert" if told else "logged"
    return Case(
        case_id=f"TC_fault_{word}_{finding.stimulus.name.lower()}_{target.value}",
        title=f"The {device_name(target)} {'tells its supplier of' if told else 'logs'} {finding.words}",
        why=finding.why,
        clause=f"{ALERT_CLAUSE}; SMETS2 4.4.6, 5.5.9",
        use_case=name,
        purpose=Purpose.ALERT if told else Purpose.LOGGED,
        participants=reading.participants,
        applies=reading.applies,
        run=partial(_run, reading=reading, finding=finding),
    )


CASES: Final = tuple(_cases())
