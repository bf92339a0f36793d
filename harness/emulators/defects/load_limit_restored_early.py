"""A load limit that lets go before its time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind
from harness.codecs.envelope import split_message
from harness.emulators.defect import Defect
from harness.emulators.subjects.load_limit import RESTORATION, LoadLimit
from harness.gbcs.alert_codes import AlertCode
from harness.network.clock import SECOND, Instant
from harness.network.device import Outgoing

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice

_ARMED: Final = AlertCode.SUPPLY_ARMED_BY_LOAD_LIMIT.to_bytes(2, "big")
_CODE: Final = slice(9, 11)
"""Where a data notification has its code, behind tag, invoke id, date-time, structure and type."""


def _hurry(device: EmulatedDevice, sent: Outgoing) -> Sequence[Outgoing]:
    if split_message(sent.octets).payload[_CODE] == _ARMED:
        limit = device.part(LoadLimit)
        due = limit.restored_at
        if due is not None:
            early = Instant(due - RESTORATION.value(device) * SECOND // 2)
            device.schedule(early, limit.restore)
    return (sent,)


DEFECT: Final = Defect(
    id="load-limit-restored-early",
    title="Gives the supply back half-way through the restoration period of a load limit",
    clause="SMETS2 5.5.8, 5.7.4.21",
    field_defect=59,
    applies_to=frozenset({DeviceKind.ESME}),
    before_send=_hurry,
)
