"""COSEM objects that several kinds of device have: firmware version, clock, data protection."""

from __future__ import annotations

from typing import Final

from harness.codecs.cosem_data import Data, DataTag
from harness.emulators.access import CosemRow
from harness.emulators.data_protection import CLASS_ID, get_protected_attributes
from harness.emulators.exchange import Exchange
from harness.emulators.subjects import clock
from harness.emulators.subjects.firmware import Firmware
from harness.gbcs.use_case import obis_octets

_CLOCK: Final = obis_octets("0-0:1.0.0.255")


def _firmware_version(exchange: Exchange) -> Data:
    return Data(DataTag.OCTET_STRING, exchange.device.part(Firmware).version)


FIRMWARE_ROWS: Final = (
    CosemRow(class_id=1, instance=obis_octets("0-0:0.2.1.255"), index=2, read=_firmware_version),
)
CLOCK_ROWS: Final = (
    CosemRow(class_id=8, instance=_CLOCK, index=2, read=clock.read_time, prepare=clock.prepare_time),
    CosemRow(class_id=8, instance=_CLOCK, index=4, read=clock.read_status),
    CosemRow(class_id=8, instance=_CLOCK, index=9, read=clock.read_base, write=clock.write_base),
    CosemRow(class_id=8, instance=_CLOCK, index=4, act=clock.adjust_to_preset_time),
    CosemRow(
        class_id=8, instance=_CLOCK, index=5, act=clock.preset_adjusting_time, prepare=clock.prepare_range
    ),
)


def protecting(text: str) -> CosemRow:
    """The method of one data protection object that answers with encrypted attributes."""
    return CosemRow(class_id=CLASS_ID, instance=obis_octets(text), index=1, act=get_protected_attributes)
