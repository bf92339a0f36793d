"""What ZigBee device profile commands carry, as frozen values (ZigBee r21, clauses 2.3 and 2.4). Types only.

``address`` is a short address, ``device`` an EUI-64, ``status`` 0 for success. Where a response reports a
failure, what it would describe is None.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TypeAlias

from harness.codecs.han.capability import Capability


class ZdpCluster(IntEnum):
    """Cluster identifiers of requests and announcements; a response's has bit 15 set too."""

    NWK_ADDRESS = 0x0000
    IEEE_ADDRESS = 0x0001
    NODE_DESCRIPTOR = 0x0002
    SIMPLE_DESCRIPTOR = 0x0004
    ACTIVE_ENDPOINTS = 0x0005
    MATCH_DESCRIPTOR = 0x0006
    DEVICE_ANNOUNCE = 0x0013
    BIND = 0x0021
    UNBIND = 0x0022
    LEAVE = 0x0034
    PERMIT_JOINING = 0x0036


class AddressRequestType(IntEnum):
    """Whether an address request is about one device or its children as well."""

    SINGLE = 0
    EXTENDED = 1


class BindMode(IntEnum):
    """What a binding leads to."""

    GROUP = 1
    DEVICE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeKind:
    """Logical type (0 coordinator, 1 router, 2 end device), APS flags, frequency bands as bits."""

    logical_type: int
    bands: int
    aps_flags: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeDescriptor:
    """What a node is (2.3.2.3). Sizes in octets."""

    kind: NodeKind
    capability: Capability
    manufacturer: int
    largest_buffer: int
    largest_incoming: int
    server_mask: int
    largest_outgoing: int
    descriptor_capability: int = 0


@dataclass(frozen=True, slots=True)
class DeviceVersion:
    """Version of an application device, 0 to 15."""

    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SimpleDescriptor:
    """What an endpoint is and which clusters it serves (input) and uses (output) (2.3.2.5)."""

    endpoint: int
    profile: int
    device: int
    version: DeviceVersion
    input_clusters: tuple[int, ...]
    output_clusters: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class NwkAddressRequest:
    """Which short address has this device (2.4.3.1.1)."""

    device: int
    request_type: AddressRequestType = AddressRequestType.SINGLE
    first_index: int = 0


@dataclass(frozen=True, slots=True)
class IeeeAddressRequest:
    """Which device has this short address (2.4.3.1.2)."""

    address: int
    request_type: AddressRequestType = AddressRequestType.SINGLE
    first_index: int = 0


@dataclass(frozen=True, slots=True)
class AssociatedDevices:
    """Short addresses of a device's children; ``first_index`` is None where there are none."""

    first_index: int | None
    addresses: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class NwkAddressResponse:
    """Answer to a NWK address request (2.4.4.2.1); ``associated`` answers an extended one."""

    status: int
    device: int
    address: int
    associated: AssociatedDevices | None = None


@dataclass(frozen=True, slots=True)
class IeeeAddressResponse:
    """Answer to an IEEE address request (2.4.4.2.2); ``associated`` answers an extended one."""

    status: int
    device: int
    address: int
    associated: AssociatedDevices | None = None


@dataclass(frozen=True, slots=True)
class NodeDescriptorRequest:
    """Describe the node of this address (2.4.3.1.3)."""

    address: int


@dataclass(frozen=True, slots=True)
class NodeDescriptorResponse:
    """Answer to a node descriptor request (2.4.4.2.3)."""

    status: int
    address: int
    descriptor: NodeDescriptor | None


@dataclass(frozen=True, slots=True)
class SimpleDescriptorRequest:
    """Describe this endpoint (2.4.3.1.5)."""

    address: int
    endpoint: int


@dataclass(frozen=True, slots=True)
class SimpleDescriptorResponse:
    """Answer to a simple descriptor request (2.4.4.2.5)."""

    status: int
    address: int
    descriptor: SimpleDescriptor | None


@dataclass(frozen=True, slots=True)
class ActiveEndpointsRequest:
    """Which endpoints does the node of this address have (2.4.3.1.6)."""

    address: int


@dataclass(frozen=True, slots=True)
class ActiveEndpointsResponse:
    """Answer to an active endpoints request (2.4.4.2.6)."""

    status: int
    address: int
    endpoints: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchDescriptorRequest:
    """Which endpoints serve or use any of these clusters (2.4.3.1.7)."""

    address: int
    profile: int
    input_clusters: tuple[int, ...]
    output_clusters: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MatchDescriptorResponse:
    """Answer to a match descriptor request (2.4.4.2.7)."""

    status: int
    address: int
    endpoints: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DeviceAnnounce:
    """A device joined or came back (2.4.3.1.11)."""

    address: int
    device: int
    capability: Capability


@dataclass(frozen=True, slots=True, kw_only=True)
class BindTarget:
    """A binding: whose cluster leads where: to ``group``, or to ``destination`` and its endpoint."""

    source: int
    source_endpoint: int
    cluster: int
    mode: BindMode
    group: int | None = None
    destination: int | None = None
    destination_endpoint: int | None = None


@dataclass(frozen=True, slots=True)
class BindRequest:
    """Make a binding (2.4.3.2.2)."""

    target: BindTarget


@dataclass(frozen=True, slots=True)
class BindResponse:
    """Answer to a bind request (2.4.4.3.2)."""

    status: int


@dataclass(frozen=True, slots=True)
class UnbindRequest:
    """Take a binding away (2.4.3.2.3)."""

    target: BindTarget


@dataclass(frozen=True, slots=True)
class UnbindResponse:
    """Answer to an unbind request (2.4.4.3.3)."""

    status: int


@dataclass(frozen=True, slots=True)
class LeaveOptions:
    """What happens to the children of a device that leaves, and whether it comes back."""

    remove_children: bool = False
    rejoin: bool = False


@dataclass(frozen=True, slots=True)
class LeaveRequest:
    """Have a device leave; ``device`` 0 is the receiver (2.4.3.3.5)."""

    device: int
    options: LeaveOptions


@dataclass(frozen=True, slots=True)
class LeaveResponse:
    """Answer to a leave request (2.4.4.4.5)."""

    status: int


@dataclass(frozen=True, slots=True)
class PermitJoiningRequest:
    """Let devices join for so many seconds; 0 stops it, 255 is without end (2.4.3.3.7)."""

    duration: int
    trust_centre_significance: int


@dataclass(frozen=True, slots=True)
class PermitJoiningResponse:
    """Answer to a permit joining request (2.4.4.4.7)."""

    status: int


ZdpCommand: TypeAlias = (
    NwkAddressRequest
    | NwkAddressResponse
    | IeeeAddressRequest
    | IeeeAddressResponse
    | NodeDescriptorRequest
    | NodeDescriptorResponse
    | SimpleDescriptorRequest
    | SimpleDescriptorResponse
    | ActiveEndpointsRequest
    | ActiveEndpointsResponse
    | MatchDescriptorRequest
    | MatchDescriptorResponse
    | DeviceAnnounce
    | BindRequest
    | BindResponse
    | UnbindRequest
    | UnbindResponse
    | LeaveRequest
    | LeaveResponse
    | PermitJoiningRequest
    | PermitJoiningResponse
)
