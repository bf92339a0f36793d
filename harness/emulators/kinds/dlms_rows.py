"""COSEM objects that several kinds of device have: firmware version, clock, data protection."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from device_profiles.model import EsmeVariant
from harness.codecs.cosem_data import Data, DataTag
from harness.emulators.access import CosemRow
from harness.emulators.data_protection import CLASS_ID, get_protected_attributes
from harness.emulators.exchange import Exchange
from harness.emulators.subjects import clock
from harness.emulators.subjects.clock_setting import adjust_to_preset_time
from harness.emulators.subjects.firmware import Firmware
from harness.gbcs.use_case import obis_octets

_CLOCK: Final = obis_octets("0-0:1.0.0.255")
_SINGLE: Final = b"A"
_VARIANTS: Final = {EsmeVariant.TWIN_ELEMENT: b"B", EsmeVariant.POLYPHASE: b"C"}
"""Parts of section 5 of SMETS2, by which meters are told apart."""


def _firmware_version(exchange: Exchange) -> Data:
    return Data(DataTag.OCTET_STRING, exchange.device.part(Firmware).version)


def _entity_identifier(exchange: Exchange) -> Data:
    return Data(DataTag.OCTET_STRING, exchange.device.entity_id)


def _model_type(exchange: Exchange) -> Data:
    """Eight characters: the digits of manufacturer and model."""
    model = exchange.device.template.profile.model
    return Data(DataTag.OCTET_STRING, f"{model.manufacturer}{model.model}".encode())


def _manufacturer(exchange: Exchange) -> Data:
    """Four characters."""
    return Data(DataTag.OCTET_STRING, exchange.device.template.profile.model.manufacturer.encode())


def _meter_variant(exchange: Exchange) -> Data:
    variant = exchange.device.template.variant
    return Data(DataTag.OCTET_STRING, _SINGLE if variant is None else _VARIANTS.get(variant, _SINGLE))


def _value(instance: str, read: Callable[[Exchange], Data]) -> CosemRow:
    return CosemRow(class_id=1, instance=obis_octets(instance), index=2, read=read)


FIRMWARE_ROWS: Final = (_value("0-0:0.2.1.255", _firmware_version),)
_MAKE: Final = (_value("0-0:96.1.4.255", _model_type), _value("0-0:96.1.6.255", _manufacturer))
HUB_IDENTITY_ROWS: Final = (_value("0-0:96.1.1.255", _entity_identifier), *_MAKE)
METER_IDENTITY_ROWS: Final = (_value("0-0:96.1.2.255", _meter_variant), *_MAKE)
CLOCK_ROWS: Final = (
    CosemRow(class_id=8, instance=_CLOCK, index=2, read=clock.read_time, prepare=clock.prepare_time),
    CosemRow(class_id=8, instance=_CLOCK, index=4, read=clock.read_status),
    CosemRow(class_id=8, instance=_CLOCK, index=9, read=clock.read_base, write=clock.write_base),
    CosemRow(class_id=8, instance=_CLOCK, index=4, act=adjust_to_preset_time),
    CosemRow(
        class_id=8, instance=_CLOCK, index=5, act=clock.preset_adjusting_time, prepare=clock.prepare_range
    ),
)


def protecting(text: str) -> CosemRow:
    """The method of one data protection object that answers with encrypted attributes."""
    return CosemRow(class_id=CLASS_ID, instance=obis_octets(text), index=1, act=get_protected_attributes)
