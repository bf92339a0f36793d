"""A device model as text for people and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from device_profiles.model import DeviceKind

if TYPE_CHECKING:
    from device_profiles.model import DeviceModel, Firmware

MODEL_HEADER = ("MODEL", "NAME", "MAKER", "BANDS", "GBCS", "FIRMWARES", "DEFECTS")
FIRMWARE_HEADER = ("FIRMWARE", "SPECIFICATION", "GBCS", "FEATURES", "DEFECTS")


def _words(values: Iterable[str]) -> str:
    return ", ".join(sorted(values))


def model_row(model: DeviceModel) -> tuple[str, ...]:
    """A model as a row under MODEL_HEADER."""
    versions = sorted({firmware.gbcs for firmware in model.firmwares})
    span = str(versions[0]) if len(versions) == 1 else f"{versions[0]} … {versions[-1]}"
    return (
        model.key,
        model.name,
        model.maker,
        _words(model.bands) or "unknown",
        span,
        str(len({firmware.version for firmware in model.firmwares})),
        _words({defect for firmware in model.firmwares for defect in firmware.defects}),
    )


def facts(model: DeviceModel) -> Iterator[tuple[str, str]]:
    """What is known of the hardware, as names and values for people."""
    yield "Model", model.key
    yield "Name", model.name
    yield "Maker", f"{model.maker} ({model.manufacturer})"
    yield "Kind", model.kind
    if model.variant:
        yield "Variant", model.variant
    yield (
        "Hardware",
        f"model {model.model}, version {model.hardware_version}, revision {model.hardware_revision}",
    )
    yield "Features", _words(model.features) or ("none" if model.features_known else "unknown")
    yield "HAN bands", _words(model.bands) or "unknown"
    if model.kind is DeviceKind.COMMS_HUB:
        yield "WAN", _words(model.wan) or "unknown"
        yield "Regions", _words(model.regions) or "unknown"
    yield "Source", model.source


def firmware_row(firmware: Firmware) -> tuple[str, ...]:
    """A firmware as a row under FIRMWARE_HEADER."""
    return (
        firmware.version,
        str(firmware.specification),
        str(firmware.gbcs),
        _words(firmware.features),
        _words(firmware.defects),
    )


def described(model: DeviceModel) -> dict[str, Any]:
    """Everything of a model as JSON values. ``features`` is null where they are unknown."""
    return {
        "key": model.key,
        "kind": model.kind,
        "name": model.name,
        "maker": model.maker,
        "manufacturer": model.manufacturer,
        "model": model.model,
        "hardware_version": model.hardware_version,
        "hardware_revision": model.hardware_revision,
        "variant": model.variant,
        "features": sorted(model.features) if model.features_known else None,
        "bands": sorted(model.bands),
        "wan": sorted(model.wan),
        "regions": sorted(model.regions),
        "source": model.source,
        "firmwares": [
            {
                "version": firmware.version,
                "specification": str(firmware.specification),
                "gbcs": str(firmware.gbcs),
                "features": sorted(firmware.features),
                "defects": list(firmware.defects),
                "image_hash": firmware.image_hash,
            }
            for firmware in model.firmwares
        ],
    }
