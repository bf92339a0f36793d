"""``harness run``: a matrix through the conformance cases, to a stored run and its report."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from harness.cli.exits import Exit
from harness.cli.matrix import matrix_options
from harness.cli.selection import DEFAULT_SEED, Selection


@click.command("run")
@matrix_options
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the run.  [default: a new one in ./runs]",
)
@click.option(
    "--seed", type=click.IntRange(0, 2**63 - 1), help=f"Decides keys and loads.  [default: {DEFAULT_SEED}]"
)
@click.option("--workers", type=click.IntRange(1), help="Processes.  [default: one for each core]")
@click.option("--scheduler", metavar="ADDRESS", help="Work on the dask cluster at this address.")
@click.option("--no-sharing", is_flag=True, help="Run every case on every combination.")
@click.option(
    "--frames",
    is_flag=True,
    help="Give every home a network of IEEE 802.15.4 frames, as cases about it have anyway. Slower.",
)
@click.option(
    "--reuse",
    metavar="RUN",
    type=click.Path(exists=True, path_type=Path),
    help="Take over from this run what depends on nothing that has changed since.",
)
@click.option(
    "--installed",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Test the devices of this install record, over its link, instead of a matrix of emulated ones.",
)
@click.option("--by-hand", is_flag=True, help="With --installed: somebody is there to do what cases ask for.")
@click.option("--resume", is_flag=True, help="Go on with the run in --out, or with the latest in ./runs.")
@click.option(
    "--case", "cases", metavar="PATTERN", multiple=True, help="Only cases of this id, use case or purpose."
)
def command(
    *,
    out: Path | None,
    workers: int | None,
    scheduler: str | None,
    resume: bool,
    **choice: Any,
) -> Exit:
    """Run a matrix through the conformance cases and render the report.

    Ends with the run's folder and the report's index.html on its last two lines, and leaves
    summary.json in the folder. Interrupt or kill it at any moment: --resume goes on.
    """
    began = time.monotonic()
    _check_fits(choice, workers, scheduler)
    # "harness run --help" needs nothing of the work.
    from harness.cli import main_job  # noqa: PLC0415 - see above

    said = Selection(
        matrix=choice["name"],
        cpl=choice["cpl"],
        level=choice["level"],
        seed=choice["seed"],
        sharing=False if choice["no_sharing"] else None,
        cases=choice["cases"],
        frames=True if choice["frames"] else None,
        reuse=choice["reuse"],
        installed=choice["installed"],
    )
    wish = main_job.Wish(
        said=said, out=out, workers=workers, scheduler=scheduler, resume=resume, by_hand=choice["by_hand"]
    )
    return main_job.carry_out(wish, began)


def _check_fits(choice: Mapping[str, Any], workers: int | None, scheduler: str | None) -> None:
    """Refuse what says nothing about installed devices: there is one home, and one pair of hands."""
    if choice["installed"] is None:
        return
    options = {
        "--matrix": choice["name"],
        "--cpl": choice["cpl"],
        "--level": choice["level"],
        "--seed": choice["seed"],
        "--workers": workers,
        "--scheduler": scheduler,
        "--frames": choice["frames"] or None,
        "--no-sharing": choice["no_sharing"] or None,
        "--reuse": choice["reuse"],
    }
    said = [name for name, given in options.items() if given is not None]
    if said:
        raise click.UsageError(f"--installed says which home there is: it goes without {', '.join(said)}")
