"""From a profile file to a DeviceModel: form, fields, then what fields say together."""

from __future__ import annotations

from collections.abc import Iterator

from device_profiles.checking import checked, in_order
from device_profiles.documents import FirmwareDocument, ModelDocument
from device_profiles.errors import InputError
from device_profiles.marked_yaml import Place, parse_yaml
from device_profiles.model import (
    DeviceKind,
    DeviceModel,
    Feature,
    Firmware,
    SpecificationFamily,
    TechnicalSpecification,
    Version,
)

FEATURES_OF: dict[DeviceKind, frozenset[Feature]] = {
    DeviceKind.COMMS_HUB: frozenset({Feature.HAN_OTA}),
    DeviceKind.ESME: frozenset({Feature.ALCS, Feature.BOOST, Feature.APC, Feature.LOAD_SWITCH}),
    DeviceKind.GSME: frozenset({Feature.VALVE}),
    DeviceKind.PPMID: frozenset({Feature.HAN_OTA}),
    DeviceKind.IHD: frozenset(),
    DeviceKind.HCALCS: frozenset({Feature.HAN_OTA, Feature.BOOST}),
    DeviceKind.SAPC: frozenset({Feature.ALCS, Feature.APC, Feature.BOOST, Feature.LOAD_SWITCH}),
}
# Hubs are made to CHTS, all else to SMETS. A hub of the first generation was part of SMETS 1.
_HUB_FAMILIES = ("CHTS ", "SMETS 1.")
_DEVICE_FAMILIES = ("SMETS ",)


def read_model(octets: bytes, path: str) -> DeviceModel:
    """Read one profile file. Raises InputError naming everything that is wrong with it."""
    document = parse_yaml(octets, path)
    model = checked(document, ModelDocument)
    problems = [document.problem(place, expected) for place, expected in _contradictions(model)]
    if problems:
        raise InputError(in_order(problems))
    return _model(model, f"{path}:{document.line_of(())}")


def _contradictions(document: ModelDocument) -> Iterator[tuple[Place, str]]:
    """What no single field can show. Yields the place and what was expected there."""
    kind = document.kind
    if kind is DeviceKind.ESME and document.variant is None:
        yield ("variant",), "expected single_element, twin_element or polyphase for an esme"
    if kind is not DeviceKind.ESME and document.variant is not None:
        yield ("variant",), f"expected no variant: only an esme has one, this is a {kind}"
    if kind is not DeviceKind.COMMS_HUB:
        for name in ("wan", "regions"):
            if getattr(document, name):
                yield (name,), f"expected only with kind comms_hub, this is a {kind}"
    yield from _misplaced_features(kind, document.features or [], ("features",))
    seen: dict[tuple[str, str, str], int] = {}
    for index, firmware in enumerate(document.firmwares):
        place: Place = ("firmwares", index)
        yield from _misplaced_features(kind, firmware.features, (*place, "features"))
        families = _HUB_FAMILIES if kind is DeviceKind.COMMS_HUB else _DEVICE_FAMILIES
        if not firmware.specification.startswith(families):
            yield (*place, "specification"), f"expected a {families[0].strip()} version for a {kind}"
        entry = (firmware.version.upper(), firmware.specification, firmware.gbcs)
        if entry in seen:
            again = f"firmwares[{seen[entry]}]"
            yield place, f"expected each firmware once under the same versions: repeats {again}"
        seen.setdefault(entry, index)


def _misplaced_features(
    kind: DeviceKind, features: list[Feature], place: Place
) -> Iterator[tuple[Place, str]]:
    for index, feature in enumerate(features):
        if feature not in FEATURES_OF[kind]:
            allowed = ", ".join(sorted(FEATURES_OF[kind])) or "none"
            yield (*place, index), f"expected a feature that a {kind} can have ({allowed}), got {feature}"


def _model(document: ModelDocument, source: str) -> DeviceModel:
    return DeviceModel(
        kind=document.kind,
        name=document.name,
        maker=document.maker,
        manufacturer=document.manufacturer.upper(),
        model=document.model.upper(),
        hardware_version=document.hardware_version.upper(),
        hardware_revision=document.hardware_revision.upper(),
        firmwares=tuple(map(_firmware, document.firmwares)),
        variant=document.variant,
        features=frozenset(document.features or ()),
        features_known=document.features is not None,
        bands=frozenset(document.bands),
        wan=frozenset(document.wan),
        regions=frozenset(document.regions),
        source=source,
    )


def _firmware(document: FirmwareDocument) -> Firmware:
    family, version = document.specification.split(" ")
    return Firmware(
        version=document.version.upper(),
        specification=TechnicalSpecification(SpecificationFamily(family), Version.parse(version)),
        gbcs=Version.parse(document.gbcs),
        defects=tuple(document.defects),
        image_hash=document.image_hash.upper() if document.image_hash else None,
        features=frozenset(document.features),
    )
