"""A home: which profile sits in which place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from device_profiles.model import DeviceKind, DeviceProfile, Region


@dataclass(frozen=True, slots=True)
class HomeProfile:
    """One combination: a profile for each place that is filled, at most one of each kind.

    ``devices`` is read-only and ordered by DeviceKind.
    """

    devices: Mapping[DeviceKind, DeviceProfile] = field(default_factory=dict)
    region: Region | None = None

    def __post_init__(self) -> None:
        ordered = {kind: self.devices[kind] for kind in DeviceKind if kind in self.devices}
        object.__setattr__(self, "devices", MappingProxyType(ordered))

    def get(self, kind: DeviceKind) -> DeviceProfile | None:
        """The profile of that kind, or None where the home has none."""
        return self.devices.get(kind)
