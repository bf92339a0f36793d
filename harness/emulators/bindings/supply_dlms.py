"""Load switch, load limiting and tamper state as COSEM objects (ECS27, ECS28, ECS42-45, ECS81)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from device_profiles.model import Feature
from harness.codecs.cosem_data import Data, DataTag
from harness.emulators.access import CosemRow
from harness.emulators.bindings.cosem_values import attribute
from harness.emulators.cosem.objects import Objects
from harness.emulators.subjects.load_limit import CONFIGURED, COUNTER, LimitSetting, configured
from harness.emulators.subjects.supply import Supply, SupplyState, execute_script
from harness.gbcs.use_case import obis_octets

if TYPE_CHECKING:
    from harness.emulators.exchange import Exchange

_STATES: Final = {SupplyState.DISABLED: 0, SupplyState.ENABLED: 1, SupplyState.ARMED: 2}


def _read_state(exchange: Exchange) -> Data:
    return Data(DataTag.ENUM, _STATES[exchange.device.part(Supply).state])


def _read_setting(setting: LimitSetting, exchange: Exchange) -> Data:
    return exchange.device.part(Objects).value(setting.key, lambda _origin: setting.first)


def _setting(setting: LimitSetting) -> CosemRow:
    class_id, instance, index, _ = setting.key
    return CosemRow(class_id=class_id, instance=instance, index=index, read=partial(_read_setting, setting))


ROWS: Final = (
    CosemRow(
        class_id=9,
        instance=obis_octets("0-0:10.0.106.255"),
        index=1,
        act=execute_script,
        feature=Feature.LOAD_SWITCH,
    ),
    attribute((70, "0-0:96.3.10.255", 3), _read_state),
    *map(_setting, (*CONFIGURED, COUNTER)),
)
WATCHED: Final = {setting.key: configured for setting in CONFIGURED}
"""Whose change the load limit follows."""
