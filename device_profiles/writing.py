"""A DeviceModel as the text of a profile file, which reads back as the same model."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from device_profiles.model import DeviceModel, Firmware


def write_model(model: DeviceModel) -> str:
    """The YAML of a model. Texts are quoted, so that no other YAML reader takes a version for a number."""
    return "\n".join(_lines(model)) + "\n"


def file_name(model: DeviceModel) -> str:
    """A file name of its own for each model."""
    return f"{model.key.lower()}.yaml"


def _lines(model: DeviceModel) -> Iterator[str]:
    yield f"kind: {model.kind}"
    for name in ("name", "maker", "manufacturer", "model", "hardware_version", "hardware_revision"):
        yield f"{name}: {_quoted(getattr(model, name))}"
    if model.variant is not None:
        yield f"variant: {model.variant}"
    if model.features_known:
        yield f"features: {_list(model.features)}"
    for name in ("bands", "wan", "regions"):
        if getattr(model, name):
            yield f"{name}: {_list(getattr(model, name))}"
    yield "firmwares:"
    for firmware in model.firmwares:
        yield from _firmware_lines(firmware)


def _firmware_lines(firmware: Firmware) -> Iterator[str]:
    yield f"  - version: {_quoted(firmware.version)}"
    yield f"    specification: {_quoted(str(firmware.specification))}"
    yield f"    gbcs: {_quoted(str(firmware.gbcs))}"
    if firmware.features:
        yield f"    features: {_list(firmware.features)}"
    if firmware.defects:
        yield f"    defects: [{', '.join(firmware.defects)}]"
    if firmware.image_hash:
        yield f"    image_hash: {_quoted(firmware.image_hash)}"


def _list(words: Iterable[str]) -> str:
    return f"[{', '.join(sorted(words))}]"


def _quoted(text: str) -> str:
    # A JSON string is a YAML string.
    return json.dumps(text, ensure_ascii=False)
