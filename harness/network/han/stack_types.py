"""What the stack of a device, what carries its frames and what sits on it say to each other. Types only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from device_profiles.model import HanBand
from harness.codecs.han.mac import MacFrame
from harness.network.clock import Instant
from harness.network.han.duty_cycle import Urgency

COORDINATOR: Final = 0x0000
"""Short address of the hub."""
RECEIVERS_ON: Final = 0xFFFD
"""Broadcast to all devices that listen."""
ZDP_CLUSTERS: Final = -1
"""Where the application that answers ZigBee device profile commands is attached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeSettings:
    """What a device is: its EUI-64, the bands of its radios, whether it sleeps, whether it is the hub."""

    eui64: int
    bands: tuple[HanBand, ...] = (HanBand.GHZ_2_4,)
    sleepy: bool = False
    coordinator: bool = False


@dataclass(frozen=True, slots=True)
class Membership:
    """A network and a device's place in it."""

    pan: int
    extended_pan: int
    address: int


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another device of the network, as its parent or a peer knows it."""

    eui64: int
    sleepy: bool = False
    band: HanBand = HanBand.GHZ_2_4


@dataclass(frozen=True, slots=True)
class Outbound:
    """A MAC frame for the air, how urgent it is, and the bands that it goes out on.

    ``aside`` is set for what says nothing of who takes part in something: what devices say by themselves
    at all times, and what goes with other frames, such as polls, acknowledgements and frames passed on.
    ``held`` is set for what waited for its receiver to poll.
    """

    frame: MacFrame
    urgency: Urgency
    bands: tuple[HanBand, ...]
    aside: bool = False
    held: bool = False


@dataclass(frozen=True, slots=True)
class Indication:
    """Application data that came: from which short address, to which cluster, and how protected."""

    source: int
    cluster: int
    profile: int
    payload: bytes
    secured: bool
    source_endpoint: int = 1


class Application(Protocol):
    """What sits on the stack. ``heard`` is given data of its cluster; ``wake`` when it asked for it."""

    def heard(self, indication: Indication, now: Instant) -> None:
        """Take data."""
        ...

    def wake(self, now: Instant) -> None:
        """Do what was due."""
        ...

    def wake_at(self) -> Instant | None:
        """When to be woken, or None."""
        ...
