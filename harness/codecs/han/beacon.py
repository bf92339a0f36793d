"""The payload of a beacon: superframe, pending addresses, and what ZigBee says of the network.

IEEE 802.15.4-2011 clause 5.2.2.1 and ZigBee r21 clause 3.6.7. Least significant octet first:

    superframe (2) | GTS (1) | pending counts (1) | pending addresses (2 each, then 8 each)
    | protocol 00 (1) | stack profile and capacities (2) | extended PAN id (8) | tx offset (3) | update id (1)

This network has no guaranteed time slots; a beacon that lists some is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from construct import Array, Struct

from harness.codecs.declaration import Converter, Field, Fixed, Little, Record, build, dotted, parse_whole
from harness.codecs.errors import EncodeError
from harness.codecs.han.layout import Bits, Packed

BEACONLESS: Final = 15
STACK_PROFILE_PRO: Final = 2
NO_TX_OFFSET: Final = 0xFFFFFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Superframe:
    """Superframe specification. Orders of 15 mean that beacons come on request only."""

    association_permit: bool
    pan_coordinator: bool
    beacon_order: int = BEACONLESS
    superframe_order: int = BEACONLESS
    final_cap_slot: int = BEACONLESS
    battery_life_extension: bool = False


@dataclass(frozen=True, slots=True)
class PendingAddresses:
    """Short addresses and EUI-64s of the devices that something waits for."""

    short: tuple[int, ...] = ()
    extended: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkFeatures:
    """Stack profile, NWK version, depth of the sender, and whether it takes routers and end devices."""

    router_capacity: bool
    end_device_capacity: bool
    depth: int = 0
    stack_profile: int = STACK_PROFILE_PRO
    protocol_version: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Beacon:
    """A ZigBee beacon's payload. ``tx_offset`` counts symbols, FFFFFF where beacons come on request."""

    superframe: Superframe
    features: NetworkFeatures
    extended_pan: int
    update_id: int = 0
    tx_offset: int = NO_TX_OFFSET
    pending: PendingAddresses = PendingAddresses()


class _Pending(Converter):
    """Counts of both kinds of address in one octet, and the addresses."""

    def __init__(self) -> None:
        super().__init__(
            Struct(
                Field("counts", Bits(1, short=3, reserved_low=1, extended=3, reserved_high=1)),
                Field("short", Array(lambda context: context.counts["short"], Little(2))),
                Field("extended", Array(lambda context: context.counts["extended"], Little(8))),
            )
        )

    def _decode(self, obj: Any, context: Any, path: str) -> PendingAddresses:  # noqa: ARG002 - construct's signature
        return PendingAddresses(tuple(obj.short), tuple(obj.extended))

    def _encode(self, obj: Any, context: Any, path: str) -> dict[str, Any]:  # noqa: ARG002 - construct's signature
        if not isinstance(obj, PendingAddresses):
            raise EncodeError(dotted(path), f"expected PendingAddresses, got {obj!r}")
        counts = {"short": len(obj.short), "extended": len(obj.extended)}
        return {"counts": counts, "short": list(obj.short), "extended": list(obj.extended)}


_LAYOUT: Final = Record(
    Beacon,
    Field(
        "superframe",
        Packed(
            Superframe,
            2,
            beacon_order=4,
            superframe_order=4,
            final_cap_slot=4,
            battery_life_extension=1,
            reserved=1,
            pan_coordinator=1,
            association_permit=1,
        ),
    ),
    Field("guaranteed_time_slots", Fixed(b"\0")),
    Field("pending", _Pending()),
    Field("protocol", Fixed(b"\0")),
    Field(
        "features",
        Packed(
            NetworkFeatures,
            2,
            stack_profile=4,
            protocol_version=4,
            reserved=2,
            router_capacity=1,
            depth=4,
            end_device_capacity=1,
        ),
    ),
    Field("extended_pan", Little(8)),
    Field("tx_offset", Little(3)),
    Field("update_id", Little(1)),
)


def decode_beacon(octets: bytes) -> Beacon:
    """The payload of a beacon frame. Raises DecodeError."""
    beacon: Beacon = parse_whole(_LAYOUT, octets)
    return beacon


def encode_beacon(beacon: Beacon) -> bytes:
    """The payload of a beacon frame. Raises EncodeError."""
    return build(_LAYOUT, beacon)
