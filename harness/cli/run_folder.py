"""Where a run is kept: a new folder, the one that was named, or the latest that there is."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Final

from device_profiles.errors import InputError, InputProblem
from harness.cli.selection import Selection
from harness.records.reader import RunReader
from harness.records.schema import FILE_NAME

RUNS: Final = Path("runs")


def fresh_folder(matrix: str) -> Path:
    """A folder in ``runs`` that does not exist yet, named after the matrix."""
    return next(folder for number in count(1) if not (folder := RUNS / f"{matrix}-{number}").exists())


def latest_folder() -> Path:
    """The folder in ``runs`` that was written to last. Raises InputError where there is none."""
    stored = sorted(RUNS.glob(f"*/{FILE_NAME}"), key=lambda file: file.stat().st_mtime)
    if not stored:
        raise _refusal(RUNS, "expected a run to go on with: there is none; name its folder with --out")
    return stored[-1].parent


def check_free(folder: Path) -> None:
    """Refuse a folder that holds a run already. Raises InputError."""
    if (folder / FILE_NAME).exists():
        raise _refusal(
            folder, "expected a folder without a run; go on with this one (--resume) or name another"
        )


def selection_in(folder: Path) -> Selection:
    """What the run in a folder was started with. Raises InputError where there is no run."""
    with RunReader(folder) as run:
        return Selection.of(run.manifest)


def _refusal(folder: Path, expected: str) -> InputError:
    return InputError([InputProblem(str(folder), 0, 0, "", expected)])
