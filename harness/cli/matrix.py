"""``harness matrix``: which homes a matrix holds, how many, and some of them."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.cli.columns import columns, in_columns
from harness.cli.exits import Exit

if TYPE_CHECKING:
    from test_matrix import Matrix

LEVELS = ("model", "firmware", "listing")


def matrix_options(decorated: Callable[..., Any]) -> Callable[..., Any]:
    """The options that choose a matrix, the same for every command that takes one."""
    for option in (
        click.option("--level", type=click.Choice(LEVELS), help="What one level of a device factor is."),
        click.option(
            "--cpl",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help="Central Products List, CSV or XLSX; without --matrix, the matrix of its devices.",
        ),
        click.option("--matrix", "name", help="A built-in matrix or a definition file.  [default: national]"),
    ):
        decorated = option(decorated)
    return decorated


_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def _takes_matrix(decorated: Callable[..., Any]) -> Callable[..., Any]:
    """Give the command the matrix that its options choose."""

    @functools.wraps(decorated)
    def loading(name: str | None, cpl: Path | None, level: str | None, **others: Any) -> Any:
        from test_matrix import load_matrix  # noqa: PLC0415 - numpy and pydantic, which --help does not need

        return decorated(load_matrix(name, cpl=cpl, level=level), **others)

    return matrix_options(loading)


@click.group("matrix")
def command() -> None:
    """Show, count and sample test matrices."""


@command.command("list")
@_as_json
def list_matrices(*, as_json: bool) -> None:
    """List the built-in matrices."""
    from test_matrix.sources import matrix_definition, matrix_names  # noqa: PLC0415 - see _takes_matrix

    known = [matrix_definition(name) for name in matrix_names()]
    if as_json:
        rows = [{"name": one.name, "level": one.level, "title": one.title} for one in known]
        click.echo(json.dumps(rows, indent=2))
        return
    for line in in_columns(("NAME", "LEVEL", "TITLE"), ((one.name, one.level, one.title) for one in known)):
        click.echo(line)


@command.command("show")
@_takes_matrix
@_as_json
def show(matrix: Matrix, *, as_json: bool) -> None:
    """Show factors with their levels, and constraints with what each excludes."""
    if as_json:
        click.echo(json.dumps(_described(matrix), indent=2))
        return
    click.echo(f"{matrix.name}: {matrix.title} (level {matrix.level})")
    for factor in matrix.factors:
        click.echo(f"\n{factor.name}: {len(factor.levels)}")
        for line in columns([(f"  {one.label}", one.key if one.profile else "") for one in factor.levels]):
            click.echo(line)
    for line in _constraint_lines(matrix):
        click.echo(line)
    click.echo(f"\n{matrix.count():,} valid of {matrix.count_unconstrained():,} combinations")


def _constraint_lines(matrix: Matrix) -> Iterator[str]:
    excluding = [(one, matrix.excluded_by(one)) for one in matrix.constraints]
    yield "\nconstraints, and how many combinations each would exclude alone:"
    yield from columns(
        [(f"  {one.id}", f"{excluded:>14,}", one.because) for one, excluded in excluding if excluded]
    )
    active = {one.id.split("/")[0] for one, excluded in excluding if excluded}
    idle = sorted({one.id.split("/")[0] for one, _ in excluding} - active)
    if idle:
        yield f"  excluding nothing here: {', '.join(idle)}"


@command.command("count")
@_takes_matrix
@_as_json
def count(matrix: Matrix, *, as_json: bool) -> None:
    """Count combinations, exactly and without listing them; the last line is the number of valid ones."""
    if as_json:
        click.echo(json.dumps(_counted(matrix), indent=2))
        return
    sizes = " × ".join(f"{len(factor.levels)} {factor.name}" for factor in matrix.factors)
    click.echo(f"{matrix.name} (level {matrix.level}): {sizes}")
    click.echo(f"before constraints: {matrix.count_unconstrained()}")
    click.echo(f"excluded by constraints: {matrix.count_unconstrained() - matrix.count()}")
    click.echo("valid combinations:")
    click.echo(str(matrix.count()))


@command.command("sample")
@_takes_matrix
@click.option(
    "-n", "--number", type=click.IntRange(1, 1_000_000), default=10, show_default=True, help="How many."
)
@click.option("--seed", type=int, default=0, show_default=True, help="Another seed, another sample.")
@_as_json
def sample(matrix: Matrix, number: int, seed: int, *, as_json: bool) -> int:
    """Draw valid combinations at random: all equally likely, none twice, the same for the same seed."""
    rows = [
        [factor.levels[index] for factor, index in zip(matrix.factors, row, strict=True)]
        for row in matrix.sample(number, seed).tolist()
    ]
    names = [factor.name for factor in matrix.factors]
    if as_json:
        homes = [dict(zip(names, (level.key for level in row), strict=True)) for row in rows]
        click.echo(json.dumps(homes, indent=2))
    else:
        labels = [[level.label for level in row] for row in rows]
        for line in in_columns([name.upper() for name in names], labels):
            click.echo(line)
    return Exit.DONE if rows else Exit.NOTHING_SELECTED


def _number_of(count: int, noun: str) -> str:
    return f"{count} {noun}" + ("s" if count != 1 else "")


def _counted(matrix: Matrix) -> dict[str, Any]:
    return {
        "name": matrix.name,
        "level": matrix.level,
        "factors": {factor.name: len(factor.levels) for factor in matrix.factors},
        "before_constraints": matrix.count_unconstrained(),
        "valid": matrix.count(),
    }


def _described(matrix: Matrix) -> dict[str, Any]:
    return {
        **_counted(matrix),
        "title": matrix.title,
        "digest": matrix.digest,
        "factors": [
            {"name": factor.name, "levels": [{"key": one.key, "label": one.label} for one in factor.levels]}
            for factor in matrix.factors
        ],
        "constraints": [
            {"id": one.id, "because": one.because, "excludes_alone": matrix.excluded_by(one)}
            for one in matrix.constraints
        ],
    }
