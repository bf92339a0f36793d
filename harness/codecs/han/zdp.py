"""ZigBee device profile frames: discovery, binding and management (ZigBee r21, clause 2.4).

An APS data frame of profile 0000 from and to endpoint 0 carries a transaction sequence number and the
fields of the command that its cluster names; the response's cluster is the request's with bit 15 set.
What the commands carry is in ``zdp_types``.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any, Final

from construct import Array, Construct, Struct

from harness.codecs.declaration import (
    Choice,
    Converter,
    Field,
    Little,
    Record,
    Wrapper,
    bounded,
    build,
    build_part,
    dotted,
    parse_part,
    parse_whole,
    session_of,
)
from harness.codecs.errors import DecodeError, EncodeError
from harness.codecs.han import zdp_types as zdp
from harness.codecs.han.capability import CAPABILITY
from harness.codecs.han.layout import Packed, remaining, when
from harness.codecs.zcl_layout import Each

ZDP_PROFILE: Final = 0x0000
ZDP_ENDPOINT: Final = 0
RESPONSE: Final = 0x8000


@dataclass(frozen=True, slots=True)
class ZdpFrame:
    """A transaction sequence number and a command, whose type says the cluster."""

    sequence: int
    command: zdp.ZdpCommand


class _Sized(Wrapper):
    """A length octet and a value of that many octets; None for a length of zero."""

    def _parse(self, stream: io.BytesIO, context: Any, path: str) -> Any:
        length = parse_part(_LENGTH, stream, context, path)
        if not length:
            return None
        session = session_of(context)
        outer, session.end = session.end, bounded(stream, length, context, path)
        value = parse_part(self.subcon, stream, context, path)
        if stream.tell() != session.end:
            reason = f"{session.end - stream.tell()} octets left over"
            raise DecodeError(dotted(path), reason, offset=stream.tell())
        session.end = outer
        return value

    def _build(self, obj: Any, stream: io.BytesIO, context: Any, path: str) -> Any:
        inside = io.BytesIO()
        if obj is not None:
            build_part(self.subcon, obj, inside, context, path)
        build_part(_LENGTH, inside.tell(), stream, context, path)
        stream.write(inside.getvalue())
        return obj


class _Associated(Converter):
    """A count, the index of the first that is listed, and short addresses."""

    def __init__(self) -> None:
        super().__init__(
            Struct(
                Field("count", Little(1)),
                when(lambda context: context["count"] > 0, "first_index", Little(1)),
                Field("addresses", Array(lambda context: context["count"], Little(2))),
            )
        )

    def _decode(self, obj: Any, context: Any, path: str) -> zdp.AssociatedDevices:  # noqa: ARG002 - construct's signature
        return zdp.AssociatedDevices(obj.first_index, tuple(obj.addresses))

    def _encode(self, obj: Any, context: Any, path: str) -> dict[str, Any]:  # noqa: ARG002 - construct's signature
        if not isinstance(obj, zdp.AssociatedDevices):
            raise EncodeError(dotted(path), f"expected AssociatedDevices, got {obj!r}")
        addresses = list(obj.addresses)
        return {"count": len(addresses), "first_index": obj.first_index, "addresses": addresses}


def _succeeded(context: Any) -> bool:
    return bool(context.status == 0)


def _to_group(context: Any) -> bool:
    return context.mode is zdp.BindMode.GROUP


def _to_device(context: Any) -> bool:
    return context.mode is zdp.BindMode.DEVICE


_LENGTH: Final = Field("length", Little(1))
_SEQUENCE: Final = Field("sequence", Little(1))
_STATUS: Final = Field("status", Little(1))
_ADDRESS: Final = Field("address", Little(2))
_CLUSTERS: Final = Each(Little(2), Little(1))
_NODE: Final = Record(
    zdp.NodeDescriptor,
    Field("kind", Packed(zdp.NodeKind, 2, logical_type=3, reserved=5, aps_flags=3, bands=5)),
    Field("capability", CAPABILITY),
    Field("manufacturer", Little(2)),
    Field("largest_buffer", Little(1)),
    Field("largest_incoming", Little(2)),
    Field("server_mask", Little(2)),
    Field("largest_outgoing", Little(2)),
    Field("descriptor_capability", Little(1)),
)
_SIMPLE: Final = Record(
    zdp.SimpleDescriptor,
    Field("endpoint", Little(1)),
    Field("profile", Little(2)),
    Field("device", Little(2)),
    Field("version", Packed(zdp.DeviceVersion, 1, version=4, reserved=4)),
    Field("input_clusters", _CLUSTERS),
    Field("output_clusters", _CLUSTERS),
)
_BINDING: Final = Record(
    zdp.BindTarget,
    Field("source", Little(8)),
    Field("source_endpoint", Little(1)),
    Field("cluster", Little(2)),
    Field("mode", Choice(zdp.BindMode)),
    when(_to_group, "group", Little(2)),
    when(_to_device, "destination", Little(8)),
    when(_to_device, "destination_endpoint", Little(1)),
)
_DEVICE: Final = Field("device", Little(8))
_REQUEST_TYPE: Final = Field("request_type", Choice(zdp.AddressRequestType))
_FIRST_INDEX: Final = Field("first_index", Little(1))
_ENDPOINTS: Final = Field("endpoints", Each(Little(1), Little(1)))
_ASSOCIATED: Final = remaining("associated", _Associated())
_REQUESTS: Final[dict[zdp.ZdpCluster, Record]] = {
    zdp.ZdpCluster.NWK_ADDRESS: Record(zdp.NwkAddressRequest, _DEVICE, _REQUEST_TYPE, _FIRST_INDEX),
    zdp.ZdpCluster.IEEE_ADDRESS: Record(zdp.IeeeAddressRequest, _ADDRESS, _REQUEST_TYPE, _FIRST_INDEX),
    zdp.ZdpCluster.NODE_DESCRIPTOR: Record(zdp.NodeDescriptorRequest, _ADDRESS),
    zdp.ZdpCluster.SIMPLE_DESCRIPTOR: Record(
        zdp.SimpleDescriptorRequest, _ADDRESS, Field("endpoint", Little(1))
    ),
    zdp.ZdpCluster.ACTIVE_ENDPOINTS: Record(zdp.ActiveEndpointsRequest, _ADDRESS),
    zdp.ZdpCluster.MATCH_DESCRIPTOR: Record(
        zdp.MatchDescriptorRequest,
        _ADDRESS,
        Field("profile", Little(2)),
        Field("input_clusters", _CLUSTERS),
        Field("output_clusters", _CLUSTERS),
    ),
    zdp.ZdpCluster.DEVICE_ANNOUNCE: Record(
        zdp.DeviceAnnounce, _ADDRESS, _DEVICE, Field("capability", CAPABILITY)
    ),
    zdp.ZdpCluster.BIND: Record(zdp.BindRequest, Field("target", _BINDING)),
    zdp.ZdpCluster.UNBIND: Record(zdp.UnbindRequest, Field("target", _BINDING)),
    zdp.ZdpCluster.LEAVE: Record(
        zdp.LeaveRequest,
        _DEVICE,
        Field("options", Packed(zdp.LeaveOptions, 1, reserved=6, remove_children=1, rejoin=1)),
    ),
    zdp.ZdpCluster.PERMIT_JOINING: Record(
        zdp.PermitJoiningRequest, Field("duration", Little(1)), Field("trust_centre_significance", Little(1))
    ),
}
_RESPONSES: Final[dict[zdp.ZdpCluster, Record]] = {
    zdp.ZdpCluster.NWK_ADDRESS: Record(zdp.NwkAddressResponse, _STATUS, _DEVICE, _ADDRESS, _ASSOCIATED),
    zdp.ZdpCluster.IEEE_ADDRESS: Record(zdp.IeeeAddressResponse, _STATUS, _DEVICE, _ADDRESS, _ASSOCIATED),
    zdp.ZdpCluster.NODE_DESCRIPTOR: Record(
        zdp.NodeDescriptorResponse, _STATUS, _ADDRESS, when(_succeeded, "descriptor", _NODE)
    ),
    zdp.ZdpCluster.SIMPLE_DESCRIPTOR: Record(
        zdp.SimpleDescriptorResponse, _STATUS, _ADDRESS, Field("descriptor", _Sized(_SIMPLE))
    ),
    zdp.ZdpCluster.ACTIVE_ENDPOINTS: Record(zdp.ActiveEndpointsResponse, _STATUS, _ADDRESS, _ENDPOINTS),
    zdp.ZdpCluster.MATCH_DESCRIPTOR: Record(zdp.MatchDescriptorResponse, _STATUS, _ADDRESS, _ENDPOINTS),
    zdp.ZdpCluster.BIND: Record(zdp.BindResponse, _STATUS),
    zdp.ZdpCluster.UNBIND: Record(zdp.UnbindResponse, _STATUS),
    zdp.ZdpCluster.LEAVE: Record(zdp.LeaveResponse, _STATUS),
    zdp.ZdpCluster.PERMIT_JOINING: Record(zdp.PermitJoiningResponse, _STATUS),
}


def _frame(part: Construct) -> Record:
    return Record(ZdpFrame, _SEQUENCE, Field("command", part))


_BY_CLUSTER: Final = {
    **{int(cluster): (part.made, _frame(part)) for cluster, part in _REQUESTS.items()},
    **{cluster | RESPONSE: (part.made, _frame(part)) for cluster, part in _RESPONSES.items()},
}
_CLUSTER_OF: Final = {made: cluster for cluster, (made, _) in _BY_CLUSTER.items()}


def cluster_of(command: zdp.ZdpCommand) -> int:
    """The cluster identifier that the APS frame of a command carries."""
    return _CLUSTER_OF[type(command)]


def decode_zdp(cluster: int, octets: bytes) -> ZdpFrame:
    """The payload of an APS data frame of profile 0000. Raises DecodeError."""
    if cluster not in _BY_CLUSTER:
        raise DecodeError("cluster", f"{cluster:04X} is no ZDP command that this network uses", offset=0)
    frame: ZdpFrame = parse_whole(_BY_CLUSTER[cluster][1], octets)
    return frame


def encode_zdp(frame: ZdpFrame) -> bytes:
    """The payload of an APS data frame whose cluster is ``cluster_of`` the command. Raises EncodeError."""
    if type(frame.command) not in _CLUSTER_OF:
        raise EncodeError("command", f"{frame.command!r} is no ZDP command")
    return build(_BY_CLUSTER[_CLUSTER_OF[type(frame.command)]][1], frame)
