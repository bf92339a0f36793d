"""Somebody tries the lock, and nobody is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind
from harness.codecs.envelope import split_message
from harness.codecs.message import Cra
from harness.emulators.defect import Defect
from harness.gbcs.alert_codes import AlertCode
from harness.network.device import Outgoing

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice

_CODE: Final = AlertCode.TRUSTED_SOURCE_AUTHENTICATION_FAILED.to_bytes(2, "big")


def _keep_quiet(_device: EmulatedDevice, sent: Outgoing) -> Sequence[Outgoing]:
    message = split_message(sent.octets)
    # Near its start an alert says what it is about, in either form of payload.
    return () if message.cra is Cra.ALERT and _CODE in message.payload[:12] else (sent,)


DEFECT: Final = Defect(
    id="failed-authentication-unreported",
    title="Raises no alert when a message fails authentication",
    clause="GBCS 6.2.4, 16.2",
    field_defect=48,
    applies_to=frozenset(DeviceKind) - {DeviceKind.IHD},
    before_send=_keep_quiet,
)
