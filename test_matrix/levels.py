"""Which profiles are the levels of a factor: all listings, each firmware once, or each model once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from device_profiles.model import DeviceProfile
from test_matrix.documents import Granularity
from test_matrix.matrix import NONE, Level

NO_DEVICE = Level(NONE, NONE)


def device_levels(profiles: Iterable[DeviceProfile], granularity: Granularity) -> tuple[Level, ...]:
    """One level for each profile that ``granularity`` keeps, in the order of the profiles."""
    return tuple(Level(profile.key, profile.label, profile) for profile in _kept(profiles, granularity))


def _kept(profiles: Iterable[DeviceProfile], granularity: Granularity) -> Iterable[DeviceProfile]:
    latest: dict[tuple[str, ...], DeviceProfile] = {}
    for profile in profiles:
        identity = _identity(profile, granularity)
        known = latest.get(identity)
        if known is None or _age(profile) > _age(known):
            latest[identity] = profile
    return latest.values()


def _identity(profile: DeviceProfile, granularity: Granularity) -> tuple[str, ...]:
    match granularity:
        case Granularity.MODEL:
            return (profile.model.key,)
        case Granularity.FIRMWARE:
            return (profile.model.key, profile.firmware.version)
        case Granularity.LISTING:
            return (profile.key,)


def _age(profile: DeviceProfile) -> tuple[Any, ...]:
    """Later means later specifications; under the same ones, a higher OTA file version (ZigBee 095264)."""
    firmware = profile.firmware
    return firmware.gbcs, firmware.specification.version, int(firmware.version, 16)
