"""What the gas proxy shows for a meter that sleeps (Metering cluster; GBCS 10.3.2, CHTS 4.6).

The meter reports its attributes each time it wakes. The proxy keeps them with the moment at which they
came and serves them to whoever reads: they are as old as the last report, and say so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from harness.network.clock import MINUTE, Duration, Instant, utc_time_of
from harness.network.han.attributes import AttributeReporter, AttributeServer, Course, Schedule, Values
from harness.network.han.clusters import U48, UTC_TIME, Cluster
from harness.network.han.node import Node
from harness.network.han.stack_types import COORDINATOR
from harness.network.han.transport import SECURED, Service

CURRENT_SUMMATION: Final = 0x0000
READING_SNAPSHOT_TIME: Final = 0x0007
STATUS: Final = 0x0200
BITMAP_8: Final = 0x18
MIRROR_PERIOD: Final = Duration(30 * MINUTE)
_REPORT: Final = Service(aside=True)
_TYPES: Final = {CURRENT_SUMMATION: U48, READING_SNAPSHOT_TIME: UTC_TIME, STATUS: BITMAP_8}


class Mirror:
    """The proxy's copy of one meter's attributes."""

    def __init__(self, proxy: Node, meter: int) -> None:
        self._meter = meter
        self._server = AttributeServer(proxy, Cluster.METERING, self._values, SECURED)

    @property
    def reported_at(self) -> Instant | None:
        """When the meter last reported."""
        found = self._server.reported.get(self._meter)
        return None if found is None else found[0]

    def _values(self, now: Instant) -> Values:  # noqa: ARG002 - a mirror shows what was
        found = self._server.reported.get(self._meter)
        if found is None:
            return {}
        return {
            identifier: (_TYPES[identifier], value)
            for identifier, value in found[1].items()
            if identifier in _TYPES
        }

    def value(self, attribute: int) -> int | bytes | None:
        """What is mirrored of an attribute, None before the first report of it."""
        found = self._server.reported.get(self._meter)
        return None if found is None else found[1].get(attribute)


def report_register(meter: Node, first: Instant, register_of: Callable[[Instant], int]) -> AttributeReporter:
    """Have a meter report its register, in the unit that it meters in, from ``first`` on."""

    def values(now: Instant) -> Values:
        return {
            CURRENT_SUMMATION: (U48, register_of(now)),
            READING_SNAPSHOT_TIME: (UTC_TIME, utc_time_of(now)),
            STATUS: (BITMAP_8, 0),
        }

    course = Course(Cluster.METERING, COORDINATOR, _REPORT)
    return AttributeReporter(meter, course, values, Schedule(first=first, period=MIRROR_PERIOD))
