"""Time for the devices of one home: it jumps from one thing that happens to the next.

Frames leave a device one after another, each when the one before it has fared. Two things at the same
moment happen in the order in which they were asked for, so a run is the same every time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Final

from device_profiles.model import HanBand
from harness.codecs.han.mac import BROADCAST, MacFrameType
from harness.network.clock import Instant
from harness.network.han.duty_cycle import DutyCycle, Transition
from harness.network.han.medium import Hearing, Medium, Sent
from harness.network.han.node import Node
from harness.network.han.stack_types import Outbound

_EVERYONE: Final = Hearing()
_NO_TIME: Final = Instant(0)


@dataclass(slots=True, eq=False)
class _Station:
    """A node, what it has yet to send, and when it asked to be woken."""

    node: Node
    waiting: deque[Outbound] = field(default_factory=deque)
    sending: bool = False
    free_at: Instant = _NO_TIME
    wakes: Instant | None = None
    powered: bool = True


class HomeAreaNetwork:
    """Nodes on the air of one or two bands.

    ``duty`` are accounts of sub-GHz use by EUI-64; a node that has one sends there only as far as its
    account allows, and what it may not send is dropped and counted in ``withheld``. ``involved`` are the
    EUI-64s of all that sent a frame to another, or heard one for them alone, frames aside left out; its
    reader may clear it. ``on_duty``, where it is set, is told each change of an account's state.
    """

    def __init__(self, media: Mapping[HanBand, Medium], start: Instant) -> None:
        self.now = start
        self.media = dict(media)
        self.duty: dict[int, DutyCycle] = {}
        self.withheld = 0
        self.involved: set[int] = set()
        self.frames = 0
        self.on_duty: Callable[[int, Transition], None] | None = None
        self._reviews: set[int] = set()
        self._stations: dict[int, _Station] = {}
        self._events: list[tuple[int, int, Callable[[], None]]] = []
        self._order = 0

    def add(self, node: Node) -> None:
        """Put a device in the home. A sub-GHz radio gets an account of its use of the air."""
        self._stations[node.settings.eui64] = _Station(node)
        if HanBand.SUB_GHZ in node.settings.bands:
            self.duty[node.settings.eui64] = DutyCycle()
        self.touch(node)

    def has_power(self, node: Node) -> bool:
        """Whether a device has power."""
        return self._stations[node.settings.eui64].powered

    def power(self, node: Node, *, on: bool) -> None:
        """Take a device's power away, or give it back. Without it, it hears and sends nothing."""
        station = self._stations[node.settings.eui64]
        station.powered = on
        if not on:
            node.outgoing()
            station.waiting.clear()
        self.touch(node)

    def touch(self, node: Node) -> None:
        """Have the home notice that something was asked of a node from outside, as by its methods."""
        station = self._stations[node.settings.eui64]
        if not station.powered:
            return
        station.waiting.extend(node.outgoing())
        if station.waiting and not station.sending:
            station.sending = True
            self._at(max(self.now, station.free_at), lambda: self._start(station))
        wakes = node.wake_at()
        if wakes is not None and (station.wakes is None or wakes < station.wakes):
            station.wakes = max(wakes, self.now)
            self._at(station.wakes, lambda: self._wake(station))

    def call(self, at: Instant, happen: Callable[[], None]) -> None:
        """Have something else happen at a moment, in its order among what the network does."""
        self._at(max(at, self.now), happen)

    def next_event(self) -> Instant | None:
        """When something happens next."""
        return Instant(self._events[0][0]) if self._events else None

    def run(self, until: Instant) -> None:
        """Let time run up to and including ``until``."""
        while self._events and self._events[0][0] <= until:
            at, _, happen = heappop(self._events)
            self.now = Instant(max(at, self.now))
            happen()
        self.now = Instant(max(until, self.now))

    def run_while(self, condition: Callable[[], bool], until: Instant) -> bool:
        """Let time run until the condition no longer holds, at most up to ``until``; whether it ended."""
        while condition():
            if not self._events or self._events[0][0] > until:
                self.now = Instant(max(until, self.now))
                return False
            at, _, happen = heappop(self._events)
            self.now = Instant(max(at, self.now))
            happen()
        return True

    def _at(self, at: Instant, happen: Callable[[], None]) -> None:
        self._order += 1
        heappush(self._events, (at, self._order, happen))

    def _wake(self, station: _Station) -> None:
        if station.wakes is None or station.wakes > self.now:
            return
        station.wakes = None
        if not station.powered:
            return
        due = station.node.wake_at()
        if due is None:
            return
        if due <= self.now:
            station.node.wake(self.now)
            self.touch(station.node)
        else:
            # What it was to be woken for came about before, as an acknowledgement does
            station.wakes = due
            self._at(due, lambda: self._wake(station))

    def _start(self, station: _Station) -> None:
        station.sending = False
        if not station.waiting:
            return
        outbound = station.waiting.popleft()
        ended = self.now
        delivered = pending = False
        for band in outbound.bands:
            sent = self._transmit(station, outbound, band)
            if sent is not None:
                ended = max(ended, sent.ended)
                delivered, pending = delivered or sent.delivered, pending or sent.pending
        station.free_at = ended
        if outbound.frame.frame_type is not MacFrameType.DATA or (outbound.held and not delivered):
            # Of other data nothing follows here: the layers above have acknowledgements of their own.
            self._at(ended, lambda: self._fared(station, outbound, delivered=delivered, pending=pending))
        if station.waiting:
            station.sending = True
            self._at(ended, lambda: self._start(station))

    def _fared(self, station: _Station, outbound: Outbound, *, delivered: bool, pending: bool) -> None:
        if station.powered:
            station.node.sent(outbound, self.now, delivered=delivered, pending=pending)
            self.touch(station.node)

    def _transmit(self, station: _Station, outbound: Outbound, band: HanBand) -> Sent | None:
        account = self.duty.get(station.node.settings.eui64) if band is HanBand.SUB_GHZ else None
        if account is not None and not account.allows(outbound.urgency, self.now):
            self.withheld += 1
            return None
        receivers = list(self._receivers(station, outbound, band))
        sent = self.media[band].send(outbound.frame, self.now, self._hearing(outbound, receivers))
        self.frames += 1
        if account is not None:
            self._account(station, account, sent.ended, sent.airtime)
        self._hand_over(receivers, sent, band)
        if outbound.frame.acknowledgement_request and not outbound.aside:
            self.involved.add(station.node.settings.eui64)
            if sent.heard:
                self.involved.update(receiver.node.settings.eui64 for receiver in receivers)
        return sent

    def _account(self, station: _Station, account: DutyCycle, at: Instant, airtime: int) -> None:
        account.account(at, airtime)
        if self.on_duty is not None:
            self._review(station.node.settings.eui64, account, self.on_duty)

    def _review(self, eui64: int, account: DutyCycle, told: Callable[[int, Transition], None]) -> None:
        """Tell what changed, and look again when the account of a radio that is restricted gets less."""
        while account.transitions:
            told(eui64, account.transitions.pop(0))
        due = account.review_at()
        if due is not None and eui64 not in self._reviews:
            self._reviews.add(eui64)

            def review() -> None:
                self._reviews.discard(eui64)
                account.state(self.now)
                self._review(eui64, account, told)

            self._at(max(due, self.now), review)

    def _receivers(self, station: _Station, outbound: Outbound, band: HanBand) -> Iterable[_Station]:
        destination = outbound.frame.destination
        for other in self._stations.values():
            if other is station or not other.powered or band not in other.node.settings.bands:
                continue
            if other.node.listening and (destination is None or other.node.answers_to(destination)):
                yield other

    @staticmethod
    def _hearing(outbound: Outbound, receivers: list[_Station]) -> Hearing:
        destination = outbound.frame.destination
        if destination is None or destination.address == BROADCAST:
            return _EVERYONE
        if not receivers:
            return Hearing(listens=False)
        return Hearing(pending=receivers[0].node.holds_for(outbound.frame.source))

    def _hand_over(self, receivers: list[_Station], sent: Sent, band: HanBand) -> None:
        if not sent.heard:
            return
        octets = sent.octets
        for receiver in receivers:
            account = self.duty.get(receiver.node.settings.eui64) if band is HanBand.SUB_GHZ else None
            if account is not None and sent.answer_time:
                self._account(receiver, account, sent.ended, sent.answer_time)
            for at in sent.heard:
                self._at(at, lambda receiver=receiver: self._heard(receiver, octets, band))  # type: ignore[misc]

    def _heard(self, receiver: _Station, octets: bytes, band: HanBand) -> None:
        if receiver.powered:
            receiver.node.receive(octets, self.now, band)
            self.touch(receiver.node)
