"""The hub's device log as COSEM objects of class 104, and its backup alert (GBCS CCS01 to CCS07, CS14).

Results of methods are the nearest that DLMS has: a list without room is a temporary failure, a device
that is not on it an unavailable object, one that cannot be on it out of scope.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from harness.codecs.cosem_data import BitString, Data, DataTag
from harness.codecs.cosem_date_time import NEVER
from harness.codecs.dlms_types import DataAccessResult
from harness.emulators.access import CosemRow
from harness.emulators.bindings.cosem_values import attribute, date_time, method
from harness.emulators.cosem.objects import Objects
from harness.emulators.refusal import AccessRefused
from harness.emulators.subjects.alerts import Alerts
from harness.emulators.subjects.clock import Clock
from harness.emulators.subjects.hub_log import HubLog, LogChange, LoggedDevice
from harness.emulators.subjects.presets import Presets
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.roles import DeviceType
from harness.gbcs.use_case import obis_octets
from harness.network.clock import Instant

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.emulators.device import EmulatedDevice
    from harness.emulators.exchange import CosemKey, Exchange

_CLASS: Final = 104
_LOG: Final = "0-0:30.3.0.255"
_FORMER: Final = "0-0:30.3.1.255"
_TIMEOUT: Final = (_CLASS, obis_octets(_LOG), 3, False)
_SHOWN: Final[tuple[CosemKey, ...]] = (
    (_CLASS, obis_octets(_LOG), 4, False),
    (_CLASS, obis_octets(_LOG), 4, True),
    (_CLASS, obis_octets(_FORMER), 4, True),
)
"""What tells of the list."""
_USUAL_TIMEOUT: Final = 60
_TO_BE_LOGGED: Final = frozenset(DeviceType) - {DeviceType.CHF}
_RESULTS: Final = {
    LogChange.FULL: DataAccessResult.TEMPORARY_FAILURE,
    LogChange.NOT_LOGGED: DataAccessResult.OBJECT_UNAVAILABLE,
    LogChange.NOT_TO_BE_LOGGED: DataAccessResult.SCOPE_OF_ACCESS_VIOLATED,
}
_LOUDEST: Final = -30
_STATUS_LOGGED: Final = BitString("10000000")
_STATUS_HEARD: Final = BitString("11001000")
"""May be on the network; is heard there, with its own link key (Blue Book, ZigBee network control)."""
_STACK: Final = (1, 1)
"""Application and stack version."""


# Changes


def _register(exchange: Exchange, argument: Data) -> None:
    """Method 1: a device may join, by its install code."""
    entity_id, _, key, device_type = _members(argument)
    if device_type not in _TO_BE_LOGGED:
        raise AccessRefused(DataAccessResult.SCOPE_OF_ACCESS_VIOLATED)
    _changed(exchange, _log(exchange).add(entity_id, key, exchange.now))


def _unregister(exchange: Exchange, argument: Data) -> None:
    """Method 2: a device is off the network, and stays so."""
    entity_id = argument.value
    if not isinstance(entity_id, bytes):
        raise AccessRefused(DataAccessResult.TYPE_UNMATCHED)
    _changed(exchange, _log(exchange).remove(entity_id))


def _restore(exchange: Exchange, argument: Data) -> None:
    """Method 5: the list of another hub's backup."""
    network, entries = _members(argument)
    devices = tuple(LoggedDevice(*_members(entry)) for entry in entries)
    _changed(exchange, _log(exchange).restore(network, devices, exchange.now))


def _enable(exchange: Exchange, value: Data) -> None:
    """Attribute 2: devices of the list may join, for as long as attribute 3 says."""
    log = _log(exchange)
    if value.value:
        timeout = exchange.device.part(Objects).written(_TIMEOUT)
        seconds = _USUAL_TIMEOUT if timeout is None else timeout.value
        log.open(seconds if isinstance(seconds, int) else _USUAL_TIMEOUT, exchange.now)
    else:
        log.close()


def _log(exchange: Exchange) -> HubLog:
    return exchange.device.part(HubLog)


def _members(structure: Data) -> tuple:  # type: ignore[type-arg]  # shapes were checked: what each member holds
    """What the members of a structure hold; elements of an array stay data."""
    members = structure.value
    if not isinstance(members, tuple):
        raise AccessRefused(DataAccessResult.TYPE_UNMATCHED)
    return tuple(member.value for member in members)


def _changed(exchange: Exchange, outcome: LogChange) -> None:
    """See to what follows a change. Raises AccessRefused where there was none."""
    if outcome is not LogChange.DONE:
        raise AccessRefused(_RESULTS[outcome])
    device, source = exchange.device, exchange.message.originator
    presets = device.part(Presets)
    for key in _SHOWN:
        presets.forget(key)
    # The command is answered first.
    device.schedule(exchange.now, lambda woken: back_up(device, woken, source))


def back_up(device: EmulatedDevice, now: Instant, source: bytes = b"") -> None:
    """CS14: the whole list for the broker. ``source`` is who changed it."""
    whole = _backup(device, device.part(HubLog).devices, now)
    device.part(Alerts).event(AlertCode.CHF_DEVICE_LOG_CHANGED, now, information=source, further=[whole])


# What is told


def _backup(device: EmulatedDevice, devices: Iterable[LoggedDevice], now: Instant) -> Data:
    """Time, network, and identifier and hashed key of each device."""
    entries = (_structure(_octets(one.entity_id), _octets(one.hashed_key)) for one in devices)
    network = device.part(HubLog).network
    return _structure(
        date_time(device.part(Clock).now(now)), _octets(network), Data(DataTag.ARRAY, tuple(entries))
    )


def _back_up_present(exchange: Exchange, _argument: Data) -> Data:
    return _backup(exchange.device, _log(exchange).devices, exchange.now)


def _back_up_former(exchange: Exchange, _argument: Data) -> Data:
    return _backup(exchange.device, _log(exchange).former, exchange.now)


def _active_devices(exchange: Exchange) -> Data:
    """Attribute 4: each device of the list with how and when it was heard last."""
    return Data(DataTag.ARRAY, tuple(_active(exchange.device, one) for one in _log(exchange).devices))


def _active(hub: EmulatedDevice, logged: LoggedDevice) -> Data:
    heard = hub.surroundings.last_heard(logged.entity_id)
    status, last = _STATUS_LOGGED, Data(DataTag.OCTET_STRING, NEVER.to_octets())
    strengths, qualities, counts = (0, 0, 0), (0, 0, 0), (0, 0, 0)
    if heard is not None:
        status, last = _STATUS_HEARD, date_time(Instant(heard + hub.part(Clock).offset))
        strengths, qualities, counts = _reception(hub.entity_id, logged.entity_id)
    return _structure(
        _octets(logged.entity_id),
        Data(DataTag.BIT_STRING, status),
        *(Data(DataTag.INTEGER, one) for one in strengths),
        *(Data(DataTag.UNSIGNED, one) for one in qualities),
        last,
        *(Data(DataTag.UNSIGNED, one) for one in (*counts, *_STACK)),
    )


_Three = tuple[int, int, int]


@lru_cache(maxsize=1024)
def _reception(hub: bytes, device: bytes) -> tuple[_Three, _Three, _Three]:
    """Strength in dBm and quality, each at most, on average and at least; hops, failures and successes."""
    chance = blake2b(hub + device, digest_size=4, person=b"reception").digest()
    strength, spread, quality = _LOUDEST - chance[0] % 40, chance[1] % 10, 255 - chance[2] % 100
    return (
        (strength, strength - spread, strength - 2 * spread),
        (quality, quality - spread, quality - 2 * spread),
        (1, chance[3] % 3, 100 + chance[3] % 100),
    )


def _octets(octets: bytes) -> Data:
    return Data(DataTag.OCTET_STRING, octets)


def _structure(*members: Data) -> Data:
    return Data(DataTag.STRUCTURE, members)


# State that answers of others report


def _prepare_removal(device: EmulatedDevice, argument: Data, _answer: Data) -> None:
    """Have a device on the list that is about to be taken off."""
    log, entity_id = device.part(HubLog), argument.value
    if isinstance(entity_id, bytes) and log.find(entity_id) is None:
        log.devices.append(LoggedDevice(entity_id, bytes(16)))


ROWS: Final = (
    method((_CLASS, _LOG, 1), _register),
    CosemRow(class_id=_CLASS, instance=obis_octets(_LOG), index=2, act=_unregister, prepare=_prepare_removal),
    method((_CLASS, _LOG, 4), _back_up_present),
    method((_CLASS, _LOG, 5), _restore),
    method((_CLASS, _FORMER, 4), _back_up_former),
    attribute((_CLASS, _LOG, 4), _active_devices),
    CosemRow(class_id=_CLASS, instance=obis_octets(_LOG), index=2, write=_enable),
)
