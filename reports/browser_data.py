"""The data files from which the browser makes what is too much for pages: maps, lists, combinations.

``run`` names factors, cases and groups; ``homes-N`` hold combinations, ``wide-G-N`` their verdicts in a
group whose tuples are too many for one file, ``group-G`` all tuples and verdicts of the other groups;
``pairs`` has the counts of the heat map and ``evidence`` the pages of findings. Numbers are level
indices, positions, and verdict values as the store has them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from reports import words
from reports.homes import SHARD, HomeCounts, Measured, Shard
from reports.results import Results
from reports.tuples import Group
from reports.verdicts import LOOKS, NOT_RUN
from reports.view import RunView
from reports.writer import SiteWriter, packed

WIDE = 20_000
"""Groups with more tuples than this, and nearly one for each combination, are stored by combination."""
_NEARLY = 4
_MOST_MEASURED = 16
_MOST_COUNTS = 8_000_000
"""Counts in the heat map's file, all measures and pairs together."""


def is_wide(group: Group, combinations: int) -> bool:
    """Whether the verdicts of a group are stored beside the combinations, and not as one file."""
    return len(group.keys) > max(WIDE, combinations // _NEARLY)


def measured_cases(results: Results) -> tuple[Measured, ...]:
    """Cases of wide groups that get counts of their own in the heat map: those that fail most."""
    homes = results.manifest.combinations
    cells = sum(results.sizes) ** 2 // 2 * len(LOOKS)
    room = min(_MOST_MEASURED, _MOST_COUNTS // max(cells, 1))
    failing = [case for case in results.cases if case.tally.bad and is_wide(case.group, homes)]
    failing.sort(key=lambda case: (-case.tally.bad, case.number))
    return tuple(Measured(case.group_number, case.row, case.number) for case in failing[:room])


def write_shard(writer: SiteWriter, results: Results, shard: Shard) -> None:
    """The files of one shard."""
    number = shard.start // SHARD
    writer.data(
        f"homes-{number}",
        {
            "count": len(shard.rows),
            "levels": packed(shard.rows.astype(np.uint16).T),
            "worst": packed(shard.worst),
            "bad": packed(shard.bad),
        },
    )
    for group_number, group in enumerate(results.groups):
        if is_wide(group, results.manifest.combinations):
            absent = np.full((len(group.cases), 1), NOT_RUN, dtype=np.uint8)
            verdicts = np.concatenate([group.verdicts, absent], axis=1)[:, shard.tuples[group_number]]
            writer.data(f"wide-{group_number}-{number}", packed(verdicts))


def write_run(writer: SiteWriter, view: RunView, measured: Sequence[Measured]) -> None:
    """The files of the run as a whole."""
    writer.data("run", _run(view, measured))
    writer.data("pairs", _pairs(view.homes))
    writer.data("evidence", _evidence(view))
    for number, group in enumerate(view.results.groups):
        if not is_wide(group, view.manifest.combinations):
            writer.data(
                f"group-{number}",
                {
                    "count": len(group.keys),
                    "levels": packed(group.levels.astype(np.uint16).T),
                    "verdicts": packed(group.verdicts),
                    "homes": packed(view.homes.weights[number][:-1].astype(np.uint32)),
                },
            )


def _run(view: RunView, measured: Sequence[Measured]) -> dict[str, Any]:
    return {
        "folder": view.folder,
        "homes": view.homes.count,
        "shard": SHARD,
        "complete": view.manifest.complete,
        "looks": [
            {"code": look.code, "word": look.word, "symbol": look.symbol, "style": look.style}
            for look in LOOKS
        ],
        "factors": [
            {
                "name": factor.name,
                "title": words.factor_title(factor.name),
                "levels": [
                    {"key": level.record.key, "label": level.record.label, "path": level.path}
                    for level in levels
                ],
            }
            for factor, levels in zip(view.manifest.factors, view.levels, strict=True)
        ],
        "cases": [
            {
                "id": case.outcome.record.case_id,
                "title": case.outcome.record.title,
                "path": case.path,
                "bad": case.tally.bad,
            }
            for case in view.cases
        ],
        "groups": [
            {
                "participants": group.participants,
                "cases": group.cases,
                "wide": is_wide(group, view.manifest.combinations),
            }
            for group in view.results.groups
        ],
        "measured": [entry.case for entry in measured],
    }


def _pairs(homes: HomeCounts) -> list[dict[str, Any]]:
    return [
        {"factors": factors, "counts": packed(counts.astype(np.uint32))}
        for factors, counts in homes.pairs.items()
    ]


def _evidence(view: RunView) -> list[dict[str, Any]]:
    return [
        {
            "case": entry.evidence.case,
            "levels": [level.number for level in entry.levels],
            "path": entry.path,
        }
        for entry in view.evidence
    ]
