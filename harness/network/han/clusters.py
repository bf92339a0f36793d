"""ZCL commands as the clusters of this network send and take them.

Encodings of the same command are kept: most of what an idle home says is the same every time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Final

from harness.codecs.errors import DecodeError
from harness.codecs.han.zcl_frame import (
    ZclFrame,
    ZclFrameType,
    decode_zcl_command,
    decode_zcl_frame,
    encode_zcl_frame,
)
from harness.codecs.zcl import encode_command
from harness.codecs.zcl_commands import GENERAL, commands
from harness.codecs.zcl_types import AttributeRecord, Entry, ZclCommand, ZclField, ZclStatus, ZclValue

_KEPT: Final = 1024
_SEQUENCES: Final = 256


class Cluster(IntEnum):
    """Clusters of the home area network."""

    BASIC = 0x0000
    TIME = 0x000A
    OTA_UPGRADE = 0x0019
    KEEP_ALIVE = 0x0025
    PRICE = 0x0700
    METERING = 0x0702
    MESSAGING = 0x0703
    TUNNELLING = 0x0704
    SUB_GHZ = 0x070B
    KEY_ESTABLISHMENT = 0x0800


READ_ATTRIBUTES: Final = 0x00
READ_ATTRIBUTES_RESPONSE: Final = 0x01
REPORT_ATTRIBUTES: Final = 0x0A
DEFAULT_RESPONSE: Final = 0x0B
U8: Final = 0x20
U16: Final = 0x21
U48: Final = 0x25
UTC_TIME: Final = 0xE2


@dataclass(frozen=True, slots=True)
class Says:
    """A command of a cluster: which, from which side, and its fields in order."""

    cluster: Cluster
    command: int
    fields: tuple[tuple[str, ZclValue], ...] = ()
    from_server: bool = False
    general: bool = False

    def octets(self, sequence: int) -> bytes:
        """The frame. Raises EncodeError."""
        frame = ZclFrame(
            frame_type=ZclFrameType.GENERAL if self.general else ZclFrameType.CLUSTER,
            sequence=sequence,
            command=self.command,
            from_server=self.from_server,
            disable_default_response=True,
            payload=_payload(self),
        )
        return encode_zcl_frame(frame)


@lru_cache(_KEPT)
def _payload(said: Says) -> bytes:
    named = GENERAL if said.general else None
    if named is not None:
        name, _ = named[said.command]
    else:
        name, _ = commands()[int(said.cluster), said.from_server, said.command]
    command = ZclCommand(name, tuple(ZclField(name, value) for name, value in said.fields))
    control = (0 if said.general else 1) | (0x08 if said.from_server else 0)
    return encode_command(int(said.cluster), control, said.command, command)


@dataclass(frozen=True, slots=True)
class Heard:
    """A command that came, with its sequence number, which an answer repeats."""

    frame: ZclFrame
    command: ZclCommand

    @property
    def name(self) -> str:
        """The standard's name of the command."""
        return self.command.name


@lru_cache(_KEPT)
def _command(cluster: int, control: int, command: int, payload: bytes) -> ZclCommand:
    general, from_server = not control & 1, bool(control & 8)
    frame = ZclFrame(
        frame_type=ZclFrameType.GENERAL if general else ZclFrameType.CLUSTER,
        sequence=0,
        command=command,
        from_server=from_server,
        payload=payload,
    )
    return decode_zcl_command(cluster, frame)


def heard_in(cluster: int, octets: bytes) -> Heard | None:
    """The command in application data, or None for what is none."""
    try:
        frame = decode_zcl_frame(octets)
        return Heard(frame, _command(cluster, frame.frame_control, frame.command, frame.payload))
    except DecodeError:
        return None


def next_sequence(sequence: int) -> int:
    """The sequence number after this one."""
    return (sequence + 1) % _SEQUENCES


def read_attributes(cluster: Cluster, *attributes: int) -> Says:
    """Ask a server for attributes."""
    wanted = tuple(AttributeRecord(attribute) for attribute in attributes)
    return Says(cluster, READ_ATTRIBUTES, (("attributes", wanted),), general=True)


def attribute_answer(
    cluster: Cluster, asked: ZclCommand, values: Mapping[int, tuple[int, int | bytes]]
) -> Says:
    """A server's answer: each attribute asked for, or that it has none such.

    ``values`` are data types and values by identifier.
    """
    records = []
    for record in attributes_of(asked):
        if record.attribute in values:
            data_type, value = values[record.attribute]
            records.append(AttributeRecord(record.attribute, ZclStatus.SUCCESS, data_type, value))
        else:
            records.append(AttributeRecord(record.attribute, ZclStatus.UNSUPPORTED_ATTRIBUTE))
    fields = (("attributes", tuple(records)),)
    return Says(cluster, READ_ATTRIBUTES_RESPONSE, fields, from_server=True, general=True)


def report(cluster: Cluster, values: Mapping[int, tuple[int, int | bytes]], *, from_server: bool) -> Says:
    """Attributes that their owner sends unasked."""
    records = tuple(
        AttributeRecord(attribute, None, data_type, value) for attribute, (data_type, value) in values.items()
    )
    return Says(cluster, REPORT_ATTRIBUTES, (("attributes", records),), from_server=from_server, general=True)


def attributes_of(command: ZclCommand) -> tuple[AttributeRecord, ...]:
    """The attribute records of a command, none where it has none."""
    for item in command.fields:
        if item.name == "attributes" and isinstance(item.value, tuple):
            return tuple(record for record in item.value if isinstance(record, AttributeRecord))
    return ()


def values_of(command: ZclCommand) -> dict[int, int | bytes]:
    """Values of the attributes that a command carries, by identifier."""
    return {record.attribute: record.value for record in attributes_of(command) if record.value is not None}


def number(command: ZclCommand, name: str) -> int:
    """A field that is a number; 0 where the command has none of that name."""
    value = _value(command, name)
    return value if isinstance(value, int) else 0


def octets(command: ZclCommand, name: str) -> bytes:
    """A field of octets; none where the command has none of that name."""
    value = _value(command, name)
    return value if isinstance(value, bytes) else b""


def _value(command: ZclCommand, name: str) -> ZclValue | Entry | None:
    return next((item.value for item in command.fields if item.name == name), None)
