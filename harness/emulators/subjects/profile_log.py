"""The half-hour profile log: one entry for each half hour, at most thirteen months of them (SMETS2 5.7.5.27).

Entries are worked out from the registers when they are read, back from the present; the log was
running since before the home was made.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from harness.codecs.cosem_data import CompactArray, Data, DataTag, TypeDescription
from harness.codecs.cosem_date_time import LENGTH
from harness.emulators.access import octets_in
from harness.emulators.load import HALF_HOUR
from harness.emulators.subjects.clock import moment_in
from harness.emulators.subjects.registers import Registers
from harness.network.clock import Instant, utc_time_of

if TYPE_CHECKING:
    from harness.emulators.exchange import Exchange

DEPTH: Final = 19_056
"""Entries that the log holds: 13 months of half hours, rounded up to 397 days."""

_NUMBER: Final = TypeDescription(DataTag.DOUBLE_LONG_UNSIGNED)


def _entry(numbers: Iterable[int]) -> Data:
    return Data(DataTag.STRUCTURE, tuple(Data(DataTag.DOUBLE_LONG_UNSIGNED, number) for number in numbers))


def read_active_import(exchange: Exchange, between: Data) -> Data:
    """Entries stamped in a range of date-times, both ends included: time, primary, secondary if there is one.

    An entry is stamped with the end of its half hour, in UTCTime seconds.
    """
    start, end = map(moment_in, octets_in(between, (LENGTH, LENGTH)))
    now = exchange.now
    latest = min(end, now) // HALF_HOUR
    earliest = max(-(-start // HALF_HOUR), now // HALF_HOUR - DEPTH + 1)
    channels = exchange.device.part(Registers).channels
    stamps = [Instant(period * HALF_HOUR) for period in range(earliest - 1, latest + 1)]
    registers = [[channel.at(stamp) for stamp in stamps] for channel in channels]
    entries = tuple(
        _entry((utc_time_of(stamp), *(register[place] - register[place - 1] for register in registers)))
        for place, stamp in enumerate(stamps)
        if place
    )
    element = TypeDescription(DataTag.STRUCTURE, (_NUMBER,) * (1 + len(channels)))
    return Data(DataTag.COMPACT_ARRAY, CompactArray(element, entries))
