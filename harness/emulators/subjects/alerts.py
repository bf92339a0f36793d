"""Alerts: what a device says of its own accord, to whom, and in which form (GBCS 16).

Critical alerts are signed and have no MAC. DLMS devices raise them as a data notification, GBZ devices
in the GBZ form. What is logged of an event, whether it is told and to whom is in the table of events.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from harness.codecs.cosem_data import Data, DataTag
from harness.codecs.dlms import encode_data_notification
from harness.codecs.dlms_types import DataNotification
from harness.codecs.gbz import encode_gbz_alert
from harness.codecs.gbz_types import AlertBody, GbzAlert
from harness.codecs.message import Cra, Message, Supplementary
from harness.crypto.protection import protect
from harness.emulators.subjects.clock import Clock, date_time_of
from harness.emulators.subjects.event_logs import EventLogs, EventSettings, Logged
from harness.emulators.subjects.trust import Cell, TrustStore
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.catalogue import use_case
from harness.gbcs.events import Told, Treatment, event_row
from harness.gbcs.roles import RemotePartyRole
from harness.gbcs.use_case import MessageType, PayloadFamily
from harness.network.clock import HOUR, Instant, utc_time_of
from harness.network.device import Outgoing

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice

GENERIC_CRITICAL_ALERT: Final = 0x1000
AlertPayload = DataNotification | GbzAlert | bytes
UNUSUAL: Final = 5
"""Malformed or out-of-order commands within an hour that are more than chance."""


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert about to be sent: its message code, its payload, and who is told.

    A critical one is signed; any other has a MAC for its recipient, who must be a known party.
    """

    message_code: int
    payload: AlertPayload
    recipients: tuple[bytes, ...]
    supplementary: Supplementary | None = None
    critical: bool = True


class Alerts:
    """What a device raises, and its memory of commands that should not have come."""

    __slots__ = ("_device", "_suspicious")

    def __init__(self, device: EmulatedDevice) -> None:
        self._device = device
        self._suspicious: list[Instant] = []

    def known_parties(self) -> tuple[bytes, ...]:
        """Entity identifiers of the remote parties that hear of this kind's events."""
        trust = self._device.part(TrustStore)
        anchors = (trust.anchor(role, Cell.DIGITAL_SIGNATURE) for role in self._device.template.kind.alerted)
        return tuple(anchor.entity_id for anchor in anchors if anchor is not None)

    def security_event(self, code: AlertCode, source: bytes, now: Instant, *, suspicious: bool) -> None:
        """Log and tell of an event, and of such events being many when they are."""
        self.event(code, now, information=source)
        if suspicious:
            recent = [at for at in self._suspicious if now - at < HOUR]
            self._suspicious = [*recent, now]
            if len(self._suspicious) == UNUSUAL:
                self.event(AlertCode.UNUSUAL_NUMBER_OF_BAD_COMMANDS, now, information=source)

    def event(
        self,
        code: AlertCode,
        now: Instant,
        *,
        information: bytes = b"",
        further: Iterable[Data] = (),
        body: AlertBody = b"",
    ) -> None:
        """Log an event and tell of it, as the table of events and what was set about it say.

        ``information`` is noted with it; ``further`` is what the alert of a DLMS device says behind code
        and time, ``body`` what that of a GBZ device does. Nothing becomes of an event that devices of this
        kind do not have.
        """
        device = self._device
        row = event_row(code, device.template.kind.role)
        if row is None:
            return
        treatment = device.part(EventSettings).of(row)
        if row.log is not None and Treatment.LOGGED in treatment:
            entry = Logged(device.part(Clock).now(now), code, information)
            device.part(EventLogs).write(row.log, entry)
        recipients = self.told(row.told) if row.alerts and Treatment.WAN in treatment else ()
        if recipients:
            told = use_case(row.alerts[0])
            critical = told.message_type is not MessageType.NON_CRITICAL_ALERT
            payload = self.body(code, now, further, body)
            self.send(Alert(told.message_codes[0], payload, recipients, critical=critical))

    def told(self, who: Told) -> tuple[bytes, ...]:
        """Entity identifiers of those who hear of an event, as far as the device knows them."""
        if who is Told.KNOWN:
            return self.known_parties()
        role = _ROLES.get(who)
        anchor = None if role is None else self._device.part(TrustStore).anchor(role, Cell.KEY_AGREEMENT)
        return () if anchor is None else (anchor.entity_id,)

    def body(
        self, code: AlertCode, now: Instant, further: Iterable[Data] = (), body: AlertBody = b""
    ) -> AlertPayload:
        """An alert's payload: code and time, and what else its use case has in the form of the device."""
        device = self._device
        moment = device.part(Clock).now(now)
        if device.template.kind.alert_family is PayloadFamily.GBZ:
            return GbzAlert(code, utc_time_of(moment), int(body != b""), body)
        stamp = Data(DataTag.OCTET_STRING, date_time_of(moment).to_octets())
        members = (Data(DataTag.LONG_UNSIGNED, int(code)), stamp, *further)
        return DataNotification(0, Data(DataTag.STRUCTURE, members))

    def send(self, alert: Alert) -> None:
        """Number, sign and send an alert to each of its recipients."""
        device = self._device
        for recipient in alert.recipients:
            counter = device.next_counter()
            payload = alert.payload
            if isinstance(payload, DataNotification):
                payload = DataNotification(invoke_id_of(counter), payload.body)
            message = Message(
                cra=Cra.ALERT,
                originator_counter=counter,
                originator=device.entity_id,
                recipient=recipient,
                message_code=alert.message_code,
                payload=_octets(payload),
                supplementary=alert.supplementary,
            )
            if alert.critical:
                octets = protect(message, signer=device.signing_key)
            else:
                role = device.part(TrustStore).role_of(recipient)
                octets = protect(message, mac_secret=None if role is None else device.secret_with(role))
            device.send(Outgoing(recipient, octets))


_ROLES: Final = {
    Told.SUPPLIER: RemotePartyRole.SUPPLIER,
    Told.NETWORK_OPERATOR: RemotePartyRole.NETWORK_OPERATOR,
    Told.BROKER: RemotePartyRole.ACCESS_CONTROL_BROKER,
}


def _octets(payload: AlertPayload) -> bytes:
    if isinstance(payload, DataNotification):
        return encode_data_notification(payload)
    return encode_gbz_alert(payload) if isinstance(payload, GbzAlert) else payload


def invoke_id_of(counter: int) -> int:
    """Long-invoke-id-and-priority of a message: confirmed-service flag and the counter's low three octets."""
    return 0x2000_0000 | counter & 0xFF_FFFF
