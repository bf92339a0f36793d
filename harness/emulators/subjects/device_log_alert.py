"""A gas proxy's log for safe keeping: told to the broker whenever it changed (GBCS 13.9, GCS62)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from harness.codecs.asn1.joining import DeviceLogAlert
from harness.codecs.asn1.payloads import encode_device_asn1
from harness.emulators.asn1_time import time_text
from harness.emulators.subjects.alerts import Alert, Alerts
from harness.emulators.subjects.clock import Clock
from harness.emulators.subjects.device_log import DeviceLog
from harness.emulators.subjects.trust import Cell, TrustStore
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.clock import Instant

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice

BACKUP_ALERT: Final = 0x00B2


def back_up_log(device: EmulatedDevice, now: Instant) -> None:
    """Tell the broker what the log holds, once the command that changed it is answered.

    Only a gas proxy does.
    """
    if device.template.kind.role is DeviceRole.GPF:
        device.schedule(now, lambda woken: _tell(device, woken))


def _tell(device: EmulatedDevice, now: Instant) -> None:
    broker = device.part(TrustStore).anchor(RemotePartyRole.ACCESS_CONTROL_BROKER, Cell.KEY_AGREEMENT)
    if broker is None:
        return
    moment = time_text(device.part(Clock).now(now))
    entries = tuple(device.part(DeviceLog).entries)
    alert = DeviceLogAlert(AlertCode.GPF_DEVICE_LOG_CHANGED, moment, entries)
    device.part(Alerts).send(
        Alert(BACKUP_ALERT, encode_device_asn1(alert), (broker.entity_id,), critical=False)
    )
