"""What a device is equipped with, as its profile says.

A source that says nothing of features describes an ordinary device, which has them all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind, EsmeVariant, Feature, HanBand
from harness.gbcs.equipment import Equipment

if TYPE_CHECKING:
    from device_profiles.model import DeviceProfile

_BY_FEATURE: Final = {
    Feature.LOAD_SWITCH: (Equipment.LOAD_SWITCH,),
    Feature.VALVE: (Equipment.VALVE,),
    Feature.ALCS: (Equipment.CONTROLLER,),
    Feature.APC: (Equipment.CONTROLLER, Equipment.PROPORTIONAL_CONTROLLER),
    Feature.BOOST: (Equipment.BOOST,),
}
_BY_VARIANT: Final = {
    EsmeVariant.TWIN_ELEMENT: Equipment.SECOND_ELEMENT,
    EsmeVariant.POLYPHASE: Equipment.THREE_PHASES,
}
_BY_KIND: Final = {DeviceKind.SAPC: Feature.APC, DeviceKind.HCALCS: Feature.ALCS}
"""What a kind of device is there for."""


def equipment_in(profile: DeviceProfile) -> frozenset[Equipment]:
    """Everything optional that a device has."""
    model = profile.model
    features = set(profile.features if model.features_known else Feature)
    if model.kind in _BY_KIND:
        features.add(_BY_KIND[model.kind])
    found = {equipment for feature in features for equipment in _BY_FEATURE.get(feature, ())}
    if model.variant in _BY_VARIANT:
        found.add(_BY_VARIANT[model.variant])
    if not model.bands or HanBand.SUB_GHZ in model.bands:
        found.add(Equipment.SUB_GHZ_RADIO)
    return frozenset(found)
