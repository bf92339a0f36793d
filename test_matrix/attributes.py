"""What can be asked of a device in a constraint or a filter, and what kind of answer it gives.

None is "unknown": the home has no such device, or the source of the profile does not say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum, StrEnum, auto

from device_profiles.model import (
    DeviceKind,
    DeviceProfile,
    EsmeVariant,
    Feature,
    HanBand,
    Region,
    SpecificationFamily,
    Version,
    WanTechnology,
)
from test_matrix.version_pairs import VersionPairs

Value = str | Version | frozenset[str] | bool | None


class ValueType(Enum):
    """Kinds of answers; each has its own operators."""

    TEXT = auto()
    VERSION = auto()
    SET = auto()
    FLAG = auto()


@dataclass(frozen=True, slots=True)
class Attribute:
    """One question. ``choices`` are the words that an answer can hold; empty where any word can."""

    type: ValueType
    read: Callable[[DeviceProfile, VersionPairs], Value]
    choices: tuple[str, ...] = ()
    hexadecimal: bool = False


def _text(read: Callable[[DeviceProfile], str | None], choices: Iterable[StrEnum] = ()) -> Attribute:
    return Attribute(ValueType.TEXT, lambda profile, _: read(profile), tuple(choices))


def _hexadecimal(read: Callable[[DeviceProfile], str]) -> Attribute:
    return Attribute(ValueType.TEXT, lambda profile, _: read(profile), hexadecimal=True)


def _version(read: Callable[[DeviceProfile], Version | None]) -> Attribute:
    return Attribute(ValueType.VERSION, lambda profile, _: read(profile))


def _set(
    read: Callable[[DeviceProfile], frozenset[str] | None], choices: Iterable[StrEnum] = ()
) -> Attribute:
    return Attribute(ValueType.SET, lambda profile, _: read(profile), tuple(choices))


def _of_family(family: SpecificationFamily) -> Callable[[DeviceProfile], Version | None]:
    def read(profile: DeviceProfile) -> Version | None:
        specification = profile.firmware.specification
        return specification.version if specification.family is family else None

    return read


def _is_smets1(profile: DeviceProfile, _: VersionPairs) -> bool:
    # The first generation has no GBCS; the products list writes 0.0 for it.
    return profile.firmware.gbcs.parts[0] == 0


def _features(profile: DeviceProfile) -> frozenset[Feature] | None:
    return profile.features if profile.features or profile.model.features_known else None


PRESENT = "present"
ATTRIBUTES: dict[str, Attribute] = {
    PRESENT: Attribute(ValueType.FLAG, lambda *_: True),
    "smets1": Attribute(ValueType.FLAG, _is_smets1),
    "versions_allowed": Attribute(
        ValueType.FLAG, lambda profile, version_pairs: version_pairs.allow(profile.firmware)
    ),
    "kind": _text(lambda profile: profile.kind, DeviceKind),
    "variant": _text(lambda profile: profile.model.variant, EsmeVariant),
    "name": _text(lambda profile: profile.model.name),
    "maker": _text(lambda profile: profile.model.maker),
    "manufacturer": _hexadecimal(lambda profile: profile.model.manufacturer),
    "model": _hexadecimal(lambda profile: profile.model.model),
    "hardware_version": _hexadecimal(lambda profile: profile.model.hardware_version),
    "hardware_revision": _hexadecimal(lambda profile: profile.model.hardware_revision),
    "firmware": _hexadecimal(lambda profile: profile.firmware.version),
    "smets": _version(_of_family(SpecificationFamily.SMETS)),
    "chts": _version(_of_family(SpecificationFamily.CHTS)),
    "gbcs": _version(lambda profile: profile.firmware.gbcs),
    "bands": _set(lambda profile: profile.model.bands or None, HanBand),
    "wan": _set(lambda profile: profile.model.wan or None, WanTechnology),
    "regions": _set(lambda profile: profile.model.regions or None, Region),
    "features": _set(
        lambda profile: profile.features if profile.features or profile.model.features_known else None,
        Feature,
    ),
    "defects": _set(lambda profile: frozenset(profile.firmware.defects)),
}
"""By name. ``smets`` is unknown for a hub and ``chts`` for all else."""

REGION_ATTRIBUTE = Attribute(ValueType.TEXT, lambda *_: None, tuple(Region))
"""The factor ``region`` is a word itself: its value is the region."""
