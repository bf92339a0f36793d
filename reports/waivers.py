"""Waivers: failures that the gate tolerates until a date, each with an issue and an owner.

A waiver names cases and, where it is narrower, devices, with the wildcards of the shell. It is read
from YAML with every fault placed. Whether it has expired depends on the date that the caller gives:
nothing here reads a clock.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from typing import Annotated, Literal

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from device_profiles.checking import checked
from device_profiles.marked_yaml import parse_yaml
from harness.records.types import CaseRecord, FactorRecord, Verdict
from reports.tuples import Rows

_Line = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^\S(?:.*\S)?$")]
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _day(text: object) -> date:
    if not isinstance(text, str) or not _DAY.fullmatch(text):
        raise ValueError("no date")
    return date.fromisoformat(text)


_Day = Annotated[date, BeforeValidator(_day)]  # pydantic alone would read "2027" as seconds since 1970
_Verdict = Literal["FAIL", "INCONCLUSIVE", "ERROR"]


@dataclass(frozen=True, slots=True)
class Waiver:
    """One agreement to tolerate failures. ``expires`` is the last day on which it holds.

    ``case`` is a pattern of case ids. ``devices`` are pairs of factor name and pattern of level keys;
    a case matches only where all of those factors take part in it.
    """

    issue: str
    owner: str
    expires: date
    case: str
    devices: tuple[tuple[str, str], ...] = ()
    verdicts: frozenset[Verdict] = frozenset({Verdict.FAIL, Verdict.INCONCLUSIVE})
    reason: str = ""

    def expired(self, today: date) -> bool:
        """Whether the waiver no longer holds."""
        return today > self.expires

    def matches(
        self, case: CaseRecord, factors: Mapping[str, FactorRecord], levels: Rows
    ) -> npt.NDArray[np.bool_]:
        """Which rows of ``levels`` (a column for each participant of the case) it speaks of."""
        result = np.zeros(len(levels), dtype=np.bool_)
        patterns = dict(self.devices)
        if not fnmatchcase(case.case_id, self.case) or not patterns.keys() <= set(case.participants):
            return result
        result[:] = True
        for column, name in enumerate(case.participants):
            if name in patterns:
                named = [fnmatchcase(level.key, patterns[name]) for level in factors[name].levels]
                result &= np.array(named, dtype=np.bool_)[levels[:, column]]
        return result


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _WaiverDocument(_Document):
    issue: _Line = Field(description="the id of the issue that tracks the failure")
    owner: _Line = Field(description="who answers for the waiver")
    expires: _Day = Field(description="the last day on which the waiver holds, such as 2027-03-31")
    case: _Line = Field(description="a case id, with * and ? as wildcards")
    devices: dict[str, _Line] = Field(
        default_factory=dict, description="a mapping of factor name to level key, with * and ? as wildcards"
    )
    verdicts: list[_Verdict] = Field(
        default=["FAIL", "INCONCLUSIVE"],
        min_length=1,
        description="a list of FAIL, INCONCLUSIVE and ERROR",
    )
    reason: str = Field(default="", max_length=1000, description="text")


class _WaiversDocument(_Document):
    waivers: list[_WaiverDocument] = Field(description="a list of waivers")


def read_waivers(octets: bytes, path: str) -> tuple[Waiver, ...]:
    """Read a file of waivers. Raises InputError naming everything that is wrong with it."""
    document = checked(parse_yaml(octets, path), _WaiversDocument)
    return tuple(
        Waiver(
            issue=entry.issue,
            owner=entry.owner,
            expires=entry.expires,
            case=entry.case,
            devices=tuple(entry.devices.items()),
            verdicts=frozenset(Verdict[verdict] for verdict in entry.verdicts),
            reason=entry.reason,
        )
        for entry in document.waivers
    )
