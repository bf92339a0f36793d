"""Commands in MAC frames, as far as joining and polling need them (IEEE 802.15.4-2011, clause 5.3).

The first octet of a command frame's payload names the command; fields follow, least significant octet
first. Which addresses the frame itself carries is the sender's matter: ``mac`` encodes the frame.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

from harness.codecs.declaration import Field, Little, Record, build, parse_whole
from harness.codecs.han.capability import CAPABILITY, Capability
from harness.codecs.han.layout import CommandSet
from harness.codecs.han.mac import MacCommand


@dataclass(frozen=True, slots=True)
class AssociationRequest:
    """A device asks to join (5.3.1)."""

    capability: Capability


@dataclass(frozen=True, slots=True)
class AssociationResponse:
    """The coordinator's answer (5.3.2). ``status`` 0 is success, 1 at capacity, 2 denied."""

    short_address: int
    status: int


@dataclass(frozen=True, slots=True)
class Disassociation:
    """One end leaves the other (5.3.3). ``reason`` 1: the coordinator wishes it; 2: the device does."""

    reason: int


@dataclass(frozen=True, slots=True)
class DataRequest:
    """A sleepy device polls for what its parent holds for it (5.3.4)."""


@dataclass(frozen=True, slots=True)
class PanIdConflict:
    """A device met a second network of the same PAN id (5.3.5)."""


@dataclass(frozen=True, slots=True)
class OrphanNotification:
    """A device lost its coordinator (5.3.6)."""


@dataclass(frozen=True, slots=True)
class BeaconRequest:
    """A device looks for networks (5.3.7)."""


@dataclass(frozen=True, slots=True)
class CoordinatorRealignment:
    """A coordinator's new settings, or its answer to an orphan (5.3.8)."""

    pan: int
    coordinator: int
    channel: int
    short_address: int


MacCommandPayload: TypeAlias = (
    AssociationRequest
    | AssociationResponse
    | Disassociation
    | DataRequest
    | PanIdConflict
    | OrphanNotification
    | BeaconRequest
    | CoordinatorRealignment
)

MAC_COMMANDS: Final = CommandSet(
    MacCommand,
    {
        MacCommand.ASSOCIATION_REQUEST: Record(AssociationRequest, Field("capability", CAPABILITY)),
        MacCommand.ASSOCIATION_RESPONSE: Record(
            AssociationResponse, Field("short_address", Little(2)), Field("status", Little(1))
        ),
        MacCommand.DISASSOCIATION: Record(Disassociation, Field("reason", Little(1))),
        MacCommand.DATA_REQUEST: Record(DataRequest),
        MacCommand.PAN_ID_CONFLICT: Record(PanIdConflict),
        MacCommand.ORPHAN: Record(OrphanNotification),
        MacCommand.BEACON_REQUEST: Record(BeaconRequest),
        MacCommand.COORDINATOR_REALIGNMENT: Record(
            CoordinatorRealignment,
            Field("pan", Little(2)),
            Field("coordinator", Little(2)),
            Field("channel", Little(1)),
            Field("short_address", Little(2)),
        ),
    },
)


def decode_mac_command(octets: bytes) -> MacCommandPayload:
    """The payload of a MAC command frame. Raises DecodeError."""
    command: MacCommandPayload = parse_whole(MAC_COMMANDS, octets)
    return command


def encode_mac_command(command: MacCommandPayload) -> bytes:
    """The payload of a MAC command frame. Raises EncodeError."""
    return build(MAC_COMMANDS, command)
