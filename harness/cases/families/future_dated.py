"""A command for later is acknowledged at once, carried out at its time, and then reported; or taken back.

GBCS 9.2 and 16.2: the answer says no more than that the command was taken; when its time has come, a
critical alert says that it was carried out (0x8F66) or not (0x8F67). The same command for a time that
never comes cancels it, and there is nothing to report.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from harness.cases.alerts import ALERT_CLAUSE, RaisedAlert, alerts_of, code_text, inspect_alert
from harness.cases.asn1_requests import Activation, Renewal
from harness.cases.bench import patience_with
from harness.cases.case import Case, CheckFailed, Purpose, preamble
from harness.cases.cosem_answers import octets_of
from harness.cases.cosem_checks import check_access
from harness.cases.inspection import payload_in
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS
from harness.cases.terms import Terms, terms_of
from harness.cases.wording import octets_text
from harness.cases.zcl_checks import check_components
from harness.codecs.asn1.credentials import ReplaceCredentialsResponse
from harness.codecs.asn1.firmware import ActivateFirmwareResponse
from harness.codecs.dlms_types import DataNotification
from harness.codecs.gbz_types import ExecutedInstruction, GbzAlert
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.catalogue import use_case
from harness.gbcs.use_case import PayloadFamily
from harness.network.clock import HOUR, MINUTE, SECOND, Duration, Instant

if TYPE_CHECKING:
    from harness.cases.bench import Bench
    from harness.cases.inspection import Answer, Received

_CLAUSE: Final = "GBCS 9.2, 16.2"
_LEAD: Final = Duration(3 * HOUR)
"""How far ahead commands are planned: further than a sleeping meter takes to fetch them."""
_INSTRUCTION: Final = 19
"""Octets of message code, counter, class, instance and item."""
_SLACK: Final = Duration(10 * SECOND)
_DONE: Final = AlertCode.FUTURE_DATED_COMMAND_DONE
_FAILED: Final = AlertCode.FUTURE_DATED_COMMAND_FAILED
_REPORTS: Final = {PayloadFamily.DLMS: "FDEIA-DLMS", PayloadFamily.GBZ: "FDEIA-ZigBee"}
_REPORTS_OF_ASN1: Final = {"CS06": "FDFAA", "CS02gLoadControllerByLoadController": "FDUSCA-CS02g"}
_REPORT_ON_CREDENTIALS: Final = "FDUSCA"


def _planned(bench: Bench, subject: Subject, terms: Terms) -> object:
    """The argument of an order, for the time that the terms say."""
    argument = subject.argument(bench)
    if isinstance(argument, Renewal | Activation):
        return replace(argument, terms=terms)
    if isinstance(argument, bytes):
        return Activation(argument, terms)
    own = terms_of(argument)
    return replace(own, effective=terms.effective, cancelled=terms.cancelled)


def _send(bench: Bench, subject: Subject, terms: Terms) -> Answer:
    answer = bench.exchange(
        bench.command(
            subject.use_case, subject.target, subject.accepted[0], argument=_planned(bench, subject, terms)
        )
    )
    _check_acknowledged(bench, answer, lenient=subject.row.has_preconditions)
    return answer


def _check_acknowledged(bench: Bench, answer: Answer, *, lenient: bool) -> None:
    """Check that the command was taken, and that nothing is said of what has yet to come."""
    family, payload = answer.command.use_case.payload_family, answer.payload
    if family is PayloadFamily.DLMS:
        check_access(bench, answer, lenient=lenient)
    elif family is PayloadFamily.GBZ:
        check_components(answer, lenient=lenient)
    elif (
        isinstance(payload, ActivateFirmwareResponse | ReplaceCredentialsResponse)
        and payload.outcome is not None
    ):
        raise CheckFailed(_CLAUSE, "no outcome before its time", octets_text(answer.message.payload))


def _run_planned(bench: Bench, subject: Subject) -> None:
    before = subject.seen(bench)
    due = Instant((bench.now // MINUTE + 1) * MINUTE + _LEAD)
    answer = _send(bench, subject, Terms(effective=due))
    early = bench.messages(Duration(due - bench.now - MINUTE))
    if _reports(bench, subject, early):
        raise CheckFailed(_CLAUSE, "no report before the time of the command", "one that came early")
    after = subject.seen(bench)
    if after != before:
        raise CheckFailed(
            _CLAUSE, f"nothing done before its time by the {subject.device}: {before}", f"{after}"
        )
    late = bench.messages(Duration(due - bench.now + patience_with(subject.target)))
    reports = _reports(bench, subject, late)
    if not reports:
        raise CheckFailed(
            ALERT_CLAUSE,
            f"the {subject.device} to report {code_text(_DONE)}",
            "no report of a future-dated command",
        )
    for report in reports:
        _check_report(bench, subject, answer, report, due)


def _run_cancelled(bench: Bench, subject: Subject) -> None:
    due = Instant((bench.now // MINUTE + 1) * MINUTE + _LEAD)
    with preamble():
        _send(bench, subject, Terms(effective=due))
    before = subject.seen(bench)
    _send(bench, subject, Terms(cancelled=True))
    messages = bench.messages(Duration(due - bench.now + patience_with(subject.target)))
    if _reports(bench, subject, messages):
        raise CheckFailed(_CLAUSE, "nothing to report of a command that was taken back", "a report")
    after = subject.seen(bench)
    if after != before:
        raise CheckFailed(
            _CLAUSE, f"what was taken back not done by the {subject.device}: {before}", f"{after}"
        )


def _reports(bench: Bench, subject: Subject, messages: tuple[Received, ...]) -> list[RaisedAlert]:
    """Alerts about commands that were put off, whether carried out or not."""
    found = alerts_of(bench.device(subject.target), messages)
    return [alert for alert in found if alert.code in {_DONE, _FAILED}]


def _check_report(bench: Bench, subject: Subject, answer: Answer, report: RaisedAlert, due: Instant) -> None:
    message = report.received.message
    wanted = use_case(_report_of(subject)).message_codes[0]
    if report.code != _DONE or message.message_code != wanted:
        raise CheckFailed(
            ALERT_CLAUSE,
            f"message code {wanted:#06x}, alert {code_text(_DONE)}",
            f"message code {message.message_code:#06x}, alert {code_text(report.code)}",
        )
    if message.recipient != answer.command.sender.entity_id:
        raise CheckFailed(ALERT_CLAUSE, "the report to the command's sender", octets_text(message.recipient))
    device, told = bench.device(subject.target), answer.command.sender
    inspect_alert(bench, device, report, Instant(due - _SLACK), told)
    named = _named_in(report)
    order = answer.command.order
    if named is not None and named != (subject.row.message_codes[0], order.counter):
        raise CheckFailed(
            ALERT_CLAUSE,
            f"a report on message code {subject.row.message_codes[0]:#06x} and counter {order.counter}",
            f"message code {named[0]:#06x} and counter {named[1]}",
        )


def _named_in(report: RaisedAlert) -> tuple[int, int] | None:
    """Message code and counter of the command that a report is about; None for one that has another form."""
    payload = payload_in(report.received.message)
    if isinstance(payload, GbzAlert) and isinstance(payload.body, ExecutedInstruction):
        return payload.body.message_code, payload.body.originator_counter
    if isinstance(payload, DataNotification):
        what = (
            octets_of(report.further[0], ALERT_CLAUSE, "the instruction", _INSTRUCTION)
            if report.further
            else b""
        )
        return int.from_bytes(what[:2], "big"), int.from_bytes(what[2:10], "big")
    return None


def _report_of(subject: Subject) -> str:
    """The use case of the alert that reports on a subject's command."""
    family = subject.row.payload_family
    if family is PayloadFamily.ASN1:
        return _REPORTS_OF_ASN1.get(subject.use_case, _REPORT_ON_CREDENTIALS)
    return _REPORTS[family]


def _planned_case(subject: Subject) -> Case:
    return subject.case(
        Purpose.FUTURE_DATED,
        detail="planned",
        title=f"The {subject.device} waits for the time of a command, and reports on it: {subject.doing}",
        why=f"what is agreed for a date must come on that date, not earlier or later: {subject.matters}",
        clause=_CLAUSE,
        run=partial(_run_planned, subject=subject),
        covers=(_report_of(subject),),
    )


def _cases() -> Iterator[Case]:
    for subject in SUBJECTS:
        if not subject.row.future_datable or not subject.accepted:
            continue
        yield _planned_case(subject)
        yield subject.case(
            Purpose.FUTURE_DATED,
            detail="cancelled",
            title=f"The {subject.device} lets a planned command be taken back: {subject.doing}",
            why="a customer who changes their mind, or a mistake that is seen in time, must leave no trace",
            clause=_CLAUSE,
            run=partial(_run_cancelled, subject=subject),
        )


CASES: Final = tuple(_cases())
