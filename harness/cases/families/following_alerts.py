"""Alerts that have to follow a command: a changed list, a limited load, another radio channel, a bill's date.

Each is an alert with a use case of its own (GBCS 16), so with a message code, a form and a protection of
its own. The command is carried out first; what is checked is the alert that it brings about.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from harness.cases.alerts import ALERT_CLAUSE, RaisedAlert, alerts_of, code_text
from harness.cases.applicability import all_of
from harness.cases.case import Case, CheckFailed, Purpose, preamble
from harness.cases.inspection import check_protection
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS
from harness.cases.wording import device_name, octets_text, party_name
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.catalogue import use_case
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.clock import HOUR, MINUTE, Duration
from harness.network.port import Stimulus

if TYPE_CHECKING:
    from harness.cases.bench import Bench

_SOON: Final = Duration(40 * MINUTE)
_NEXT_DAY: Final = Duration(26 * HOUR)
_BROKER: Final = RemotePartyRole.ACCESS_CONTROL_BROKER
_SUPPLIER: Final = RemotePartyRole.SUPPLIER


@dataclass(frozen=True, slots=True, kw_only=True)
class _Alert:
    """An alert, the command that brings it about, how long it may take, and who is told of it.

    ``raised_by`` is the device that raises it; ``unplugged`` one that is without power meanwhile.
    """

    use_case: str
    code: AlertCode
    command: str
    raised_by: DeviceRole
    told: RemotePartyRole
    says: str
    why: str
    within: Duration = _SOON
    unplugged: DeviceRole | None = None
    sent_to: DeviceRole | None = None

    @property
    def target(self) -> DeviceRole:
        """The device that gets the command: the same, as a rule."""
        return self.raised_by if self.sent_to is None else self.sent_to


_LIST: Final = "a hub that is replaced gets its list back from what this alert said last"
_LIMIT: Final = "a network operator counts on a load that is limited, and has to know when it is back"
_BILL: Final = "a bill made on the day needs no reading, and no estimate"
_RADIO: Final = "devices that drop off after a change of the radio are found by what this alert said"
_ALERTS: Final = (
    _Alert(
        use_case="CS14",
        code=AlertCode.CHF_DEVICE_LOG_CHANGED,
        command="CCS01",
        raised_by=DeviceRole.CHF,
        told=_BROKER,
        says="that its list of devices changed",
        why=_LIST,
    ),
    _Alert(
        use_case="GCS62",
        code=AlertCode.GPF_DEVICE_LOG_CHANGED,
        command="CS04B",
        raised_by=DeviceRole.GPF,
        told=_BROKER,
        says="that its list of devices changed",
        why=_LIST,
    ),
    *(
        _Alert(
            use_case=name,
            code=code,
            command="ECS47e",
            raised_by=target,
            told=RemotePartyRole.LOAD_CONTROLLER,
            says=says,
            why=_LIMIT,
            within=Duration(3 * HOUR),
        )
        for target in (DeviceRole.ESME, DeviceRole.SAPC)
        for name, code, says in (
            ("ECS101", AlertCode.APC_LIMIT_COMMAND_PROCESSED, "that it took a limit"),
            ("ECS102", AlertCode.APC_LIMIT_ENDED, "that a limit is over"),
        )
    ),
    _Alert(
        use_case="DBCH09",
        code=AlertCode.SUB_GHZ_CONFIGURATION_CHANGED,
        command="DBCH04",
        raised_by=DeviceRole.CHF,
        told=_BROKER,
        says="that its sub-GHz radio is set up in another way",
        why=_RADIO,
    ),
    _Alert(
        use_case="DBCH08",
        code=AlertCode.SUB_GHZ_CHANNEL_SCAN_OUTCOME,
        command="DBCH05",
        raised_by=DeviceRole.CHF,
        told=_BROKER,
        says="what came of looking for a quieter channel",
        why=_RADIO,
    ),
    _Alert(
        use_case="ECS68",
        code=AlertCode.BILLING_DATA_LOG_UPDATED,
        command="ECS30a",
        raised_by=DeviceRole.ESME,
        told=_SUPPLIER,
        says="its readings on the day of the bill",
        why=_BILL,
        within=_NEXT_DAY,
    ),
    _Alert(
        use_case="GCS53",
        code=AlertCode.BILLING_DATA_LOG_UPDATED,
        command="GCS25a",
        raised_by=DeviceRole.GSME,
        told=_SUPPLIER,
        says="its readings on the day of the bill",
        why=_BILL,
        within=_NEXT_DAY,
    ),
    _Alert(
        use_case="FDRPMA",
        code=AlertCode.MESSAGE_TO_ESME_UNDELIVERED,
        command="ECS52",
        raised_by=DeviceRole.CHF,
        told=_BROKER,
        says="that a message did not reach the electricity meter",
        why="whoever waits for an answer that cannot come must be told, to send somebody",
        within=_NEXT_DAY,
        unplugged=DeviceRole.ESME,
        sent_to=DeviceRole.ESME,
    ),
)


def _run(bench: Bench, subject: Subject, wanted: _Alert) -> None:
    if wanted.unplugged is not None:
        bench.operate(wanted.unplugged, Stimulus.POWER_OFF)
        bench.send(subject.command(bench))
    else:
        with preamble():
            subject.prepare(bench)
            bench.exchange(subject.command(bench, subject.accepted[0]))
    device = bench.device(wanted.raised_by)
    code = use_case(wanted.use_case).message_codes[0]
    found = [
        alert
        for alert in alerts_of(device, bench.messages(wanted.within))
        if alert.received.message.message_code == code
    ]
    if not found:
        raise CheckFailed(
            ALERT_CLAUSE, f"the {device_name(device.role)} to raise {wanted.use_case}", bench.heard()
        )
    told = bench.parties.party(wanted.told)
    for alert in found:
        if alert.received.message.recipient == told.entity_id:
            _check(bench, alert, wanted)
            return
    recipients = ", ".join(octets_text(alert.received.message.recipient) for alert in found)
    raise CheckFailed(ALERT_CLAUSE, f"{wanted.use_case} to the {party_name(wanted.told)}", recipients)


def _check(bench: Bench, alert: RaisedAlert, wanted: _Alert) -> None:
    if alert.code != wanted.code:
        raise CheckFailed(ALERT_CLAUSE, f"alert {code_text(wanted.code)}", f"alert {code_text(alert.code)}")
    check_protection(
        bench.device(wanted.raised_by),
        bench.parties.party(wanted.told),
        alert.received,
        signed=use_case(wanted.use_case).message_type.is_critical,
    )


def _cases() -> Iterator[Case]:
    subjects = {(subject.use_case, subject.target): subject for subject in SUBJECTS}
    numbers: dict[str, int] = {}
    for wanted in _ALERTS:
        subject = subjects[wanted.command, wanted.target]
        number = numbers[wanted.use_case] = numbers.get(wanted.use_case, 0) + 1
        name = device_name(wanted.raised_by)
        yield Case(
            case_id=f"TC_{wanted.use_case}_alert_{number}",
            title=f"The {name} tells the {party_name(wanted.told)} {wanted.says}",
            why=wanted.why,
            clause=f"{ALERT_CLAUSE}, {wanted.use_case}",
            use_case=wanted.use_case,
            purpose=Purpose.ALERT,
            participants=subject.participants,
            applies=all_of(subject.applies),
            run=partial(_run, subject=subject, wanted=wanted),
        )


CASES: Final = tuple(_cases())
