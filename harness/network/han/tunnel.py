"""Remote parties' messages between the hub and its devices: the Tunnelling cluster (GBCS 10.2.2, 10.3.3).

The hub serves tunnels, a device asks for one and keeps it. A device that listens is sent messages as
they come. One that sleeps fetches them: each Transfer Data of its tunnel starts with an octet that says
what it is.

====  ============================================================================
01    GET: the device asks for a message
02    GET-RESPONSE: number of messages that wait behind this one (1), and the message if there is one
03    PUT: a message of the device
====  ============================================================================

A device that asks for a tunnel while it has one is given a new one, and the old one is closed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from harness.codecs.errors import DecodeError
from harness.codecs.han.zcl_frame import ZclFrame, ZclFrameType, encode_zcl_frame
from harness.network.clock import HOUR, MINUTE, SECOND, Duration, Instant
from harness.network.han.carriage import Carriage, Piece
from harness.network.han.clusters import Cluster, Heard, Says, heard_in, next_sequence, number, octets
from harness.network.han.node import Node
from harness.network.han.stack_types import COORDINATOR, Indication
from harness.network.han.transport import SECURED, Service

GB_HRGP: Final = 6
"""Protocol of a tunnel that carries messages of GBCS."""
NO_MANUFACTURER: Final = 0xFFFF
_MOST_AT_ONCE: Final = 18_000
"""Octets that the application support sublayer carries at once: 255 blocks."""
LARGEST_INCOMING: Final = 1_200
"""Octets of a message that a device takes at once; longer ones come in blocks."""
POLL_PERIOD: Final = Duration(30 * MINUTE)
"""How often a sleepy device fetches its messages."""
HOLD_TIME: Final = Duration(2 * HOUR)
"""How long the hub keeps a message for a device that sleeps."""
_ASKING: Final = Service(aside=True)
"""For asking whether something waits, and for the answer that nothing does."""
_ANSWER_WAIT: Final = Duration(10 * SECOND)
_RETRY: Final = Duration(5 * MINUTE)
_BLOCK_PATIENCE: Final = Duration(2 * MINUTE)
_NEVER: Final = Instant(1 << 62)
_REQUEST, _CLOSE = 0, 1
_REQUEST_RESPONSE: Final = 0
_TRANSFER_FROM_CLIENT, _TRANSFER_FROM_SERVER = 2, 1
_ERROR_FROM_SERVER: Final = 2
_NO_SUCH_TUNNEL: Final = 0
_SUCCESS, _PROTOCOL_NOT_SUPPORTED = 0, 2
GET, GET_RESPONSE, PUT = b"\x01", b"\x02", b"\x03"


@dataclass(frozen=True, slots=True)
class Carried:
    """A message that came through a tunnel: the other end's EUI-64, when, and its octets."""

    partner: int
    at: Instant
    octets: bytes


Taker = Callable[[Carried], None]
"""Told of each message as it comes."""


def transfer(tunnel: int, data: bytes, sequence: int, *, from_server: bool) -> bytes:
    """A Transfer Data frame: tunnel identifier (2) and the data; the compiled twin of its declaration."""
    return encode_zcl_frame(
        ZclFrame(
            frame_type=ZclFrameType.CLUSTER,
            sequence=sequence,
            command=_TRANSFER_FROM_SERVER if from_server else _TRANSFER_FROM_CLIENT,
            from_server=from_server,
            disable_default_response=True,
            payload=tunnel.to_bytes(2, "little") + data,
        )
    )


@dataclass(slots=True)
class _HubTunnel:
    number: int
    address: int
    carriage: Carriage
    sleepy: bool
    mailbox: deque[tuple[Instant, bytes]] = field(default_factory=deque)
    deadline: Instant = _NEVER


class HubTunnels:
    """The hub's end of all tunnels. ``received`` are messages for the wide area network, oldest first.

    ``undelivered`` are messages that no device acknowledged, or that grew too old in a mailbox: older
    than ``hold_time``. With ``take`` messages are told to that, and not kept in ``received``. A device
    that asks again is given a new tunnel, unless ``renews`` is not set.
    """

    def __init__(self, node: Node, *, hold_time: Duration = HOLD_TIME, take: Taker | None = None) -> None:
        self.received: deque[Carried] = deque()
        self._take = self.received.append if take is None else take
        self.hold_time = hold_time
        self.renews = True
        self.undelivered: list[Carried] = []
        self._node = node
        self._tunnels: dict[int, _HubTunnel] = {}
        self._number = 0
        self._sequence = 0
        node.attach(Cluster.TUNNELLING, self)

    def open_to(self, device: int) -> bool:
        """Whether a device of an EUI-64 has a tunnel."""
        return device in self._tunnels

    def admit(self, device: DeviceTunnel) -> None:
        """Have a device's tunnel be open already, as one that was opened long ago: all but the frames.

        The device has joined.
        """
        eui64, sleepy = device.end
        address = self._node.address_of(eui64)
        if address is not None:
            self._number += 1
            self._tunnels[eui64] = _HubTunnel(self._number, address, Carriage(LARGEST_INCOMING), sleepy)
            device.identifier = self._number

    def send(self, device: int, message: bytes, now: Instant) -> bool:
        """Send a message to a device, or keep it until a sleepy one fetches it; False without a tunnel."""
        tunnel = self._tunnels.get(device)
        if tunnel is None:
            return False
        if tunnel.sleepy and len(message) > _MOST_AT_ONCE:
            self.undelivered.append(Carried(device, now, message))
        elif tunnel.sleepy:
            tunnel.mailbox.append((now, message))
        else:
            self._hand_over(device, tunnel, tunnel.carriage.send(message), now)
        return True

    def close(self, device: int, now: Instant) -> None:
        """Forget a device's tunnel, as when it left; what waited for it is undelivered."""
        tunnel = self._tunnels.pop(device, None)
        if tunnel is not None:
            left = [*tunnel.carriage.held(), *(message for _, message in tunnel.mailbox)]
            self.undelivered += [Carried(device, now, message) for message in left]

    def _hand_over(self, device: int, tunnel: _HubTunnel, pieces: list[Piece], now: Instant) -> None:
        for piece in pieces:
            self._transfer(device, tunnel, piece, now)
        if tunnel.carriage.carrying is not None:
            tunnel.deadline = Instant(now + _BLOCK_PATIENCE)

    def _transfer(
        self, device: int, tunnel: _HubTunnel, piece: Piece, now: Instant, service: Service = SECURED
    ) -> None:
        self._sequence = next_sequence(self._sequence)
        payload = transfer(tunnel.number, piece.octets, self._sequence, from_server=True)
        handle = self._node.send(tunnel.address, Cluster.TUNNELLING, payload, now, service)
        if not piece.message:
            return

        def fared(delivered: bool, at: Instant) -> None:  # noqa: FBT001 - a result, not a switch
            if not delivered:
                self._lost(device, tunnel, piece.message, at)

        self._node.follow(handle, fared)

    def _lost(self, device: int, tunnel: _HubTunnel, message: bytes, now: Instant) -> None:
        if self._tunnels.get(device) is not tunnel and tunnel.carriage.carrying is message:
            return  # told when the tunnel was closed
        self.undelivered.append(Carried(device, now, message))
        if tunnel.carriage.carrying is message:
            self._hand_over(device, tunnel, tunnel.carriage.abandon(), now)

    def heard(self, indication: Indication, now: Instant) -> None:
        """Take a command of a device."""
        device = self._node.eui64_of(indication.source)
        heard = heard_in(Cluster.TUNNELLING, indication.payload)
        if heard is None or not indication.secured or heard.frame.frame_type is not ZclFrameType.CLUSTER:
            return
        if heard.frame.command == _REQUEST:
            self._open(device, indication.source, heard, now)
        elif heard.frame.command == _CLOSE:
            if device in self._tunnels and self._tunnels[device].number == number(heard.command, "tunnel_id"):
                self.close(device, now)
        elif heard.frame.command == _TRANSFER_FROM_CLIENT:
            self._data(device, indication.source, heard, now)

    def _open(self, device: int, address: int, heard: Heard, now: Instant) -> None:
        if device in self._tunnels and not self.renews:
            return
        known = number(heard.command, "protocol_id") == GB_HRGP
        if known:
            self._number += 1
            largest = number(heard.command, "maximum_incoming_transfer_size")
            neighbour = self._node.neighbours.get(address)
            sleepy = neighbour is not None and neighbour.sleepy
            old = self._tunnels.get(device)
            tunnel = _HubTunnel(self._number, address, Carriage(largest), sleepy)
            if old is not None:
                tunnel.mailbox, old.mailbox = old.mailbox, deque()
                self.close(device, now)
            self._tunnels[device] = tunnel
        fields = (
            ("tunnel_id", self._number if known else 0xFFFF),
            ("tunnel_status", _SUCCESS if known else _PROTOCOL_NOT_SUPPORTED),
            ("maximum_incoming_transfer_size", LARGEST_INCOMING),
        )
        says = Says(Cluster.TUNNELLING, _REQUEST_RESPONSE, fields, from_server=True)
        self._node.send(address, Cluster.TUNNELLING, says.octets(heard.frame.sequence), now)

    def _data(self, device: int, address: int, heard: Heard, now: Instant) -> None:
        tunnel = self._tunnels.get(device)
        if tunnel is None or tunnel.number != number(heard.command, "tunnel_id"):
            fields = (
                ("tunnel_id", number(heard.command, "tunnel_id")),
                ("transfer_data_status", _NO_SUCH_TUNNEL),
            )
            says = Says(Cluster.TUNNELLING, _ERROR_FROM_SERVER, fields, from_server=True)
            self._node.send(address, Cluster.TUNNELLING, says.octets(heard.frame.sequence), now)
            return
        data = octets(heard.command, "data")
        if tunnel.sleepy:
            if data[:1] == GET:
                self._answer_get(device, tunnel, now)
                return
            if data[:1] != PUT:
                return
            data = data[1:]
        try:
            message, back = tunnel.carriage.receive(data)
        except DecodeError:
            return
        if message is not None:
            self._take(Carried(device, now, message))
        self._hand_over(device, tunnel, back, now)

    def _answer_get(self, device: int, tunnel: _HubTunnel, now: Instant) -> None:
        while tunnel.mailbox and tunnel.mailbox[0][0] + self.hold_time <= now:
            self.undelivered.append(Carried(device, now, tunnel.mailbox.popleft()[1]))
        message = tunnel.mailbox.popleft()[1] if tunnel.mailbox else b""
        left = min(len(tunnel.mailbox), 0xFF)
        answer = Piece(GET_RESPONSE + bytes((left,)) + message, message)
        self._transfer(device, tunnel, answer, now, SECURED if message else _ASKING)

    def wake(self, now: Instant) -> None:
        """Give up messages in blocks whose next block nobody asked for in time."""
        for device, tunnel in list(self._tunnels.items()):
            message = tunnel.carriage.carrying
            if message is not None and tunnel.deadline <= now:
                self._lost(device, tunnel, message, now)

    def wake_at(self) -> Instant | None:
        """When the next message in blocks is out of time."""
        waiting = [tunnel.deadline for tunnel in self._tunnels.values() if tunnel.carriage.carrying]
        return min(waiting) if waiting else None


class DeviceTunnel:
    """A device's end. ``received`` are messages for the device, oldest first.

    ``undelivered`` are messages of its own that the hub did not acknowledge.

    A sleepy device fetches what waits every ``poll_period``, from ``first_poll`` on. With ``take``
    messages are told to that, and not kept in ``received``. ``opened``, where it is set, is told when the
    hub has given a tunnel.
    """

    def __init__(
        self,
        node: Node,
        *,
        first_poll: Instant | None = None,
        poll_period: Duration = POLL_PERIOD,
        take: Taker | None = None,
    ) -> None:
        self.poll_period = poll_period
        self.received: deque[Carried] = deque()
        self._take = self.received.append if take is None else take
        self.undelivered: list[bytes] = []
        self.identifier: int | None = None
        self.opened: Callable[[Instant], None] | None = None
        self._node = node
        self._sleepy = node.settings.sleepy
        self._carriage = Carriage(LARGEST_INCOMING)
        self._sequence = 0
        self._next = first_poll
        node.attach(Cluster.TUNNELLING, self)

    @property
    def end(self) -> tuple[int, bool]:
        """EUI-64 of the device, and whether it sleeps."""
        return self._node.settings.eui64, self._sleepy

    def open(self, now: Instant) -> None:
        """Ask the hub for a tunnel."""
        fields = (
            ("protocol_id", GB_HRGP),
            ("manufacturer_code", NO_MANUFACTURER),
            ("flow_control_support", 0),
            ("maximum_incoming_transfer_size", LARGEST_INCOMING),
        )
        self._say(Says(Cluster.TUNNELLING, _REQUEST, fields), now)

    def renew(self, now: Instant, *, next_poll: Instant | None = None) -> None:
        """Ask for another tunnel, as after coming back; a sleepy device fetches from ``next_poll`` on."""
        self.identifier = None
        self._next = Instant(now + _RETRY) if next_poll is None else next_poll
        self.open(now)

    def close(self, now: Instant) -> None:
        """Close the tunnel."""
        if self.identifier is not None:
            self._say(Says(Cluster.TUNNELLING, _CLOSE, (("tunnel_id", self.identifier),)), now)
            self.identifier = None

    def send(self, message: bytes, now: Instant) -> bool:
        """Send a message to the hub; False without a tunnel."""
        if self.identifier is None:
            return False
        if self._sleepy and len(message) > _MOST_AT_ONCE:
            self.undelivered.append(message)
        else:
            pieces = [Piece(message, message)] if self._sleepy else self._carriage.send(message)
            self._hand_over(pieces, now)
        return True

    def fetch(self, now: Instant) -> None:
        """Ask for a message that waits, awake until it is here."""
        self._node.stay_awake(Instant(now + _ANSWER_WAIT))
        if self.identifier is not None:
            self._raw(GET, now, _ASKING)
        else:
            self.open(now)

    def _say(self, says: Says, now: Instant) -> None:
        self._sequence = next_sequence(self._sequence)
        self._node.send(COORDINATOR, Cluster.TUNNELLING, says.octets(self._sequence), now)
        if self._sleepy:
            self._node.stay_awake(Instant(now + _ANSWER_WAIT))

    def _hand_over(self, pieces: list[Piece], now: Instant) -> None:
        for piece in pieces:
            handle = self._raw(PUT + piece.octets if self._sleepy else piece.octets, now)
            if handle is not None and piece.message:
                self._follow(handle, piece.message)

    def _follow(self, handle: int, message: bytes) -> None:
        def fared(delivered: bool, at: Instant) -> None:  # noqa: FBT001 - a result, not a switch
            if delivered:
                return
            self.undelivered.append(message)
            if self._carriage.carrying is message:
                self._hand_over(self._carriage.abandon(), at)

        self._node.follow(handle, fared)

    def _raw(self, data: bytes, now: Instant, service: Service = SECURED) -> int | None:
        if self.identifier is None:
            return None
        self._sequence = next_sequence(self._sequence)
        payload = transfer(self.identifier, data, self._sequence, from_server=False)
        return self._node.send(COORDINATOR, Cluster.TUNNELLING, payload, now, service)

    def heard(self, indication: Indication, now: Instant) -> None:
        """Take a command of the hub."""
        heard = heard_in(Cluster.TUNNELLING, indication.payload)
        if heard is None or not indication.secured or not heard.frame.from_server:
            return
        if heard.frame.command == _REQUEST_RESPONSE:
            self._opened(heard, now)
        elif heard.frame.command == _ERROR_FROM_SERVER:
            self.identifier = None
            self._next = Instant(now + SECOND)
        elif heard.frame.command == _TRANSFER_FROM_SERVER:
            self._data(octets(heard.command, "data"), now)

    def _opened(self, heard: Heard, now: Instant) -> None:
        if number(heard.command, "tunnel_status") == _SUCCESS:
            self.identifier = number(heard.command, "tunnel_id")
            self._carriage = Carriage(number(heard.command, "maximum_incoming_transfer_size"))
        self._node.sleep()
        if self.opened is not None and self.identifier is not None:
            self.opened(now)

    def _data(self, data: bytes, now: Instant) -> None:
        if self._sleepy:
            if data[:1] != GET_RESPONSE or len(data) < 2:
                return
            if data[1]:
                self.fetch(now)
            else:
                self._node.sleep()
            data = data[2:]
            if not data:
                return
        hub = self._node.eui64_of(COORDINATOR)
        try:
            message, back = self._carriage.receive(data)
        except DecodeError:
            return
        if message is not None:
            self._take(Carried(hub, now, message))
        self._hand_over(back, now)

    def wake(self, now: Instant) -> None:
        """Fetch what waits, or ask for a tunnel that is not there."""
        if self.identifier is None:
            self._next = Instant(now + _RETRY)
            self.open(now)
        else:
            self._next = Instant(now + self.poll_period) if self._sleepy else None
            if self._sleepy:
                self.fetch(now)

    def wake_at(self) -> Instant | None:
        """When the next fetch is due."""
        return self._next
