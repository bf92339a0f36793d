"""A meter of three phases that tells of each as if it had but one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind
from harness.codecs.envelope import decode_message
from harness.crypto.protection import protect
from harness.emulators.defect import Defect
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.catalogue import use_case
from harness.network.device import Outgoing

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice

_RESTORED: Final = frozenset(use_case("ECS80").message_codes)
_INSTEAD: Final = {
    code.to_bytes(2, "big"): AlertCode[code.name.rpartition("_PHASE_")[0]].to_bytes(2, "big")
    for code in AlertCode
    if code.name.startswith("SUPPLY_RESTORED_") and "_PHASE_" in code.name
}


def _as_one(device: EmulatedDevice, sent: Outgoing) -> Sequence[Outgoing]:
    message = decode_message(sent.octets)
    told = [code for code in _INSTEAD if code in message.payload]
    if message.message_code not in _RESTORED or not told:
        return (sent,)
    payload = message.payload.replace(told[0], _INSTEAD[told[0]], 1)
    changed = replace(message, payload=payload, signature=None, mac=None)
    return (Outgoing(sent.recipient, protect(changed, signer=device.template.signing_key)),)


DEFECT: Final = Defect(
    id="phases-told-as-one",
    title="Reports the loss of one phase as an outage, without saying which phase",
    clause="SMETS2 5.19, GBCS ECS80",
    applies_to=frozenset({DeviceKind.ESME}),
    before_send=_as_one,
)
