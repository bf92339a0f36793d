"""A token typed in twice, and nobody says a word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind
from harness.codecs.envelope import decode_message
from harness.codecs.gbz_types import GbzPayload
from harness.codecs.message import Cra
from harness.codecs.payload import decode_payload
from harness.codecs.zcl import decode_zcl_payload
from harness.emulators.defect import Defect
from harness.emulators.mutant_messages import raises
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.catalogue import use_case
from harness.network.device import Outgoing

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice

_FROM_PPMID: Final = frozenset(use_case("PCS01").message_codes)
_IS_TOLD: Final = raises(AlertCode.UTRN_DUPLICATE)
_DUPLICATE: Final = 2


def _keep_quiet(_device: EmulatedDevice, sent: Outgoing) -> Sequence[Outgoing]:
    return () if _IS_TOLD(sent.octets) or _refuses(sent.octets) else (sent,)


def _refuses(octets: bytes) -> bool:
    """Whether a message answers a PPMID that a token is a duplicate."""
    message = decode_message(octets)
    if message.cra is not Cra.RESPONSE or message.message_code not in _FROM_PPMID:
        return False
    payload = decode_payload(message)
    components = payload.components if isinstance(payload, GbzPayload) else ()
    said = [decode_zcl_payload(one, one.payload) for one in components]
    return any(
        field.value == _DUPLICATE for one in said for field in one.fields if field.name == "result_type"
    )


DEFECT: Final = Defect(
    id="duplicate-token-unanswered",
    title="Answers a token that came before through the PPMID neither there nor to the supplier",
    clause="SMETS2 4.5.3.18, GBCS PCS01, 16.2",
    field_defect=20,
    applies_to=frozenset({DeviceKind.GSME}),
    before_send=_keep_quiet,
)
