"""What one device has from another at once, by frames: an answer, a reading, an upgrade image.

Time runs on until it is there, or until nobody would wait any longer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from harness.network.clock import SECOND, Duration, Instant
from harness.network.han.attributes import AttributeClient, Course
from harness.network.han.clusters import Cluster, number
from harness.network.han.image_distribution import BLOCK, ImageClient, ImageServer
from harness.network.han.mirror import CURRENT_SUMMATION
from harness.network.han.publication import CURRENT_PRICE
from harness.network.han.stack_types import COORDINATOR
from harness.network.han.transport import SECURED

if TYPE_CHECKING:
    from harness.network.han.node import Node
    from harness.network.han.publication import Subscriber
    from harness.network.han.simulation import HomeAreaNetwork
    from harness.network.han.stack_types import Indication

_ANSWER_WAIT: Final = Duration(10 * SECOND)
_QUERY_PATIENCE: Final = Duration(10 * SECOND)
_BLOCK_PATIENCE: Final = Duration(SECOND)
"""How long a device is given to hear of an image, and for each block of it."""


@dataclass(frozen=True, slots=True)
class Question:
    """A ZCL frame to a cluster, and what whoever is asked makes of it: the frame to send back, or None."""

    cluster: int
    octets: bytes
    answer: Callable[[bytes, Instant], bytes | None]


@dataclass(frozen=True, slots=True)
class _Listener:
    """Has what comes for a cluster under the link key told."""

    told: Callable[[Indication, Instant], None]

    def heard(self, indication: Indication, now: Instant) -> None:
        """Take data."""
        if indication.secured:
            self.told(indication, now)

    def wake(self, now: Instant) -> None:
        """It waits to be told."""

    def wake_at(self) -> Instant | None:
        """It waits to be told."""
        return None


def question(air: HomeAreaNetwork, asker: Node, asked: Node, put: Question) -> bytes | None:
    """Send a frame from one device to another; what that answers, None for silence."""
    address = _address(asker, asked)
    if address is None:
        return None
    said: list[bytes] = []

    def answer(indication: Indication, now: Instant) -> None:
        back = put.answer(indication.payload, now)
        if back is not None:
            asked.send(indication.source, put.cluster, back, now)

    usual = {node: node.applications.get(put.cluster) for node in (asker, asked)}
    asked.attach(put.cluster, _Listener(answer))
    asker.attach(put.cluster, _Listener(lambda indication, _now: said.append(indication.payload)))
    asker.send(address, put.cluster, put.octets, air.now)
    air.touch(asker)
    air.run_while(lambda: not said, Instant(air.now + _ANSWER_WAIT))
    for node, application in usual.items():
        if application is None:
            del node.applications[put.cluster]
        else:
            node.attach(put.cluster, application)
    return said[0] if said else None


def read_register(air: HomeAreaNetwork, asker: Node, asked: Node) -> int | None:
    """Have a device read the register that another serves; what that answers, 0 where it has none.

    None for silence.
    """
    address = _address(asker, asked)
    if address is None:
        return None
    answers: list[int] = []

    def told(values: dict[int, int | bytes], _now: Instant) -> None:
        value = values.get(CURRENT_SUMMATION)
        answers.append(value if isinstance(value, int) else 0)

    course = Course(Cluster.METERING, address, SECURED)
    AttributeClient(asker, course, (CURRENT_SUMMATION,), told=told).read(air.now)
    air.touch(asker)
    air.run_while(lambda: not answers, Instant(air.now + _ANSWER_WAIT))
    return answers[0] if answers else None


def ask_price(air: HomeAreaNetwork, asker: Node, asked: Node, seen: Subscriber) -> int | None:
    """Have a display ask a meter for the price in force; what that publishes to it, None for silence."""
    address, published = _address(asker, asked), ("Publish Price", asked.settings.eui64)
    if address is None:
        return None
    seen.told.pop(published, None)
    asker.send(address, Cluster.PRICE, CURRENT_PRICE.octets(0), air.now)
    air.touch(asker)
    air.run_while(lambda: published not in seen.told, Instant(air.now + _ANSWER_WAIT))
    return number(seen.told[published], "price") if published in seen.told else None


def fetch_image(air: HomeAreaNetwork, server: ImageServer, node: Node, image: bytes, version: int) -> bool:
    """Have a device that runs a version fetch an upgrade image; whether it has all of it."""
    name = server.offer(image)
    fetched: list[Instant] = []
    patience = Duration(_QUERY_PATIENCE + len(image) // BLOCK * _BLOCK_PATIENCE)
    ImageClient(node, replace(name, version=version), air.now, lambda _image, now: fetched.append(now))
    air.touch(node)
    air.run_while(lambda: not fetched, Instant(air.now + patience))
    del node.applications[Cluster.OTA_UPGRADE]
    server.withdraw(name)
    return bool(fetched)


def _address(asker: Node, asked: Node) -> int | None:
    """A device's short address as another knows it; None where it does not."""
    return COORDINATOR if asked.settings.coordinator else asker.address_of(asked.settings.eui64)
