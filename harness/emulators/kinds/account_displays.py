"""What meters and in-home displays show of an account, in whole millipence (SMETS2 4.4.3, 5.4.3, 6.4.2)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from harness.emulators.subjects.mirror import Mirror
from harness.emulators.subjects.prepayment import Account
from harness.gbcs.roles import DeviceRole
from harness.network.clock import Instant
from harness.network.port import Display

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice
    from harness.emulators.kind import Shown


def _meter_balance(device: EmulatedDevice, now: Instant) -> str:
    return str(device.part(Account).at(now).meter)


def _emergency_credit(device: EmulatedDevice, now: Instant) -> str:
    return str(device.part(Account).at(now).emergency)


def _debt(device: EmulatedDevice, now: Instant) -> str:
    balances = device.part(Account).at(now)
    return str(balances.accumulated + sum(balances.time_debts) + balances.payment_debt)


def _of_gas_meter(what: Display, device: EmulatedDevice, now: Instant) -> str | None:
    """What the gas meter shows, as its proxy tells."""
    proxy = device.surroundings.heard(DeviceRole.GPF, device.template.kind.role)
    known = None if proxy is None else proxy.part(Mirror).meter(now)
    return None if known is None else METER_ACCOUNT[what](*known)


METER_ACCOUNT: Final[dict[Display, Shown]] = {
    Display.METER_BALANCE: _meter_balance,
    Display.EMERGENCY_CREDIT: _emergency_credit,
    Display.DEBT: _debt,
}
GAS_ACCOUNT: Final[dict[Display, Shown]] = {
    Display.GAS_BALANCE: partial(_of_gas_meter, Display.METER_BALANCE),
    Display.GAS_EMERGENCY_CREDIT: partial(_of_gas_meter, Display.EMERGENCY_CREDIT),
    Display.GAS_DEBT: partial(_of_gas_meter, Display.DEBT),
}
