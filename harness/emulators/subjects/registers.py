"""Energy and gas registers, and the half-hour log that agrees with them (SMETS2 4.6.5.4, 5.7.5.3, 5.7.5.27).

Everything is worked out when asked, from the load of the home and the times without supply, so a
register and a log that are read at different times still add up.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

from device_profiles.model import EsmeVariant
from harness.emulators.load import Consumption
from harness.network.clock import Instant

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice

REACTIVE_SHARE: Final = 32
"""Reactive import in hundredths of active import: an ordinary home's power factor is about 0.95."""


class Channel(Enum):
    """A flow that a meter counts on its own."""

    PRIMARY = 0
    SECONDARY = 1


class Registers:
    """Registers of a meter: Wh (or dm³) since the meter was made."""

    __slots__ = ("_channels",)

    def __init__(self, device: EmulatedDevice) -> None:
        template = device.template
        count = 2 if template.variant is EsmeVariant.TWIN_ELEMENT else 1
        self._channels = tuple(
            Consumption(load, opening, template.start) for load, opening in template.loads[:count]
        )

    @property
    def channels(self) -> tuple[Consumption, ...]:
        """Primary, and secondary where the meter has two elements."""
        return self._channels

    def interrupt(self, now: Instant) -> None:
        """Nothing flows from now on."""
        for channel in self._channels:
            channel.interrupt(now)

    def resume(self, now: Instant) -> None:
        """Flow goes on."""
        for channel in self._channels:
            channel.resume(now)

    def active_import(self, now: Instant, channel: Channel = Channel.PRIMARY) -> int:
        """Active import of one element in Wh, or the gas consumption in dm³."""
        return self._channels[channel.value].at(now)

    @staticmethod
    def reactive_import(active_import: int) -> int:
        """Reactive import in varh, by the active import in Wh."""
        return active_import * REACTIVE_SHARE // 100
