"""The tariff as COSEM objects: switching tables, thresholds, prices and block counters (ECS01a-d, ECS05)."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from harness.codecs.cosem_data import Data
from harness.emulators.bindings.cosem_tables import charges, members, number, week_plan
from harness.emulators.bindings.cosem_values import method
from harness.emulators.cosem.objects import Objects
from harness.emulators.subjects.afterwards import Afterwards
from harness.emulators.subjects.registers import Channel, Registers
from harness.emulators.subjects.tariff import Tariff, Tariffs
from harness.gbcs.use_case import obis_octets

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice
    from harness.emulators.exchange import CosemKey, Exchange
    from harness.network.clock import Instant

_CALENDAR: Final = 20
_CHARGE: Final = 113
_MONITOR: Final = 21
_SPECIAL_DAYS: Final = 11
_TIERS_OF_BLOCKS: Final = 8
_FIRST_BLOCK: Final = 0xA
_NO_THRESHOLD: Final = 0xFFFF_FFFF
_RESET_BLOCKS: Final = 0x0063
_TABLES: Final = {
    Channel.PRIMARY: ("0-0:13.0.0.255", "0-0:11.0.0.255", "0-0:19.20.0.255"),
    Channel.SECONDARY: ("0-0:13.0.1.255", "0-0:11.0.1.255", "0-0:19.20.5.255"),
}
"""Switching table, special days and prices of each element."""


@cache
def _attribute(class_id: int, instance: str, index: int) -> CosemKey:
    return (class_id, obis_octets(instance), index, False)


def _threshold_key(tier: int) -> CosemKey:
    return _attribute(_MONITOR, f"0-0:16.0.{10 + tier}.255", 2)


def tariff_of(device: EmulatedDevice, channel: Channel) -> Tariff:
    """What the objects say of one element's tariff."""
    calendar, special, price = _TABLES[channel]
    written = device.part(Objects).written
    seasons, weeks, days = (written(_attribute(_CALENDAR, calendar, index)) for index in (3, 4, 5))
    special_days = written(_attribute(_SPECIAL_DAYS, special, 2))
    return Tariff(
        plan=week_plan(seasons, weeks, days, special_days),
        prices=dict(_priced(written(_attribute(_CHARGE, price, 5)))),
        thresholds={
            tier: tuple(
                limit
                for one in members(written(_threshold_key(tier)))
                if (limit := number(one, _NO_THRESHOLD)) != _NO_THRESHOLD
            )
            for tier in range(1, _TIERS_OF_BLOCKS + 1)
        },
    )


def _priced(unit_charge: Data | None) -> list[tuple[tuple[int, int | None], int]]:
    """Prices by time of use and block: 01 to 30 are times of use, A1 to D8 those of the four blocks."""
    found: list[tuple[tuple[int, int | None], int]] = []
    for index, price in charges(unit_charge):
        if len(index) == 1:
            block, tier = divmod(index[0], 16)
            known: tuple[int, int | None] = (index[0], None)
            found.append(((tier, block - _FIRST_BLOCK + 1) if block >= _FIRST_BLOCK else known, price))
    return found


def _change(device: EmulatedDevice, now: Instant) -> None:
    for channel in tuple(Channel)[: len(device.part(Registers).channels)]:
        device.part(Tariffs).change(tariff_of(device, channel), now, channel)


def configured(device: EmulatedDevice) -> None:
    """Something about the tariff changed: heed it as soon as the device does something by itself."""
    device.part(Afterwards).heed(_change)


def _execute(exchange: Exchange, argument: Data) -> None:
    if argument.value == _RESET_BLOCKS:
        exchange.device.part(Tariffs).reset_blocks(exchange.now)


ROWS: Final = (method((9, "0-0:10.0.100.255", 1), _execute),)
WATCHED: Final = {
    key: configured
    for calendar, special, price in _TABLES.values()
    for key in (
        *(_attribute(_CALENDAR, calendar, index) for index in (3, 4, 5)),
        _attribute(_SPECIAL_DAYS, special, 2),
        _attribute(_CHARGE, price, 5),
        *map(_threshold_key, range(1, _TIERS_OF_BLOCKS + 1)),
    )
}
"""Whose change the tariff follows."""
