"""``harness profiles``: what devices there are, and profiles out of the Central Products List."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from device_profiles.model import DeviceKind
from harness.cli.columns import in_columns
from harness.cli.exits import Exit
from harness.cli.profile_views import FIRMWARE_HEADER, MODEL_HEADER, described, facts, firmware_row, model_row

if TYPE_CHECKING:
    from device_profiles.model import DeviceModel

_FILE = click.Path(exists=True, path_type=Path)
_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_from = click.option(
    "--from",
    "sources",
    type=_FILE,
    multiple=True,
    help="Profile file or folder in place of the built-in catalogue; may be repeated.",
)
_cpl = click.option(
    "--cpl", type=_FILE, help="Central Products List (CSV or XLSX) in place of the catalogue."
)


@click.group("profiles")
def command() -> None:
    """List, show, check and import device profiles."""


@command.command("list")
@click.option("--kind", type=click.Choice([kind.value for kind in DeviceKind]), help="Only this kind.")
@_from
@_cpl
@_as_json
def list_profiles(kind: str | None, sources: tuple[Path, ...], cpl: Path | None, *, as_json: bool) -> int:
    """List device models."""
    models = [model for model in _models(sources, cpl) if kind in (None, model.kind)]
    if as_json:
        click.echo(json.dumps([described(model) for model in models], indent=2))
    else:
        for line in in_columns(MODEL_HEADER, map(model_row, models)):
            click.echo(line)
        firmwares = sum(len({firmware.version for firmware in model.firmwares}) for model in models)
        click.echo(f"{len(models)} models, {firmwares} firmwares")
    return Exit.DONE if models else Exit.NOTHING_SELECTED


@command.command("show")
@click.argument("model")
@_from
@_cpl
@_as_json
def show(model: str, sources: tuple[Path, ...], cpl: Path | None, *, as_json: bool) -> None:
    """Show MODEL: its key or its name, or enough of either to tell it apart.

    After its firmwares come the use cases, alerts and objects that an emulated device of it supports
    (an implementation conformance statement), with the firmwares that have each.
    """
    from harness.cli import profile_statement  # noqa: PLC0415 - brings the emulators

    found = _one_model(model, _models(sources, cpl))
    if as_json:
        statements = profile_statement.described_statement(found)
        click.echo(json.dumps(described(found) | {"statements": statements}, indent=2))
        return
    for name, value in facts(found):
        click.echo(f"{name:<14}{value}")
    click.echo()
    for line in in_columns(FIRMWARE_HEADER, map(firmware_row, found.firmwares)):
        click.echo(line)
    click.echo()
    for line in profile_statement.statement_lines(found):
        click.echo(line)


@command.command("check")
@click.argument("paths", nargs=-1, required=True, type=_FILE)
@_as_json
def check(paths: tuple[Path, ...], *, as_json: bool) -> None:
    """Check profile files, and those in folders: every mistake at once."""
    from device_profiles import load_models  # noqa: PLC0415 - "harness profiles --help" needs none of it
    from harness.cli import profile_checks  # noqa: PLC0415 - brings the emulators

    models = load_models(paths)
    profile_checks.refuse_unknown_defects(models)
    remarks = list(profile_checks.remarks(models))
    if as_json:
        content = {"models": [described(model) for model in models], "remarks": remarks}
        click.echo(json.dumps(content, indent=2))
        return
    for remark in remarks:
        click.echo(f"note: {remark}")
    listings = sum(len(model.firmwares) for model in models)
    click.echo(f"no mistakes; models: {len(models)}, firmware entries: {listings}")


@command.command("schema")
def schema() -> None:
    """Print the JSON Schema of a profile file, for editors."""
    from device_profiles import json_schema  # noqa: PLC0415 - see check

    click.echo(json.dumps(json_schema(), indent=2))


@command.command("import-cpl")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder to write profiles to.")
@_as_json
def import_cpl(file: Path, out: Path | None, *, as_json: bool) -> None:
    """Make profiles of the Central Products List FILE (CSV or XLSX), with an account of every entry."""
    from device_profiles import cpl  # noqa: PLC0415 - see check
    from harness.cli import cpl_account  # noqa: PLC0415 - see check

    imported = cpl.import_cpl(file)
    written = cpl_account.write_profiles(imported, out) if out else []
    if as_json:
        click.echo(json.dumps(cpl_account.as_json(imported, written), indent=2))
        return
    for line in cpl_account.as_text(imported, out, written):
        click.echo(line)


def _models(sources: Sequence[Path], cpl: Path | None) -> Sequence[DeviceModel]:
    from device_profiles import catalogue, load_models  # noqa: PLC0415 - see check
    from device_profiles.cpl import import_cpl as read_cpl  # noqa: PLC0415 - see check

    if not sources and cpl is None:
        return catalogue()
    return [*(load_models(sources) if sources else ()), *(read_cpl(cpl).models if cpl else ())]


def _one_model(wanted: str, models: Sequence[DeviceModel]) -> DeviceModel:
    from device_profiles.checking import hint  # noqa: PLC0415 - see check
    from device_profiles.errors import InputError, InputProblem  # noqa: PLC0415 - see check

    text = wanted.casefold().split("/")[0]
    named = {model.key: (model.key.casefold(), model.name.casefold()) for model in models}
    exact = [model for model in models if text in named[model.key]]
    close = [model for model in models if any(text in name for name in named[model.key])]
    found = exact or close
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(f"{model.name} ({model.key})" for model in found[:5])
        more = f" and {len(found) - 5} more" if len(found) > 5 else ""
        expected = f"expected one model, this is {names}{more}"
    else:
        said = hint(wanted, [name for model in models for name in (model.name, model.key)])
        expected = f"expected a model, {said if said.startswith('did') else 'see harness profiles list'}"
    raise InputError([InputProblem(wanted, 0, 0, "", expected)])
