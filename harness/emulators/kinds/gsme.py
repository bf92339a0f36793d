"""Gas meters: battery powered, asleep but for a moment every half hour (SMETS2 section 4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from device_profiles.model import Feature
from harness.codecs.zcl_types import ZclStatus
from harness.emulators.exchange import Exchange
from harness.emulators.kind import Kind
from harness.emulators.kinds.cells import GAS_METER_CELLS
from harness.emulators.kinds.displays import METER_DISPLAYS, own_register
from harness.emulators.kinds.gas_attributes import METERING, gas_attributes
from harness.emulators.refusal import CommandRefused
from harness.emulators.subjects.firmware import Firmware
from harness.emulators.subjects.prepayment import Account
from harness.emulators.subjects.registers import Registers
from harness.emulators.subjects.supply import Supply, SupplyState
from harness.emulators.zcl_access import Act, ZclCommand
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.gbcs.use_case import PayloadFamily
from harness.network.port import Display

PREPAYMENT: Final = 0x0705
_CHANGE_SUPPLY: Final = 0x0B
_SUPPLY_STATUS_RESPONSE: Final = 0x0C
_CREDIT_ADJUSTMENT: Final = 0x05
_ACKNOWLEDGED: Final = 0x01
_AT_ONCE: Final = bytes(4)


def _consumption(exchange: Exchange) -> int:
    return exchange.device.part(Registers).active_import(exchange.now)


def _firmware_version(exchange: Exchange) -> bytes:
    return exchange.device.part(Firmware).version


def _change_supply(state: SupplyState) -> Act:
    """Close the valve, or make it ready to be opened by hand; no command opens it.

    Provider(4) event(4) requested(4) implemented(4) status(1) control(1), answered by provider, event,
    time and status where the control octet asks for it.
    """

    def act(exchange: Exchange, payload: bytes) -> tuple[int, bytes] | None:
        provider, event, implementation, control = payload[:4], payload[4:8], payload[12:16], payload[17]
        if implementation != _AT_ONCE:
            raise CommandRefused(ZclStatus.INVALID_FIELD)
        supply = exchange.device.part(Supply)
        supply.change(state, exchange.now)
        if not control & _ACKNOWLEDGED:
            return None
        status = bytes((_SUPPLY_STATUS[supply.state],))
        return _SUPPLY_STATUS_RESPONSE, provider + event + implementation + status

    return act


def _adjust_credit(adjust: Callable[[Account, int], None]) -> Act:
    """Change the account: event(4) start(4) type(1) value(4, signed)."""

    def act(exchange: Exchange, payload: bytes) -> None:
        if payload[4:8] != _AT_ONCE:
            raise CommandRefused(ZclStatus.INVALID_FIELD)
        adjust(exchange.device.part(Account), int.from_bytes(payload[9:], "little", signed=True))

    return act


_SUPPLY_STATUS: Final = {SupplyState.DISABLED: 0, SupplyState.ARMED: 1, SupplyState.ENABLED: 2}
_CREDIT_ADJUSTMENTS: Final[dict[int, Callable[[Account, int], None]]] = {
    0: lambda account, value: account.adjust(value),
    1: lambda account, _value: account.reset(),
    2: lambda account, _value: account.reset_meter_balance(),
    3: lambda account, value: account.adjust(value),
}
_COMMANDS: Final = (
    ZclCommand(
        cluster=METERING,
        command=_CHANGE_SUPPLY,
        length=18,
        choice_at=16,
        acts={0: _change_supply(SupplyState.DISABLED), 1: _change_supply(SupplyState.ARMED)},
        feature=Feature.VALVE,
    ),
    ZclCommand(
        cluster=PREPAYMENT,
        command=_CREDIT_ADJUSTMENT,
        length=13,
        choice_at=8,
        acts={choice: _adjust_credit(adjust) for choice, adjust in _CREDIT_ADJUSTMENTS.items()},
    ),
)

KIND: Final = Kind(
    role=DeviceRole.GSME,
    alert_family=PayloadFamily.GBZ,
    cells=GAS_METER_CELLS,
    alerted=(RemotePartyRole.SUPPLIER, RemotePartyRole.NETWORK_OPERATOR),
    zcl_attributes=gas_attributes(consumption=_consumption, firmware_version=_firmware_version),
    zcl_commands=_COMMANDS,
    displays={**METER_DISPLAYS, Display.GAS_REGISTER: own_register},
    log_partners=(DeviceRole.GPF, DeviceRole.PPMID),
)
