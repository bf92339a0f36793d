"""Asked for settings that nobody ever made, a meter that says nothing at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind
from harness.codecs.envelope import split_message
from harness.codecs.message import Cra
from harness.emulators.defect import Defect
from harness.emulators.exchange import Exchange
from harness.gbcs.catalogue import use_case
from harness.network.device import Outgoing

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice

_ID: Final = "event-configuration-unanswered"
_SETTING: Final = frozenset(use_case("GCS20").message_codes)
_READING: Final = frozenset(use_case("GCS20r").message_codes)


def _note(exchange: Exchange) -> None:
    if exchange.message.message_code in _SETTING:
        exchange.device.notes[_ID] = True


def _keep_quiet(device: EmulatedDevice, sent: Outgoing) -> Sequence[Outgoing]:
    message = split_message(sent.octets)
    asked = message.cra is Cra.RESPONSE and message.message_code in _READING
    return () if asked and _ID not in device.notes else (sent,)


DEFECT: Final = Defect(
    id=_ID,
    title="Does not answer a read of its event configuration as long as nobody has configured any",
    clause="GBCS GCS20r, ZCL 2.5.12",
    field_defect=12,
    applies_to=frozenset({DeviceKind.GSME}),
    before_encode=_note,
    before_send=_keep_quiet,
)
