"""A maker's own alert, that nobody knows and no configuration can switch off."""

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

_OUTAGE: Final = frozenset(use_case("ECS80").message_codes)
_KNOWN: Final = tuple(
    code.to_bytes(2, "big")
    for code in (AlertCode.SUPPLY_RESTORED, AlertCode.SUPPLY_RESTORED_AFTER_LONG_OUTAGE)
)
_OWN: Final = bytes.fromhex("8FF5")
"""Not a code of GBCS 16.2."""


def _add_one(device: EmulatedDevice, sent: Outgoing) -> Sequence[Outgoing]:
    message = decode_message(sent.octets)
    if message.message_code not in _OUTAGE:
        return (sent,)
    payload = message.payload
    for code in _KNOWN:
        payload = payload.replace(code, _OWN, 1)
    own = replace(
        message, originator_counter=device.next_counter(), payload=payload, signature=None, mac=None
    )
    return (sent, Outgoing(sent.recipient, protect(own, signer=device.template.signing_key)))


DEFECT: Final = Defect(
    id="alert-outside-the-list",
    title="Raises an alert with a code that GBCS does not have after each outage",
    clause="GBCS 16.2",
    field_defect=8,
    applies_to=frozenset({DeviceKind.ESME}),
    before_send=_add_one,
)
