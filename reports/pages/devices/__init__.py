"""Every device of the matrix, and a page for each."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from reports.page import Page
from reports.verdicts import Tally, ranks
from reports.view import CaseView, LevelView, RunView
from reports.writer import SiteWriter


@dataclass(frozen=True)
class _CaseLine:
    """A case as one device sees it: executions with it, and those put down to it."""

    case: CaseView
    tally: Tally
    blamed: bool


def write(view: RunView, writer: SiteWriter) -> None:
    """Write the list of devices and a page for each."""
    lines = _lines(view)
    writer.page(
        "devices.html",
        "pages/devices/devices.html",
        view=view,
        scripts=("assets/tables.js",),
        failing={place: sum(line.tally.bad > 0 for line in own) for place, own in lines.items()},
        columns=[_attribute_names(levels) for levels in view.levels],
    )
    for levels in view.levels:
        for level in levels:
            own = lines[level.factor, level.number]
            writer.page(
                level.path,
                "pages/devices/device.html",
                view=view,
                level=level,
                causes=view.causes_of_level[level.factor, level.number],
                failing=[line for line in own if line.tally.bad],
                executed=sum((line.tally for line in own), Tally()),
                cases=len(own),
            )


def _lines(view: RunView) -> dict[tuple[int, int], list[_CaseLine]]:
    """For each device the cases that it takes part in."""
    lines: dict[tuple[int, int], list[_CaseLine]] = defaultdict(list)
    for case in view.cases:
        results = case.outcome.results
        stored = results.levels, ranks(results.verdicts)
        blamed = {place for entry in case.blamed for place in entry.cause.cause.places}
        for column, factor in enumerate(results.group.participants):
            levels = stored[0][:, column]
            for number in np.unique(levels).tolist():
                tally = Tally.of_ranks(stored[1][levels == number])
                lines[factor, number].append(_CaseLine(case, tally, (factor, number) in blamed))
    return lines


def _attribute_names(levels: tuple[LevelView, ...]) -> list[str]:
    return list(dict.fromkeys(name for level in levels for name, _ in level.record.attributes))


PAGE = Page(order=30, title="Devices", path="devices.html", write=write, folder="devices/")
