"""A device's side of joining: from looking for a network to a link key of its own.

Each step waits for the hub's answer and is tried again a few times; ``state`` says how far it came and
``failure`` why it stopped (ZigBee r21, 4.6.3.2; GBCS 13.7.4).
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from typing import Final

from harness.codecs.errors import DecodeError
from harness.codecs.han.aps_commands import (
    ApsCommandPayload,
    ConfirmKey,
    KeyType,
    RequestedKey,
    RequestKey,
    TransportKey,
    VerifyKey,
)
from harness.codecs.han.beacon import Beacon, decode_beacon
from harness.codecs.han.capability import Capability
from harness.codecs.han.mac import BROADCAST, MacAddress, MacFrame, MacFrameType
from harness.codecs.han.mac_commands import (
    AssociationRequest,
    AssociationResponse,
    BeaconRequest,
    DataRequest,
    decode_mac_command,
    encode_mac_command,
)
from harness.codecs.han.nwk_commands import NwkCommandPayload, RejoinRequest, RejoinResponse
from harness.codecs.han.security import KeyIdentifier
from harness.codecs.han.zdp import ZdpFrame, cluster_of, decode_zdp, encode_zdp
from harness.codecs.han.zdp_types import DeviceAnnounce, LeaveRequest
from harness.crypto.zigbee import keyed_hash, link_key_of
from harness.network.clock import MILLISECOND, SECOND, Duration, Instant
from harness.network.han.key_establishment import KeyEstablishment, Termination
from harness.network.han.node import Node
from harness.network.han.stack_types import (
    COORDINATOR,
    RECEIVERS_ON,
    ZDP_CLUSTERS,
    Indication,
    Membership,
    Neighbour,
)
from harness.network.han.trust_centre import VERIFY_INPUT, ZDP


class JoinState(Enum):
    """How far a device has come."""

    IDLE = auto()
    SCANNING = auto()
    ASSOCIATING = auto()
    AWAITING_NETWORK_KEY = auto()
    AWAITING_LINK_KEY = auto()
    CONFIRMING = auto()
    ESTABLISHING = auto()
    REJOINING = auto()
    JOINED = auto()
    FAILED = auto()


class JoinFailure(Enum):
    """Why a device did not join."""

    NO_NETWORK = auto()
    REFUSED = auto()
    NO_NETWORK_KEY = auto()
    NO_LINK_KEY = auto()
    NOT_ESTABLISHED = auto()


ATTEMPTS: Final = 3
_RESPONSE_WAIT: Final = Duration(500 * MILLISECOND)
_PATIENCE: Final = {
    JoinState.SCANNING: Duration(1 * SECOND),
    JoinState.ASSOCIATING: _RESPONSE_WAIT,
    JoinState.AWAITING_NETWORK_KEY: Duration(6 * SECOND),
    JoinState.AWAITING_LINK_KEY: Duration(5 * SECOND),
    JoinState.CONFIRMING: Duration(5 * SECOND),
    JoinState.ESTABLISHING: Duration(60 * SECOND),
    JoinState.REJOINING: Duration(3 * SECOND),
}
_FAILURES: Final = {
    JoinState.SCANNING: JoinFailure.NO_NETWORK,
    JoinState.ASSOCIATING: JoinFailure.REFUSED,
    JoinState.AWAITING_NETWORK_KEY: JoinFailure.NO_NETWORK_KEY,
    JoinState.AWAITING_LINK_KEY: JoinFailure.NO_LINK_KEY,
    JoinState.CONFIRMING: JoinFailure.NO_LINK_KEY,
    JoinState.ESTABLISHING: JoinFailure.NOT_ESTABLISHED,
    JoinState.REJOINING: JoinFailure.NO_NETWORK,
}
_LONGEST: Final = Duration(120 * SECOND)


class Joining:
    """One device on its way into a network, with the install code that it was made with.

    ``ended``, where it is set, is told whether the device is in and when, each time that is settled.
    Raises ZigbeeSecurityError for a code, given with its CRC, that is not one.
    """

    def __init__(self, node: Node, install_code: bytes, *, seed: bytes) -> None:
        self.state = JoinState.IDLE
        self.failure: JoinFailure | None = None
        self.ended: Callable[[bool, Instant], None] | None = None
        self._node = node
        self._install_key = self._shared_key = link_key_of(install_code)
        self._seed = seed
        self._attempts = 0
        self._until: Instant | None = None
        self._network: tuple[int, int] = (0, 0)
        self._sequence = 0
        self._link_key = b""
        self._establishment: KeyEstablishment | None = None
        node.on_mac, node.on_command, node.on_network = self._mac, self._command, self._told
        node.attach(ZDP_CLUSTERS, self)

    @property
    def capability(self) -> Capability:
        """What the device says of itself."""
        awake = not self._node.settings.sleepy
        return Capability(router=awake, mains_powered=awake, receiver_on_when_idle=awake)

    def join(self, now: Instant, key: bytes | None = None) -> None:
        """Look for a network and join it. Whatever was before is forgotten.

        ``key`` is a link key (16 octets) that the device expects the hub to have in place of its install
        code's, as after the hub was replaced.
        """
        self._shared_key = self._install_key if key is None else key
        self._node.leave()
        self.failure = None
        self._node.stay_awake(Instant(now + _LONGEST))
        self._enter(JoinState.SCANNING, now)

    def rejoin(self, now: Instant) -> None:
        """Come back to the network with the keys that are kept, as after a loss of power or of the hub."""
        if self._node.membership is None:
            return
        self.failure = None
        self._node.stay_awake(Instant(now + _LONGEST))
        self._enter(JoinState.REJOINING, now)

    def _enter(self, state: JoinState, now: Instant) -> None:
        self.state, self._attempts = state, 0
        self._try(now)

    def _try(self, now: Instant) -> None:
        """Do, or do again, what the state is about."""
        patience = _PATIENCE.get(self.state)
        self._until = None if patience is None else Instant(now + patience)
        step = self._STEPS.get(self.state)
        if step is not None:
            step(self, now)

    def _fail(self, failure: JoinFailure, now: Instant) -> None:
        self.failure = failure
        self._end(JoinState.FAILED, now)

    def _end(self, state: JoinState, now: Instant) -> None:
        self.state, self._until = state, None
        self._node.sleep()
        if self.ended is not None:
            self.ended(state is JoinState.JOINED, now)

    # Steps

    def _scan(self, now: Instant) -> None:  # noqa: ARG002 - steps are alike
        anyone = MacAddress(BROADCAST, BROADCAST)
        self._node.mac_command(anyone, None, encode_mac_command(BeaconRequest()))

    def _associate(self, now: Instant) -> None:  # noqa: ARG002 - steps are alike
        self._to_parent(
            MacAddress(BROADCAST, self._node.settings.eui64, extended=True),
            encode_mac_command(AssociationRequest(self.capability)),
        )

    def _to_parent(self, source: MacAddress, payload: bytes) -> None:
        self._node.mac_command(MacAddress(self._network[0], COORDINATOR), source, payload)

    def _request_link_key(self, now: Instant) -> None:
        command = RequestKey(RequestedKey.TRUST_CENTRE_LINK_KEY)
        self._node.command(COORDINATOR, command, now, key=KeyIdentifier.DATA)

    def _verify(self, now: Instant) -> None:
        command = VerifyKey(
            KeyType.TRUST_CENTRE_LINK_KEY,
            self._node.settings.eui64,
            keyed_hash(self._link_key, VERIFY_INPUT),
        )
        self._node.command(COORDINATOR, command, now)

    def _establish(self, now: Instant) -> None:
        hub = self._node.eui64_of(COORDINATOR)
        self._establishment = KeyEstablishment(self._node, hub, self._established, seed=self._seed)
        self._establishment.begin(COORDINATOR, now)

    def _request_rejoin(self, now: Instant) -> None:
        self._node.network_command(COORDINATOR, RejoinRequest(self.capability), now)

    def _told(self, source: int, command: NwkCommandPayload, now: Instant) -> None:  # noqa: ARG002 - only the hub's come
        if not isinstance(command, RejoinResponse) or self.state is not JoinState.REJOINING:
            return
        if command.status:
            self._fail(JoinFailure.REFUSED, now)
            return
        self.announce(now)
        self._end(JoinState.JOINED, now)

    _STEPS: Final = {
        JoinState.REJOINING: _request_rejoin,
        JoinState.SCANNING: _scan,
        JoinState.ASSOCIATING: _associate,
        JoinState.AWAITING_LINK_KEY: _request_link_key,
        JoinState.CONFIRMING: _verify,
        JoinState.ESTABLISHING: _establish,
    }

    # Answers

    def _mac(self, frame: MacFrame, now: Instant) -> None:
        if frame.frame_type is MacFrameType.BEACON:
            if self.state is JoinState.SCANNING and frame.source is not None:
                self._beacon(frame.source, decode_beacon(frame.payload), now)
        elif frame.frame_type is MacFrameType.COMMAND and self.state is JoinState.ASSOCIATING:
            command = decode_mac_command(frame.payload)
            if isinstance(command, AssociationResponse) and frame.source is not None:
                self._associated(frame.source.address, command, now)

    def _beacon(self, source: MacAddress, beacon: Beacon, now: Instant) -> None:
        if source.pan is not None and beacon.superframe.association_permit:
            self._network = source.pan, beacon.extended_pan
            self._enter(JoinState.ASSOCIATING, now)

    def _associated(self, hub: int, response: AssociationResponse, now: Instant) -> None:
        if response.status:
            self._fail(JoinFailure.REFUSED, now)
            return
        pan, extended_pan = self._network
        self._node.membership = Membership(pan, extended_pan, response.short_address)
        self._node.neighbours[COORDINATOR] = Neighbour(hub)
        self._node.keys.share(hub, self._shared_key)
        self._enter(JoinState.AWAITING_NETWORK_KEY, now)

    def _command(self, source: int, command: ApsCommandPayload, now: Instant) -> None:  # noqa: ARG002 - only the hub's come
        if isinstance(command, TransportKey) and command.destination == self._node.settings.eui64:
            if command.key_type is KeyType.STANDARD_NETWORK_KEY:
                self._take_network_key(command, now)
            elif self.state is JoinState.AWAITING_LINK_KEY:
                self._link_key = command.key
                self._node.keys.share(self._node.eui64_of(COORDINATOR), command.key)
                self._enter(JoinState.CONFIRMING, now)
        elif isinstance(command, ConfirmKey) and self.state is JoinState.CONFIRMING and not command.status:
            self._enter(JoinState.ESTABLISHING, now)

    def _take_network_key(self, command: TransportKey, now: Instant) -> None:
        if self.state is not JoinState.AWAITING_NETWORK_KEY:
            return
        self._node.keys.take_network_key(command.key, command.sequence or 0)
        self.announce(now)
        self._enter(JoinState.AWAITING_LINK_KEY, now)

    def announce(self, now: Instant) -> None:
        """Tell the network of the device, as after joining and after power came back."""
        membership = self._node.membership
        if membership is None:
            return
        self._sequence += 1
        announce = DeviceAnnounce(membership.address, self._node.settings.eui64, self.capability)
        octets = encode_zdp(ZdpFrame(self._sequence & 0xFF, announce))
        self._node.send(RECEIVERS_ON, cluster_of(announce), octets, now, service=ZDP)

    def _established(self, partner: int, status: Termination, now: Instant) -> None:  # noqa: ARG002 - there is but one hub
        if self.state is not JoinState.ESTABLISHING:
            return
        if status is Termination.DONE:
            self._end(JoinState.JOINED, now)
        else:
            self._fail(JoinFailure.NOT_ESTABLISHED, now)

    # The stack's side

    def heard(self, indication: Indication, now: Instant) -> None:  # noqa: ARG002 - leaving is at once
        """Take a device profile command: an order to leave."""
        try:
            command = decode_zdp(indication.cluster, indication.payload).command
        except DecodeError:
            return
        if isinstance(command, LeaveRequest) and indication.source == COORDINATOR:
            self._node.leave()
            self.state = JoinState.IDLE

    def wake(self, now: Instant) -> None:
        """Try again, fetch an answer, or give up."""
        if self.state is JoinState.ASSOCIATING and self._attempts < ATTEMPTS:
            # The answer waits at the hub until it is fetched (802.15.4 5.1.3.1)
            self._attempts += 1
            self._until = Instant(now + _RESPONSE_WAIT)
            eui64 = MacAddress(None, self._node.settings.eui64, extended=True)
            self._to_parent(eui64, encode_mac_command(DataRequest()))
            return
        self._attempts += 1
        if self._attempts < ATTEMPTS:
            self._try(now)
        else:
            self._fail(_FAILURES[self.state], now)

    def wake_at(self) -> Instant | None:
        """When an answer is overdue."""
        return self._until
