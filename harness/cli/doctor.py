"""``harness doctor``: is this installation whole? One line per check, exit 3 when one does not hold."""

import importlib
import importlib.metadata
import importlib.resources.abc
import importlib.util
import json
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path

import click

from harness.cli.exits import Exit

DISTRIBUTION = "gb-smart-meter-interop-harness"
PACKAGES = ("harness", "device_profiles", "test_matrix", "reports")
OLDEST_PYTHON = (3, 11)
# UPSERT and WITHOUT ROWID behave as the run store needs them from this version on.
OLDEST_SQLITE = (3, 35, 0)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: what, whether it holds, and what was found."""

    name: str
    holds: bool
    found: str


def _python() -> Check:
    return Check("Python 3.11 or later", sys.version_info >= OLDEST_PYTHON, sys.version.split()[0])


def _sqlite() -> Check:
    return Check("SQLite 3.35 or later", sqlite3.sqlite_version_info >= OLDEST_SQLITE, sqlite3.sqlite_version)


def _owner_of(package: str, owners: dict[str, list[str]]) -> Check:
    strangers = sorted(set(owners.get(package, [])) - {DISTRIBUTION})
    spec = importlib.util.find_spec(package)
    place = Path(spec.origin).parent if spec is not None and spec.origin else None
    beside = Path(__file__).parents[2]
    holds = not strangers and place is not None and place.parent == beside
    found = f"also in {', '.join(strangers)}" if strangers else str(place or "not found")
    return Check(f"package {package} has one owner", holds, found)


def _owners() -> list[Check]:
    """Four plain names share one site-packages with everybody else: another owner would shadow ours.

    An editable installation records no package files, so our own ownership shows in the place that
    the package is imported from: beside this one.
    """
    owners = dict(importlib.metadata.packages_distributions())
    installed = Check(
        f"distribution {DISTRIBUTION}", holds=True, found=importlib.metadata.version(DISTRIBUTION)
    )
    return [installed, *(_owner_of(package, owners) for package in PACKAGES)]


def _requirement(name: str) -> Check:
    try:
        return Check(f"requirement {name}", holds=True, found=importlib.metadata.version(name))
    except importlib.metadata.PackageNotFoundError:
        return Check(f"requirement {name}", holds=False, found="not installed")


def _requirements() -> list[Check]:
    names = [
        line.split(";")[0].split("[")[0].split(">")[0].strip()
        for line in importlib.metadata.requires(DISTRIBUTION) or []
        if "extra ==" not in line
    ]
    return [_requirement(name) for name in names]


def _data_of(package: str, suffix: str) -> Check:
    def count(folder: importlib.resources.abc.Traversable) -> int:
        return sum(
            count(entry) if entry.is_dir() else entry.name.endswith(suffix) for entry in folder.iterdir()
        )

    found = count(files(package))
    return Check(f"data of {package}", found > 0, f"{found} {suffix} files")


def _data() -> list[Check]:
    return [
        _data_of("harness.gbcs", ".yaml"),
        _data_of("device_profiles", ".yaml"),
        _data_of("test_matrix", ".yaml"),
        _data_of("reports", ".html"),
    ]


def _catalogue() -> Check:
    models = importlib.import_module("device_profiles").catalogue()
    return Check("built-in device profiles load", bool(models), f"{len(models)} models")


def _cases() -> Check:
    cases = importlib.import_module("harness.cases.suite").all_cases()
    return Check("conformance cases load", bool(cases), f"{len(cases)} cases")


def _scratch() -> Check:
    with tempfile.TemporaryFile() as scratch:
        scratch.write(b"x")
    return Check("temporary files can be written", holds=True, found=tempfile.gettempdir())


def _attempt(name: str, check: Callable[[], Check | list[Check]]) -> list[Check]:
    try:
        result = check()
    except Exception as error:  # noqa: BLE001 - whatever goes wrong is the finding
        return [Check(name, holds=False, found=f"{type(error).__name__}: {error}")]
    return result if isinstance(result, list) else [result]


_CHECKS: dict[str, Callable[[], Check | list[Check]]] = {
    "Python": _python,
    "SQLite": _sqlite,
    "package owners": _owners,
    "requirements": _requirements,
    "packaged data": _data,
    "device profiles": _catalogue,
    "conformance cases": _cases,
    "temporary files": _scratch,
}


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print the checks as JSON.")
def command(*, as_json: bool) -> int:
    """Check this installation: owners, requirements, packaged data."""
    checks = [check for name, run in _CHECKS.items() for check in _attempt(name, run)]
    if as_json:
        click.echo(json.dumps([asdict(check) for check in checks], indent=2))
    else:
        for check in checks:
            click.echo(f"{'ok  ' if check.holds else 'FAIL'}  {check.name}: {check.found}")
    return Exit.DONE if all(check.holds for check in checks) else Exit.INTERNAL
