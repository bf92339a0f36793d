"""Two of three phases under each other's name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind
from harness.codecs.envelope import decode_message
from harness.codecs.message import Cra
from harness.crypto.protection import protect
from harness.emulators.defect import Defect
from harness.gbcs.alert_codes import AlertCode
from harness.network.device import Outgoing

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice

_SECOND, _THIRD = "_PHASE_2", "_PHASE_3"
_SWAPPED: Final = {
    AlertCode[name].to_bytes(2, "big"): AlertCode[name.removesuffix(own) + other].to_bytes(2, "big")
    for own, other in ((_SECOND, _THIRD), (_THIRD, _SECOND))
    for name in AlertCode.__members__
    if name.endswith(own)
}
_CODE: Final = slice(9, 11)
"""Where a data notification has its code, behind tag, invoke id, date-time, structure and type."""


def _swap(device: EmulatedDevice, sent: Outgoing) -> Sequence[Outgoing]:
    message = decode_message(sent.octets)
    code = _SWAPPED.get(message.payload[_CODE])
    if message.cra is not Cra.ALERT or code is None:
        return (sent,)
    payload = message.payload[: _CODE.start] + code + message.payload[_CODE.stop :]
    changed = replace(message, payload=payload, signature=None, mac=None)
    return (Outgoing(sent.recipient, protect(changed, signer=device.signing_key)),)


DEFECT: Final = Defect(
    id="phases-swapped",
    title="A polyphase meter names phase 3 in voltage alerts about phase 2, and the other way round",
    clause="SMETS2 5.19, GBCS 16.2",
    field_defect=45,
    applies_to=frozenset({DeviceKind.ESME}),
    before_send=_swap,
)
