"""The hub's time for devices that keep none of their own, or have to set it (Time cluster; ZCL 3.12)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from harness.network.clock import DAY, SECOND, Instant, utc_time_of
from harness.network.han.attributes import AttributeClient, AttributeServer, Course, Schedule, Values
from harness.network.han.clusters import UTC_TIME, Cluster
from harness.network.han.node import Node
from harness.network.han.stack_types import COORDINATOR
from harness.network.han.transport import Service

TIME: Final = 0x0000
TIME_STATUS: Final = 0x0001
BITMAP_8: Final = 0x18
MASTER_AND_SYNCHRONISED: Final = 0x03
_SERVICE: Final = Service(secured=False, aside=True)
"""Under the network key alone, as the Time cluster goes."""
_INVALID: Final = 0xFFFFFFFF


def serve_time(hub: Node, time_of: Callable[[Instant], Instant | None]) -> AttributeServer:
    """Have a hub tell the time that ``time_of`` makes of a moment; None is no valid time."""

    def values(now: Instant) -> Values:
        time = time_of(now)
        seconds, status = (_INVALID, 0) if time is None else (utc_time_of(time), MASTER_AND_SYNCHRONISED)
        return {TIME: (UTC_TIME, seconds), TIME_STATUS: (BITMAP_8, status)}

    return AttributeServer(hub, Cluster.TIME, values, _SERVICE)


def follow_time(node: Node, first: Instant, set_clock: Callable[[Instant], None]) -> AttributeClient:
    """Have a device read the time from ``first`` on once a day; ``set_clock`` is given valid ones."""

    def told(values: dict[int, int | bytes], now: Instant) -> None:  # noqa: ARG001 - a time of arrival is not the time
        seconds, status = values.get(TIME), values.get(TIME_STATUS)
        if isinstance(seconds, int) and seconds != _INVALID and status:
            set_clock(Instant(seconds * SECOND))

    course = Course(Cluster.TIME, COORDINATOR, _SERVICE)
    schedule = Schedule(first=first, period=DAY)
    return AttributeClient(node, course, (TIME, TIME_STATUS), schedule=schedule, told=told)
