"""A date that passes in silence: done, and nobody is told."""

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

_CODE: Final = AlertCode.FUTURE_DATED_COMMAND_DONE.to_bytes(2, "big")


def _keep_quiet(_device: EmulatedDevice, sent: Outgoing) -> Sequence[Outgoing]:
    message = split_message(sent.octets)
    # Near its start an alert says what it is about, in every form of payload.
    return () if message.cra is Cra.ALERT and _CODE in message.payload[:12] else (sent,)


DEFECT: Final = Defect(
    id="future-dated-unreported",
    title="Carries out future-dated commands and raises no alert that it did",
    clause="GBCS 9.2, 16.2",
    field_defect=43,
    applies_to=frozenset({DeviceKind.ESME, DeviceKind.GSME}),
    before_send=_keep_quiet,
)
