"""A restriction that is for the eyes of the house, and a meter that keeps it towards everybody."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from device_profiles.model import DeviceKind
from harness.codecs.cosem_data import CompactArray
from harness.emulators.defect import Defect
from harness.emulators.exchange import Exchange, Reading
from harness.emulators.subjects.tenancy import Tenancy
from harness.gbcs.use_case import obis_octets
from harness.network.clock import SECOND, Instant

_LOG: Final = (7, obis_octets("0-0:99.1.0.255"), 2, False)


def _hide(exchange: Exchange, reading: Reading) -> Reading:
    value: Any = reading.value
    if reading.key != _LOG or not isinstance(value.value, CompactArray):
        return reading
    array = value.value
    seen = tuple(entry for entry in array.elements if not _is_hidden(exchange, entry))
    return replace(reading, value=replace(value, value=replace(array, elements=seen)))


def _is_hidden(exchange: Exchange, entry: Any) -> bool:
    stamp, *_ = entry.value
    return exchange.device.part(Tenancy).hides(Instant(stamp.value * SECOND), exchange.now)


DEFECT: Final = Defect(
    id="history-hidden-from-supplier",
    title="Leaves the half hours before a change of tenancy out of what it tells its supplier",
    clause="SMETS2 5.6.3.31, 5.7.5.27",
    applies_to=frozenset({DeviceKind.ESME}),
    on_read=_hide,
)
