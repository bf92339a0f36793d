"""A message that is longer than one block, of which one block goes out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind
from harness.emulators.defect import Defect
from harness.network.device import Outgoing

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice

_BLOCK: Final = 1_200
"""Octets that a device sends at once (GBCS 10.2.2)."""


def _cut(_device: EmulatedDevice, sent: Outgoing) -> Sequence[Outgoing]:
    return (Outgoing(sent.recipient, sent.octets[:_BLOCK]),)


DEFECT: Final = Defect(
    id="messages-cut-short",
    title="Sends the first block of a message that needs several, and takes that for all of it",
    clause="GBCS 10.2.2, 10.4",
    applies_to=frozenset({DeviceKind.ESME}),
    before_send=_cut,
)
