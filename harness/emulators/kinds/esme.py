"""Electricity meters: single element, twin element and polyphase (SMETS2 section 5)."""

from __future__ import annotations

from typing import Final

from device_profiles.model import Feature
from harness.codecs.cosem_data import Data, DataTag
from harness.emulators.access import CosemRow
from harness.emulators.exchange import Exchange
from harness.emulators.kind import Kind
from harness.emulators.kinds.cells import ELECTRICITY_METER_CELLS
from harness.emulators.kinds.displays import METER_DISPLAYS, own_register
from harness.emulators.kinds.dlms_rows import CLOCK_ROWS, FIRMWARE_ROWS, METER_IDENTITY_ROWS, protecting
from harness.emulators.subjects.outage import mains_changed
from harness.emulators.subjects.prepayment import Balance, set_amount
from harness.emulators.subjects.profile_log import read_active_import
from harness.emulators.subjects.registers import Channel, Registers
from harness.emulators.subjects.supply import execute_script
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.gbcs.use_case import PayloadFamily, obis_octets
from harness.network.port import Display

_WATT_HOUR: Final = 30
_VAR_HOUR: Final = 32


def _unit(unit: int) -> Data:
    """Scaler 0 and a unit."""
    return Data(DataTag.STRUCTURE, (Data(DataTag.INTEGER, 0), Data(DataTag.ENUM, unit)))


_ACTIVE_UNIT: Final = _unit(_WATT_HOUR)
_REACTIVE_UNIT: Final = _unit(_VAR_HOUR)


def _number(value: int) -> Data:
    """A register's value; registers of this size roll over."""
    return Data(DataTag.DOUBLE_LONG_UNSIGNED, value & 0xFFFF_FFFF)


def _import_registers(exchange: Exchange) -> Data:
    """Active and reactive import with their units, and the second element's active import."""
    registers = exchange.device.part(Registers)
    active = registers.active_import(exchange.now)
    members = [_number(active), _ACTIVE_UNIT, _number(registers.reactive_import(active)), _REACTIVE_UNIT]
    if len(registers.channels) > 1:
        members.append(_number(registers.active_import(exchange.now, Channel.SECONDARY)))
    return Data(DataTag.STRUCTURE, tuple(members))


_ROWS: Final = (
    CosemRow(
        class_id=1, instance=obis_octets("0-0:94.44.34.10"), index=2, read=_import_registers, sensitive=True
    ),
    CosemRow(
        class_id=7, instance=obis_octets("0-0:99.1.0.255"), index=2, select=read_active_import, sensitive=True
    ),
    protecting("0-0:43.2.7.255"),
    protecting("0-0:43.2.8.255"),
    CosemRow(
        class_id=9,
        instance=obis_octets("0-0:10.0.106.255"),
        index=1,
        act=execute_script,
        feature=Feature.LOAD_SWITCH,
    ),
    *(
        CosemRow(
            class_id=112, instance=obis_octets(f"0-0:19.10.{balance}.255"), index=2, act=set_amount(balance)
        )
        for balance in Balance
    ),
)

KIND: Final = Kind(
    role=DeviceRole.ESME,
    alert_family=PayloadFamily.DLMS,
    cells=ELECTRICITY_METER_CELLS,
    alerted=(RemotePartyRole.SUPPLIER, RemotePartyRole.NETWORK_OPERATOR),
    cosem=(*FIRMWARE_ROWS, *METER_IDENTITY_ROWS, *CLOCK_ROWS, *_ROWS),
    displays={**METER_DISPLAYS, Display.IMPORT_REGISTER: own_register},
    log_partners=(DeviceRole.PPMID, DeviceRole.IHD, DeviceRole.HCALCS, DeviceRole.SAPC),
    on_power=(mains_changed,),
)
