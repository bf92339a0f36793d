"""Every device of the matrix, and a page for each."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from reports.page import Page
from reports.verdicts import FIRST_BAD_RANK, RANK_COUNT, Tally, ranks
from reports.view import CaseView, LevelView, RunView
from reports.writer import SiteWriter

_HUB = "comms_hub"


@dataclass(frozen=True)
class _CaseLine:
    """A case that did not pass with one device: executions with it, and whether they are put down to it."""

    case: CaseView
    tally: Tally
    blamed: bool


class _DeviceCounts:
    """What was executed with each device, over all cases. Arrays have a row for each level of a factor."""

    def __init__(self, view: RunView) -> None:
        self.executed = [np.zeros((size, RANK_COUNT), dtype=np.int64) for size in view.results.sizes]
        self.cases = [np.zeros(size, dtype=np.int64) for size in view.results.sizes]
        self.stated = [np.zeros((size, RANK_COUNT), dtype=np.int64) for size in view.results.sizes]
        """Executions that held a device against its profile's statement."""
        self.failing: dict[tuple[int, int], list[_CaseLine]] = defaultdict(list)
        for case in view.cases:
            self._add(case)

    def _add(self, case: CaseView) -> None:
        results = case.outcome.results
        rank = ranks(results.verdicts).astype(np.int64)
        blamed = {place for entry in case.blamed for place in entry.cause.cause.places}
        for column, factor in enumerate(results.group.participants):
            places = results.levels[:, column].astype(np.int64) * RANK_COUNT + rank
            counted = np.bincount(places, minlength=self.executed[factor].size).reshape(-1, RANK_COUNT)
            self.executed[factor] += counted
            self.cases[factor] += counted.any(axis=1)
            if case.outcome.record.leads and factor == _about(case):
                self.stated[factor] += counted
            for level in np.flatnonzero(counted[:, FIRST_BAD_RANK:].any(axis=1)).tolist():
                line = _CaseLine(case, Tally(tuple(counted[level].tolist())), (factor, level) in blamed)
                self.failing[factor, level].append(line)


def _about(case: CaseView) -> int:
    """The factor of the device that a case is about: the hub's where nobody else takes part."""
    places = zip(case.outcome.record.participants, case.outcome.results.group.participants, strict=True)
    *_, (_, factor) = sorted(places, key=lambda place: place[0] != _HUB)
    return factor


def write(view: RunView, writer: SiteWriter) -> None:
    """Write the list of devices and a page for each."""
    counts = _DeviceCounts(view)
    writer.page(
        "devices.html",
        "pages/devices/devices.html",
        view=view,
        scripts=("assets/tables.js",),
        failing={place: len(lines) for place, lines in counts.failing.items()},
        columns=[_attribute_names(levels) for levels in view.levels],
    )
    for levels in view.levels:
        for level in levels:
            place = level.factor, level.number
            writer.page(
                level.path,
                "pages/devices/device.html",
                view=view,
                level=level,
                causes=view.causes_of_level.get(place, []),
                failing=counts.failing.get(place, []),
                executed=Tally(tuple(counts.executed[level.factor][level.number].tolist())),
                stated=Tally(tuple(counts.stated[level.factor][level.number].tolist())),
                cases=int(counts.cases[level.factor][level.number]),
            )


def _attribute_names(levels: tuple[LevelView, ...]) -> list[str]:
    return list(dict.fromkeys(name for level in levels for name, _ in level.record.attributes))


PAGE = Page(order=30, title="Devices", path="devices.html", write=write, folder="devices/")
