"""Profiles to build small homes from."""

from collections.abc import Callable
from typing import Any

import pytest

from device_profiles.model import (
    DeviceKind,
    DeviceModel,
    DeviceProfile,
    Firmware,
    SpecificationFamily,
    TechnicalSpecification,
    Version,
)

MakeProfile = Callable[..., DeviceProfile]


@pytest.fixture(scope="session")
def make_profile() -> MakeProfile:
    """A profile of a kind under a GBCS and a SMETS or CHTS version, with fields of the model as given."""

    def make(kind: str, gbcs: str = "3.2", spec: str = "4.2", **fields: Any) -> DeviceProfile:
        family = SpecificationFamily.CHTS if kind == "comms_hub" else SpecificationFamily.SMETS
        specification = TechnicalSpecification(fields.pop("family", family), Version.parse(spec))
        firmware = Firmware("00000001", specification, Version.parse(gbcs), **fields.pop("firmware", {}))
        identity = {
            "manufacturer": "F1AA",
            "model": "0001",
            "hardware_version": "01",
            "hardware_revision": "00",
        }
        given = {"name": "A name", "maker": "Some maker"} | identity | fields
        model = DeviceModel(kind=DeviceKind(kind), firmwares=(firmware,), **_frozen(given))
        return DeviceProfile(model, firmware)

    return make


def _frozen(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: frozenset(value) if isinstance(value, set) else value for name, value in fields.items()}
