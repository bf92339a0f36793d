"""What the devices of a home say by themselves, all day: that the hub is there, the time, readings, prices.

The hub serves keep-alive and time and mirrors the gas meter, which reports whenever it wakes. The
electricity meter and the gas proxy publish their prices to displays each half hour, when tariffs switch.
None of it is asked for, so it says nothing of who takes part in what is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

from harness.emulators.load import HALF_HOUR
from harness.emulators.sleep import last_wake, next_wake
from harness.emulators.subjects.clock import Clock, TimeStatus
from harness.emulators.subjects.registers import Registers
from harness.emulators.subjects.tariff import Tariffs
from harness.gbcs.roles import DeviceRole
from harness.network.clock import DAY, MINUTE, Duration, Instant, utc_time_of
from harness.network.han.attributes import AttributeServer, Values
from harness.network.han.clusters import U48, Cluster, heard_in
from harness.network.han.keep_alive import BASE_MINUTES, KeepAlive, serve_keep_alive
from harness.network.han.mirror import CURRENT_SUMMATION, Mirror, report_register
from harness.network.han.publication import Price, Publisher, Subscriber, price_command
from harness.network.han.timekeeping import follow_time, serve_time
from harness.network.han.transport import SECURED
from harness.network.link import scramble
from harness.network.port import Display

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice
    from harness.emulators.framed.network import HomeNetwork
    from harness.network.han.node import Node
    from harness.network.han.stack_types import Indication

DISPLAYS: Final = (DeviceRole.IHD, DeviceRole.PPMID)
_CUBIC_METRES: Final = 1
_MOST: Final = 0xFFFFFFFE
_SET_BY_SUPPLIERS: Final = frozenset({DeviceRole.ESME, DeviceRole.GSME, DeviceRole.SAPC})
"""Whose clocks take the hub's time where a command says so; those of others always do (SMETS2 5.5.1, 8)."""
Inside = Callable[[DeviceRole], "EmulatedDevice"]
"""The device behind a radio."""


class PriceFeed:
    """Publishes a price to displays each half hour, and to those that ask for it."""

    def __init__(
        self, node: Node, bound: Iterable[int], price_of: Callable[[Instant], Price], start: Instant
    ) -> None:
        self._node = node
        self._publisher = Publisher(node, bound)
        self._price_of = price_of
        self._next = _half_hour_after(start)
        node.attach(Cluster.PRICE, self)

    def heard(self, indication: Indication, now: Instant) -> None:
        """Tell a display that asks."""
        heard = heard_in(Cluster.PRICE, indication.payload) if indication.secured else None
        if heard is not None and heard.name == "Get Current Price":
            told = price_command(self._price_of(now), now)
            self._node.send(indication.source, Cluster.PRICE, told.octets(heard.frame.sequence), now)

    def wake(self, now: Instant) -> None:
        """Publish."""
        self._next = _half_hour_after(now)
        self._publisher.publish(price_command(self._price_of(now), now), now)

    def wake_at(self) -> Instant | None:
        """When the next half hour begins."""
        return self._next


def _half_hour_after(now: Instant) -> Instant:
    return Instant((now // HALF_HOUR + 1) * HALF_HOUR)


class Housekeeping:
    """The routines of one home. ``times`` are what devices were last told of the time.

    ``prices`` are what displays were last told.
    """

    def __init__(self, network: HomeNetwork, inside: Inside, start: Instant) -> None:
        self.times: dict[DeviceRole, Instant] = {}
        self.prices: dict[DeviceRole, Subscriber] = {}
        self.mirror: Mirror | None = None
        self._network = network
        self._inside = inside
        for role, stack in network.stacks.items():
            self._furnish(role, stack.node, start)
        self.serve(start)

    def serve(self, now: Instant) -> None:
        """What a hub does from now on."""
        hub = self._network.hub
        serve_keep_alive(hub)
        serve_time(hub, self._time)
        gas = self._network.stacks.get(DeviceRole.GSME)
        if gas is not None:
            self.mirror = Mirror(hub, gas.node.settings.eui64)
            PriceFeed(hub, self._displays(), self._gas_price, now)
        self._network.air.touch(hub)

    def furnish(self, role: DeviceRole, now: Instant) -> None:
        """What a device that takes another's place does from now on, and what the hub does for it."""
        node = self._network.stacks[role].node
        self._furnish(role, node, now)
        if role is DeviceRole.GSME:
            self.mirror = Mirror(self._network.hub, node.settings.eui64)

    def _furnish(self, role: DeviceRole, node: Node, start: Instant) -> None:
        chance = scramble(node.settings.eui64)

        def told(time: Instant) -> None:
            self.times[role] = time
            clock = self._inside(role).part(Clock)
            (clock.hear if role in _SET_BY_SUPPLIERS else clock.follow)(time, self._network.air.now)

        follow_time(node, Instant(start + chance % DAY), told)
        if role is DeviceRole.GSME:
            phase = self._inside(role).template.phase
            report_register(node, next_wake(phase, start), lambda now: self._register(role, now))
        else:
            KeepAlive(node, Instant(start + MINUTE + chance % Duration(BASE_MINUTES * MINUTE)))
        if role is DeviceRole.ESME:
            AttributeServer(node, Cluster.METERING, self._readings, SECURED)
            PriceFeed(node, self._displays(), self._electricity_price, start)
        if role in DISPLAYS:
            self.prices[role] = Subscriber(node, Cluster.PRICE)
        self._network.air.touch(node)

    def _displays(self) -> list[int]:
        nodes = (self._network.stacks[role].node for role in DISPLAYS if role in self._network.stacks)
        return [node.membership.address for node in nodes if node.membership is not None]

    def _time(self, now: Instant) -> Instant | None:
        clock = self._inside(DeviceRole.CHF).part(Clock)
        return None if clock.status is TimeStatus.INVALID else clock.now(now)

    def _register(self, role: DeviceRole, now: Instant) -> int:
        return self._inside(role).part(Registers).active_import(now)

    def _readings(self, now: Instant) -> Values:
        """What the meter shows as well."""
        shown = self._inside(DeviceRole.ESME).display(Display.IMPORT_REGISTER, now)
        return {CURRENT_SUMMATION: (U48, int(shown or 0))}

    def _electricity_price(self, now: Instant) -> Price:
        """What the meter shows as well."""
        price = int(self._inside(DeviceRole.ESME).display(Display.PRICE, now) or 0)
        return Price(provider=0, event=utc_time_of(now), price=min(price, _MOST))

    def _gas_price(self, now: Instant) -> Price:
        """As the meter told it when it last woke."""
        meter = self._inside(DeviceRole.GSME)
        price = meter.part(Tariffs).price(last_wake(meter.template.phase, now))
        return Price(provider=0, event=utc_time_of(now), price=price, unit=_CUBIC_METRES)
