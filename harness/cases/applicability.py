"""When a case applies: what the profiles of its participants must say, and the reason where they do not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from device_profiles.home import HomeProfile
from device_profiles.model import DeviceKind, Feature, Version
from harness.gbcs.roles import DeviceRole

Applicability = Callable[[HomeProfile], str | None]

KIND_OF: Final = {
    DeviceRole.CHF: DeviceKind.COMMS_HUB,
    DeviceRole.GPF: DeviceKind.COMMS_HUB,
    DeviceRole.ESME: DeviceKind.ESME,
    DeviceRole.GSME: DeviceKind.GSME,
    DeviceRole.PPMID: DeviceKind.PPMID,
    DeviceRole.IHD: DeviceKind.IHD,
    DeviceRole.HCALCS: DeviceKind.HCALCS,
    DeviceRole.SAPC: DeviceKind.SAPC,
}
"""The box on the wall that a function sits in."""

_NAMES: Final = {
    DeviceKind.COMMS_HUB: "communications hub",
    DeviceKind.ESME: "electricity meter",
    DeviceKind.GSME: "gas meter",
    DeviceKind.PPMID: "PPMID",
    DeviceKind.IHD: "in-home display",
    DeviceKind.HCALCS: "HCALCS",
    DeviceKind.SAPC: "SAPC",
}
_FEATURE_NAMES: Final = {
    Feature.ALCS: "auxiliary load control switch",
    Feature.BOOST: "boost function",
    Feature.APC: "auxiliary proportional controller",
    Feature.LOAD_SWITCH: "load switch",
    Feature.VALVE: "valve",
    Feature.HAN_OTA: "firmware distribution over the home area network",
}


def all_of(*requirements: Applicability) -> Applicability:
    """Every requirement holds; the reason is that of the first that does not."""

    def applies(home: HomeProfile) -> str | None:
        return next((reason for holds in requirements if (reason := holds(home)) is not None), None)

    return applies


def has(*kinds: DeviceKind) -> Applicability:
    """The home has a device of each kind."""

    def applies(home: HomeProfile) -> str | None:
        missing = [kind for kind in kinds if kind not in home.devices]
        return f"the home has no {_NAMES[missing[0]]}" if missing else None

    return applies


def with_feature(kind: DeviceKind, feature: Feature) -> Applicability:
    """The device of that kind has a feature, and its profile says so."""

    def applies(home: HomeProfile) -> str | None:
        profile = home.get(kind)
        if profile is None or feature in profile.features:
            return None
        if not profile.model.features_known:
            return f"the {_NAMES[kind]}'s profile does not say whether it has a {_FEATURE_NAMES[feature]}"
        return f"the {_NAMES[kind]} has no {_FEATURE_NAMES[feature]}"

    return applies


def of_version(kind: DeviceKind, what: str, *, since: Version | None, until: Version | None) -> Applicability:
    """The device's firmware is of a GBCS version that has the use case ``what``, both ends included."""

    def applies(home: HomeProfile) -> str | None:
        profile = home.get(kind)
        if profile is None:
            return None
        version = profile.firmware.gbcs
        if since is not None and version < since:
            return f"{what} is in GBCS from {since} on; the {_NAMES[kind]} has GBCS {version}"
        if until is not None and version > until:
            return f"{what} was in GBCS until {until}; the {_NAMES[kind]} has GBCS {version}"
        return None

    return applies
