"""The account that an import of the Central Products List ends with, for people and as JSON."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from device_profiles.cpl import CplImport, CplNote
from device_profiles.model import DeviceModel
from device_profiles.writing import file_name, write_model
from harness.cli.columns import in_columns, ranges


def write_profiles(imported: CplImport, out: Path) -> list[Path]:
    """Write one profile file for each model into ``out``."""
    out.mkdir(parents=True, exist_ok=True)
    paths = [out / file_name(model) for model in imported.models]
    for path, model in zip(paths, imported.models, strict=True):
        path.write_text(write_model(model), encoding="utf-8")
    return paths


def as_json(imported: CplImport, written: Sequence[Path]) -> dict[str, Any]:
    """The account as JSON values: every note by itself."""
    return {
        "file": imported.path,
        "entries": imported.entries,
        "imported": imported.imported,
        "recovered": _entries(imported.recovered),
        "skipped": len(imported.skipped),
        "kinds": [dict(zip(_KINDS_HEADER, row, strict=True)) for row in _kinds(imported)],
        "recoveries": [asdict(note) for note in imported.recovered],
        "skips": [asdict(note) for note in imported.skipped],
        "written": [str(path) for path in written],
    }


def as_text(imported: CplImport, out: Path | None, written: Sequence[Path]) -> Iterator[str]:
    """The account as lines: notes of one reason together, with the lines of the file that they are about."""
    yield from in_columns(_KINDS_HEADER, ([str(cell) for cell in row] for row in _kinds(imported)))
    yield ""
    yield f"{imported.entries} entries in {imported.path}"
    yield f"imported   {imported.imported:>4}"
    yield f"recovered  {_entries(imported.recovered):>4}  of those imported"
    yield from _reasons(imported.recovered)
    yield f"skipped    {len(imported.skipped):>4}"
    yield from _reasons(imported.skipped)
    if out is None:
        yield "nothing was written: --out DIR writes a profile file for each model"
        return
    yield f"{len(written)} profile files written to {out}"
    others = set(out.rglob("*.yaml")) - set(written)
    if others:
        yield f"note: {out} holds {len(others)} more profile files, which are not of this import"


_KINDS_HEADER = ("kind", "variant", "models", "firmwares", "listings")


def _kinds(imported: CplImport) -> list[tuple[str, str, int, int, int]]:
    """Models, firmwares (whatever the versions they are listed under) and listings, by kind and variant."""
    table: dict[tuple[str, str], list[DeviceModel]] = {}
    for model in imported.models:
        table.setdefault((model.kind, model.variant or ""), []).append(model)
    return [
        (
            kind,
            variant,
            len(models),
            sum(len({firmware.version for firmware in model.firmwares}) for model in models),
            sum(len(model.firmwares) for model in models),
        )
        for (kind, variant), models in table.items()
    ]


def _entries(notes: Iterable[CplNote]) -> int:
    return len({note.line for note in notes})


def _reasons(notes: Iterable[CplNote]) -> Iterator[str]:
    by_reason: dict[str, list[CplNote]] = {}
    for note in notes:
        by_reason.setdefault(note.reason, []).append(note)
    margin = " " * 8
    for reason, noted in by_reason.items():
        yield f"  {len(noted):>4}  {reason}"
        lines = ranges(note.line for note in noted)
        where = f"lines {lines}" if len(noted) > 1 else f"line {lines} (entry {noted[0].entry})"
        yield textwrap.fill(where, 100, initial_indent=margin, subsequent_indent=margin)
