"""The hub's gas proxy function: it answers for the gas meter that sleeps (CHTS 4.4.3, GBCS 10.3.3).

Its copy of the meter is as old as the meter's last report, and its answers carry the time of that
report, so that a value never looks newer than it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from harness.codecs.zcl_types import ZclStatus
from harness.emulators.bindings import (
    account_gbz,
    account_logs_gbz,
    events_gbz,
    metering_gbz,
    tariff_gbz,
    tenancy_gbz,
)
from harness.emulators.device import EmulatedDevice
from harness.emulators.exchange import Exchange
from harness.emulators.kind import Kind
from harness.emulators.kinds.cells import GAS_PROXY_CELLS
from harness.emulators.kinds.displays import EVERY_DISPLAY
from harness.emulators.kinds.gas_attributes import gas_attributes
from harness.emulators.refusal import CommandRefused
from harness.emulators.subjects.clock import TimeStatus, date_time_of
from harness.emulators.subjects.mirror import Mirror, Report
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.gbcs.use_case import PayloadFamily
from harness.network.clock import Instant


def _mirrored(what: Callable[[Report], int | bytes]) -> Callable[[Exchange], int | bytes]:
    def read(exchange: Exchange) -> int | bytes:
        report = exchange.device.part(Mirror).latest(exchange.now)
        if report is None:
            raise CommandRefused(ZclStatus.NOT_FOUND)
        if exchange.response_date_time is not None:
            exchange.response_date_time = date_time_of(report.at, TimeStatus.RELIABLE.value)
        return what(report)

    return read


def _meter(exchange: Exchange) -> tuple[EmulatedDevice, Instant]:
    """The meter as of its last report, of which the answer carries the time."""
    known = exchange.device.part(Mirror).meter(exchange.now)
    if known is None:
        raise CommandRefused(ZclStatus.NOT_FOUND)
    if exchange.response_date_time is not None:
        exchange.response_date_time = date_time_of(known[1], TimeStatus.RELIABLE.value)
    return known


KIND: Final = Kind(
    role=DeviceRole.GPF,
    alert_family=PayloadFamily.GBZ,
    cells=GAS_PROXY_CELLS,
    alerted=(RemotePartyRole.SUPPLIER, RemotePartyRole.NETWORK_OPERATOR),
    zcl_attributes=(
        *gas_attributes(
            consumption=_mirrored(lambda report: report.consumption),
            firmware_version=_mirrored(lambda report: report.firmware_version),
        ),
        *metering_gbz.attributes(_meter),
        *account_gbz.attributes(_meter),
        *tariff_gbz.attributes(_meter),
    ),
    zcl_commands=(
        *metering_gbz.commands(_meter),
        *account_logs_gbz.commands(_meter),
        *events_gbz.log_commands(_meter),
        *tenancy_gbz.COMMANDS,
    ),
    displays=EVERY_DISPLAY,
    log_partners=(DeviceRole.GSME, DeviceRole.PPMID, DeviceRole.IHD),
)
