"""The manifest of a plan: the plan in words and figures, for whoever reads the run later."""

from __future__ import annotations

import importlib.metadata
import platform
import sqlite3
from typing import Final

from device_profiles.model import DeviceProfile
from harness import __version__
from harness.execution.plan import Plan
from harness.records.manifest import Manifest
from harness.records.types import FactorRecord, LevelRecord
from test_matrix import Level

_RUN_ID_DIGITS: Final = 12
_DISTRIBUTIONS: Final = ("construct", "cryptography", "distributed", "numpy")


def manifest_of(
    plan: Plan, *, started: str, commands: tuple[str, ...], selection: tuple[tuple[str, str], ...] = ()
) -> Manifest:
    """The manifest. ``started`` is ISO 8601 in UTC; the rest is as ``Manifest`` says."""
    matrix = plan.matrix
    return Manifest(
        run_id=f"{matrix.name}-{plan.digest[:_RUN_ID_DIGITS]}",
        seed=plan.seed,
        matrix=matrix.name,
        title=matrix.title,
        level=str(matrix.level),
        sharing=plan.sharing,
        frames=plan.frames,
        alike=plan.matrix.alike and plan.sharing,
        factors=tuple(
            FactorRecord(factor.name, tuple(_level(level) for level in factor.levels))
            for factor in matrix.factors
        ),
        cases=tuple(case.record for case in plan.cases),
        combinations=plan.combinations,
        executions=plan.executions,
        plan_digests=plan.digests,
        level_digests=plan.level_digests,
        started=started,
        versions=_versions(),
        commands=commands,
        selection=selection,
    )


def _level(level: Level) -> LevelRecord:
    attributes = () if level.profile is None else _attributes(level.profile)
    return LevelRecord(level.key, level.label, attributes)


def _attributes(profile: DeviceProfile) -> tuple[tuple[str, str], ...]:
    """What tables show of a device. Seeded defects are no part of it: a report finds them, or does not."""
    model, firmware = profile.model, profile.firmware
    pairs = (
        ("Maker", model.maker),
        ("Model", f"{model.manufacturer} {model.model}"),
        ("Hardware", f"{model.hardware_version}.{model.hardware_revision}"),
        ("Firmware", firmware.version),
        ("Specification", str(firmware.specification)),
        ("GBCS", str(firmware.gbcs)),
        ("Variant", model.variant or ""),
        ("Bands", ", ".join(sorted(model.bands))),
        ("WAN", ", ".join(sorted(model.wan))),
        ("Regions", ", ".join(sorted(model.regions))),
        ("Features", ", ".join(sorted(profile.features))),
    )
    return tuple((name, str(text)) for name, text in pairs if text)


def _versions() -> tuple[tuple[str, str], ...]:
    return (
        ("harness", __version__),
        ("python", platform.python_version()),
        ("sqlite", sqlite3.sqlite_version),
        *((name, importlib.metadata.version(name)) for name in _DISTRIBUTIONS),
    )
