"""Commands of MAC, NWK and APS frames, beacons and ZDP: round trips of every type, and one typed error."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.codecs.errors import DecodeError, EncodeError
from harness.codecs.han import zdp_types as zdp
from harness.codecs.han.aps_commands import (
    ApsCommandPayload,
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
    decode_aps_command,
    encode_aps_command,
)
from harness.codecs.han.beacon import (
    Beacon,
    NetworkFeatures,
    PendingAddresses,
    Superframe,
    decode_beacon,
    encode_beacon,
)
from harness.codecs.han.capability import Capability
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
    decode_mac_command,
    encode_mac_command,
)
from harness.codecs.han.nwk_commands import (
    EndDeviceTimeoutRequest,
    EndDeviceTimeoutResponse,
    Leave,
    LinkCost,
    LinkStatus,
    NetworkReport,
    NetworkStatus,
    NetworkUpdate,
    NwkCommandPayload,
    RejoinRequest,
    RejoinResponse,
    RouteRecord,
    RouteReply,
    RouteRequest,
    decode_nwk_command,
    encode_nwk_command,
)
from harness.codecs.han.zdp import RESPONSE, ZdpFrame, cluster_of, decode_zdp, encode_zdp

_OCTET = st.integers(0, 0xFF)
_SHORT = st.integers(0, 0xFFFF)
_EUI64 = st.integers(0, 2**64 - 1)
_NIBBLE = st.integers(0, 15)
_BITS3 = st.integers(0, 7)
_KEY = st.binary(min_size=16, max_size=16)
_FLAG = st.booleans()
_CAPABILITY = st.builds(
    Capability,
    alternate_coordinator=_FLAG,
    router=_FLAG,
    mains_powered=_FLAG,
    receiver_on_when_idle=_FLAG,
    security=_FLAG,
    allocate_address=_FLAG,
)


def _tuples(of: st.SearchStrategy[Any], most: int) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(of, max_size=most).map(tuple)


_MAC = [
    st.builds(AssociationRequest, _CAPABILITY),
    st.builds(AssociationResponse, _SHORT, _OCTET),
    st.builds(Disassociation, _OCTET),
    st.just(DataRequest()),
    st.just(PanIdConflict()),
    st.just(OrphanNotification()),
    st.just(BeaconRequest()),
    st.builds(CoordinatorRealignment, _SHORT, _SHORT, _OCTET, _SHORT),
]
_NWK = [
    st.builds(
        RouteRequest,
        identifier=_OCTET,
        destination=_SHORT,
        path_cost=_OCTET,
        many_to_one=st.integers(0, 3),
        destination_eui64=st.none() | _EUI64,
    ),
    st.builds(
        RouteReply,
        identifier=_OCTET,
        originator=_SHORT,
        responder=_SHORT,
        path_cost=_OCTET,
        originator_eui64=st.none() | _EUI64,
        responder_eui64=st.none() | _EUI64,
    ),
    st.builds(NetworkStatus, _OCTET, _SHORT),
    st.builds(Leave, request=_FLAG, rejoin=_FLAG, remove_children=_FLAG),
    st.builds(RouteRecord, _tuples(_SHORT, 10)),
    st.builds(RejoinRequest, _CAPABILITY),
    st.builds(RejoinResponse, _SHORT, _OCTET),
    st.builds(
        LinkStatus, links=_tuples(st.builds(LinkCost, _SHORT, _BITS3, _BITS3), 31), first=_FLAG, last=_FLAG
    ),
    st.builds(NetworkReport, extended_pan=_EUI64, pans=_tuples(_SHORT, 31), report_type=_BITS3),
    st.builds(NetworkUpdate, _EUI64, _OCTET, _tuples(_SHORT, 31), _BITS3),
    st.builds(EndDeviceTimeoutRequest, _OCTET, _OCTET),
    st.builds(EndDeviceTimeoutResponse, _OCTET, _OCTET),
]


@st.composite
def _transported(draw: st.DrawFn) -> TransportKey:
    key_type, key = draw(st.sampled_from(KeyType)), draw(_KEY)
    if key_type is KeyType.APPLICATION_LINK_KEY:
        return TransportKey(key_type=key_type, key=key, partner=draw(_EUI64), initiator=draw(_OCTET))
    sequence = draw(_OCTET) if key_type is KeyType.STANDARD_NETWORK_KEY else None
    return TransportKey(
        key_type=key_type, key=key, sequence=sequence, destination=draw(_EUI64), source=draw(_EUI64)
    )


_APS = [
    _transported(),
    st.builds(UpdateDevice, _EUI64, _SHORT, _OCTET),
    st.builds(RemoveDevice, _EUI64),
    st.one_of(
        st.just(RequestKey(RequestedKey.TRUST_CENTRE_LINK_KEY)),
        st.builds(RequestKey, st.just(RequestedKey.APPLICATION_LINK_KEY), _EUI64),
    ),
    st.builds(SwitchKey, _OCTET),
    st.builds(Tunnel, _EUI64, st.binary(max_size=60)),
    st.builds(VerifyKey, st.sampled_from(KeyType), _EUI64, _KEY),
    st.builds(ConfirmKey, _OCTET, st.sampled_from(KeyType), _EUI64),
]
_BEACON = st.builds(
    Beacon,
    superframe=st.builds(
        Superframe,
        association_permit=_FLAG,
        pan_coordinator=_FLAG,
        beacon_order=_NIBBLE,
        superframe_order=_NIBBLE,
        final_cap_slot=_NIBBLE,
        battery_life_extension=_FLAG,
    ),
    features=st.builds(
        NetworkFeatures,
        router_capacity=_FLAG,
        end_device_capacity=_FLAG,
        depth=_NIBBLE,
        stack_profile=_NIBBLE,
        protocol_version=_NIBBLE,
    ),
    extended_pan=_EUI64,
    update_id=_OCTET,
    tx_offset=st.integers(0, 0xFFFFFF),
    pending=st.builds(PendingAddresses, _tuples(_SHORT, 7), _tuples(_EUI64, 7)),
)
_CLUSTERS = _tuples(_SHORT, 8)
_NODE = st.builds(
    zdp.NodeDescriptor,
    kind=st.builds(zdp.NodeKind, logical_type=_BITS3, bands=st.integers(0, 31), aps_flags=_BITS3),
    capability=_CAPABILITY,
    manufacturer=_SHORT,
    largest_buffer=_OCTET,
    largest_incoming=_SHORT,
    server_mask=_SHORT,
    largest_outgoing=_SHORT,
    descriptor_capability=_OCTET,
)
_SIMPLE = st.builds(
    zdp.SimpleDescriptor,
    endpoint=_OCTET,
    profile=_SHORT,
    device=_SHORT,
    version=st.builds(zdp.DeviceVersion, _NIBBLE),
    input_clusters=_CLUSTERS,
    output_clusters=_tuples(_SHORT, 60),
)
_ASSOCIATED = st.none() | st.one_of(
    st.just(zdp.AssociatedDevices(None, ())),
    st.builds(zdp.AssociatedDevices, _OCTET, st.lists(_SHORT, min_size=1, max_size=5).map(tuple)),
)
_BINDING = st.one_of(
    st.builds(
        zdp.BindTarget,
        source=_EUI64,
        source_endpoint=_OCTET,
        cluster=_SHORT,
        mode=st.just(zdp.BindMode.GROUP),
        group=_SHORT,
    ),
    st.builds(
        zdp.BindTarget,
        source=_EUI64,
        source_endpoint=_OCTET,
        cluster=_SHORT,
        mode=st.just(zdp.BindMode.DEVICE),
        destination=_EUI64,
        destination_endpoint=_OCTET,
    ),
)
_REQUEST_TYPE = st.sampled_from(zdp.AddressRequestType)
_FAILURE = st.integers(1, 0xFF)
_ZDP = [
    st.builds(zdp.NwkAddressRequest, _EUI64, _REQUEST_TYPE, _OCTET),
    st.builds(zdp.NwkAddressResponse, _OCTET, _EUI64, _SHORT, _ASSOCIATED),
    st.builds(zdp.IeeeAddressRequest, _SHORT, _REQUEST_TYPE, _OCTET),
    st.builds(zdp.IeeeAddressResponse, _OCTET, _EUI64, _SHORT, _ASSOCIATED),
    st.builds(zdp.NodeDescriptorRequest, _SHORT),
    st.one_of(
        st.builds(zdp.NodeDescriptorResponse, st.just(0), _SHORT, _NODE),
        st.builds(zdp.NodeDescriptorResponse, _FAILURE, _SHORT, st.none()),
    ),
    st.builds(zdp.SimpleDescriptorRequest, _SHORT, _OCTET),
    st.builds(zdp.SimpleDescriptorResponse, _OCTET, _SHORT, st.none() | _SIMPLE),
    st.builds(zdp.ActiveEndpointsRequest, _SHORT),
    st.builds(zdp.ActiveEndpointsResponse, _OCTET, _SHORT, _tuples(_OCTET, 8)),
    st.builds(
        zdp.MatchDescriptorRequest,
        address=_SHORT,
        profile=_SHORT,
        input_clusters=_CLUSTERS,
        output_clusters=_CLUSTERS,
    ),
    st.builds(zdp.MatchDescriptorResponse, _OCTET, _SHORT, _tuples(_OCTET, 8)),
    st.builds(zdp.DeviceAnnounce, _SHORT, _EUI64, _CAPABILITY),
    st.builds(zdp.BindRequest, _BINDING),
    st.builds(zdp.BindResponse, _OCTET),
    st.builds(zdp.UnbindRequest, _BINDING),
    st.builds(zdp.UnbindResponse, _OCTET),
    st.builds(zdp.LeaveRequest, _EUI64, st.builds(zdp.LeaveOptions, _FLAG, _FLAG)),
    st.builds(zdp.LeaveResponse, _OCTET),
    st.builds(zdp.PermitJoiningRequest, _OCTET, _OCTET),
    st.builds(zdp.PermitJoiningResponse, _OCTET),
]


@dataclass(frozen=True)
class _Family:
    """Commands of one layer: a strategy for each type, in the order of the union of their types."""

    types: Any
    strategies: list[st.SearchStrategy[Any]]
    encode: Callable[[Any], bytes]
    decode: Callable[[bytes], Any]


_FAMILIES = {
    "mac": _Family(MacCommandPayload, _MAC, encode_mac_command, decode_mac_command),
    "nwk": _Family(NwkCommandPayload, _NWK, encode_nwk_command, decode_nwk_command),
    "aps": _Family(ApsCommandPayload, _APS, encode_aps_command, decode_aps_command),
}
_EACH = [
    pytest.param(family, made, strategy, id=made.__name__)
    for family in _FAMILIES.values()
    for made, strategy in zip(get_args(family.types), family.strategies, strict=True)
]
_EACH_ZDP = [
    pytest.param(made, strategy, id=made.__name__)
    for made, strategy in zip(get_args(zdp.ZdpCommand), _ZDP, strict=True)
]


@pytest.mark.parametrize(("family", "made", "strategy"), _EACH)
def test_every_command_comes_back(family: _Family, made: type, strategy: st.SearchStrategy[Any]) -> None:
    @given(strategy)
    def attempt(command: Any) -> None:
        assert type(command) is made
        assert family.decode(family.encode(command)) == command

    attempt()


@pytest.mark.parametrize(("made", "strategy"), _EACH_ZDP)
def test_every_device_profile_command_comes_back(made: type, strategy: st.SearchStrategy[Any]) -> None:
    @given(_OCTET, strategy)
    def attempt(sequence: int, command: Any) -> None:
        assert type(command) is made
        assert bool(cluster_of(command) & RESPONSE) == made.__name__.endswith("Response")
        frame = ZdpFrame(sequence, command)
        assert decode_zdp(cluster_of(command), encode_zdp(frame)) == frame

    attempt()


@given(_BEACON)
def test_beacons_come_back(beacon: Beacon) -> None:
    assert decode_beacon(encode_beacon(beacon)) == beacon


_DECODERS: dict[str, Callable[[bytes], Any]] = {
    **{name: family.decode for name, family in _FAMILIES.items()},
    "beacon": decode_beacon,
    **{
        f"{int(cluster) | bit:04X}": lambda octets, cluster=int(cluster) | bit: decode_zdp(cluster, octets)
        for cluster in zdp.ZdpCluster
        for bit in (0, RESPONSE)
    },
}


@pytest.mark.parametrize("name", _DECODERS)
def test_nothing_but_the_typed_error(name: str) -> None:
    decode = _DECODERS[name]

    @given(st.binary(max_size=12))
    def attempt(octets: bytes) -> None:
        try:
            decode(octets)
        except DecodeError as error:
            assert error.field  # noqa: PT017 - both outcomes are allowed, but not an error without a field

    attempt()


@pytest.mark.parametrize(
    ("octets", "command"),
    [
        # Octets as the tables of clauses 3.4 and 4.4.10 lay them out, written down by hand
        ("08 61 0000 17", LinkStatus(links=(LinkCost(0, 7, 1),))),
        ("04 60", Leave(request=True, rejoin=True)),
        ("05 02 3412 7856", RouteRecord((0x1234, 0x5678))),
        ("06 80", RejoinRequest(Capability())),
        ("07 CDAB 00", RejoinResponse(0xABCD, 0)),
        (
            "01 28 07 FCFF 03 8877665544332211",
            RouteRequest(
                identifier=7,
                destination=0xFFFC,
                path_cost=3,
                many_to_one=1,
                destination_eui64=0x1122334455667788,
            ),
        ),
        ("0A 01 0807060504030201 05 2143", NetworkUpdate(0x0102030405060708, 5, (0x4321,))),
    ],
)
def test_network_commands_are_laid_out_as_the_specification_says(
    octets: str, command: NwkCommandPayload
) -> None:
    assert decode_nwk_command(bytes.fromhex(octets)) == command
    assert encode_nwk_command(command) == bytes.fromhex(octets)


def test_a_field_without_a_place_is_refused() -> None:
    with pytest.raises(EncodeError, match="partner"):
        encode_aps_command(RequestKey(RequestedKey.TRUST_CENTRE_LINK_KEY, partner=1))
    with pytest.raises(EncodeError, match="sequence"):
        encode_aps_command(
            TransportKey(key_type=KeyType.STANDARD_NETWORK_KEY, key=bytes(16), destination=1, source=2)
        )


def test_more_neighbours_than_a_frame_counts_are_refused() -> None:
    with pytest.raises(EncodeError, match="entries"):
        encode_nwk_command(LinkStatus(links=(LinkCost(0, 1, 1),) * 32))


def test_what_is_no_command_is_refused() -> None:
    with pytest.raises(EncodeError, match="command"):
        encode_nwk_command(DataRequest())  # type: ignore[arg-type]  # the mistake that is tested
    with pytest.raises(DecodeError, match="cluster"):
        decode_zdp(0x0003, b"\0")
    with pytest.raises(EncodeError, match="command"):
        encode_zdp(ZdpFrame(0, DataRequest()))  # type: ignore[arg-type]  # the mistake that is tested
