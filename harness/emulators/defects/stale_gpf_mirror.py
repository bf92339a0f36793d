"""A gas proxy that answers with the report before the last, and does not say of when it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from device_profiles.model import DeviceKind
from harness.emulators.defect import Defect
from harness.emulators.exchange import Exchange, Reading
from harness.emulators.kinds.gas_attributes import CONSUMPTION_KEY
from harness.emulators.sleep import WAKE_INTERVAL
from harness.emulators.subjects.mirror import Mirror
from harness.gbcs.roles import DeviceRole
from harness.network.clock import Instant


def _older(exchange: Exchange, reading: Reading) -> Reading:
    if exchange.device.template.kind.role is not DeviceRole.GPF or reading.key != CONSUMPTION_KEY:
        return reading
    report = exchange.device.part(Mirror).latest(Instant(exchange.now - WAKE_INTERVAL))
    exchange.response_date_time = None
    return reading if report is None else replace(reading, value=report.consumption)


DEFECT: Final = Defect(
    id="stale-gpf-mirror",
    title="The GPF's gas consumption is half an hour older than it could be, and carries no time",
    clause="CHTS 4.4.3, GBCS 10.3.3",
    field_defect=9,
    applies_to=frozenset({DeviceKind.COMMS_HUB}),
    on_read=_older,
)
