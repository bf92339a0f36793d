"""What meters and proxies tell displays unasked: prices and messages (Price and Messaging clusters).

A publication goes to each display that is bound, one by one; it can wait, so a sub-GHz radio that is
short of air leaves it out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from harness.codecs.zcl_types import ZclCommand
from harness.network.clock import Instant, utc_time_of
from harness.network.han.clusters import Cluster, Says, heard_in, next_sequence, octets
from harness.network.han.duty_cycle import Urgency
from harness.network.han.node import Node
from harness.network.han.stack_types import Indication
from harness.network.han.transport import Service

_SERVICE: Final = Service(urgency=Urgency.ROUTINE, aside=True)
_PUBLISH_PRICE: Final = 0x00
_DISPLAY_MESSAGE: Final = 0x00
_UNTIL_CHANGED: Final = 0xFFFF
POUND: Final = 826
"""Currency code of pounds sterling (ISO 4217)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """A price now in force: in units of the currency at ``trailing_digits`` decimal places, per unit.

    ``unit`` is Smart Energy's: 00 kWh, 01 m3; ``tier`` counts from 1.
    """

    provider: int
    event: int
    price: int
    tier: int = 1
    trailing_digits: int = 5
    unit: int = 0
    label: bytes = b""


CURRENT_PRICE: Final = Says(Cluster.PRICE, 0x00, (("command_options", 0),))
"""Get Current Price: what a display asks when somebody looks at it."""


def price_command(price: Price, now: Instant) -> Says:
    """Publish Price for a price that holds from now on until it changes."""
    fields = (
        ("provider_id", price.provider),
        ("rate_label", price.label),
        ("issuer_event_id", price.event),
        ("current_time", utc_time_of(now)),
        ("unit_of_measure", price.unit),
        ("currency", POUND),
        ("price_trailing_digit_price_tier", price.trailing_digits << 4 | price.tier),
        ("number_of_price_tiers_register_tier", price.tier << 4 | price.tier),
        ("start_time", utc_time_of(now)),
        ("duration_in_minutes", _UNTIL_CHANGED),
        ("price", price.price),
    )
    return Says(Cluster.PRICE, _PUBLISH_PRICE, fields, from_server=True)


def message_command(identifier: int, text: str, now: Instant) -> Says:
    """Display Message, shown from now on until it is replaced."""
    fields = (
        ("message_id", identifier),
        ("message_control", 0),
        ("start_time", utc_time_of(now)),
        ("duration_in_minutes", _UNTIL_CHANGED),
        ("message", text.encode()),
    )
    return Says(Cluster.MESSAGING, _DISPLAY_MESSAGE, fields, from_server=True)


class Publisher:
    """Sends commands to the displays that are bound to a device."""

    def __init__(self, node: Node, bound: Iterable[int] = ()) -> None:
        self.bound = list(bound)
        self._node = node
        self._sequence = 0

    def publish(self, says: Says, now: Instant) -> None:
        """Send a command to each of them."""
        for address in self.bound:
            self._sequence = next_sequence(self._sequence)
            self._node.send(address, says.cluster, says.octets(self._sequence), now, service=_SERVICE)


class Subscriber:
    """What a display took in of a cluster: the last command of each name, and from whom (EUI-64).

    ``told`` has the last of each name from each of those.
    """

    def __init__(self, node: Node, cluster: Cluster) -> None:
        self.latest: dict[str, ZclCommand] = {}
        self.sources: dict[str, int] = {}
        self.told: dict[tuple[str, int], ZclCommand] = {}
        self._node = node
        self._cluster = cluster
        node.attach(cluster, self)

    @property
    def message(self) -> str | None:
        """The text to be shown, if there is one."""
        command = self.latest.get("Display Message")
        return None if command is None else octets(command, "message").decode(errors="replace")

    def heard(self, indication: Indication, now: Instant) -> None:  # noqa: ARG002 - what is shown has times of its own
        """Take a publication."""
        heard = heard_in(self._cluster, indication.payload)
        if heard is None or not indication.secured or not heard.frame.from_server:
            return
        self.latest[heard.name] = heard.command
        self.sources[heard.name] = source = self._node.eui64_of(indication.source)
        self.told[heard.name, source] = heard.command

    def wake(self, now: Instant) -> None:
        """A display waits to be told."""

    def wake_at(self) -> Instant | None:
        """A display waits to be told."""
        return None
