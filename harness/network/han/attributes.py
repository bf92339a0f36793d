"""Attributes over the air: servers that answer reads and take reports, clients that read now and then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from harness.network.clock import Duration, Instant
from harness.network.han.clusters import (
    READ_ATTRIBUTES,
    READ_ATTRIBUTES_RESPONSE,
    REPORT_ATTRIBUTES,
    Cluster,
    Heard,
    attribute_answer,
    heard_in,
    next_sequence,
    read_attributes,
    report,
    values_of,
)
from harness.network.han.node import Node
from harness.network.han.stack_types import Indication
from harness.network.han.transport import Service
from harness.network.link import scramble

Values = Mapping[int, tuple[int, int | bytes]]
"""Data type and value of attributes, by identifier."""
_NO_JITTER: Final = Duration(0)
_MASK: Final = (1 << 64) - 1


class AttributeServer:
    """Serves what ``values`` gives at the moment of a read.

    ``reported`` keeps what the other end reported of its own attributes, by EUI-64: when, and the values.
    """

    def __init__(
        self, node: Node, cluster: Cluster, values: Callable[[Instant], Values], service: Service
    ) -> None:
        self.reported: dict[int, tuple[Instant, dict[int, int | bytes]]] = {}
        self._node = node
        self._cluster = cluster
        self._values = values
        self._service = service
        node.attach(cluster, self)

    def heard(self, indication: Indication, now: Instant) -> None:
        """Answer a read, keep a report."""
        heard = heard_in(self._cluster, indication.payload)
        if heard is None or heard.frame.frame_control & 1:
            return
        if self._service.secured and not indication.secured:
            return
        if heard.frame.command == READ_ATTRIBUTES:
            says = attribute_answer(self._cluster, heard.command, self._values(now))
            octets = says.octets(heard.frame.sequence)
            self._node.send(indication.source, self._cluster, octets, now, service=self._service)
        elif heard.frame.command == REPORT_ATTRIBUTES:
            known = self.reported.get(self._node.eui64_of(indication.source), (now, {}))[1]
            known = {**known, **values_of(heard.command)}
            self.reported[self._node.eui64_of(indication.source)] = now, known

    def wake(self, now: Instant) -> None:
        """A server waits to be asked."""

    def wake_at(self) -> Instant | None:
        """A server waits to be asked."""
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When a client reads: from a first moment on, every ``period`` and up to ``jitter`` more."""

    first: Instant
    period: Duration
    jitter: Duration = _NO_JITTER
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Course:
    """Where attributes travel: the cluster, the short address of the other end, and how."""

    cluster: Cluster
    partner: int
    service: Service


class AttributeClient:
    """Reads attributes of a server on a schedule, or when asked to; ``told`` is given each answer.

    ``missed`` counts reads in a row that were not answered before the next.
    """

    def __init__(
        self,
        node: Node,
        course: Course,
        attributes: tuple[int, ...],
        *,
        schedule: Schedule | None = None,
        told: Callable[[dict[int, int | bytes], Instant], None] | None = None,
    ) -> None:
        self.missed = 0
        self.values: dict[int, int | bytes] = {}
        self._node = node
        self._course = course
        self._says = read_attributes(course.cluster, *attributes)
        self._schedule = schedule
        self._told = told
        self._next = schedule.first if schedule is not None else None
        self._round = 0
        self._sequence = 0
        self._asked = False
        node.attach(course.cluster, self)

    def read(self, now: Instant) -> None:
        """Ask now."""
        if self._asked:
            self.missed += 1
        self._asked = True
        self._sequence = next_sequence(self._sequence)
        octets = self._says.octets(self._sequence)
        course = self._course
        self._node.send(course.partner, course.cluster, octets, now, service=course.service)

    def heard(self, indication: Indication, now: Instant) -> None:
        """Take an answer."""
        heard = heard_in(self._course.cluster, indication.payload)
        if heard is None or not self._answers(heard):
            return
        self._asked = False
        self.missed = 0
        self.values = values_of(heard.command)
        if self._told is not None:
            self._told(self.values, now)

    def _answers(self, heard: Heard) -> bool:
        frame = heard.frame
        return (
            self._asked
            and frame.frame_control & 1 == 0
            and frame.command == READ_ATTRIBUTES_RESPONSE
            and frame.sequence == self._sequence
        )

    def wake(self, now: Instant) -> None:
        """Read, and settle when to read again."""
        schedule = self._schedule
        if schedule is None:
            return
        self._round += 1
        more = scramble(schedule.seed + self._round & _MASK) % schedule.jitter if schedule.jitter else 0
        self._next = Instant(now + schedule.period + more)
        self.read(now)

    def wake_at(self) -> Instant | None:
        """When the next read is due."""
        return self._next


class AttributeReporter:
    """Reports its own attributes to another device on a schedule, unasked."""

    def __init__(
        self, node: Node, course: Course, values: Callable[[Instant], Values], schedule: Schedule
    ) -> None:
        self._node = node
        self._course = course
        self._values = values
        self._schedule = schedule
        self._next = schedule.first
        self._sequence = 0
        node.attach(course.cluster, self)

    def heard(self, indication: Indication, now: Instant) -> None:
        """Nobody answers a report."""

    def wake(self, now: Instant) -> None:
        """Report."""
        self._next = Instant(now + self._schedule.period)
        self._sequence = next_sequence(self._sequence)
        course = self._course
        octets = report(course.cluster, self._values(now), from_server=True).octets(self._sequence)
        self._node.send(course.partner, course.cluster, octets, now, service=course.service)

    def wake_at(self) -> Instant | None:
        """When the next report is due."""
        return self._next
