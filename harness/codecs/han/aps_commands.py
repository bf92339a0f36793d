"""Commands in APS frames: how keys travel and who may stay (ZigBee r21, clause 4.4.10).

The first octet of a command frame's payload names the command; fields follow, least significant octet
first. Keys are 16 octets. Transport key, request key and switch key differ by the type of key they are
about.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final, TypeAlias

from harness.codecs.declaration import Choice, Field, Little, Octets, Record, Rest, build, parse_whole
from harness.codecs.han.aps import ApsCommand
from harness.codecs.han.layout import CommandSet, when

KEY_LENGTH: Final = 16


class KeyType(IntEnum):
    """Which key a transport or verify command is about (4.4.1)."""

    STANDARD_NETWORK_KEY = 1
    APPLICATION_LINK_KEY = 3
    TRUST_CENTRE_LINK_KEY = 4


class RequestedKey(IntEnum):
    """Which key a device asks for (4.4.10.4)."""

    APPLICATION_LINK_KEY = 2
    TRUST_CENTRE_LINK_KEY = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class TransportKey:
    """A key (4.4.10.1).

    A network key has ``sequence``; it and a trust centre link key have ``destination`` and ``source``;
    an application link key has ``partner`` and ``initiator`` (1 where the receiver asked for it).
    """

    key_type: KeyType
    key: bytes
    sequence: int | None = None
    destination: int | None = None
    source: int | None = None
    partner: int | None = None
    initiator: int | None = None


@dataclass(frozen=True, slots=True)
class UpdateDevice:
    """A router tells the trust centre of a device (4.4.10.2).

    ``status``: 0 secured rejoin, 1 unsecured join, 2 left, 3 trust centre rejoin.
    """

    device: int
    short_address: int
    status: int


@dataclass(frozen=True, slots=True)
class RemoveDevice:
    """The trust centre has a router's child removed (4.4.10.3)."""

    device: int


@dataclass(frozen=True, slots=True)
class RequestKey:
    """A device asks the trust centre for a key; ``partner`` for an application link key (4.4.10.4)."""

    key_type: RequestedKey
    partner: int | None = None


@dataclass(frozen=True, slots=True)
class SwitchKey:
    """Use the network key of this sequence number from now on (4.4.10.5)."""

    sequence: int


@dataclass(frozen=True, slots=True)
class Tunnel:
    """A secured APS command frame for a device that its parent hands on (4.4.10.6)."""

    destination: int
    frame: bytes


@dataclass(frozen=True, slots=True)
class VerifyKey:
    """A device shows that it has the key, by its hash of 16 octets (4.4.10.7)."""

    key_type: KeyType
    source: int
    key_hash: bytes


@dataclass(frozen=True, slots=True)
class ConfirmKey:
    """The trust centre's answer; ``status`` 0 is success (4.4.10.8)."""

    status: int
    key_type: KeyType
    destination: int


ApsCommandPayload: TypeAlias = (
    TransportKey | UpdateDevice | RemoveDevice | RequestKey | SwitchKey | Tunnel | VerifyKey | ConfirmKey
)


def _key_type(*wanted: IntEnum) -> Any:
    return lambda context: context.key_type in wanted


_NETWORK: Final = _key_type(KeyType.STANDARD_NETWORK_KEY)
_FROM_TRUST_CENTRE: Final = _key_type(KeyType.STANDARD_NETWORK_KEY, KeyType.TRUST_CENTRE_LINK_KEY)
_APPLICATION: Final = _key_type(KeyType.APPLICATION_LINK_KEY)

APS_COMMANDS: Final = CommandSet(
    ApsCommand,
    {
        ApsCommand.TRANSPORT_KEY: Record(
            TransportKey,
            Field("key_type", Choice(KeyType)),
            Field("key", Octets(KEY_LENGTH)),
            when(_NETWORK, "sequence", Little(1)),
            when(_FROM_TRUST_CENTRE, "destination", Little(8)),
            when(_FROM_TRUST_CENTRE, "source", Little(8)),
            when(_APPLICATION, "partner", Little(8)),
            when(_APPLICATION, "initiator", Little(1)),
        ),
        ApsCommand.UPDATE_DEVICE: Record(
            UpdateDevice,
            Field("device", Little(8)),
            Field("short_address", Little(2)),
            Field("status", Little(1)),
        ),
        ApsCommand.REMOVE_DEVICE: Record(RemoveDevice, Field("device", Little(8))),
        ApsCommand.REQUEST_KEY: Record(
            RequestKey,
            Field("key_type", Choice(RequestedKey)),
            when(_key_type(RequestedKey.APPLICATION_LINK_KEY), "partner", Little(8)),
        ),
        ApsCommand.SWITCH_KEY: Record(SwitchKey, Field("sequence", Little(1))),
        ApsCommand.TUNNEL: Record(Tunnel, Field("destination", Little(8)), Field("frame", Rest())),
        ApsCommand.VERIFY_KEY: Record(
            VerifyKey,
            Field("key_type", Choice(KeyType)),
            Field("source", Little(8)),
            Field("key_hash", Octets(KEY_LENGTH)),
        ),
        ApsCommand.CONFIRM_KEY: Record(
            ConfirmKey,
            Field("status", Little(1)),
            Field("key_type", Choice(KeyType)),
            Field("destination", Little(8)),
        ),
    },
)


def decode_aps_command(octets: bytes) -> ApsCommandPayload:
    """The payload of an APS command frame, decrypted. Raises DecodeError."""
    command: ApsCommandPayload = parse_whole(APS_COMMANDS, octets)
    return command


def encode_aps_command(command: ApsCommandPayload) -> bytes:
    """The payload of an APS command frame, to be encrypted where it must be. Raises EncodeError."""
    return build(APS_COMMANDS, command)
