"""When a case applies: what the profiles of its participants must say, and the reason where they do not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from device_profiles.home import HomeProfile
from device_profiles.model import DeviceKind, DeviceProfile, EsmeVariant, Feature, HanBand, Version
from harness.gbcs.equipment import Equipment
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
_EQUIPMENT_NAMES: Final = {
    Equipment.LOAD_SWITCH: "load switch",
    Equipment.VALVE: "valve",
    Equipment.CONTROLLER: "auxiliary controller",
    Equipment.PROPORTIONAL_CONTROLLER: "auxiliary proportional controller",
    Equipment.BOOST: "boost function",
    Equipment.SECOND_ELEMENT: "second element",
    Equipment.THREE_PHASES: "second and third phase",
    Equipment.SUB_GHZ_RADIO: "sub-GHz radio",
}
_VARIANTS: Final = {
    Equipment.SECOND_ELEMENT: EsmeVariant.TWIN_ELEMENT,
    Equipment.THREE_PHASES: EsmeVariant.POLYPHASE,
}
_FEATURES: Final = {
    Equipment.LOAD_SWITCH: {Feature.LOAD_SWITCH},
    Equipment.VALVE: {Feature.VALVE},
    Equipment.CONTROLLER: {Feature.ALCS, Feature.APC},
    Equipment.PROPORTIONAL_CONTROLLER: {Feature.APC},
    Equipment.BOOST: {Feature.BOOST},
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


def with_equipment(kind: DeviceKind, equipment: Equipment) -> Applicability:
    """The device of that kind has some equipment, and its profile says so."""

    def applies(home: HomeProfile) -> str | None:
        profile = home.get(kind)
        if profile is None:
            return None
        name = _EQUIPMENT_NAMES[equipment]
        there = _has_equipment(profile, equipment)
        if there is None:
            return f"the {_NAMES[kind]}'s profile does not say whether it has a {name}"
        return None if there else f"the {_NAMES[kind]} has no {name}"

    return applies


def _has_equipment(profile: DeviceProfile, equipment: Equipment) -> bool | None:
    """Whether a device has something; None where its profile does not say."""
    model = profile.model
    if equipment is Equipment.SUB_GHZ_RADIO:
        return HanBand.SUB_GHZ in model.bands if model.bands else None
    variant = _VARIANTS.get(equipment)
    if variant is not None:
        return None if model.variant is None else model.variant is variant
    if not profile.features.isdisjoint(_FEATURES[equipment]):
        return True
    return False if model.features_known else None


def not_of_version(kind: DeviceKind, holds: Applicability) -> Applicability:
    """The device's firmware is of a GBCS version that does *not* have what ``holds`` asks for."""

    def applies(home: HomeProfile) -> str | None:
        profile = home.get(kind)
        if profile is None or holds(home) is not None:
            return None
        return f"GBCS {profile.firmware.gbcs}, which the {_NAMES[kind]} has, has the use case"

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


def on_air(kind: DeviceKind) -> Applicability:
    """The hub has a radio band that the device has: 2.4 GHz where a profile says nothing of bands."""

    def applies(home: HomeProfile) -> str | None:
        hub, device = home.get(DeviceKind.COMMS_HUB), home.get(kind)
        if hub is None or device is None:
            return None
        ours, theirs = (one.model.bands or frozenset({HanBand.GHZ_2_4}) for one in (hub, device))
        return f"the {_NAMES[kind]} has no radio band that the hub has" if ours.isdisjoint(theirs) else None

    return applies


def by_sub_ghz_alone(home: HomeProfile) -> str | None:
    """The gas meter has no other radio than one below 1 GHz."""
    meter = home.devices[DeviceKind.GSME].model
    return None if meter.bands == {HanBand.SUB_GHZ} else "the gas meter has no need of a sub-GHz hub"
