"""ZCL commands as frozen values: named fields in order, attribute records, encrypted payloads. Types only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

GENERAL_FRAME_TYPE: Final = 0
FRAME_TYPE_MASK: Final = 0x03
FROM_SERVER: Final = 0x08


class ZclStatus(IntEnum):
    """Status octet (ZCL 2.6.3), as far as GBCS uses it. Other values may occur and stay plain numbers."""

    SUCCESS = 0x00
    FAILURE = 0x01
    NOT_AUTHORIZED = 0x7E
    MALFORMED_COMMAND = 0x80
    UNSUPPORTED_CLUSTER_COMMAND = 0x81
    UNSUPPORTED_GENERAL_COMMAND = 0x82
    INVALID_FIELD = 0x85
    UNSUPPORTED_ATTRIBUTE = 0x86
    INVALID_VALUE = 0x87
    READ_ONLY = 0x88
    INSUFFICIENT_SPACE = 0x89
    NOT_FOUND = 0x8B
    INVALID_DATA_TYPE = 0x8D
    TIMEOUT = 0x94
    HARDWARE_FAILURE = 0xC0
    SOFTWARE_FAILURE = 0xC1


@dataclass(frozen=True, slots=True)
class AttributeRecord:
    """One attribute: identifier, and as the command has it status, data type and value, else None."""

    attribute: int
    status: int | None = None
    data_type: int | None = None
    value: int | bytes | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One repeated group of named fields."""

    fields: tuple[ZclField, ...]


@dataclass(frozen=True, slots=True)
class ZclField:
    """A named field. Integers are int, octet and character strings bytes without their length."""

    name: str
    value: ZclValue


ZclValue = int | bytes | tuple[int, ...] | tuple[Entry, ...] | tuple[AttributeRecord, ...]


@dataclass(frozen=True, slots=True)
class ZclCommand:
    """A ZCL payload taken apart.

    ``name`` and the fields' names are the standard's. A command that the catalogue does not have is
    named ``unknown`` and has one field, ``payload``.
    """

    name: str
    fields: tuple[ZclField, ...]

    def __getitem__(self, name: str) -> ZclValue:
        """Value of the field of that name. Raises KeyError."""
        for item in self.fields:
            if item.name == name:
                return item.value
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class EncryptedPayload:
    """A ZCL payload that only its recipient reads: ciphertext and tag (12 octets) (GBCS 7.3.9)."""

    ciphertext: bytes
    tag: bytes
