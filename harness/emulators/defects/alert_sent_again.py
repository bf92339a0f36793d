"""One event, and the same alert over and over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind
from harness.codecs.envelope import split_message
from harness.codecs.message import Cra
from harness.emulators.defect import Defect
from harness.network.device import Outgoing

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice

_TIMES: Final = 3
"""As often as the alert comes before anybody has done anything about it."""


def _repeat(_device: EmulatedDevice, sent: Outgoing) -> Sequence[Outgoing]:
    return (sent,) * _TIMES if split_message(sent.octets).cra is Cra.ALERT else (sent,)


DEFECT: Final = Defect(
    id="alert-sent-again",
    title="Sends each alert again and again, with the counter that it had",
    clause="GBCS 16.2",
    field_defect=6,
    applies_to=frozenset({DeviceKind.COMMS_HUB, DeviceKind.ESME, DeviceKind.GSME}),
    before_send=_repeat,
)
