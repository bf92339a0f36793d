"""Gas meters: battery powered, asleep but for a moment every half hour (SMETS2 section 4)."""

from __future__ import annotations

from typing import Final

from device_profiles.model import Feature
from harness.emulators.bindings import (
    account_gbz,
    account_logs_gbz,
    billing_gbz,
    events_gbz,
    flow_gbz,
    metering_gbz,
    tariff_gbz,
)
from harness.emulators.device import EmulatedDevice
from harness.emulators.exchange import Exchange
from harness.emulators.kind import Kind
from harness.emulators.kinds.cells import GAS_METER_CELLS
from harness.emulators.kinds.contact_displays import gas_supplier
from harness.emulators.kinds.displays import METER_DISPLAYS, own_register
from harness.emulators.kinds.gas_attributes import METERING, gas_attributes
from harness.emulators.subjects.firmware import Firmware
from harness.emulators.subjects.keypad import METER_KEYS
from harness.emulators.subjects.registers import Registers
from harness.emulators.subjects.supply import Supply, SupplyState
from harness.emulators.zcl.tables import repeated
from harness.emulators.zcl.templates import Asked
from harness.emulators.zcl_access import ZclAnswer, ZclCommand
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.gbcs.use_case import PayloadFamily
from harness.network.clock import Instant
from harness.network.port import Display

_CHANGE_SUPPLY: Final = 0x0B
_SUPPLY_STATUS_RESPONSE: Final = 0x0C


def _itself(exchange: Exchange) -> tuple[EmulatedDevice, Instant]:
    return exchange.device, exchange.now


def _consumption(exchange: Exchange) -> int:
    return exchange.device.part(Registers).active_import(exchange.now)


def _firmware_version(exchange: Exchange) -> bytes:
    return exchange.device.part(Firmware).version


def _change_supply(exchange: Exchange, asked: Asked) -> tuple[ZclAnswer, ...]:
    """Close the valve, or make it ready to be opened by hand; no command opens it."""
    supply = exchange.device.part(Supply)
    supply.change(_WANTED[asked.command["proposed_supply_status"]], exchange.now)
    (answer,) = (one for one in asked.answers if one.command == _SUPPLY_STATUS_RESPONSE)
    said = repeated(asked, answer, supply_status=metering_gbz.SUPPLY_STATUS[supply.state])
    return (ZclAnswer(_SUPPLY_STATUS_RESPONSE, said),)


_WANTED: Final[dict[object, SupplyState]] = {0: SupplyState.DISABLED, 1: SupplyState.ARMED}
_COMMANDS: Final = (
    ZclCommand(cluster=METERING, command=_CHANGE_SUPPLY, act=_change_supply, feature=Feature.VALVE),
    *account_gbz.COMMANDS,
    *tariff_gbz.COMMANDS,
)

KIND: Final = Kind(
    role=DeviceRole.GSME,
    alert_family=PayloadFamily.GBZ,
    cells=GAS_METER_CELLS,
    alerted=(RemotePartyRole.SUPPLIER, RemotePartyRole.NETWORK_OPERATOR),
    zcl_attributes=(
        *gas_attributes(consumption=_consumption, firmware_version=_firmware_version),
        *metering_gbz.attributes(_itself),
        *account_gbz.attributes(_itself),
        *tariff_gbz.attributes(_itself),
        *flow_gbz.ATTRIBUTES,
    ),
    zcl_commands=(
        *_COMMANDS,
        *metering_gbz.commands(_itself),
        *metering_gbz.METER_COMMANDS,
        *account_logs_gbz.commands(_itself),
        *billing_gbz.COMMANDS,
        *events_gbz.METER_COMMANDS,
    ),
    displays={**METER_DISPLAYS, Display.GAS_REGISTER: own_register, Display.SUPPLIER: gas_supplier},
    keys=METER_KEYS,
    log_partners=(DeviceRole.GPF, DeviceRole.PPMID),
)
