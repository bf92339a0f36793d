"""What a person chose to run: kept with the run, so that it goes on and repeats without being said again."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from harness.records.manifest import Manifest

DEFAULT_SEED: Final = 1


@dataclass(frozen=True, slots=True)
class Selection:
    """Options of ``harness run`` that decide the plan, and the run to take over from; None is "not said"."""

    matrix: str | None = None
    cpl: Path | None = None
    level: str | None = None
    seed: int | None = None
    sharing: bool | None = None
    cases: tuple[str, ...] = ()
    frames: bool | None = None
    reuse: Path | None = None
    installed: Path | None = None

    @classmethod
    def of(cls, manifest: Manifest) -> Self:
        """What a stored run was started with."""
        said = dict(manifest.selection)
        return cls(
            matrix=said.get("matrix"),
            cpl=Path(said["cpl"]) if "cpl" in said else None,
            level=said.get("level"),
            seed=manifest.seed,
            sharing=manifest.sharing,
            cases=tuple(text for name, text in manifest.selection if name == "case"),
            frames=manifest.frames,
            reuse=Path(said["reuse"]) if "reuse" in said else None,
            installed=Path(said["installed"]) if "installed" in said else None,
        )

    def completed(self, earlier: Selection) -> Selection:
        """This, with what was not said taken from an earlier choice."""
        return Selection(
            matrix=self.matrix or earlier.matrix,
            cpl=self.cpl or earlier.cpl,
            level=self.level or earlier.level,
            seed=earlier.seed if self.seed is None else self.seed,
            sharing=earlier.sharing if self.sharing is None else self.sharing,
            cases=self.cases or earlier.cases,
            frames=earlier.frames if self.frames is None else self.frames,
            reuse=self.reuse or earlier.reuse,
            installed=self.installed or earlier.installed,
        )

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Name and text of what was said, files by their full path."""
        matrix = self.matrix
        if matrix is not None and Path(matrix).is_file():
            matrix = str(Path(matrix).resolve())
        said = (
            ("matrix", matrix),
            ("cpl", None if self.cpl is None else str(self.cpl.resolve())),
            ("level", self.level),
            *(("case", pattern) for pattern in self.cases),
            ("reuse", None if self.reuse is None else str(self.reuse.resolve())),
            ("installed", None if self.installed is None else str(self.installed.resolve())),
        )
        return tuple((name, text) for name, text in said if text is not None)

    def command(self) -> str:
        """The command line that repeats the run."""
        words = ["harness", "run"]
        for name, text in self.pairs():
            words += [f"--{name}", text]
        if self.installed is None:
            words += ["--seed", str(DEFAULT_SEED if self.seed is None else self.seed)]
        if self.sharing is False:
            words.append("--no-sharing")
        if self.frames:
            words.append("--frames")
        return shlex.join(words)
