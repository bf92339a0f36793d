"""What people can read off a device, from the same state that messages are answered from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from harness.emulators.kinds.account_displays import GAS_ACCOUNT, METER_ACCOUNT
from harness.emulators.kinds.history_displays import gas_yesterday
from harness.emulators.subjects.clock import Clock, TimeStatus
from harness.emulators.subjects.firmware import Firmware
from harness.emulators.subjects.mirror import Mirror
from harness.emulators.subjects.registers import Registers
from harness.emulators.subjects.supply import Supply
from harness.emulators.subjects.tariff import Tariffs
from harness.gbcs.roles import DeviceRole
from harness.network.clock import Instant, datetime_of
from harness.network.port import Display

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice
    from harness.emulators.kind import Shown


def _clock(device: EmulatedDevice, now: Instant) -> str:
    clock = device.part(Clock)
    if clock.status is TimeStatus.INVALID:
        return "invalid"
    return datetime_of(clock.now(now)).isoformat(timespec="seconds")


def _firmware_version(device: EmulatedDevice, _now: Instant) -> str:
    return device.part(Firmware).version.hex().upper()


def _supply_state(device: EmulatedDevice, _now: Instant) -> str:
    return device.part(Supply).state


def own_register(device: EmulatedDevice, now: Instant) -> str:
    """A meter's own register: Wh or dm³."""
    return str(device.part(Registers).active_import(now))


def own_price(device: EmulatedDevice, now: Instant) -> str:
    """The price in force at an electricity meter: millipence for a kWh."""
    return str(device.part(Tariffs).price(now))


def _from_electricity_meter(what: Display) -> Shown:
    """What the electricity meter tells the devices around it, which is what it shows itself."""

    def shown(device: EmulatedDevice, now: Instant) -> str | None:
        meter = device.surroundings.heard(DeviceRole.ESME, device.template.kind.role)
        return None if meter is None or not meter.heard else meter.display(what, now)

    return shown


def _told_by_electricity_meter(what: Display) -> Shown:
    """What the electricity meter says of its price or register when a display asks."""

    def shown(device: EmulatedDevice, _now: Instant) -> str | None:
        return device.surroundings.told(what, device.template.kind.role)

    return shown


def _gas_mirror(device: EmulatedDevice, now: Instant) -> str | None:
    proxy = device.surroundings.heard(DeviceRole.GPF, device.template.kind.role)
    report = None if proxy is None else proxy.part(Mirror).latest(now)
    return None if report is None else str(report.consumption)


EVERY_DISPLAY: Final = {Display.CLOCK: _clock, Display.FIRMWARE_VERSION: _firmware_version}
METER_DISPLAYS: Final = {
    **EVERY_DISPLAY,
    Display.SUPPLY_STATE: _supply_state,
    **METER_ACCOUNT,
}
IN_HOME_DISPLAYS: Final[dict[Display, Shown]] = {
    **EVERY_DISPLAY,
    Display.IMPORT_REGISTER: _told_by_electricity_meter(Display.IMPORT_REGISTER),
    Display.PRICE: _told_by_electricity_meter(Display.PRICE),
    Display.SECURITY_LOG: _from_electricity_meter(Display.SECURITY_LOG),
    **{what: _from_electricity_meter(what) for what in (*METER_ACCOUNT, Display.YESTERDAY)},
    Display.GAS_REGISTER: _gas_mirror,
    **GAS_ACCOUNT,
    Display.GAS_YESTERDAY: gas_yesterday,
}
