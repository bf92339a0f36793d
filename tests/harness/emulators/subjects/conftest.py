"""A meter by itself, whose parts are asked and told directly."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from device_profiles.home import HomeProfile
from device_profiles.model import (
    DeviceKind,
    DeviceModel,
    DeviceProfile,
    EsmeVariant,
    Feature,
    Firmware,
    SpecificationFamily,
    TechnicalSpecification,
    Version,
)
from harness.emulators.device import EmulatedDevice
from harness.emulators.home import HomeFactory
from harness.gbcs.roles import DeviceRole
from harness.network.clock import Duration, Instant
from harness.network.port import Stimulus


class Living:
    """A device, the time of its home, and what happens to it."""

    def __init__(self, device: EmulatedDevice) -> None:
        self.device = device
        self.now = device.template.start

    def wait(self, duration: Duration | int) -> None:
        end = Instant(self.now + duration)
        while (due := self.device.wake_at()) is not None and due <= end:
            self.now = max(due, self.now)
            self.device.wake(self.now)
        self.now = end

    def operate(self, stimulus: Stimulus) -> None:
        self.device.operate(stimulus, self.now)

    def sent(self) -> list[bytes]:
        return [one.octets for one in self.device.outgoing(self.now)]


def _profile(kind: DeviceKind, variant: EsmeVariant | None, features: frozenset[Feature]) -> DeviceProfile:
    family = SpecificationFamily.CHTS if kind is DeviceKind.COMMS_HUB else SpecificationFamily.SMETS
    version = Version.parse("4.1")
    firmware = Firmware("0123ABCD", TechnicalSpecification(family, Version.parse("5.1")), version)
    model = DeviceModel(
        kind=kind,
        name=f"Test {kind}",
        maker="Test",
        manufacturer="F1FF",
        model="0002",
        hardware_version="01",
        hardware_revision="00",
        firmwares=(firmware,),
        variant=variant,
        features=features,
    )
    return DeviceProfile(model, firmware)


@pytest.fixture(scope="session")
def meter(factory: HomeFactory) -> Callable[..., Living]:
    """A device of a home in which all have every feature: an electricity meter unless told otherwise."""

    def make(
        variant: EsmeVariant = EsmeVariant.SINGLE_ELEMENT,
        role: DeviceRole = DeviceRole.ESME,
        features: frozenset[Feature] = frozenset(Feature),
    ) -> Living:
        profiles = {
            kind: _profile(kind, variant if kind is DeviceKind.ESME else None, features)
            for kind in DeviceKind
        }
        return Living(factory.build(HomeProfile(profiles))._reached(role))

    return make
