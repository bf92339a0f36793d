"""The stack of one device: MAC, network layer, application support, sans-IO.

A node is given frames and moments and gives frames back. It knows nothing of the air; ``simulation``
carries what it gives and tells it how that went. Devices stand around one hub, which passes on what is
not for itself and holds what is for a sleepy device until that polls (802.15.4 5.1.6.3).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from device_profiles.model import HanBand
from harness.codecs.errors import DecodeError
from harness.codecs.han.aps import ApsFrame, ApsFrameType, decode_aps, encode_aps, with_payload
from harness.codecs.han.aps_commands import ApsCommandPayload, decode_aps_command, encode_aps_command
from harness.codecs.han.mac import BROADCAST, MacAddress, MacCommand, MacFrame, MacFrameType, decode_mac
from harness.codecs.han.mac_commands import DataRequest, encode_mac_command
from harness.codecs.han.nwk import NwkFrame, NwkFrameType, decode_nwk, encode_nwk
from harness.codecs.han.nwk_commands import NwkCommandPayload, decode_nwk_command, encode_nwk_command
from harness.codecs.han.security import KeyIdentifier
from harness.crypto.zigbee import ZigbeeSecurityError
from harness.network.clock import Instant
from harness.network.han.duty_cycle import Urgency
from harness.network.han.indirect import IndirectQueue
from harness.network.han.keys import KeyRing
from harness.network.han.polling import Poller
from harness.network.han.stack_types import (
    COORDINATOR,
    ZDP_CLUSTERS,
    Application,
    Indication,
    Membership,
    Neighbour,
    NodeSettings,
    Outbound,
)
from harness.network.han.transport import (
    SECURED,
    Packet,
    Service,
    Transport,
    is_acknowledgement,
)

_LOWEST_BROADCAST: Final = 0xFFF8
_RADIUS: Final = 30
_DATA_REQUEST: Final = bytes((MacCommand.DATA_REQUEST,))
_SEQUENCES: Final = 256
_ROOM: Final = 80
"""What a block of APS data can hold: 127 less 11 MAC, 26 NWK and its security, 10 APS."""
_LINK_SECURITY: Final = 9
_BROADCASTS_KNOWN: Final = 16


class Node:
    """One device on the network, or on its way there.

    ``on_mac`` is given beacons and MAC commands, ``on_command`` what the application support sublayer
    says of keys, ``on_network`` the network layer's commands; joining sets them. ``refused`` counts
    frames that did not hold, for tests and logs.
    """

    def __init__(self, settings: NodeSettings) -> None:
        self.settings = settings
        self.keys = KeyRing(settings.eui64)
        self.transport = Transport()
        self.indirect = IndirectQueue()
        self.membership: Membership | None = None
        self.neighbours: dict[int, Neighbour] = {}
        self.applications: dict[int, Application] = {}
        self.on_mac: Callable[[MacFrame, Instant], None] | None = None
        self.on_command: Callable[[int, ApsCommandPayload, Instant], None] | None = None
        self.on_network: Callable[[int, NwkCommandPayload, Instant], None] | None = None
        self.refused = 0
        self.poller = Poller()
        self.heard_on = settings.bands[0]
        self._outgoing: deque[Outbound] = deque()
        self._sequence = 0
        self._network_sequence = 0
        self._last: dict[int, int] = {}
        self._broadcasts: deque[tuple[int, int]] = deque(maxlen=_BROADCASTS_KNOWN)
        self._followed: dict[int, Callable[[bool, Instant], None]] = {}

    # What applications call

    def attach(self, cluster: int, application: Application) -> None:
        """Have an application take what comes for a cluster."""
        self.applications[cluster] = application

    def send(
        self,
        destination: int,
        cluster: int,
        payload: bytes,
        now: Instant,
        service: Service = SECURED,
    ) -> int:
        """Send data to a short address; gives a handle for ``follow``.

        Raises EncodeError for data of more than 255 blocks.
        """
        broadcast = destination >= _LOWEST_BROADCAST
        frame = ApsFrame(
            frame_type=ApsFrameType.DATA,
            counter=self.transport.next_counter(),
            security=service.secured,
            acknowledgement_request=service.acknowledged and not broadcast,
            destination_endpoint=service.endpoint,
            cluster=cluster,
            profile=service.profile,
            source_endpoint=service.endpoint,
            payload=payload,
        )
        handle, packets = self.transport.submit(
            frame,
            destination,
            now,
            room=_ROOM - (_LINK_SECURITY if service.secured else 0),
            service=service,
        )
        self._send_packets(packets, now)
        return handle

    def command(
        self,
        destination: int,
        command: ApsCommandPayload,
        now: Instant,
        *,
        key: KeyIdentifier | None = None,
        network_secured: bool = True,
    ) -> None:
        """Send a command about keys, under the key that ``key`` says of those shared with the receiver."""
        frame = ApsFrame(
            frame_type=ApsFrameType.COMMAND,
            counter=self.transport.next_counter(),
            security=key is not None,
            payload=encode_aps_command(command),
        )
        if key is None:
            octets = encode_aps(frame)
        else:
            octets = self.keys.seal(frame, self.eui64_of(destination), key, named=True)
        outer = self._frame(destination, octets, secured=network_secured)
        self._transmit(outer, Urgency.CRITICAL, now)

    def network_command(self, destination: int, command: NwkCommandPayload, now: Instant) -> None:
        """Send a command of the network layer, under the network key."""
        payload = encode_nwk_command(command)
        kind = NwkFrameType.COMMAND
        self._transmit(self._frame(destination, payload, kind), Urgency.CRITICAL, now)

    def follow(self, handle: int, fared: Callable[[bool, Instant], None]) -> None:
        """Have ``fared`` told what became of a transmission: whether its receiver has it, and when."""
        self._followed[handle] = fared

    def stay_awake(self, until: Instant) -> None:
        """Have a sleepy device poll fast up to then."""
        self.poller.stay_awake(until)

    def sleep(self) -> None:
        """Let a sleepy device sleep again as soon as nothing of its own is under way."""
        self.poller.sleep()

    def leave(self) -> None:
        """Forget the network and all that was heard on it."""
        self.membership = None
        self.keys.network_key = None
        self.neighbours.clear()
        self._last.clear()

    def eui64_of(self, address: int) -> int:
        """EUI-64 of the device at a short address; 0 where that is not known."""
        known = self.neighbours.get(address)
        return 0 if known is None else known.eui64

    def address_of(self, eui64: int) -> int | None:
        """Short address of a device; None where that is not known."""
        return next((short for short, known in self.neighbours.items() if known.eui64 == eui64), None)

    # What carries frames calls

    def answers_to(self, address: MacAddress) -> bool:
        """Whether a frame to that address is for this device."""
        if address.extended:
            return address.address == self.settings.eui64
        if address.address == BROADCAST:
            return True
        return self.membership is not None and self.membership.address == address.address

    @property
    def listening(self) -> bool:
        """Whether the receiver is on."""
        return not self.settings.sleepy or self.poller.polling or self.membership is None

    def holds_for(self, source: MacAddress | None) -> bool:
        """Whether something waits here for that device, which the acknowledgement of its poll says."""
        return source is not None and self.indirect.holds(source.address)

    def receive(self, octets: bytes, now: Instant, band: HanBand = HanBand.GHZ_2_4) -> None:
        """Take a frame off the air. What is malformed or does not hold is counted and dropped."""
        self.heard_on = band
        try:
            self._take(decode_mac(octets), now)
        except (DecodeError, ZigbeeSecurityError):
            self.refused += 1
        self._confirm(now)

    def _confirm(self, now: Instant) -> None:
        while self.transport.confirmations:
            confirmation = self.transport.confirmations.pop(0)
            fared = self._followed.pop(confirmation.handle, None)
            if fared is not None:
                fared(confirmation.delivered, now)

    def outgoing(self) -> list[Outbound]:
        """Drain the frames for the air, in order."""
        found = list(self._outgoing)
        self._outgoing.clear()
        return found

    def sent(self, outbound: Outbound, now: Instant, *, delivered: bool, pending: bool) -> None:
        """Learn how a frame fared.

        A poll's acknowledgement says whether something waits. What a device that polled did not hear waits
        for its next poll (802.15.4 5.1.6.3).
        """
        if outbound.held:
            if not delivered and outbound.frame.destination is not None:
                self.indirect.hold_again(outbound.frame.destination.address, outbound, now)
            return
        if outbound.frame.payload[:1] == _DATA_REQUEST and outbound.frame.frame_type is MacFrameType.COMMAND:
            self.poller.answered(now, pending=delivered and pending)

    def wake_at(self) -> Instant | None:
        """When to be woken, or None."""
        first = self.transport.next_due()
        for application in self.applications.values():
            moment = application.wake_at()
            if moment is not None and (first is None or moment < first):
                first = moment
        moment = self._poll_at()
        return moment if first is None or (moment is not None and moment < first) else first

    def wake(self, now: Instant) -> None:
        """Do what was due up to ``now``."""
        due = self.transport.next_due()
        if due is not None and due <= now:
            self._send_packets(self.transport.due(now), now)
            self._confirm(now)
        for application in list(self.applications.values()):
            at = application.wake_at()
            if at is not None and at <= now:
                application.wake(now)
        at = self._poll_at()
        if at is not None and at <= now:
            self.poll(now)

    # Polling

    def _poll_at(self) -> Instant | None:
        if self.membership is None or not self.settings.sleepy:
            return None
        return self.poller.due_at(waiting=self.transport.waiting)

    def poll(self, now: Instant) -> None:
        """Ask the parent for what it holds (802.15.4 5.3.4)."""
        membership = self.membership
        if membership is None:
            return
        self.poller.begin(now)
        source = MacAddress(None, membership.address)
        poll = encode_mac_command(DataRequest())
        self.put(self._mac_frame(MacAddress(membership.pan, COORDINATOR), source, poll), aside=True)

    # Downwards

    def mac_command(
        self, destination: MacAddress, source: MacAddress | None, payload: bytes, *, held: bool = False
    ) -> None:
        """Send a MAC command; ``held`` keeps it until its receiver polls."""
        frame = self._mac_frame(destination, source, payload)
        if held:
            self.indirect.hold(destination.address, Outbound(frame, Urgency.CRITICAL, (self.heard_on,)))
        else:
            self.put(frame)

    def _mac_frame(self, destination: MacAddress, source: MacAddress | None, payload: bytes) -> MacFrame:
        return MacFrame(
            frame_type=MacFrameType.COMMAND,
            sequence=self._next_sequence(),
            destination=destination,
            source=source,
            acknowledgement_request=destination.address != BROADCAST,
            payload=payload,
        )

    def put(self, frame: MacFrame, *, aside: bool = False) -> None:
        """Send a MAC frame on all bands."""
        self._outgoing.append(Outbound(frame, Urgency.CRITICAL, self.settings.bands, aside))

    def _next_sequence(self) -> int:
        self._sequence = (self._sequence + 1) % _SEQUENCES
        return self._sequence

    def _send_packets(self, packets: Iterable[Packet], now: Instant) -> None:
        for packet in packets:
            self._send_packet(packet, now)

    def _send_packet(self, packet: Packet, now: Instant) -> None:
        frame = packet.frame
        try:
            octets = (
                self.keys.seal(frame, self.eui64_of(packet.destination))
                if packet.secured
                else encode_aps(frame)
            )
        except ZigbeeSecurityError:
            self.refused += 1
            return
        self._transmit(self._frame(packet.destination, octets), packet.urgency, now, aside=packet.aside)

    def _frame(
        self,
        destination: int,
        payload: bytes,
        frame_type: NwkFrameType = NwkFrameType.DATA,
        *,
        secured: bool = True,
    ) -> NwkFrame:
        """A frame of this device's own; what is secured will be under the network key."""
        membership = self.membership
        self._network_sequence = (self._network_sequence + 1) % _SEQUENCES
        return NwkFrame(
            frame_type=frame_type,
            destination=destination,
            source=COORDINATOR if membership is None else membership.address,
            source_eui64=self.settings.eui64 if frame_type is NwkFrameType.COMMAND else None,
            radius=_RADIUS,
            sequence=self._network_sequence,
            security=secured,
            payload=payload,
        )

    def _transmit(self, frame: NwkFrame, urgency: Urgency, now: Instant, *, aside: bool = False) -> None:
        membership = self.membership
        try:
            octets = self.keys.seal_network(frame) if frame.security else encode_nwk(frame)
        except ZigbeeSecurityError:
            membership = None
        if membership is None:
            self.refused += 1
            return
        if frame.destination >= _LOWEST_BROADCAST:
            self._broadcasts.append((frame.source, frame.sequence))
        broadcast = frame.destination >= _LOWEST_BROADCAST
        hop = BROADCAST if broadcast else self._hop(frame.destination)
        outbound = Outbound(
            MacFrame(
                frame_type=MacFrameType.DATA,
                sequence=self._next_sequence(),
                destination=MacAddress(membership.pan, hop),
                source=MacAddress(None, membership.address),
                acknowledgement_request=not broadcast,
                payload=octets,
            ),
            urgency,
            self._bands_to(hop),
            aside,
        )
        neighbour = self.neighbours.get(hop)
        if neighbour is not None and neighbour.sleepy and self.settings.coordinator:
            self.indirect.hold(hop, outbound, now)
        else:
            self._outgoing.append(outbound)

    def _hop(self, destination: int) -> int:
        return destination if self.settings.coordinator else COORDINATOR

    def _bands_to(self, hop: int) -> tuple[HanBand, ...]:
        if len(self.settings.bands) == 1 or hop not in self.neighbours:
            return self.settings.bands
        return (self.neighbours[hop].band,)

    # Upwards

    def _take(self, frame: MacFrame, now: Instant) -> None:
        # Beacons have a sequence of their own (802.15.4 5.1.6.1)
        beacon = frame.frame_type is MacFrameType.BEACON
        if frame.source is not None and not frame.source.extended and not beacon:
            if self._last.get(frame.source.address) == frame.sequence:
                return
            self._last[frame.source.address] = frame.sequence
        if frame.frame_type is MacFrameType.DATA:
            if frame.destination is not None and frame.destination.address != BROADCAST:
                self.poller.received(now, more=frame.frame_pending)
            self._take_network(decode_nwk(frame.payload), now)
        elif frame.payload[:1] == _DATA_REQUEST:
            self._answer_poll(frame, now)
        elif self.on_mac is not None:
            self.poller.received(now, more=False)
            self.on_mac(frame, now)

    def _answer_poll(self, frame: MacFrame, now: Instant) -> None:
        if frame.source is None:
            return
        held = self.indirect.take(frame.source.address, now)
        if held is not None:
            more = self.indirect.holds(frame.source.address)
            frame = replace(held.frame, frame_pending=more)
            self._outgoing.append(replace(held, frame=frame, held=True))

    def _take_network(self, frame: NwkFrame, now: Instant) -> None:
        membership = self.membership
        if membership is None:
            return
        if frame.security:
            frame, _ = self.keys.open_network(frame)
        elif self.keys.network_key is not None:
            raise ZigbeeSecurityError("not secured")
        broadcast = frame.destination >= _LOWEST_BROADCAST
        if broadcast:
            if (frame.source, frame.sequence) in self._broadcasts or frame.source == membership.address:
                return
            self._broadcasts.append((frame.source, frame.sequence))
        if self.settings.coordinator and (broadcast or frame.destination != membership.address):
            self._pass_on(frame, now, broadcast=broadcast)
        if frame.frame_type is NwkFrameType.COMMAND:
            if self.on_network is not None and frame.destination == membership.address:
                self.on_network(frame.source, decode_nwk_command(frame.payload), now)
        elif broadcast or frame.destination == membership.address:
            self._take_application(frame.source, decode_aps(frame.payload), now)

    def _pass_on(self, frame: NwkFrame, now: Instant, *, broadcast: bool) -> None:
        if frame.radius <= 1 or (not broadcast and frame.destination not in self.neighbours):
            return
        if broadcast and len(self.settings.bands) == 1:
            return
        onwards = replace(frame, radius=frame.radius - 1, security=True)
        self._transmit(onwards, Urgency.NORMAL, now, aside=True)

    def _take_application(self, source: int, frame: ApsFrame, now: Instant) -> None:
        secured = frame.security
        if secured:
            frame = self.keys.open(frame, self.eui64_of(source))
        if is_acknowledgement(frame):
            self._send_packets(self.transport.acknowledged(source, frame, now), now)
        elif frame.frame_type is ApsFrameType.COMMAND:
            if self.on_command is not None:
                self.on_command(source, decode_aps_command(frame.payload), now)
        else:
            self._take_data(source, frame, now, secured=secured)

    def _take_data(self, source: int, frame: ApsFrame, now: Instant, *, secured: bool) -> None:
        whole, answer = self.transport.received(source, frame, now)
        if answer is not None:
            answer = with_payload(answer, answer.payload, security=secured)
            self._send_packet(Packet(source, answer, secured, Urgency.CRITICAL, aside=True), now)
        if whole is None or whole.cluster is None or whole.profile is None:
            return
        application = self.applications.get(whole.cluster if whole.profile else ZDP_CLUSTERS)
        if application is not None:
            indication = Indication(
                source, whole.cluster, whole.profile, whole.payload, secured, whole.source_endpoint or 0
            )
            application.heard(indication, now)
