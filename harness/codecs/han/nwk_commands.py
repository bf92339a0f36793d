"""Commands in NWK frames (ZigBee r21, clause 3.4).

The first octet of a command frame's payload names the command; fields follow, least significant octet
first. Options whose bits follow from the rest (how many entries, whether an address is there) are not
in the values: a list's length and None say it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from construct import Struct

from harness.codecs.declaration import (
    Converter,
    Field,
    Little,
    Record,
    build,
    dotted,
    parse_whole,
)
from harness.codecs.errors import EncodeError
from harness.codecs.han.capability import CAPABILITY, Capability
from harness.codecs.han.layout import Bits, CommandSet, Counted, Packed, when
from harness.codecs.han.nwk import NwkCommand
from harness.codecs.zcl_layout import Each


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteRequest:
    """Looking for a route (3.4.1). ``many_to_one`` 1 or 2 makes the sender a concentrator."""

    identifier: int
    destination: int
    path_cost: int
    many_to_one: int = 0
    destination_eui64: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteReply:
    """A route found (3.4.2)."""

    identifier: int
    originator: int
    responder: int
    path_cost: int
    originator_eui64: int | None = None
    responder_eui64: int | None = None


@dataclass(frozen=True, slots=True)
class NetworkStatus:
    """Something went wrong on the way to ``destination`` (3.4.3; codes in table 3.42)."""

    status: int
    destination: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """Leave the network, or say that one does (3.4.4). ``request``: the receiver is told to."""

    request: bool = False
    rejoin: bool = False
    remove_children: bool = False


@dataclass(frozen=True, slots=True)
class RouteRecord:
    """The relays that a frame took, first one first (3.4.5)."""

    relays: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RejoinRequest:
    """A device that knows the network asks to come back (3.4.6)."""

    capability: Capability


@dataclass(frozen=True, slots=True)
class RejoinResponse:
    """The parent's answer (3.4.7). ``status`` as in an association response."""

    short_address: int
    status: int


@dataclass(frozen=True, slots=True)
class LinkCost:
    """A neighbour, and what links from and to it cost: 1 (best) to 7, 0 unknown."""

    neighbour: int
    incoming: int
    outgoing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkStatus:
    """A router's neighbours (3.4.8), at most 31; ``first`` and ``last`` of the frames that list them."""

    links: tuple[LinkCost, ...]
    first: bool = True
    last: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkReport:
    """PAN ids in use nearby, at most 31 (3.4.9). ``report_type`` 0: conflict of PAN ids."""

    extended_pan: int
    pans: tuple[int, ...]
    report_type: int = 0


@dataclass(frozen=True, slots=True)
class NetworkUpdate:
    """The network moves to another PAN id, the one in ``pans`` (3.4.10). ``update_type`` 0: PAN id."""

    extended_pan: int
    update_id: int
    pans: tuple[int, ...]
    update_type: int = 0


@dataclass(frozen=True, slots=True)
class EndDeviceTimeoutRequest:
    """How long a sleepy device may be silent (3.4.11): 0 is 10 s, n is 2 to the n minutes."""

    timeout: int
    configuration: int = 0


@dataclass(frozen=True, slots=True)
class EndDeviceTimeoutResponse:
    """The parent's answer, and the keepalive methods that it takes, as bits (3.4.12)."""

    status: int
    parent_information: int


NwkCommandPayload: TypeAlias = (
    RouteRequest
    | RouteReply
    | NetworkStatus
    | Leave
    | RouteRecord
    | RejoinRequest
    | RejoinResponse
    | LinkStatus
    | NetworkReport
    | NetworkUpdate
    | EndDeviceTimeoutRequest
    | EndDeviceTimeoutResponse
)


class _Optioned(Converter):
    """An options octet, and fields of which some are there only when their option says so.

    ``widths`` are the option bits in order. One named after a field says whether that field is there
    and follows from it; every other option is an attribute of the value.
    """

    def __init__(self, made: type[Any], parts: dict[str, int], **widths: int) -> None:
        self.made = made
        self.parts = list(parts)
        self.present = [name for name in widths if name in parts]
        self.options = [name for name in widths if name not in parts and not name.startswith("reserved")]
        fields = [
            when(_option(name), name, Little(size)) if name in widths else Field(name, Little(size))
            for name, size in parts.items()
        ]
        super().__init__(Struct(Field("options", Bits(1, **widths)), *fields))

    def _decode(self, obj: Any, context: Any, path: str) -> Any:  # noqa: ARG002 - construct's signature
        options = {name: obj.options[name] for name in self.options}
        return self.made(**options, **{name: obj[name] for name in self.parts})

    def _encode(self, obj: Any, context: Any, path: str) -> dict[str, Any]:  # noqa: ARG002 - construct's signature
        if not isinstance(obj, self.made):
            raise EncodeError(dotted(path), f"expected {self.made.__name__}, got {obj!r}")
        values = {name: getattr(obj, name) for name in self.parts}
        options = {name: getattr(obj, name) for name in self.options}
        options |= {name: values[name] is not None for name in self.present}
        return {"options": options, **values}


def _option(name: str) -> Any:
    return lambda context: bool(context.options[name])


_RELAYS: Final = Each(Little(2), Little(1))
_LINK: Final = Struct(
    Field("neighbour", Little(2)),
    Field("cost", Bits(1, incoming=3, reserved_low=1, outgoing=3, reserved_high=1)),
)


class _Link(Converter):
    """A neighbour and the two costs that share an octet."""

    def _decode(self, obj: Any, context: Any, path: str) -> LinkCost:  # noqa: ARG002 - construct's signature
        return LinkCost(obj.neighbour, **obj.cost)

    def _encode(self, obj: Any, context: Any, path: str) -> dict[str, Any]:  # noqa: ARG002 - construct's signature
        if not isinstance(obj, LinkCost):
            raise EncodeError(dotted(path), f"expected LinkCost, got {obj!r}")
        return {
            "neighbour": obj.neighbour,
            "cost": {"incoming": obj.incoming, "outgoing": obj.outgoing},
        }


NWK_COMMANDS: Final = CommandSet(
    NwkCommand,
    {
        NwkCommand.ROUTE_REQUEST: _Optioned(
            RouteRequest,
            {"identifier": 1, "destination": 2, "path_cost": 1, "destination_eui64": 8},
            reserved_low=3,
            many_to_one=2,
            destination_eui64=1,
            reserved_high=2,
        ),
        NwkCommand.ROUTE_REPLY: _Optioned(
            RouteReply,
            {
                "identifier": 1,
                "originator": 2,
                "responder": 2,
                "path_cost": 1,
                "originator_eui64": 8,
                "responder_eui64": 8,
            },
            reserved_low=4,
            originator_eui64=1,
            responder_eui64=1,
            reserved_high=2,
        ),
        NwkCommand.NETWORK_STATUS: Record(
            NetworkStatus, Field("status", Little(1)), Field("destination", Little(2))
        ),
        NwkCommand.LEAVE: Packed(Leave, 1, reserved=5, rejoin=1, request=1, remove_children=1),
        NwkCommand.ROUTE_RECORD: Record(RouteRecord, Field("relays", _RELAYS)),
        NwkCommand.REJOIN_REQUEST: Record(RejoinRequest, Field("capability", CAPABILITY)),
        NwkCommand.REJOIN_RESPONSE: Record(
            RejoinResponse, Field("short_address", Little(2)), Field("status", Little(1))
        ),
        NwkCommand.LINK_STATUS: Counted(LinkStatus, "links", _Link(_LINK), first=1, last=1, reserved=1),
        NwkCommand.NETWORK_REPORT: Counted(
            NetworkReport, "pans", Little(2), Field("extended_pan", Little(8)), report_type=3
        ),
        NwkCommand.NETWORK_UPDATE: Counted(
            NetworkUpdate,
            "pans",
            Little(2),
            Field("extended_pan", Little(8)),
            Field("update_id", Little(1)),
            update_type=3,
        ),
        NwkCommand.END_DEVICE_TIMEOUT_REQUEST: Record(
            EndDeviceTimeoutRequest, Field("timeout", Little(1)), Field("configuration", Little(1))
        ),
        NwkCommand.END_DEVICE_TIMEOUT_RESPONSE: Record(
            EndDeviceTimeoutResponse, Field("status", Little(1)), Field("parent_information", Little(1))
        ),
    },
)


def decode_nwk_command(octets: bytes) -> NwkCommandPayload:
    """The payload of a NWK command frame, decrypted. Raises DecodeError."""
    command: NwkCommandPayload = parse_whole(NWK_COMMANDS, octets)
    return command


def encode_nwk_command(command: NwkCommandPayload) -> bytes:
    """The payload of a NWK command frame, to be encrypted. Raises EncodeError."""
    return build(NWK_COMMANDS, command)
