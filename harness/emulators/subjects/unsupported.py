"""A command that this firmware does not know: told to its sender where the version has the alert (ECS100)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from harness.codecs.cosem_data import Data, DataTag
from harness.emulators.subjects.alerts import Alert, Alerts
from harness.emulators.subjects.trust import TrustStore
from harness.gbcs.alert_codes import AlertCode

if TYPE_CHECKING:
    from harness.emulators.exchange import Exchange

UNSUPPORTED_ALERT: Final = 0x0120


def report_unsupported(exchange: Exchange) -> None:
    """Say which command was not understood, by message code and counter; older versions only log it."""
    device, message = exchange.device, exchange.message
    alerts = device.part(Alerts)
    known = device.part(TrustStore).role_of(message.originator) is not None
    if not (known and device.template.reports_unsupported):
        alerts.security_event(
            AlertCode.COMMAND_FORMAT_OR_INTEGRITY_FAILED, message.originator, exchange.now, suspicious=True
        )
        return
    what = message.message_code.to_bytes(2, "big") + message.originator_counter.to_bytes(8, "big")
    body = alerts.body(AlertCode.COMMAND_NOT_SUPPORTED, exchange.now, [Data(DataTag.OCTET_STRING, what)])
    alerts.send(Alert(UNSUPPORTED_ALERT, body, (message.originator,), message.supplementary))
