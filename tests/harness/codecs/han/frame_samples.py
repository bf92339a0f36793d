"""A frame of every command, from a joined device to its trust centre, with the keys that they share."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from harness.codecs.declaration import Little, Octets, Rest
from harness.codecs.han import zdp_types as zdp
from harness.codecs.han.aps import (
    ApsFrame,
    ApsFrameType,
    encode_aps,
)
from harness.codecs.han.aps_commands import (
    ConfirmKey,
    KeyType,
    RemoveDevice,
    RequestedKey,
    RequestKey,
    SwitchKey,
    TransportKey,
    Tunnel,
    UpdateDevice,
    VerifyKey,
    encode_aps_command,
)
from harness.codecs.han.beacon import Beacon, NetworkFeatures, Superframe, encode_beacon
from harness.codecs.han.capability import Capability
from harness.codecs.han.implicit_certificate import (
    ImplicitCertificate,
    Suite1Certificate,
    Suite2Certificate,
    encode_implicit_certificate,
    suite_of,
)
from harness.codecs.han.mac import MacAddress, MacFrame, MacFrameType, encode_mac
from harness.codecs.han.mac_commands import (
    AssociationRequest,
    AssociationResponse,
    BeaconRequest,
    CoordinatorRealignment,
    DataRequest,
    Disassociation,
    MacCommandPayload,
    OrphanNotification,
    PanIdConflict,
    encode_mac_command,
)
from harness.codecs.han.nwk import NwkFrame, NwkFrameType, encode_nwk
from harness.codecs.han.nwk_commands import (
    EndDeviceTimeoutRequest,
    EndDeviceTimeoutResponse,
    Leave,
    LinkCost,
    LinkStatus,
    NetworkReport,
    NetworkStatus,
    NetworkUpdate,
    RejoinRequest,
    RejoinResponse,
    RouteRecord,
    RouteReply,
    RouteRequest,
    encode_nwk_command,
)
from harness.codecs.han.security import KeyIdentifier, SecurityHeader
from harness.codecs.han.zcl_frame import ZclFrame, ZclFrameType, encode_zcl_frame, with_zcl_command
from harness.codecs.han.zdp import ZDP_PROFILE, ZdpFrame, cluster_of, encode_zdp
from harness.codecs.zcl_commands import GENERAL, commands
from harness.codecs.zcl_layout import (
    Attribute,
    Conditional,
    Each,
    EntryOf,
    Named,
    Optional,
    String,
    value_layout,
)
from harness.codecs.zcl_types import AttributeRecord, Entry, ZclCommand, ZclField
from harness.crypto.zigbee import install_code_with_crc, keyed_hash, link_key_of
from harness.crypto.zigbee_frames import protect_aps, protect_nwk

NETWORK_KEY = bytes.fromhex("00112233445566778899AABBCCDDEEFF")
LINK_KEY = link_key_of(install_code_with_crc(bytes.fromhex("83FED3407A939723A5C639B26916D505")))
EXTENDED_PAN = 0x00DB123400000001
PAN = 0x1A2B
TRUST_CENTRE = 0x00DB123456789A00
DEVICE = 0x00DB123456789A01
DEVICE_ADDRESS = 0x4E21
SMART_ENERGY = 0x0109
METERING = 0x0702
KEY_ESTABLISHMENT = 0x0800
_NOBODYS_ATTRIBUTE = 0xF000
LARGEST_FRAME = 127


@dataclass
class Air:
    """Frames as they go over the air; every counter moves on with each."""

    counter: int = 0

    def mac(self, frame: MacFrame) -> bytes:
        """A MAC frame, held to the largest size."""
        octets = encode_mac(frame)
        assert len(octets) <= LARGEST_FRAME
        return octets

    def nwk(self, frame_type: NwkFrameType, payload: bytes, *, secured: bool = True) -> bytes:
        """A NWK frame from the device to the trust centre."""
        self.counter += 1
        frame = NwkFrame(
            frame_type=frame_type,
            destination=0,
            source=DEVICE_ADDRESS,
            radius=30,
            sequence=self.counter & 0xFF,
            source_eui64=DEVICE if frame_type is NwkFrameType.COMMAND else None,
            payload=payload,
        )
        if secured:
            frame = protect_nwk(frame, NETWORK_KEY, source=DEVICE, counter=self.counter)
        return self.mac(
            MacFrame(
                frame_type=MacFrameType.DATA,
                sequence=self.counter & 0xFF,
                destination=MacAddress(PAN, 0),
                source=MacAddress(None, DEVICE_ADDRESS),
                acknowledgement_request=True,
                payload=encode_nwk(frame),
            )
        )

    def aps(self, frame: ApsFrame, key: KeyIdentifier | None = None, *, nwk_secured: bool = True) -> bytes:
        """An APS frame, secured with the link key or one derived from it where ``key`` says so."""
        return self.nwk(NwkFrameType.DATA, encode_aps(self.sealed(frame, key)), secured=nwk_secured)

    def sealed(self, frame: ApsFrame, key: KeyIdentifier | None) -> ApsFrame:
        """The frame under the link key."""
        if key is None:
            return frame
        self.counter += 1
        header = SecurityHeader(key=key, frame_counter=self.counter, source_eui64=DEVICE)
        return protect_aps(frame, LINK_KEY, header, source=DEVICE)

    def zdp(self, frame: ZdpFrame) -> bytes:
        """A device profile frame."""
        return self.aps(data_frame(cluster_of(frame.command), ZDP_PROFILE, 0, encode_zdp(frame)))

    def zcl(self, cluster: int, frame: ZclFrame, key: KeyIdentifier | None = None) -> bytes:
        """A frame of a Smart Energy cluster."""
        return self.aps(data_frame(cluster, SMART_ENERGY, 1, encode_zcl_frame(frame)), key)


def data_frame(cluster: int, profile: int, endpoint: int, payload: bytes) -> ApsFrame:
    return ApsFrame(
        frame_type=ApsFrameType.DATA,
        counter=1,
        destination_endpoint=endpoint,
        cluster=cluster,
        profile=profile,
        source_endpoint=endpoint,
        payload=payload,
    )


_BROADCAST = 0xFFFF
_ANYONE = MacAddress(_BROADCAST, _BROADCAST)
_CENTRE = MacAddress(PAN, 0)
_CENTRE_EUI64 = MacAddress(PAN, TRUST_CENTRE, extended=True)
_DEVICE_EUI64 = MacAddress(PAN, DEVICE, extended=True)
# Addressing as IEEE 802.15.4 clause 5.3 has it for each command: destination, source
_MAC_COMMANDS: dict[str, tuple[MacCommandPayload, MacAddress, MacAddress | None]] = {
    "Association Request": (
        AssociationRequest(Capability(router=True)),
        _CENTRE,
        MacAddress(_BROADCAST, DEVICE, extended=True),
    ),
    "Association Response": (
        AssociationResponse(DEVICE_ADDRESS, 0),
        _DEVICE_EUI64,
        MacAddress(None, TRUST_CENTRE, extended=True),
    ),
    "Disassociation Notification": (
        Disassociation(2),
        _CENTRE_EUI64,
        MacAddress(None, DEVICE, extended=True),
    ),
    "Data Request": (DataRequest(), _CENTRE, MacAddress(None, DEVICE_ADDRESS)),
    "PAN ID Conflict": (PanIdConflict(), _CENTRE_EUI64, MacAddress(None, DEVICE, extended=True)),
    "Orphan Notification": (OrphanNotification(), _ANYONE, MacAddress(None, DEVICE, extended=True)),
    "Beacon Request": (BeaconRequest(), _ANYONE, None),
    "Coordinator Realignment": (
        CoordinatorRealignment(PAN, 0, 11, DEVICE_ADDRESS),
        MacAddress(_BROADCAST, DEVICE, extended=True),
        _CENTRE_EUI64,
    ),
}
_NWK_COMMANDS = {
    "Route Request": RouteRequest(identifier=1, destination=0xFFFC, path_cost=0, many_to_one=1),
    "Route Reply": RouteReply(
        identifier=1, originator=0, responder=1, path_cost=3, originator_eui64=1, responder_eui64=2
    ),
    "Network Status": NetworkStatus(0x0B, DEVICE_ADDRESS),
    "Leave": Leave(rejoin=True),
    "Route Record": RouteRecord((0x1234, 0x5678)),
    "Rejoin Request": RejoinRequest(Capability()),
    "Rejoin Response": RejoinResponse(DEVICE_ADDRESS, 0),
    "Link Status": LinkStatus(links=(LinkCost(0, 1, 7), LinkCost(0x1234, 3, 3))),
    "Network Report": NetworkReport(extended_pan=EXTENDED_PAN, pans=(1, 2)),
    "Network Update": NetworkUpdate(EXTENDED_PAN, 1, (0x4321,)),
    "End Device Timeout Request": EndDeviceTimeoutRequest(8),
    "End Device Timeout Response": EndDeviceTimeoutResponse(0, 3),
}
_APS_COMMANDS = {
    "Transport Key": TransportKey(
        key_type=KeyType.TRUST_CENTRE_LINK_KEY, key=LINK_KEY, destination=DEVICE, source=TRUST_CENTRE
    ),
    "Update Device": UpdateDevice(DEVICE, DEVICE_ADDRESS, 1),
    "Remove Device": RemoveDevice(DEVICE),
    "Request Key": RequestKey(RequestedKey.APPLICATION_LINK_KEY, TRUST_CENTRE),
    "Switch Key": SwitchKey(1),
    "Verify Key": VerifyKey(KeyType.TRUST_CENTRE_LINK_KEY, DEVICE, keyed_hash(LINK_KEY, b"\3")),
    "Confirm Key": ConfirmKey(0, KeyType.TRUST_CENTRE_LINK_KEY, DEVICE),
}
_NODE = zdp.NodeDescriptor(
    kind=zdp.NodeKind(logical_type=2, bands=8),
    capability=Capability(),
    manufacturer=0x1234,
    largest_buffer=82,
    largest_incoming=1500,
    server_mask=0x2C00,
    largest_outgoing=1500,
)
_SIMPLE = zdp.SimpleDescriptor(
    endpoint=1,
    profile=SMART_ENERGY,
    device=0x0501,
    version=zdp.DeviceVersion(1),
    input_clusters=(0x0000, 0x0702),
    output_clusters=(0x000A, 0x0704),
)
_BINDING = zdp.BindTarget(
    source=DEVICE,
    source_endpoint=1,
    cluster=0x0702,
    mode=zdp.BindMode.DEVICE,
    destination=TRUST_CENTRE,
    destination_endpoint=1,
)
_ZDP_COMMANDS = {
    "Device Announcement": zdp.DeviceAnnounce(DEVICE_ADDRESS, DEVICE, Capability()),
    "Network Address Request": zdp.NwkAddressRequest(DEVICE, zdp.AddressRequestType.EXTENDED),
    "Network Address Response": zdp.NwkAddressResponse(
        0, DEVICE, DEVICE_ADDRESS, zdp.AssociatedDevices(0, (1, 2))
    ),
    "Extended Address Request": zdp.IeeeAddressRequest(DEVICE_ADDRESS),
    "Extended Address Response": zdp.IeeeAddressResponse(0, DEVICE, DEVICE_ADDRESS),
    "Node Descriptor Request": zdp.NodeDescriptorRequest(DEVICE_ADDRESS),
    "Node Descriptor Response": zdp.NodeDescriptorResponse(0, DEVICE_ADDRESS, _NODE),
    "Simple Descriptor Request": zdp.SimpleDescriptorRequest(DEVICE_ADDRESS, 1),
    "Simple Descriptor Response": zdp.SimpleDescriptorResponse(0, DEVICE_ADDRESS, _SIMPLE),
    "Active Endpoint Request": zdp.ActiveEndpointsRequest(DEVICE_ADDRESS),
    "Active Endpoint Response": zdp.ActiveEndpointsResponse(0, DEVICE_ADDRESS, (1, 2)),
    "Match Descriptor Request": zdp.MatchDescriptorRequest(
        address=0xFFFD, profile=SMART_ENERGY, input_clusters=(0x0704,), output_clusters=(0x0702,)
    ),
    "Match Descriptor Response": zdp.MatchDescriptorResponse(0, DEVICE_ADDRESS, (1,)),
    "Bind Request": zdp.BindRequest(_BINDING),
    "Bind Response": zdp.BindResponse(0),
    "Unbind Request": zdp.UnbindRequest(_BINDING),
    "Unbind Response": zdp.UnbindResponse(0),
    "Leave Request": zdp.LeaveRequest(DEVICE, zdp.LeaveOptions(rejoin=True)),
    "Leave Response": zdp.LeaveResponse(0),
    "Permit Join Request": zdp.PermitJoiningRequest(60, 1),
    "Permit Join Response": zdp.PermitJoiningResponse(0),
}
CERTIFICATES: list[ImplicitCertificate] = [
    Suite1Certificate(
        public_value=bytes(range(22)), subject=DEVICE, issuer=TRUST_CENTRE, attributes=bytes(10)
    ),
    Suite2Certificate(
        serial=1,
        issuer=TRUST_CENTRE,
        valid_from=1_700_000_000,
        valid_for=0xFFFFFFFF,
        subject=DEVICE,
        key_usage=0x88,
        public_value=bytes(range(37)),
    ),
]
_IDENTITIES = [
    {"suite": suite_of(certificate), "identity": encode_implicit_certificate(certificate)}
    for certificate in CERTIFICATES
]
# Fields whose value decides what else is in the command, or that the analyser reads more into than a number
_VARIANTS: dict[str, list[dict[str, Any]]] = {
    "Publish Block Thresholds": [{"tier_and_threshold_count": 2}],
    "Publish Day Profile": [{"total_number_of_schedule_entries": 2}],
    "Publish Special Days": [{"total_number_of_special_days": 2}],
    "Set Event Configuration": [{"configuration_control": control} for control in range(4)],
    "Cancel Message": [{"message_control": 0}],
    # The analyser reads the first of these and leaves the others
    "Schedule Snapshot": [{"schedules": 1}],
    "Mirror Report Attribute Response": [{"notification_flags": 1}],
    "Image Notify": [{"payload_type": payload_type} for payload_type in range(4)],
    "Query Next Image Request": [{"field_control": 0}, {"field_control": 1}],
    "Query Next Image Response": [{"status": 0}, {"status": 0x98}],
    "Image Block Request": [{"field_control": control} for control in range(4)],
    "Image Page Request": [{"field_control": 0}, {"field_control": 1}],
    "Image Block Response": [{"status": status} for status in (0x00, 0x95, 0x97)],
    "Initiate Key Establishment Request": _IDENTITIES,
    "Initiate Key Establishment Response": _IDENTITIES,
    "Ephemeral Data Request": [{"ephemeral_data": bytes(size)} for size in (22, 37)],
    "Ephemeral Data Response": [{"ephemeral_data": bytes(size)} for size in (22, 37)],
}


# Attributes that the analyser knows by name: cluster, attribute, type. Time and keep-alive have only these
_ATTRIBUTES = [
    (0x0000, 0x0000, 0x20),
    (0x000A, 0x0000, 0xE2),
    (0x000A, 0x0001, 0x18),
    (0x000A, 0x0002, 0x2B),
    (0x0019, 0x0000, 0xF0),
    (0x0019, 0x0006, 0x30),
    (0x0025, 0x0000, 0x20),
    (0x0025, 0x0001, 0x21),
    (0x0702, 0x0000, 0x25),
    (0x0702, 0x0200, 0x18),
    (0x0704, 0x0000, 0x21),
    (0x0705, 0x0001, 0x2B),
]


def _sample(part: Any, name: str) -> Any:
    """A plain value for a field, from its declaration."""
    match part:
        case Little():
            return min(part.count, 1)
        case Octets():
            return bytes(range(1, part.count + 1))
        case String() | Rest():
            return b"GB"
        case Each():
            return (_sample(part.part, name),) * 2
        case Attribute():
            return AttributeRecord(
                _NOBODYS_ATTRIBUTE, 0 if part.status else None, *((0x25, 1) if part.typed else ())
            )
        case EntryOf():
            return Entry(_fields(part, {}))
    raise AssertionError(f"no sample for {name}: {part!r}")


def _given(part: Any, name: str, given: dict[str, Any]) -> Any:
    """A plain value, unless one is given; of a repeated field a number says how many are wanted."""
    value = given.get(name)
    if isinstance(part, Each) and value is not None:
        return (_sample(part.part, name),) * value
    return _sample(part, name) if value is None else value


def _fields(layout: Named, given: dict[str, Any]) -> tuple[ZclField, ...]:
    found: dict[str, Any] = {}
    for name, described in layout.parts.items():
        part = described
        if isinstance(described, Conditional):
            part = described.part_in(found)
        elif isinstance(described, Optional):
            part = described.part
        if part is not None:
            found[name] = _given(part, name, given)
    return tuple(ZclField(name, value) for name, value in found.items())


def _cluster_frames() -> dict[str, tuple[int, ZclFrame]]:
    """Every command of the table, some in several variants, with what it is called and its cluster."""
    frames = {}
    for (cluster, from_server, command), (name, layout) in commands().items():
        blank = ZclFrame(
            frame_type=ZclFrameType.CLUSTER,
            sequence=command,
            command=command,
            from_server=from_server,
            disable_default_response=True,
        )
        for index, given in enumerate(_VARIANTS.get(name, [{}])):
            filled = with_zcl_command(cluster, blank, ZclCommand(name, _fields(layout, given)))
            side = "server" if from_server else "client"
            frames[f"{cluster:04X} {side} {name} {index}"] = (cluster, filled)
    return frames


def _general_frames() -> dict[str, ZclFrame]:
    """Every general command, and a report of each type of attribute."""
    frames = {}
    for command, (name, layout) in GENERAL.items():
        blank = ZclFrame(frame_type=ZclFrameType.GENERAL, sequence=command, command=command)
        for index, given in enumerate(_VARIANTS.get(name, [{}])):
            filled = with_zcl_command(METERING, blank, ZclCommand(name, _fields(layout, given)))
            frames[f"{name} {index}"] = filled
    blank = ZclFrame(frame_type=ZclFrameType.GENERAL, sequence=1, command=0x0A, from_server=True)
    for data_type in range(256):
        part = value_layout(data_type)
        if part is not None:
            record = AttributeRecord(_NOBODYS_ATTRIBUTE, None, data_type, _sample(part, "value"))
            report = ZclCommand("Report Attributes", (ZclField("attributes", (record,)),))
            frames[f"Report Attributes type {data_type:02X}"] = with_zcl_command(METERING, blank, report)
    return frames


def _mac_frames(air: Air) -> dict[str, bytes]:
    frames = {}
    for sequence, (name, (command, destination, source)) in enumerate(_MAC_COMMANDS.items()):
        frames[f"mac {name}"] = air.mac(
            MacFrame(
                frame_type=MacFrameType.COMMAND,
                sequence=sequence,
                destination=destination,
                source=source,
                acknowledgement_request=destination.address != _BROADCAST,
                payload=encode_mac_command(command),
            )
        )
    beacon = Beacon(
        superframe=Superframe(association_permit=True, pan_coordinator=True),
        features=NetworkFeatures(router_capacity=True, end_device_capacity=True),
        extended_pan=EXTENDED_PAN,
    )
    octets = encode_beacon(beacon)
    frames["mac Beacon"] = air.mac(
        MacFrame(frame_type=MacFrameType.BEACON, sequence=1, source=_CENTRE, payload=octets)
    )
    return frames


def _aps_frames(air: Air) -> dict[str, bytes]:
    frames = {}
    # Joining under the link key of the install code, before the device has the network key
    network_key = TransportKey(
        key_type=KeyType.STANDARD_NETWORK_KEY,
        key=NETWORK_KEY,
        sequence=0,
        destination=DEVICE,
        source=TRUST_CENTRE,
    )
    joining = ApsFrame(frame_type=ApsFrameType.COMMAND, counter=1, payload=encode_aps_command(network_key))
    frames["aps Transport Key joining"] = air.aps(joining, KeyIdentifier.KEY_TRANSPORT, nwk_secured=False)
    # Through the parent: the tunnel itself goes under the network key alone
    inner = encode_aps(air.sealed(joining, KeyIdentifier.KEY_TRANSPORT))
    tunnel = ApsFrame(
        frame_type=ApsFrameType.COMMAND, counter=2, payload=encode_aps_command(Tunnel(DEVICE, inner))
    )
    frames["aps Transport Key in a tunnel"] = air.aps(tunnel)
    for name, command in _APS_COMMANDS.items():
        frame = ApsFrame(frame_type=ApsFrameType.COMMAND, counter=3, payload=encode_aps_command(command))
        key = KeyIdentifier.KEY_LOAD if name == "Transport Key" else KeyIdentifier.DATA
        frames[f"aps {name}"] = air.aps(frame)
        frames[f"aps {name} secured"] = air.aps(frame, key)
    return frames


def _nwk_frames(air: Air) -> dict[str, bytes]:
    frames = {}
    for name, command in _NWK_COMMANDS.items():
        payload = encode_nwk_command(command)
        frames[f"nwk {name}"] = air.nwk(NwkFrameType.COMMAND, payload, secured=False)
        frames[f"nwk {name} secured"] = air.nwk(NwkFrameType.COMMAND, payload)
    return frames


def _zcl_frames(air: Air) -> dict[str, bytes]:
    frames = {}
    for name, frame in _general_frames().items():
        frames[f"general {name}"] = air.zcl(METERING, frame)
    for cluster, attribute, data_type in _ATTRIBUTES:
        record = AttributeRecord(attribute, None, data_type, _sample(value_layout(data_type), "value"))
        report = ZclCommand("Report Attributes", (ZclField("attributes", (record,)),))
        blank = ZclFrame(frame_type=ZclFrameType.GENERAL, sequence=1, command=0x0A, from_server=True)
        name = f"general Report Attributes type {data_type:02X} of {cluster:04X} {attribute:04X}"
        frames[name] = air.zcl(cluster, with_zcl_command(cluster, blank, report))
    for name, (cluster, frame) in _cluster_frames().items():
        frames[f"zcl {name}"] = air.zcl(cluster, frame)
        # Key establishment runs before there is a link key, and its certificates fill a frame
        if cluster != KEY_ESTABLISHMENT:
            frames[f"zcl {name} secured"] = air.zcl(cluster, frame, KeyIdentifier.DATA)
    return frames


@cache
def dataset() -> dict[str, bytes]:
    """Everything that is to be read, by name."""
    air = Air()
    announced = {
        f"zdp {name}": air.zdp(ZdpFrame(sequence, command))
        for sequence, (name, command) in enumerate(_ZDP_COMMANDS.items())
    }
    return announced | _mac_frames(air) | _aps_frames(air) | _nwk_frames(air) | _zcl_frames(air)
