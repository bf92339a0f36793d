"""The application support sublayer of one device: acknowledged, fragmented, each thing once.

What is longer than a frame goes in blocks, a window of them before an acknowledgement is awaited, and
only missing blocks go again (ZigBee r21, 2.2.8.4.5). What is not acknowledged in time goes again under
the same counter, by which the receiver knows it for a duplicate (2.2.8.4.2, 2.2.8.4.4).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from harness.codecs.han.aps import ApsFrame, ApsFrameType
from harness.codecs.han.fragments import Reassembly, acknowledgement_of, fragments_of
from harness.network.clock import MILLISECOND, SECOND, Duration, Instant
from harness.network.han.duty_cycle import Urgency

PATIENCE: Final = Duration(1_600 * MILLISECOND)
"""How long an acknowledgement is waited for (apscAckWaitDuration, table 2.28)."""
RETRIES: Final = 3
WINDOW: Final = 4
"""Blocks before an acknowledgement (apsMaxWindowSize); both ends of this network use the same."""
REMEMBERED: Final = Duration(30 * SECOND)
"""How long a receiver knows a transmission again: longer than any sender tries."""
MOST_REMEMBERED: Final = 64
"""And how many: fewer than there are counters, so that a counter which comes round is a new one."""
_COUNTERS: Final = 256


@dataclass(frozen=True, slots=True)
class Service:
    """How data travel: under the link key, acknowledged from end to end, and how urgent they are.

    ``profile`` and ``endpoint``, the same at both ends, are part of where they go. What devices say by
    themselves at all times, whatever else goes on, goes ``aside``.
    """

    secured: bool = True
    acknowledged: bool = True
    urgency: Urgency = Urgency.NORMAL
    profile: int = 0x0109
    endpoint: int = 1
    aside: bool = False


SECURED: Final = Service()
"""As Smart Energy clusters want it."""
NETWORK_ONLY: Final = Service(secured=False)
"""Under the network key alone, as Basic, Time and Key Establishment go."""


@dataclass(frozen=True, slots=True)
class Packet:
    """A frame for a device of a short address, to be secured with the link key where ``secured``."""

    destination: int
    frame: ApsFrame
    secured: bool
    urgency: Urgency
    aside: bool = False


def packet_of(destination: int, frame: ApsFrame, service: Service) -> Packet:
    """A frame for a device, to travel as a service says."""
    return Packet(destination, frame, service.secured, service.urgency, service.aside)


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What became of a transmission: whether its receiver acknowledged all of it."""

    handle: int
    delivered: bool


@dataclass(slots=True)
class _Sending:
    handle: int
    destination: int
    blocks: tuple[ApsFrame, ...]
    service: Service
    deadline: Instant
    window: int = 0
    attempts: int = 0
    missing: tuple[int, ...] = ()

    def packets(self) -> tuple[Packet, ...]:
        return tuple(
            packet_of(self.destination, self.blocks[number], self.service) for number in self.missing
        )

    def open_window(self, start: int) -> None:
        self.window, self.attempts = start, 0
        self.missing = tuple(range(start, min(start + WINDOW, len(self.blocks))))


@dataclass(slots=True)
class _Receiving:
    until: Instant
    reassembly: Reassembly | None = None
    complete: bool = False
    count: int = 0


class Transport:
    """Transmissions of one device that are under way, in both directions."""

    __slots__ = ("_counter", "_handle", "_receiving", "_sending", "confirmations")

    def __init__(self) -> None:
        self.confirmations: list[Confirmation] = []
        self._counter = 0
        self._handle = 0
        self._sending: dict[tuple[int, int], _Sending] = {}
        self._receiving: dict[tuple[int, int], _Receiving] = {}

    @property
    def waiting(self) -> bool:
        """Whether an acknowledgement is waited for."""
        return bool(self._sending)

    def next_counter(self) -> int:
        """The counter of the next frame."""
        self._counter = (self._counter + 1) % _COUNTERS
        return self._counter

    def submit(
        self, frame: ApsFrame, destination: int, now: Instant, *, room: int, service: Service
    ) -> tuple[int, tuple[Packet, ...]]:
        """A frame to send: its handle, and what goes now. ``room`` is how many octets a frame holds.

        Its counter is from ``next_counter``. What asks for an acknowledgement, and all that is fragmented, is
        confirmed later. Raises EncodeError for more than 255 blocks.
        """
        self._handle += 1
        blocks = fragments_of(frame, room)
        if not blocks[0].acknowledgement_request:
            return self._handle, (packet_of(destination, blocks[0], service),)
        deadline = Instant(now + PATIENCE)
        sending = _Sending(self._handle, destination, blocks, service, deadline)
        sending.open_window(0)
        self._sending[destination, frame.counter] = sending
        return self._handle, sending.packets()

    def acknowledged(self, source: int, frame: ApsFrame, now: Instant) -> tuple[Packet, ...]:
        """Take an acknowledgement; gives what goes next."""
        sending = self._sending.get((source, frame.counter))
        if sending is None:
            return ()
        if len(sending.blocks) > 1:
            extended = frame.extended
            if extended is None or extended.block != sending.window or extended.received is None:
                return ()
            received = extended.received
            missing = tuple(
                number for number in sending.missing if not received >> (number - sending.window) & 1
            )
            if missing:
                sending.missing = missing
                sending.deadline = Instant(now + PATIENCE)
                return sending.packets()
            if sending.window + WINDOW < len(sending.blocks):
                sending.open_window(sending.window + WINDOW)
                sending.deadline = Instant(now + PATIENCE)
                return sending.packets()
        del self._sending[source, frame.counter]
        self.confirmations.append(Confirmation(sending.handle, delivered=True))
        return ()

    def received(self, source: int, frame: ApsFrame, now: Instant) -> tuple[ApsFrame | None, ApsFrame | None]:
        """Take a data frame: it, or what it completes, where that is new; and the acknowledgement to send.

        Raises DecodeError for a block that does not fit the others.
        """
        key = source, frame.counter
        known = self._receiving.get(key)
        if known is None or known.until <= now:
            self._forget(now)
            known = self._receiving[key] = _Receiving(Instant(now + REMEMBERED))
        elif frame.extended is None:
            return None, acknowledgement_of(frame) if frame.acknowledgement_request else None
        if frame.extended is None:
            return frame, acknowledgement_of(frame) if frame.acknowledgement_request else None
        known.until = Instant(now + REMEMBERED)
        return self._fragment(known, frame)

    @staticmethod
    def _fragment(known: _Receiving, frame: ApsFrame) -> tuple[ApsFrame | None, ApsFrame | None]:
        if known.reassembly is None:
            known.reassembly = Reassembly()
        whole = known.reassembly.take(frame)
        new = whole if not known.complete else None
        known.complete = known.complete or whole is not None
        number = _number_of(frame)
        known.count = known.count if number else _count_of(frame)
        window = number - number % WINDOW
        answer = known.reassembly.acknowledgement(window)
        received = 0 if answer.extended is None else answer.extended.received or 0
        last = number % WINDOW == WINDOW - 1 or number == known.count - 1
        full = received & (1 << WINDOW) - 1 == (1 << WINDOW) - 1
        return new, answer if full or last else None

    def _forget(self, now: Instant) -> None:
        for key in [key for key, known in self._receiving.items() if known.until <= now]:
            del self._receiving[key]
        while len(self._receiving) >= MOST_REMEMBERED:
            del self._receiving[next(iter(self._receiving))]

    def next_due(self) -> Instant | None:
        """When the next acknowledgement is overdue."""
        if not self._sending:
            return None
        return min(sending.deadline for sending in self._sending.values())

    def due(self, now: Instant) -> Iterator[Packet]:
        """What goes again because its acknowledgement is overdue."""
        for key, sending in list(self._sending.items()):
            if sending.deadline > now:
                continue
            sending.attempts += 1
            if sending.attempts > RETRIES:
                del self._sending[key]
                self.confirmations.append(Confirmation(sending.handle, delivered=False))
                continue
            sending.deadline = Instant(now + PATIENCE)
            yield from sending.packets()


def _number_of(frame: ApsFrame) -> int:
    extended = frame.extended
    first = extended is None or extended.fragmentation == 1
    return 0 if first or extended is None or extended.block is None else extended.block


def _count_of(frame: ApsFrame) -> int:
    return 0 if frame.extended is None else frame.extended.block or 0


def is_acknowledgement(frame: ApsFrame) -> bool:
    """Whether a frame acknowledges another."""
    return frame.frame_type is ApsFrameType.ACKNOWLEDGEMENT
