"""The channel of a hub's sub-GHz radio as COSEM objects (DBCH01, DBCH02, DBCH05)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from harness.codecs.cosem_data import Data, DataTag
from harness.emulators.access import CosemRow
from harness.emulators.bindings.cosem_values import attribute
from harness.emulators.bindings.events_dlms import CHANNEL_LOG_ROW
from harness.emulators.subjects.radio_channel import RadioChannel
from harness.gbcs.use_case import obis_octets

if TYPE_CHECKING:
    from harness.emulators.exchange import Exchange

_DATA: Final = 1


def _read(exchange: Exchange) -> Data:
    return Data(DataTag.BIT_STRING, exchange.device.part(RadioChannel).mask)


def _scan(exchange: Exchange, _value: Data) -> None:
    exchange.device.part(RadioChannel).asked(exchange.now)


ROWS: Final = (
    attribute((_DATA, "0-0:94.44.10.2", 2), _read),
    CosemRow(class_id=_DATA, instance=obis_octets("0-0:94.44.10.1"), index=2, write=_scan),
    CHANNEL_LOG_ROW,
)
