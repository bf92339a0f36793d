"""The static site of a stored run: HTML, style and scripts that open from a file, without a network."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

from device_profiles.errors import InputError, InputProblem
from reports.browser_data import measured_cases, write_run, write_shard
from reports.causes import find_causes
from reports.evidence import choose, fetch
from reports.frames import Decode
from reports.gate import decide_on
from reports.homes import FirstHomes, HomeCounts, Measured, inherit
from reports.page import find_pages
from reports.results import load_results
from reports.verdicts import NOT_APPLICABLE_RANK, NOT_RUN_RANK
from reports.view import RunView, ViewBuilder, listed_tuples
from reports.writer import SiteWriter

if TYPE_CHECKING:
    from harness.records.reader import RunReader

_MARK: Final = ".harness-report"
_ASSETS: Final = {
    "assets/style.css": "theme/style.css",
    "assets/harness.js": "theme/harness.js",
    "assets/tables.js": "theme/tables.js",
}


def render_site(run: RunReader, out_dir: Path, decode: Decode | None = None) -> Path:
    """Render a run, whole or not, into ``out_dir`` and return its ``index.html``.

    ``decode`` turns the octets of a frame into a JSON-like tree; without it frames are shown as octets.
    An earlier report in ``out_dir`` is replaced, once the new one is whole. Raises InputError where the
    folder holds anything else.
    """
    _check_replaceable(out_dir)
    fresh = out_dir.with_name(out_dir.name + ".part")
    if fresh.exists():
        _check_replaceable(fresh)
        shutil.rmtree(fresh)
    fresh.mkdir(parents=True)
    (fresh / _MARK).touch()
    _write(run, fresh, decode)
    if out_dir.exists():
        shutil.rmtree(out_dir)
    fresh.rename(out_dir)
    return out_dir / "index.html"


def _write(run: RunReader, folder: Path, decode: Decode | None) -> None:
    pages = find_pages()
    writer = SiteWriter(folder, pages=pages, manifest=run.manifest)
    view, measured = _view(run, writer, decode)
    write_run(writer, view, measured)
    for target, source in _ASSETS.items():
        writer.asset(target, source)
    for page in pages:
        page.write(view, writer)


def _view(run: RunReader, writer: SiteWriter, decode: Decode | None) -> tuple[RunView, tuple[Measured, ...]]:
    """Count everything, writing the combinations as they pass: there may be a million of them."""
    results = load_results(run)
    gate = decide_on(results)
    causes = find_causes(results.groups, results.sizes)
    examples = choose(causes)
    measured = measured_cases(results)
    first = FirstHomes(
        [*((one.execution.group, one.execution.row) for one in examples), *listed_tuples(causes)]
    )
    absent_rank = NOT_APPLICABLE_RANK if run.manifest.complete else NOT_RUN_RANK
    homes = HomeCounts(results.sizes, results.groups, measured, absent_rank)
    for shard in inherit(run.combination_chunks(), results.groups, absent_rank):
        homes.add(shard)
        first.add(shard)
        write_shard(writer, results, shard)
    builder = ViewBuilder(results, homes, first.found)
    found = fetch(run, results, (one.execution for one in examples), first.found)
    evidence = builder.evidence(examples, found)
    cause_views = builder.causes(causes, evidence)
    view = RunView(
        folder=str(run.path.parent),
        manifest=run.manifest,
        summary=run.summary(),
        results=results,
        gate=gate,
        homes=homes,
        levels=builder.levels,
        cases=builder.cases(gate, cause_views, evidence),
        causes=cause_views,
        evidence=evidence,
        sharing=builder.sharing(),
        not_applicable=tuple(run.not_applicable(case.case_id) for case in run.manifest.cases),
        decode=decode,
    )
    return view, measured


def _check_replaceable(folder: Path) -> None:
    if folder.is_dir() and (not any(folder.iterdir()) or (folder / _MARK).exists()):
        return
    if folder.exists():
        expected = "expected a folder for the report that is new, empty, or holds an earlier report"
        raise InputError([InputProblem(str(folder), 0, 0, "", expected)])
