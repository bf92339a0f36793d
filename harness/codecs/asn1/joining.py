"""Joining and device logs: CS03, CS04, CS07, GCS59, GCS62 (GBCS 13.7 to 13.9)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from harness.codecs.asn1.der import GeneralizedTime, Integer, OctetString
from harness.codecs.asn1.structure import Optional, Sequence, SequenceOf, Whole
from harness.gbcs.roles import DeviceType

ENTITY_ID_LENGTH: Final = 8


class JoinMethod(IntEnum):
    """How two devices are joined, and which end of it this one is."""

    METHOD_A_INITIATOR = 0
    METHOD_A_RESPONDER = 1
    METHOD_B = 2
    METHOD_C = 3


class JoinCode(IntEnum):
    """Outcome of a join."""

    SUCCESS = 0
    INVALID_MESSAGE_CODE_FOR_METHOD = 1
    INVALID_METHOD = 2
    INCOMPATIBLE_WITH_EXISTING_ENTRY = 3
    DEVICE_LOG_FULL = 4
    WRITE_FAILURE = 5
    KEY_AGREEMENT_NO_RESOURCES = 6
    KEY_AGREEMENT_UNKNOWN_ISSUER = 7
    KEY_AGREEMENT_UNSUPPORTED_SUITE = 8
    KEY_AGREEMENT_BAD_MESSAGE = 9
    KEY_AGREEMENT_BAD_KEY_CONFIRM = 10
    INVALID_OR_MISSING_CERTIFICATE = 11
    NO_PARTNER_LINK_KEY_RECEIVED = 12
    NO_CBKE_RESPONSE = 13


class UnjoinCode(IntEnum):
    """Outcome of an unjoin."""

    SUCCESS = 0
    NOT_IN_DEVICE_LOG = 1
    OTHER_FAILURE = 2


class ReadCode(IntEnum):
    """Outcome of reading something out of a device."""

    SUCCESS = 0
    READ_FAILURE = 1


@dataclass(frozen=True, slots=True)
class DeviceLogEntry:
    """One device in a device log. ``device_id`` is an EUI-64, 8 octets."""

    device_id: bytes
    device_type: DeviceType


@dataclass(frozen=True, slots=True)
class Join:
    """CS03 command. The certificate (DER) is the other device's key agreement certificate."""

    method: JoinMethod
    entity_id: bytes
    device_type: DeviceType
    certificate: bytes | None = None
    excess: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class JoinResponse:
    """CS03 response."""

    code: JoinCode
    excess: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Unjoin:
    """CS04 command."""

    entity_id: bytes
    excess: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class UnjoinResponse:
    """CS04 response."""

    code: UnjoinCode
    excess: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadDeviceLog:
    """CS07 command: nothing but the wish."""

    excess: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class DeviceLogResponse:
    """CS07 response; the entries are left out where the log could not be read."""

    code: ReadCode
    entries: tuple[DeviceLogEntry, ...] | None = None
    excess: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class RestoreDeviceLog:
    """GCS59 command: the entries that the GPF shall have."""

    entries: tuple[DeviceLogEntry, ...]
    excess: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class RestoredEntry:
    """What became of one entry."""

    entry: DeviceLogEntry
    code: JoinCode


@dataclass(frozen=True, slots=True)
class RestoreDeviceLogResponse:
    """GCS59 response."""

    results: tuple[RestoredEntry, ...]
    excess: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class DeviceLogAlert:
    """GCS62 alert: the GPF's device log, for keeping."""

    alert_code: int
    time: str
    entries: tuple[DeviceLogEntry, ...]
    excess: tuple[int, ...] = ()


_ENTITY_ID: Final = OctetString(ENTITY_ID_LENGTH)
_ENTRY: Final = Sequence(DeviceLogEntry, device_id=_ENTITY_ID, device_type=Integer(DeviceType))

JOIN: Final = Sequence(
    Join,
    method=Integer(JoinMethod),
    entity_id=_ENTITY_ID,
    device_type=Integer(DeviceType),
    certificate=Optional(Whole()),
)
JOIN_RESPONSE: Final = Integer(JoinCode)
UNJOIN: Final = _ENTITY_ID
UNJOIN_RESPONSE: Final = Integer(UnjoinCode)
DEVICE_LOG_RESPONSE: Final = Sequence(
    DeviceLogResponse, code=Integer(ReadCode), entries=Optional(SequenceOf(_ENTRY))
)
RESTORE_DEVICE_LOG: Final = Sequence(RestoreDeviceLog, entries=SequenceOf(_ENTRY))
RESTORE_DEVICE_LOG_RESPONSE: Final = Sequence(
    RestoreDeviceLogResponse,
    results=SequenceOf(Sequence(RestoredEntry, entry=_ENTRY, code=Integer(JoinCode))),
)
DEVICE_LOG_ALERT: Final = Sequence(
    DeviceLogAlert, alert_code=Integer(most=0xFFFF), time=GeneralizedTime(), entries=SequenceOf(_ENTRY)
)
