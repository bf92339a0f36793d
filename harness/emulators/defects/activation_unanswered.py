"""Firmware that runs, and an inventory that never hears of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind
from harness.codecs.envelope import split_message
from harness.codecs.message import Cra
from harness.emulators.defect import Defect
from harness.gbcs.catalogue import use_case
from harness.network.device import Outgoing

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice

_ACTIVATION: Final = frozenset(use_case("CS06").message_codes)


def _swallow(_device: EmulatedDevice, sent: Outgoing) -> Sequence[Outgoing]:
    message = split_message(sent.octets)
    return () if message.cra is Cra.RESPONSE and message.message_code in _ACTIVATION else (sent,)


DEFECT: Final = Defect(
    id="activation-unanswered",
    title="Activates new firmware and never answers the command",
    clause="GBCS 11.3, CS06",
    field_defect=2,
    applies_to=frozenset({DeviceKind.ESME, DeviceKind.GSME, DeviceKind.SAPC}),
    before_send=_swallow,
)
