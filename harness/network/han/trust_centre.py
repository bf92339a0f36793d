"""The hub's side of joining: beacons, association, the network key, new link keys, leaving.

Any device may associate while joining is permitted, but the network key goes only to one in the device
log, under the key that its install code gives; a device with another code cannot read it (ZigBee r21,
4.6.3; GBCS 13.7.4). The install code's key is then replaced, first by a key of the trust centre's,
then by key establishment.
"""

from __future__ import annotations

from dataclasses import dataclass
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
from harness.codecs.han.beacon import Beacon, NetworkFeatures, Superframe, encode_beacon
from harness.codecs.han.mac import MacAddress, MacFrame, MacFrameType
from harness.codecs.han.mac_commands import (
    AssociationRequest,
    AssociationResponse,
    BeaconRequest,
    decode_mac_command,
    encode_mac_command,
)
from harness.codecs.han.nwk_commands import NwkCommandPayload, RejoinRequest, RejoinResponse
from harness.codecs.han.security import KeyIdentifier
from harness.codecs.han.zdp import ZdpFrame, cluster_of, decode_zdp, encode_zdp
from harness.codecs.han.zdp_types import DeviceAnnounce, LeaveOptions, LeaveRequest
from harness.crypto.zigbee import aes_mmo, keyed_hash
from harness.network.clock import SECOND, Duration, Instant
from harness.network.han.device_log import DeviceLog, LoggedDevice, LogOutcome
from harness.network.han.key_establishment import KeyEstablishment, Termination
from harness.network.han.node import Node
from harness.network.han.stack_types import COORDINATOR, ZDP_CLUSTERS, Indication, Membership, Neighbour
from harness.network.han.transport import Service
from harness.network.link import scramble

ZDP: Final = Service(secured=False, acknowledged=False, profile=0, endpoint=0)
VERIFY_INPUT: Final = b"\x03"
_KEY_DELAY: Final = Duration(1 * SECOND)
"""From association until the key goes: the device fetches its address meanwhile."""
_KEY_PATIENCE: Final = Duration(15 * SECOND)
_AT_CAPACITY, _DENIED = 1, 2
_LAST_ADDRESS: Final = 0xFFF7


class JoinOutcome(Enum):
    """What became of a device that wanted to join."""

    ANNOUNCED = auto()
    """It has the network key."""
    JOINED = auto()
    """It has established its own link key: it is a device of this home."""
    NOT_LOGGED = auto()
    """It is not in the device log, and was given no key."""
    KEY_NOT_TAKEN = auto()
    """It never showed that it could read the network key, as with another install code."""
    NOT_ESTABLISHED = auto()
    """Key establishment failed."""
    REJOINED = auto()
    """It was away, and came back with the keys that it had."""
    REMOVED = auto()


@dataclass(frozen=True, slots=True)
class JoinEvent:
    """What the hub would log: when, which device, and what became of it."""

    at: Instant
    device: int
    outcome: JoinOutcome


class TrustCentre:
    """Joining as the hub does it. ``events`` tell what happened; keys follow from ``seed``."""

    def __init__(self, node: Node, log: DeviceLog, *, pan: int, extended_pan: int, seed: bytes) -> None:
        self.log = log
        self.events: list[JoinEvent] = []
        self._node = node
        self._seed = seed
        self._permitted_until = Instant(0)
        self._due: dict[int, tuple[Instant, bool]] = {}
        self._offered: dict[int, bytes] = {}
        self._rounds = 0
        node.membership = Membership(pan, extended_pan, COORDINATOR)
        node.keys.take_network_key(aes_mmo(b"network" + seed), 0)
        node.on_mac, node.on_command, node.on_network = self._mac, self._command, self._network
        node.attach(ZDP_CLUSTERS, self)
        eui64 = node.settings.eui64
        self.establishment = KeyEstablishment(node, eui64, self._established, seed=seed)

    def whitelist(self, device: int, install_code: bytes) -> LogOutcome:
        """Put a device in the log with its install code and CRC (CCS01)."""
        outcome = self.log.add(device, install_code)
        entry = self.log.find(device)
        if outcome is LogOutcome.DONE and entry is not None:
            self._node.keys.share(device, entry.install_key)
        return outcome

    def expect(self, device: int, link_key: bytes) -> LogOutcome:
        """Put a device in the log with a link key (16 octets) that it has, as from a backup."""
        outcome = self.log.enter(LoggedDevice(device, link_key))
        if outcome is LogOutcome.DONE:
            self._node.keys.share(device, link_key)
        return outcome

    def admit(self, node: Node, link_key: bytes) -> LogOutcome:
        """Have a device be joined already, as one that was installed long ago: all but the frames.

        ``link_key`` is what key establishment would have given, 16 octets.
        """
        settings, membership = node.settings, self._node.membership
        outcome = self.log.enter(LoggedDevice(settings.eui64, link_key, joined=True))
        if outcome is not LogOutcome.DONE or membership is None:
            return outcome
        address = self._node.address_of(settings.eui64) or self._new_address(settings.eui64)
        hub = self._node.settings.eui64
        self._node.neighbours[address] = Neighbour(settings.eui64, settings.sleepy, settings.bands[0])
        self._node.keys.share(settings.eui64, link_key)
        node.membership = Membership(membership.pan, membership.extended_pan, address)
        node.neighbours[COORDINATOR] = Neighbour(hub)
        node.keys.take_network_key(self._node.keys.network_key or b"", self._node.keys.key_sequence)
        node.keys.share(hub, link_key)
        return outcome

    def remove(self, device: int, now: Instant) -> LogOutcome:
        """Take a device out of the log and have it leave the network (CCS02)."""
        outcome = self.log.remove(device)
        address = self._node.address_of(device)
        if address is not None:
            self._zdp(address, LeaveRequest(0, LeaveOptions()), now)
            self.events.append(JoinEvent(now, device, JoinOutcome.REMOVED))
        self._node.keys.links.pop(device, None)
        return outcome

    def permit_joining(self, until: Instant) -> None:
        """Let devices associate up to a moment."""
        self._permitted_until = until

    def _zdp(self, address: int, command: LeaveRequest, now: Instant) -> None:
        self._rounds += 1
        octets = encode_zdp(ZdpFrame(self._rounds & 0xFF, command))
        self._node.send(address, cluster_of(command), octets, now, service=ZDP)

    # MAC

    def _mac(self, frame: MacFrame, now: Instant) -> None:
        if frame.frame_type is not MacFrameType.COMMAND:
            return
        command = decode_mac_command(frame.payload)
        if isinstance(command, BeaconRequest):
            self._beacon(now)
        elif isinstance(command, AssociationRequest) and frame.source is not None and frame.source.extended:
            self._associate(frame.source.address, command, now)

    def _beacon(self, now: Instant) -> None:
        membership = self._node.membership
        assert membership is not None  # noqa: S101 - a hub is of its own network
        permitted = now < self._permitted_until
        beacon = Beacon(
            superframe=Superframe(association_permit=permitted, pan_coordinator=True),
            features=NetworkFeatures(router_capacity=permitted, end_device_capacity=permitted),
            extended_pan=membership.extended_pan,
        )
        self._node.put(
            MacFrame(
                frame_type=MacFrameType.BEACON,
                sequence=self._rounds & 0xFF,
                source=MacAddress(membership.pan, COORDINATOR),
                payload=encode_beacon(beacon),
            )
        )

    def _associate(self, device: int, request: AssociationRequest, now: Instant) -> None:
        membership = self._node.membership
        assert membership is not None  # noqa: S101 - a hub is of its own network
        known = self._node.address_of(device)
        if now >= self._permitted_until and known is None:
            address, status = 0xFFFF, _DENIED
        elif known is None and len(self._node.neighbours) >= self.log.room:
            address, status = 0xFFFF, _AT_CAPACITY
        else:
            address, status = known if known is not None else self._new_address(device), 0
            sleepy = not request.capability.receiver_on_when_idle
            self._node.neighbours[address] = Neighbour(device, sleepy, self._node.heard_on)
            self._due[device] = Instant(now + _KEY_DELAY), False
        self._node.mac_command(
            MacAddress(membership.pan, device, extended=True),
            MacAddress(None, self._node.settings.eui64, extended=True),
            encode_mac_command(AssociationResponse(address, status)),
            held=True,
        )

    def _new_address(self, device: int) -> int:
        """A short address that follows from the device, or one near it where that is taken."""
        address = scramble(device) % (_LAST_ADDRESS - 1) + 1
        while address in self._node.neighbours:
            address = address % (_LAST_ADDRESS - 1) + 1
        return address

    # Keys

    def _due_keys(self, now: Instant) -> None:
        """Send the network key to who has associated; give up on who did not take it."""
        for device, (at, offered) in list(self._due.items()):
            if at > now:
                continue
            entry, address = self.log.find(device), self._node.address_of(device)
            if entry is None or offered or address is None:
                del self._due[device]
                outcome = JoinOutcome.KEY_NOT_TAKEN if entry is not None else JoinOutcome.NOT_LOGGED
                self._forget(device, now, outcome)
                continue
            self._node.keys.share(device, entry.install_key)
            self._due[device] = Instant(now + _KEY_PATIENCE), True
            self._send_network_key(device, address, now)

    def _send_network_key(self, device: int, address: int, now: Instant) -> None:
        keys = self._node.keys
        command = TransportKey(
            key_type=KeyType.STANDARD_NETWORK_KEY,
            key=keys.network_key or b"",
            sequence=keys.key_sequence,
            destination=device,
            source=self._node.settings.eui64,
        )
        self._node.command(address, command, now, key=KeyIdentifier.KEY_TRANSPORT, network_secured=False)

    def _forget(self, device: int, now: Instant, outcome: JoinOutcome) -> None:
        address = self._node.address_of(device)
        if address is not None:
            del self._node.neighbours[address]
        self.events.append(JoinEvent(now, device, outcome))

    def _command(self, source: int, command: ApsCommandPayload, now: Instant) -> None:
        device = self._node.eui64_of(source)
        self._took_key(device, now)
        if isinstance(command, RequestKey) and command.key_type is RequestedKey.TRUST_CENTRE_LINK_KEY:
            if self.log.find(device) is not None:
                self._offer_link_key(device, source, now)
        elif isinstance(command, VerifyKey):
            self._verify(device, source, command, now)

    def _offer_link_key(self, device: int, address: int, now: Instant) -> None:
        self._rounds += 1
        key = aes_mmo(b"link" + self._seed + device.to_bytes(8, "big") + self._rounds.to_bytes(4, "big"))
        self._offered[device] = key
        command = TransportKey(
            key_type=KeyType.TRUST_CENTRE_LINK_KEY,
            key=key,
            destination=device,
            source=self._node.settings.eui64,
        )
        self._node.command(address, command, now, key=KeyIdentifier.KEY_LOAD)

    def _verify(self, device: int, address: int, command: VerifyKey, now: Instant) -> None:
        key = self._offered.pop(device, None)
        if key is None or command.key_hash != keyed_hash(key, VERIFY_INPUT):
            return
        self._node.keys.share(device, key)
        confirm = ConfirmKey(0, KeyType.TRUST_CENTRE_LINK_KEY, device)
        self._node.command(address, confirm, now, key=KeyIdentifier.DATA)

    def _established(self, partner: int, status: Termination, now: Instant) -> None:
        entry = self.log.find(partner)
        if entry is not None and status is Termination.DONE:
            entry.joined = True
        done = status is Termination.DONE
        outcome = JoinOutcome.JOINED if done else JoinOutcome.NOT_ESTABLISHED
        self.events.append(JoinEvent(now, partner, outcome))

    def _network(self, source: int, command: NwkCommandPayload, now: Instant) -> None:
        """Let a device that joined before come back (ZigBee r21, 3.6.1.4.2)."""
        if not isinstance(command, RejoinRequest):
            return
        device = self._node.eui64_of(source)
        entry = self.log.find(device)
        known = entry is not None and entry.joined
        self._node.network_command(source, RejoinResponse(source, 0 if known else _DENIED), now)
        if known:
            self.events.append(JoinEvent(now, device, JoinOutcome.REJOINED))

    # ZDP

    def heard(self, indication: Indication, now: Instant) -> None:
        """Take a device profile command: an announcement."""
        try:
            command = decode_zdp(indication.cluster, indication.payload).command
        except DecodeError:
            return
        if isinstance(command, DeviceAnnounce):
            self._took_key(command.device, now)

    def _took_key(self, device: int, now: Instant) -> None:
        """Note that a device uses the network key; its announcement may have been lost."""
        if self._due.pop(device, None) is not None:
            self.events.append(JoinEvent(now, device, JoinOutcome.ANNOUNCED))

    def wake(self, now: Instant) -> None:
        """See to keys that are due, and to devices that are out of time."""
        self._due_keys(now)

    def wake_at(self) -> Instant | None:
        """When the next key is due, or a device out of time."""
        return min(at for at, _ in self._due.values()) if self._due else None
