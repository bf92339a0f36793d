"""A device's clock: its time, how far it can be trusted, and setting it (SMETS2 5.5.1, GBCS 9.1).

The hub takes its time from the network, so the home's time is the hub's. A meter sets its clock when
the hub's time lies in the range that the supplier's command gives, and calls it unreliable otherwise.
"""

from __future__ import annotations

from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from harness.codecs.cosem_data import Data, DataTag
from harness.codecs.cosem_date_time import LENGTH, NEVER, CosemDateTime
from harness.codecs.dlms_types import DataAccessResult
from harness.emulators.access import octets_in
from harness.emulators.refusal import AccessRefused
from harness.network.clock import SECOND, Duration, Instant, datetime_of, instant_of

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice
    from harness.emulators.exchange import Exchange

CLOCK_BASE_NETWORK: Final = 5
UNSPECIFIED_STATUS: Final = 0xFF
_AS_TOLD: Final = Duration(2 * SECOND)
"""How far a time that is told in whole seconds, over the air, may be from one that is the same."""


class TimeStatus(Enum):
    """How far the clock can be trusted, with the clock status octet of GBZ devices (GBCS 7.2.7)."""

    RELIABLE = 0x00
    UNRELIABLE = 0x02
    INVALID = 0x04


@lru_cache(maxsize=4096)
def _date_time(second: int, status: int) -> CosemDateTime:
    return CosemDateTime.from_datetime(datetime_of(Instant(second * SECOND)), status=status)


def date_time_of(moment: Instant, status: int = UNSPECIFIED_STATUS) -> CosemDateTime:
    """A moment to the second as devices write it: UTC, weekday and deviation unspecified."""
    return _date_time(moment // SECOND, status)


def moment_in(octets: bytes) -> Instant:
    """The moment that twelve octets of a request name; refused where they name none."""
    try:
        return instant_of(CosemDateTime.from_octets(octets).to_datetime())
    except (ValueError, OverflowError) as unusable:
        raise AccessRefused(DataAccessResult.SCOPE_OF_ACCESS_VIOLATED) from unusable


class Clock:
    """A device's clock.

    ``offset`` is what it is ahead of the home's time, in microseconds; ``hub_offset`` what the hub's
    clock is, by which this one is set: nothing in a home whose hub has its time from the network.
    """

    __slots__ = ("_presets", "base", "hub_offset", "offset", "status")

    def __init__(self, _device: EmulatedDevice) -> None:
        self.offset = 0
        self.hub_offset = 0
        self.status = TimeStatus.RELIABLE
        self.base = CLOCK_BASE_NETWORK
        self._presets: tuple[Instant, Instant] | None = None

    def now(self, now: Instant) -> Instant:
        """What the clock shows at that moment of the home's time."""
        return Instant(now + self.offset)

    def hear(self, told: Instant, now: Instant) -> None:
        """Take note of what the hub says the time is."""
        ahead = told - now
        if abs(ahead - self.hub_offset) > _AS_TOLD:
            self.hub_offset = ahead

    def follow(self, told: Instant, now: Instant) -> None:
        """Show what the hub says the time is, as a device does that nobody sets the clock of."""
        self.hear(told, now)
        self.offset = self.hub_offset

    def preset(self, start: Instant, end: Instant) -> None:
        """Take note of the range in which the hub's time may lie."""
        self._presets = (start, end)

    def adjust(self, now: Instant) -> bool:
        """Take the hub's time if the range noted before holds it; say whether it did."""
        if self._presets is None:
            return False
        start, end = self._presets
        self._presets = None
        if not start <= now + self.hub_offset <= end:
            self.status = TimeStatus.UNRELIABLE
            return False
        self.offset = self.hub_offset
        self.status = TimeStatus.RELIABLE
        return True


def read_time(exchange: Exchange) -> Data:
    """Attribute ``time`` of the clock object."""
    moment = exchange.device.part(Clock).now(exchange.now)
    return Data(DataTag.OCTET_STRING, date_time_of(moment).to_octets())


def read_status(exchange: Exchange) -> Data:
    """Attribute ``status``: bit 1 doubtful, bit 2 invalid."""
    return Data(DataTag.UNSIGNED, exchange.device.part(Clock).status.value)


def read_base(exchange: Exchange) -> Data:
    """Attribute ``clock_base``."""
    return Data(DataTag.ENUM, exchange.device.part(Clock).base)


def write_base(_exchange: Exchange, value: Data) -> None:
    """Attribute ``clock_base``: the network is the only source of time that a GB meter has."""
    if value != Data(DataTag.ENUM, CLOCK_BASE_NETWORK):
        raise AccessRefused(DataAccessResult.READ_WRITE_DENIED)


def preset_adjusting_time(exchange: Exchange, argument: Data) -> None:
    """Method 5: preset time (unused, all unspecified) and the range in which the time must lie."""
    preset, start, end = octets_in(argument, (LENGTH, LENGTH, LENGTH))
    if CosemDateTime.from_octets(preset) != NEVER:
        raise AccessRefused(DataAccessResult.SCOPE_OF_ACCESS_VIOLATED)
    exchange.device.part(Clock).preset(moment_in(start), moment_in(end))


def prepare_range(device: EmulatedDevice, argument: Data, _answer: Data) -> None:
    """Have the hub's time lie in the range that is about to be given."""
    _, start, end = octets_in(argument, (LENGTH, LENGTH, LENGTH))
    clock, now = device.part(Clock), device.template.start
    if not moment_in(start) <= now + clock.hub_offset <= moment_in(end):
        clock.hub_offset = moment_in(start) - now


def prepare_time(device: EmulatedDevice, _argument: Data, answer: Data) -> None:
    """Have the device's clock, and the hub's, show a time."""
    (octets,) = octets_in(Data(DataTag.STRUCTURE, (answer,)), (LENGTH,))
    clock = device.part(Clock)
    clock.offset = clock.hub_offset = moment_in(octets) - device.template.start
