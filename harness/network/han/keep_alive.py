"""Devices make sure that their hub is still there (Keep-alive cluster; Smart Energy 1.2 annex A).

Every base period and a little more a device reads the hub's two attributes. After three reads without
an answer it holds the hub for lost, and looks for it again.
"""

from __future__ import annotations

from typing import Final

from harness.network.clock import MINUTE, SECOND, Duration, Instant
from harness.network.han.attributes import AttributeClient, AttributeServer, Course, Schedule, Values
from harness.network.han.clusters import U8, U16, Cluster
from harness.network.han.duty_cycle import Urgency
from harness.network.han.node import Node
from harness.network.han.stack_types import COORDINATOR
from harness.network.han.transport import Service

BASE: Final = 0x0000
JITTER: Final = 0x0001
BASE_MINUTES: Final = 10
JITTER_SECONDS: Final = 300
MOST_MISSED: Final = 3
_SERVICE: Final = Service(urgency=Urgency.ROUTINE, aside=True)


def serve_keep_alive(hub: Node) -> AttributeServer:
    """Have a hub answer."""
    values: Values = {BASE: (U8, BASE_MINUTES), JITTER: (U16, JITTER_SECONDS)}
    return AttributeServer(hub, Cluster.KEEP_ALIVE, lambda _: values, _SERVICE)


class KeepAlive:
    """A device's watch over its hub."""

    def __init__(self, node: Node, first: Instant) -> None:
        schedule = Schedule(
            first=first,
            period=Duration(BASE_MINUTES * MINUTE),
            jitter=Duration(JITTER_SECONDS * SECOND),
            seed=node.settings.eui64,
        )
        course = Course(Cluster.KEEP_ALIVE, COORDINATOR, _SERVICE)
        self._client = AttributeClient(node, course, (BASE, JITTER), schedule=schedule)

    @property
    def hub_lost(self) -> bool:
        """Whether too many reads in a row had no answer."""
        return self._client.missed >= MOST_MISSED
