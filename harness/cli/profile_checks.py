"""What is checked of profiles beyond their form, by what stands above them: defects and version pairs."""

from __future__ import annotations

from collections.abc import Iterable

from device_profiles.checking import hint
from device_profiles.errors import InputError, InputProblem
from device_profiles.model import DeviceModel
from harness.emulators.defect import all_defects
from test_matrix.sources import version_pairs


def refuse_unknown_defects(models: Iterable[DeviceModel]) -> None:
    """Raise InputError where a model names a defect that there is not, or that its kind cannot have."""
    named = [
        (model, defect)
        for model in models
        for defect in dict.fromkeys(one for firmware in model.firmwares for one in firmware.defects)
    ]
    known = all_defects()
    problems = []
    for model, defect in named:
        path, _, line = model.source.rpartition(":")
        if defect not in known:
            said = f"unknown defect {defect}: {hint(defect, known)}"
            problems.append(InputProblem(path, int(line), 0, "defects", said))
        elif model.kind not in known[defect].applies_to:
            kinds = " or ".join(sorted(known[defect].applies_to))
            said = f"expected a defect of a {model.kind}: {defect} is one of a {kinds}"
            problems.append(InputProblem(path, int(line), 0, "defects", said))
    if problems:
        raise InputError(problems)


def remarks(models: Iterable[DeviceModel]) -> Iterable[str]:
    """What is no mistake of form, but leaves a device out of every home of a standard matrix."""
    table = version_pairs()
    for model in models:
        for firmware in model.firmwares:
            if not table.allow(firmware):
                yield (
                    f"{model.source}: {firmware.version}: {firmware.specification} with GBCS "
                    f"{firmware.gbcs} is not a pair of the version table of {table.as_of}"
                )
