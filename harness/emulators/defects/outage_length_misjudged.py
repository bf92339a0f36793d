"""Every outage is a short one."""

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
_LONG: Final = AlertCode.SUPPLY_RESTORED_AFTER_LONG_OUTAGE.to_bytes(2, "big")
_SHORT: Final = AlertCode.SUPPLY_RESTORED.to_bytes(2, "big")


def _shorten(device: EmulatedDevice, sent: Outgoing) -> Sequence[Outgoing]:
    message = decode_message(sent.octets)
    if message.message_code not in _RESTORED or _LONG not in message.payload:
        return (sent,)
    changed = replace(message, payload=message.payload.replace(_LONG, _SHORT, 1), signature=None, mac=None)
    return (Outgoing(sent.recipient, protect(changed, signer=device.template.signing_key)),)


DEFECT: Final = Defect(
    id="outage-length-misjudged",
    title="Reports an outage of three minutes or more as a shorter one",
    clause="SMETS2 5.5.12.6, GBCS ECS80",
    field_defect=60,
    applies_to=frozenset({DeviceKind.ESME}),
    before_send=_shorten,
)
