"""A command that a version of GBCS does not have is not carried out, and later versions say so (ECS100).

What is meant for newer firmware, or was withdrawn, reaches old and new devices alike. Until GBCS 3.2 a
device discards it; from GBCS 4.0 on, ESME and SAPC tell its sender in an alert (0x8F85).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind, Version
from harness.cases.alerts import RaisedAlert, alerts_of, code_text, inspect_alert
from harness.cases.applicability import KIND_OF, all_of, has, not_of_version, of_version
from harness.cases.bench import patience_with
from harness.cases.case import Case, CheckFailed, Purpose
from harness.cases.cosem_answers import octets_of
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS
from harness.cases.tampering import under_another_code
from harness.cases.wording import device_name
from harness.codecs.message import Cra
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.catalogue import use_case
from harness.gbcs.roles import DeviceRole, RemotePartyRole

if TYPE_CHECKING:
    from harness.cases.bench import Bench
    from harness.cases.command import Command

_CLAUSE: Final = "GBCS 6.2.4, ECS100"
_REPORT: Final = "ECS100"
_TELLS_SINCE: Final = Version.parse("4.0")
_TELLING: Final = frozenset({DeviceRole.ESME, DeviceRole.SAPC})
_WHAT_LENGTH: Final = 10
_UNASSIGNED: Final = 0x0FFF
_SUPPLIER: Final = RemotePartyRole.SUPPLIER
_SENT: Final = {
    DeviceRole.CHF: ("ECS52", RemotePartyRole.ACCESS_CONTROL_BROKER),
    DeviceRole.GPF: ("CS07", _SUPPLIER),
    DeviceRole.ESME: ("ECS52", _SUPPLIER),
    DeviceRole.GSME: ("CS07", _SUPPLIER),
    DeviceRole.PPMID: ("CS07", _SUPPLIER),
    DeviceRole.HCALCS: ("CS07", _SUPPLIER),
    DeviceRole.SAPC: ("ECS52", _SUPPLIER),
}
"""A command to put a code on that no use case has, for each kind of device."""


def _run(bench: Bench, subject: Subject) -> None:
    command = subject.command(bench, subject.accepted[0])
    _send(bench, command, command.octets, subject.target, subject.row.message_codes[0])


def _run_unassigned(bench: Bench, target: DeviceRole) -> None:
    name, role = _SENT[target]
    command = bench.command(name, target, role)
    octets = under_another_code(command, _UNASSIGNED, command.sender)
    _send(bench, command, octets, target, _UNASSIGNED)


def _send(bench: Bench, command: Command, octets: bytes, target: DeviceRole, code: int) -> None:
    """Send what a device does not know, and check that its sender is told, where the version has that."""
    device, since = bench.device(target), bench.now
    bench.send_octets(octets, to=target)
    messages = bench.messages(patience_with(target))
    if any(
        one.message.cra is Cra.RESPONSE and one.message.originator == device.entity_id for one in messages
    ):
        raise CheckFailed(_CLAUSE, f"no response of the {device_name(target)}", "a response")
    if not _tells(bench, target):
        return
    wanted = use_case(_REPORT).message_codes[0]
    for alert in alerts_of(device, messages):
        if alert.received.message.message_code == wanted:
            inspect_alert(bench, device, alert, since, command.sender)
            _check_report(alert, command, code)
            return
    raise CheckFailed(
        _CLAUSE,
        f"the {device_name(target)} to tell its sender: {code_text(AlertCode.COMMAND_NOT_SUPPORTED)}",
        "no such alert",
    )


def _check_report(alert: RaisedAlert, command: Command, code: int) -> None:
    message = alert.received.message
    if alert.code != AlertCode.COMMAND_NOT_SUPPORTED or len(alert.further) != 1:
        wanted = f"alert {code_text(AlertCode.COMMAND_NOT_SUPPORTED)}, and which command"
        raise CheckFailed(_CLAUSE, wanted, code_text(alert.code))
    if message.recipient != command.sender.entity_id:
        raise CheckFailed(_CLAUSE, "the alert to the command's sender", message.recipient.hex())
    what = octets_of(alert.further[0], _CLAUSE, "the command that was not known", _WHAT_LENGTH)
    which = code.to_bytes(2, "big") + command.order.counter.to_bytes(8, "big")
    if what != which:
        raise CheckFailed(_CLAUSE, f"message code and counter {which.hex()}", what.hex())


def _tells(bench: Bench, target: DeviceRole) -> bool:
    """Whether a device's version has the alert."""
    profile = bench.port.profile.get(KIND_OF[target])
    return target in _TELLING and profile is not None and profile.firmware.gbcs >= _TELLS_SINCE


def _cases() -> Iterator[Case]:
    for subject in SUBJECTS:
        row, kind = subject.row, KIND_OF[subject.target]
        if not subject.accepted or (row.since is None and row.until is None):
            continue
        since = None if row.since is None else Version.parse(row.since)
        until = None if row.until is None else Version.parse(row.until)
        lacks = not_of_version(kind, of_version(kind, row.id, since=since, until=until))
        span = f"from GBCS {row.since} on" if row.since else f"until GBCS {row.until}"
        yield subject.case(
            Purpose.UNSUPPORTED,
            title=f"The {subject.device} does not obey what there is {span} alone: {subject.doing}",
            why="a command for newer or older firmware must not be carried out by half",
            clause=_CLAUSE,
            run=partial(_run, subject=subject),
            applies=all_of(has(*subject.participants), lacks),
            covers=(_REPORT,) if subject.target in _TELLING else (),
        )
    yield from map(_unassigned, _SENT)


def _unassigned(target: DeviceRole) -> Case:
    participants = tuple(kind for kind in DeviceKind if kind in {DeviceKind.COMMS_HUB, KIND_OF[target]})
    about = _REPORT if target in _TELLING else "GCA"
    return Case(
        case_id=f"TC_{about}_unassigned_code_{target.value}",
        title=f"The {device_name(target)} does not answer a message code that no use case has",
        why="a device that guesses what it does not know can be made to do anything",
        clause=_CLAUSE,
        use_case=about,
        purpose=Purpose.UNSUPPORTED,
        participants=participants,
        applies=has(*participants),
        run=partial(_run_unassigned, target=target),
    )


CASES: Final = tuple(_cases())
