"""ZCL attributes and commands that a device has: where they are, and how they are read or carried out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from harness.codecs.zcl_types import FROM_SERVER
from harness.emulators.exchange import ZclKey

if TYPE_CHECKING:
    from device_profiles.model import Feature
    from harness.codecs.zcl_types import ZclCommand as ZclMessage
    from harness.emulators.device import EmulatedDevice
    from harness.emulators.exchange import Exchange
    from harness.emulators.zcl.templates import Asked

_OF_SERVER: Final = 0x100


class ZclType(IntEnum):
    """Data type octets of ZCL, as far as attributes here have them (ZCL 2.6.2)."""

    UINT24 = 0x22
    UINT48 = 0x25
    ENUM8 = 0x30
    OCTET_STRING = 0x41


@dataclass(frozen=True, slots=True, kw_only=True)
class ZclAttribute:
    """One attribute: where it is, its type, and how its value (an int, or octets) is read."""

    cluster: int
    attribute: int
    type: int
    read: Callable[[Exchange], int | bytes]
    sensitive: bool = False

    @property
    def key(self) -> ZclKey:
        """How a request names it."""
        return (self.cluster, self.attribute, False)


@dataclass(frozen=True, slots=True)
class ZclAnswer:
    """A command that answers: its identifier, and what it says."""

    command: int
    message: ZclMessage


Act = Callable[["Exchange", "Asked"], "tuple[ZclAnswer, ...]"]
"""Carries out a component; gives the answers, none for a default response that says success."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ZclCommand:
    """One cluster command, and how it is carried out. ``from_server`` tells who sends it by ZCL.

    ``prepare`` brings a device into the state in which the command is answered with some answers, none
    for success; commands without one answer what was preset.
    """

    cluster: int
    command: int
    act: Act
    from_server: bool = False
    prepare: Callable[[EmulatedDevice, tuple[ZclAnswer, ...]], None] | None = None
    feature: Feature | None = None

    @property
    def key(self) -> ZclKey:
        """How a request names it."""
        return command_key(self.cluster, FROM_SERVER if self.from_server else 0, self.command)


def command_key(cluster: int, frame_control: int, command: int) -> ZclKey:
    """The key of a cluster command. Those that servers send are told from the others by 0x100."""
    return (cluster, command | (_OF_SERVER if frame_control & FROM_SERVER else 0), True)
