"""Energy and gas registers, and the logs that agree with them (SMETS2 4.6.5.4, 5.7.5.3, 5.7.5.27).

Everything is worked out when asked, from the load of the home and the times without supply, so a
register and a log that are read at different times still add up.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

from device_profiles.model import EsmeVariant
from harness.emulators.load import EXPORT, Consumption, load_of
from harness.network.clock import Instant

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice

REACTIVE_SHARE: Final = 32
"""Reactive import in hundredths of active import: an ordinary home's power factor is about 0.95."""
_REACTIVE_SHARE_OF_EXPORT: Final = 12
_OPENING_EXPORT: Final = 2_500_000_000
"""What had been exported before the home was made, in mWh."""


class Channel(Enum):
    """A flow that a meter counts on its own."""

    PRIMARY = 0
    SECONDARY = 1


class Registers:
    """Registers of a meter: Wh (or dm³) since the meter was made."""

    __slots__ = ("_channels", "_export")

    def __init__(self, device: EmulatedDevice) -> None:
        template = device.template
        count = 2 if template.variant is EsmeVariant.TWIN_ELEMENT else 1
        self._channels = tuple(
            Consumption(load, opening, template.start) for load, opening in template.loads[:count]
        )
        load = load_of(EXPORT, template.entity_id, template.start)
        self._export = Consumption(load, _OPENING_EXPORT, template.start)

    @property
    def channels(self) -> tuple[Consumption, ...]:
        """Primary, and secondary where the meter has two elements."""
        return self._channels

    @property
    def export(self) -> Consumption:
        """What the home gives to the network."""
        return self._export

    def interrupt(self, now: Instant) -> None:
        """Nothing flows from now on."""
        for channel in (*self._channels, self._export):
            channel.interrupt(now)

    def resume(self, now: Instant) -> None:
        """Flow goes on."""
        for channel in (*self._channels, self._export):
            channel.resume(now)

    def active_import(self, now: Instant, channel: Channel = Channel.PRIMARY) -> int:
        """Active import of one element in Wh, or the gas consumption in dm³."""
        return self._channels[channel.value].at(now)

    def whole_import(self, now: Instant) -> int:
        """Active import of all elements together in Wh."""
        return sum(channel.at(now) for channel in self._channels)

    def active_export(self, now: Instant) -> int:
        """Active export in Wh."""
        return self._export.at(now)

    def reactive_export(self, now: Instant) -> int:
        """Reactive export in varh."""
        return self._export.at(now) * _REACTIVE_SHARE_OF_EXPORT // 100

    def power(self, now: Instant, channel: Channel | None = None) -> int:
        """Active import power in W of one element, or of all."""
        wanted = self._channels if channel is None else (self._channels[channel.value],)
        return sum(one.rate(now) for one in wanted)

    def wanted_power(self, now: Instant) -> int:
        """Active import power in W that the home would take from all elements if it got it."""
        return sum(one.wanted_rate(now) for one in self._channels)

    @staticmethod
    def reactive_import(active_import: int) -> int:
        """Reactive import in varh, by the active import in Wh."""
        return active_import * REACTIVE_SHARE // 100
