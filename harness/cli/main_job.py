"""The main job: choose, plan, execute, report. What ``harness run`` does once its options are read."""

from __future__ import annotations

import json
import shlex
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click
from rich.console import Console

from harness.cases.suite import all_cases, select
from harness.cli.by_hand import reachable
from harness.cli.exits import Exit
from harness.cli.profile_checks import refuse_unknown_defects
from harness.cli.progress import progress
from harness.cli.report import decode_frame
from harness.cli.run_folder import check_free, fresh_folder, latest_folder, selection_in
from harness.cli.selection import DEFAULT_SEED, Selection
from harness.execution import crew
from harness.execution.conduct import conduct, open_run
from harness.execution.installed_homes import InstalledHomes, installed_plan
from harness.execution.manifesting import manifest_of
from harness.execution.memory import MemoryWatch
from harness.execution.plan import Plan
from harness.execution.planning import make_plan
from harness.execution.reuse import EarlierRun, differences
from harness.records.manifest import Manifest
from harness.records.reader import RunReader
from reports.site import render_site
from test_matrix import load_matrix

_SMALL: Final = 5_000
"""Executions that this process has done before others would have started."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person wants: the selection, where to keep the run, and who does the work."""

    said: Selection
    out: Path | None = None
    workers: int | None = None
    scheduler: str | None = None
    resume: bool = False
    by_hand: bool = False


def carry_out(wish: Wish, began: float) -> Exit:
    """Run, or go on. ``began`` is when the command did, on the monotonic clock."""
    with MemoryWatch() as memory, ExitStack() as stack:
        folder, said = _place(wish)
        homes = None if said.installed is None else reachable(said.installed, by_hand=wish.by_hand)
        if homes is not None:
            stack.callback(homes.close)
        plan = _plan(said) if homes is None else installed_plan(homes.record, said.cases)
        if not plan.executions:
            click.echo("nothing was selected: no case, or no combination", err=True)
            return Exit.NOTHING_SELECTED
        folder = folder or fresh_folder(plan.matrix.name)
        with open_run(folder, plan, _manifest(plan, said)) as store:
            with _earlier(said.reuse, plan) as earlier, progress(Console(stderr=True)) as listen:
                complete = conduct(
                    plan, store, replace(_crew(wish, plan, homes), earlier=earlier), listen, memory
                )
            if not complete:
                click.echo(f"to go on: harness run --resume --out {shlex.quote(str(folder))}", err=True)
                return Exit.INCOMPLETE
            with RunReader(folder) as run:
                index = render_site(run, folder / "report", decode_frame)
            store.note_sitting(time.monotonic() - began, memory.peak)
    _write_summary(folder)
    click.echo(folder)
    click.echo(index)
    return Exit.DONE


def _place(wish: Wish) -> tuple[Path | None, Selection]:
    """The folder, None for a new one, and the selection with what an earlier sitting or run said."""
    if wish.resume:
        folder = wish.out or latest_folder()
        return folder, wish.said.completed(selection_in(folder))
    if wish.out is not None:
        check_free(wish.out)
    said = wish.said
    if said.reuse is not None and said.seed is None:
        said = replace(said, seed=selection_in(said.reuse).seed)  # another would leave nothing to take over
    return wish.out, said


def _plan(said: Selection) -> Plan:
    matrix = load_matrix(said.matrix, cpl=said.cpl, level=said.level)
    profiles = (level.profile for factor in matrix.factors for level in factor.levels)
    refuse_unknown_defects({profile.model.key: profile.model for profile in profiles if profile}.values())
    plan = make_plan(
        matrix,
        select(said.cases or matrix.cases),
        seed=DEFAULT_SEED if said.seed is None else said.seed,
        sharing=said.sharing is not False,
    )
    return replace(plan, frames=bool(said.frames))


def _manifest(plan: Plan, said: Selection) -> Manifest:
    started = datetime.now(UTC).isoformat(timespec="seconds")
    return manifest_of(plan, started=started, commands=(said.command(),), selection=said.pairs())


@contextmanager
def _earlier(folder: Path | None, plan: Plan) -> Iterator[EarlierRun | None]:
    """The run to take over from, with a line that says what came of it."""
    if folder is None or not folder.exists():
        if folder is not None:  # said in an earlier sitting, and gone since
            click.echo(f"nothing to take over from {folder}: it is not there any more", err=True)
        yield None
        return
    with RunReader(folder) as run:
        changed = differences(run.manifest, plan)
        if changed:
            click.echo(f"nothing to take over from {folder}: different are: {', '.join(changed)}", err=True)
            yield None
            return
        earlier = EarlierRun(run, plan)
        yield earlier
        click.echo(f"{earlier.executions_taken:,} executions taken over from {folder}", err=True)


def _crew(wish: Wish, plan: Plan, homes: InstalledHomes | None) -> crew.Crew:
    if homes is not None:
        return crew.alone(plan, all_cases, homes)
    if wish.scheduler is not None:
        return crew.cluster(plan, all_cases, wish.scheduler)
    workers = wish.workers or crew.cores()
    if workers == 1 or plan.executions <= _SMALL:
        return crew.alone(plan, all_cases)
    return crew.processes(plan, all_cases, workers)


def _write_summary(folder: Path) -> None:
    """The run in numbers, for other tools: ``seconds`` with the report, ``peak_memory`` in octets."""
    with RunReader(folder) as run:
        summary = run.summary()
    content = {
        "combinations": summary.combinations,
        "executions": summary.executions,
        "performed": summary.performed,
        "verdicts": {verdict.name: count for verdict, count in summary.verdicts.items()},
        "inherited_verdicts": {verdict.name: count for verdict, count in summary.inherited.items()},
        "seconds": round(summary.seconds, 3),
        "peak_memory": summary.peak_memory,
    }
    (folder / "summary.json").write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
