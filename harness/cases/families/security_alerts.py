"""Whoever knocks with a false key is reported: the alert about a failed authentication (GBCS 6.2.4, 16.2)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind
from harness.cases.alerts import ALERT_CLAUSE, RaisedAlert, alerts_of, code_text, expect_alert, inspect_alert
from harness.cases.applicability import KIND_OF, has
from harness.cases.bench import patience_with
from harness.cases.case import Case, CheckFailed, Purpose
from harness.cases.inspection import HEADER_CLAUSE
from harness.cases.tampering import with_corrupted_mac
from harness.cases.wording import device_name, octets_text
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.catalogue import use_case
from harness.gbcs.roles import DeviceRole, RemotePartyRole

if TYPE_CHECKING:
    from harness.cases.bench import Bench

_FAILED: Final = AlertCode.TRUSTED_SOURCE_AUTHENTICATION_FAILED
_GENERIC: Final = "GCA"
_KNOCKS: Final = {
    DeviceRole.CHF: ("ECS52", RemotePartyRole.ACCESS_CONTROL_BROKER),
    DeviceRole.GPF: ("CS07", RemotePartyRole.SUPPLIER),
    DeviceRole.ESME: ("CS07", RemotePartyRole.SUPPLIER),
    DeviceRole.GSME: ("CS07", RemotePartyRole.SUPPLIER),
    DeviceRole.PPMID: ("CS07", RemotePartyRole.SUPPLIER),
    DeviceRole.HCALCS: ("CS07", RemotePartyRole.SUPPLIER),
    DeviceRole.SAPC: ("CS07", RemotePartyRole.SUPPLIER),
}
"""A harmless command to spoil, for each kind of device."""


def _run(bench: Bench, target: DeviceRole) -> None:
    first, second = (_alerts_about_a_false_key(bench, target) for _ in range(2))
    _check_counters(first, second)


def _alerts_about_a_false_key(bench: Bench, target: DeviceRole) -> list[RaisedAlert]:
    identifier, party = _KNOCKS[target]
    device, since = bench.device(target), bench.now
    bench.send_octets(with_corrupted_mac(bench.command(identifier, target, party)), to=target)
    messages = bench.messages(patience_with(target))
    expect_alert(bench, device, {_FAILED}, messages, since=since)
    alerts = alerts_of(device, messages)
    for alert in alerts:
        _check_form(alert)
        inspect_alert(bench, device, alert, since)
    _check_recipients(alerts, target)
    return alerts


def _check_form(alert: RaisedAlert) -> None:
    message = alert.received.message
    wanted = use_case(_GENERIC).message_codes[0]
    if message.message_code != wanted or alert.code != _FAILED or alert.further:
        raise CheckFailed(
            ALERT_CLAUSE,
            f"message code {wanted:#06x}, alert {code_text(_FAILED)} and its time alone",
            f"message code {message.message_code:#06x}, alert {code_text(alert.code)}"
            f" and {len(alert.further)} further values",
        )
    if message.date_time is not None or message.supplementary is not None:
        raise CheckFailed(
            HEADER_CLAUSE,
            "neither date-time nor supplementary fields in the header of an alert",
            "some are there",
        )


def _check_recipients(alerts: list[RaisedAlert], target: DeviceRole) -> None:
    told = [alert.received.message.recipient for alert in alerts]
    if len(set(told)) != len(told):
        raise CheckFailed(
            ALERT_CLAUSE,
            f"one alert of the {device_name(target)} for each remote party",
            f"alerts to {', '.join(octets_text(recipient) for recipient in told)}",
        )


def _check_counters(first: list[RaisedAlert], second: list[RaisedAlert]) -> None:
    """Check that a device counts up with every message of its own."""
    counters = [[alert.received.message.originator_counter for alert in alerts] for alerts in (first, second)]
    flat = [counter for one in counters for counter in one]
    if len(set(flat)) != len(flat) or max(counters[0]) >= min(counters[1]):
        raise CheckFailed(
            HEADER_CLAUSE,
            "another, higher counter on each message of the device's own",
            f"counters {counters[0]}, then {counters[1]}",
        )


def _case(target: DeviceRole) -> Case:
    participants = tuple(kind for kind in DeviceKind if kind in {DeviceKind.COMMS_HUB, KIND_OF[target]})
    return Case(
        case_id=f"TC_GCA_authentication_failure_{target.value}",
        title=f"The {device_name(target)} reports a command with a false MAC in a critical alert",
        why="somebody who tries keys must be noticed before one fits",
        clause="GBCS 6.2.4, 16.2",
        use_case=_GENERIC,
        purpose=Purpose.ALERT,
        participants=participants,
        applies=has(*participants),
        run=partial(_run, target=target),
    )


CASES: Final = tuple(_case(target) for target in _KNOCKS)
