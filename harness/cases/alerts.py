"""Alerts as a remote party sees them: whose, to whom, what code, at what time (GBCS 16)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from harness.cases.case import CheckFailed
from harness.cases.inspection import Received, check_moment, check_protection, moment_of, payload_in
from harness.cases.wording import device_name, heard_text, octets_text
from harness.codecs.cosem_data import Data, DataTag
from harness.codecs.cosem_date_time import LENGTH, CosemDateTime
from harness.codecs.dlms_types import DataNotification
from harness.codecs.gbz_types import GbzAlert
from harness.codecs.message import Cra
from harness.crypto.pki import Credentials
from harness.gbcs.alert_codes import AlertCode, alert_meaning
from harness.gbcs.catalogue import by_message_code
from harness.gbcs.roles import RemotePartyRole
from harness.network.clock import SECOND, Instant

if TYPE_CHECKING:
    from harness.cases.bench import Bench
    from harness.network.port import InstalledDevice

ALERT_CLAUSE: Final = "GBCS 16.2"
_ALERTED: Final = (
    RemotePartyRole.SUPPLIER,
    RemotePartyRole.NETWORK_OPERATOR,
    RemotePartyRole.ACCESS_CONTROL_BROKER,
    RemotePartyRole.WAN_PROVIDER,
)
_OF_LOADS: Final = frozenset(
    {AlertCode.APC_LIMIT_COMMAND_PROCESSED, AlertCode.APC_LIMIT_ENDED, AlertCode.APC_DATA}
)
"""What alone a load controller hears of."""


@dataclass(frozen=True, slots=True)
class RaisedAlert:
    """An alert that is in order as a message. ``further`` is what a DLMS alert says behind code and time."""

    code: int
    raised_at: Instant
    received: Received
    further: tuple[Data, ...] = ()


def expect_alert(
    bench: Bench,
    device: InstalledDevice,
    codes: Collection[int],
    messages: Iterable[Received],
    *,
    since: Instant,
) -> RaisedAlert:
    """The first critical alert of a device with one of the codes, in order in every respect."""
    alerts = alerts_of(device, messages)
    for alert in alerts:
        if alert.code in codes:
            inspect_alert(bench, device, alert, since)
            return alert
    wanted = " or ".join(code_text(code) for code in sorted(codes))
    raised = ", ".join(code_text(alert.code) for alert in alerts)
    raise CheckFailed(
        ALERT_CLAUSE,
        f"the {device_name(device.role)} to raise alert {wanted}",
        f"alert {raised}" if raised else heard_text(received.message for received in messages),
    )


def alerts_in_order(
    bench: Bench, device: InstalledDevice, messages: Iterable[Received], since: Instant
) -> list[RaisedAlert]:
    """The alerts of a device, each of them in order, and none told twice to one party. Raises CheckFailed."""
    alerts = alerts_of(device, messages)
    seen: set[tuple[int, Instant, bytes]] = set()
    for alert in alerts:
        inspect_alert(bench, device, alert, since)
        told = (alert.code, alert.raised_at, alert.received.message.recipient)
        if told in seen:
            raise CheckFailed(ALERT_CLAUSE, f"alert {code_text(alert.code)} once to each party", "it twice")
        seen.add(told)
    return alerts


def expect_told_of(
    bench: Bench,
    device: InstalledDevice,
    codes: Collection[AlertCode],
    messages: Iterable[Received],
    since: Instant,
) -> None:
    """Check that a device told of everything it had to, and each of its alerts. Raises CheckFailed."""
    told = [one.code for one in alerts_in_order(bench, device, messages, since)]
    if not set(codes) <= set(told):
        wanted = " and ".join(map(code_text, sorted(codes)))
        raise CheckFailed(ALERT_CLAUSE, f"alert {wanted}", ", ".join(map(code_text, told)) or "none")


def alerts_of(device: InstalledDevice, messages: Iterable[Received]) -> list[RaisedAlert]:
    """The alerts of a device among messages. Raises CheckFailed for one that is none, or comes twice."""
    alerts = [
        _read(received)
        for received in messages
        if received.message.cra is Cra.ALERT and received.message.originator == device.entity_id
    ]
    if len({alert.received.octets for alert in alerts}) < len(alerts):
        twice = ", ".join(code_text(alert.code) for alert in alerts)
        raise CheckFailed(ALERT_CLAUSE, "every alert once, with its own counter", f"one twice of {twice}")
    return alerts


def code_text(code: int) -> str:
    """An alert code with its meaning."""
    return f"0x{code:04X} ({alert_meaning(code) or 'not a code of GBCS'})"


def _read(received: Received) -> RaisedAlert:
    payload = payload_in(received.message)
    if isinstance(payload, GbzAlert):
        return RaisedAlert(payload.alert_code, Instant(payload.utc_time * SECOND), received)
    if isinstance(payload, DataNotification):
        return _read_notification(received, payload.body)
    code = getattr(payload, "alert_code", None)
    return RaisedAlert(code if isinstance(code, int) else -1, received.at, received)


def _read_notification(received: Received, body: Data) -> RaisedAlert:
    match body:
        case Data(
            DataTag.STRUCTURE,
            (Data(DataTag.LONG_UNSIGNED, int(code)), Data(DataTag.OCTET_STRING, bytes(stamp)), *further),
        ) if len(stamp) == LENGTH:
            moment = moment_of(CosemDateTime.from_octets(stamp), ALERT_CLAUSE)
            return RaisedAlert(code, moment, received, tuple(further))
    raise CheckFailed(
        ALERT_CLAUSE,
        "an alert that is a structure of code (long-unsigned), time (octet-string of 12) and what follows",
        octets_text(received.message.payload),
    )


def inspect_alert(
    bench: Bench, device: InstalledDevice, alert: RaisedAlert, since: Instant, told: Credentials | None = None
) -> None:
    """Check whom an alert is for, its protection and its time. Raises CheckFailed.

    ``told`` is the party that asked for it; else it may be any that hears of a device's events.
    """
    recipient = told or _known_party(bench, alert)
    if recipient is None:
        raise CheckFailed(
            ALERT_CLAUSE,
            f"alert {code_text(alert.code)} to a remote party that the {device_name(device.role)} knows",
            f"recipient {octets_text(alert.received.message.recipient)}",
        )
    if alert.received.message.recipient != recipient.entity_id:
        raise CheckFailed(
            ALERT_CLAUSE,
            f"alert {code_text(alert.code)} to {octets_text(recipient.entity_id)}",
            f"recipient {octets_text(alert.received.message.recipient)}",
        )
    use_case = by_message_code(alert.received.message.message_code)
    signed = use_case is None or use_case.message_type.is_critical
    check_protection(device, recipient, alert.received, signed=signed)
    check_moment(alert.raised_at, since, alert.received.at, ALERT_CLAUSE, f"time of alert {alert.code:#06x}")


def _known_party(bench: Bench, alert: RaisedAlert) -> Credentials | None:
    roles = (*_ALERTED, RemotePartyRole.LOAD_CONTROLLER) if alert.code in _OF_LOADS else _ALERTED
    recipient = alert.received.message.recipient
    return next((party for party in map(bench.parties.party, roles) if party.entity_id == recipient), None)
