"""The Central Products List as profiles: which entries become models, and an account of every one.

Taken are Current entries of the second generation (SMETS2 and later). What the list does not say stays
unknown: radio bands, WAN, regions, features. No behaviour is attributed to a listed device.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from device_profiles.cpl_recovery import Identity, Unrecoverable, identity_of
from device_profiles.cpl_table import GBCS, NUMBER, SPECIFICATION, STATUS, TYPE, CplRow, read_rows
from device_profiles.model import (
    DeviceKind,
    DeviceModel,
    EsmeVariant,
    Firmware,
    SpecificationFamily,
    TechnicalSpecification,
    Version,
)

_TYPES: dict[str, tuple[DeviceKind, EsmeVariant | None]] = {
    "Communications Hub": (DeviceKind.COMMS_HUB, None),
    "Single Element Electricity Metering Equipment": (DeviceKind.ESME, EsmeVariant.SINGLE_ELEMENT),
    "Twin Element Electricity Metering Equipment": (DeviceKind.ESME, EsmeVariant.TWIN_ELEMENT),
    "Polyphase Electricity Metering Equipment": (DeviceKind.ESME, EsmeVariant.POLYPHASE),
    "Gas Smart Meter": (DeviceKind.GSME, None),
    "Pre-Payment Interface Device": (DeviceKind.PPMID, None),
    "HAN Connected Auxiliary Load Control Switch": (DeviceKind.HCALCS, None),
    "Standalone Auxiliary Proportional Controller": (DeviceKind.SAPC, None),
}
_SPECIFICATION = re.compile(r"(SMETS|CHTS) ?V ?([0-9]{1,3}(?:\.[0-9]{1,3})+)", re.ASCII)
_GBCS = re.compile(r"GBCS (?:Version|V) ?([0-9]{1,3}(?:\.[0-9]{1,3})+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class CplNote:
    """What happened to one entry, and why. ``line`` counts from 1; ``entry`` is its number in the list."""

    line: int
    entry: str
    reason: str


@dataclass(frozen=True, slots=True)
class CplImport:
    """Models, ordered by kind and key, and the account: every entry is imported or skipped.

    ``recovered`` notes are of entries that were imported, one for each thing recovered.
    """

    path: str
    entries: int
    imported: int
    models: tuple[DeviceModel, ...]
    recovered: tuple[CplNote, ...]
    skipped: tuple[CplNote, ...]


class _Skipped(Exception):  # noqa: N818 - not an error: most lists have such entries
    """Why an entry is left out."""


@dataclass(slots=True)
class _Gathering:
    """Models as they grow, entry by entry."""

    path: str
    models: dict[str, DeviceModel] = field(default_factory=dict)
    first_line: dict[tuple[str, Firmware], int] = field(default_factory=dict)

    def add(self, row: CplRow) -> tuple[str, ...]:
        """Take one entry and tell what was recovered. Raises _Skipped or Unrecoverable."""
        kind, variant = _wanted_type(row)
        specification, gbcs = _versions(row, kind)
        identity = identity_of(row)
        model = _model(identity, kind, variant, f"{self.path}:{row.line}")
        firmware = Firmware(identity.firmware, specification, gbcs, image_hash=identity.image_hash)
        known = self.models.setdefault(model.key, model)
        if known.variant is not variant:
            raise _Skipped(f"listed as {variant}, but as {known.variant} in {known.source}")
        listing = (model.key, replace(firmware, image_hash=None))
        first = self.first_line.setdefault(listing, row.line)
        if first != row.line:
            raise _Skipped(f"repeats the entry in line {first}")
        self.models[model.key] = replace(known, firmwares=(*known.firmwares, firmware))
        return identity.recovered


def import_cpl(path: Path) -> CplImport:
    """Read a Central Products List, CSV or XLSX. Raises InputError where the file is no such list."""
    rows = read_rows(path)
    gathering = _Gathering(str(path))
    recovered: list[CplNote] = []
    skipped: list[CplNote] = []
    for row in rows:
        number = row.text(NUMBER)
        entry = number.lstrip("0") or number
        try:
            recovered.extend(CplNote(row.line, entry, how) for how in gathering.add(row))
        except (_Skipped, Unrecoverable) as reason:
            skipped.append(CplNote(row.line, entry, str(reason)))
    return CplImport(
        path=str(path),
        entries=len(rows),
        imported=len(rows) - len(skipped),
        models=_ordered(gathering.models.values()),
        recovered=tuple(recovered),
        skipped=tuple(skipped),
    )


def _ordered(models: Iterable[DeviceModel]) -> tuple[DeviceModel, ...]:
    kinds: Sequence[DeviceKind] = list(DeviceKind)
    return tuple(sorted(models, key=lambda model: (kinds.index(model.kind), model.key)))


def _wanted_type(row: CplRow) -> tuple[DeviceKind, EsmeVariant | None]:
    status, name = row.text(STATUS), row.text(TYPE)
    if status != "Current":
        raise _Skipped(f"status is {status or 'missing'}")
    if name not in _TYPES:
        raise _Skipped(f"unknown device type {name!r}")
    return _TYPES[name]


def _versions(row: CplRow, kind: DeviceKind) -> tuple[TechnicalSpecification, Version]:
    specification_text, gbcs_text = row.text(SPECIFICATION), row.text(GBCS)
    specification = _SPECIFICATION.fullmatch(specification_text)
    gbcs = _GBCS.fullmatch(gbcs_text)
    if specification is None or gbcs is None:
        raise _Skipped(f"versions not readable: {specification_text!r}, {gbcs_text!r}")
    family, version = SpecificationFamily(specification[1]), Version.parse(specification[2])
    # The first generation has no GBCS: the list writes 0.0.
    if Version.parse(gbcs[1]).parts[0] == 0 or (family is SpecificationFamily.SMETS and version.parts[0] < 2):
        raise _Skipped("SMETS1")
    wanted = SpecificationFamily.CHTS if kind is DeviceKind.COMMS_HUB else SpecificationFamily.SMETS
    if family is not wanted:
        raise _Skipped(f"{specification_text} on a {kind}, which is made to {wanted}")
    return TechnicalSpecification(family, version), Version.parse(gbcs[1])


def _model(identity: Identity, kind: DeviceKind, variant: EsmeVariant | None, source: str) -> DeviceModel:
    hardware = identity.hardware_version + identity.hardware_revision
    return DeviceModel(
        kind=kind,
        name=f"{identity.manufacturer}-{identity.model} {hardware}",
        maker=f"manufacturer {identity.manufacturer}",
        manufacturer=identity.manufacturer,
        model=identity.model,
        hardware_version=identity.hardware_version,
        hardware_revision=identity.hardware_revision,
        firmwares=(),
        variant=variant,
        source=source,
        features_known=False,
    )
