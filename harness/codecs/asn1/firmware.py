"""Firmware and the gas meter's clock: CS06, CS08, CCS08, GCS28 (GBCS 11, 13.10).

Firmware versions and image hashes are octet strings; times are ``YYYYMMDDHHMMSSZ``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from harness.codecs.asn1.der import GeneralizedTime, Integer, Null, OctetString
from harness.codecs.asn1.joining import ENTITY_ID_LENGTH, ReadCode
from harness.codecs.asn1.structure import OneOf, Optional, Sequence

IMAGE_HASH_LENGTH: Final = 32


class ActivationCode(IntEnum):
    """Outcome of activating firmware."""

    SUCCESS = 0
    NO_IMAGE_HELD = 1
    HASH_MISMATCH = 2
    ACTIVATION_FAILURE = 3


class TransferCode(IntEnum):
    """Outcome of a firmware transfer over the HAN."""

    SUCCESS = 0
    IMAGE_DISCARDED = 1
    HARDWARE_VERSION_MISMATCH = 2
    FILE_TRANSFER_FAILURE = 3


class FirmwareAlertCode(IntEnum):
    """What a device reports of its own firmware change."""

    SUCCESS = 0
    FAILURE = 1


class TimeStatus(IntEnum):
    """How far a device trusts its clock."""

    RELIABLE = 0
    INVALID = 1
    UNRELIABLE = 2


@dataclass(frozen=True, slots=True)
class ActivateFirmware:
    """CS06 command. ``image_hash`` is SHA-256 of the manufacturer image; a time makes it future-dated."""

    image_hash: bytes
    originator_counter: int
    execution_time: str | None = None
    excess: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ActivationOutcome:
    """Outcome, and the version that the device runs now."""

    code: ActivationCode
    firmware_version: bytes


@dataclass(frozen=True, slots=True)
class ActivateFirmwareResponse:
    """CS06 response; None where the command is future-dated."""

    outcome: ActivationOutcome | None = None
    excess: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ActivateFirmwareAlert:
    """CS06 alert: a future-dated activation was carried out, or not."""

    alert_code: int
    time: str
    originator_counter: int
    outcome: ActivationOutcome
    excess: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadFirmwareVersion:
    """CS08 command: nothing but the wish."""

    excess: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class FirmwareVersionResponse:
    """CS08 response."""

    firmware_version: bytes
    code: ReadCode
    excess: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class FirmwareVersionAlert:
    """CS08 alert."""

    alert_code: int
    time: str
    firmware_version: bytes
    code: FirmwareAlertCode
    excess: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class FirmwareTransferAlert:
    """CCS08 alert: how the transfer to ``entity_id`` (8 octets) ended."""

    alert_code: int
    time: str
    entity_id: bytes
    firmware_version: bytes
    code: TransferCode
    excess: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SetGasClock:
    """GCS28 command: the time is right if the network's time lies in this interval."""

    validity_start: str
    validity_end: str
    excess: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SetGasClockResponse:
    """GCS28 response."""

    device_time: str
    status: TimeStatus
    excess: tuple[int, ...] = ()


_ALERT_CODE: Final = Integer(most=0xFFFF)
_OUTCOME: Final = Sequence(ActivationOutcome, code=Integer(ActivationCode), firmware_version=OctetString())

ACTIVATE: Final = Sequence(
    ActivateFirmware,
    image_hash=OctetString(IMAGE_HASH_LENGTH),
    originator_counter=Integer(),
    execution_time=Optional(GeneralizedTime()),
)
ACTIVATE_RESPONSE: Final = OneOf(future_dated=(type(None), Null()), outcome=(ActivationOutcome, _OUTCOME))
ACTIVATE_ALERT: Final = Sequence(
    ActivateFirmwareAlert,
    alert_code=_ALERT_CODE,
    time=GeneralizedTime(),
    originator_counter=Integer(),
    outcome=_OUTCOME,
)
VERSION_RESPONSE: Final = Sequence(
    FirmwareVersionResponse, firmware_version=OctetString(), code=Integer(ReadCode)
)
VERSION_ALERT: Final = Sequence(
    FirmwareVersionAlert,
    alert_code=_ALERT_CODE,
    time=GeneralizedTime(),
    firmware_version=OctetString(),
    code=Integer(FirmwareAlertCode),
)
TRANSFER_ALERT: Final = Sequence(
    FirmwareTransferAlert,
    alert_code=_ALERT_CODE,
    time=GeneralizedTime(),
    entity_id=OctetString(ENTITY_ID_LENGTH),
    firmware_version=OctetString(),
    code=Integer(TransferCode),
)
SET_GAS_CLOCK: Final = Sequence(SetGasClock, validity_start=GeneralizedTime(), validity_end=GeneralizedTime())
SET_GAS_CLOCK_RESPONSE: Final = Sequence(
    SetGasClockResponse, device_time=GeneralizedTime(), status=Integer(TimeStatus)
)
