"""Traceability, both ways: which cases check a clause or a use case, and which clauses a case goes by.

A case's clause names one specification after another, each with its sections: "GBCS 6.2.3, 7.2, SMETS2
5.7.5" are three clauses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final

from harness.cases.case import Case, Purpose
from harness.cases.suite import all_cases
from harness.gbcs.catalogue import use_cases

_JOURNEY: Final = re.compile(r"TC_(?:\w+_journey|home)_(\w+)_\d+")
_SPECIFICATION: Final = re.compile(r"(GBCS|SMETS2|CHTS|ZCL|DLMS Green Book|X\.690)(?:\s+|$)(.*)")


def clauses_of(case: Case) -> tuple[str, ...]:
    """The clauses that a case goes by, one by one, as ``GBCS 6.2.4``."""
    found: dict[str, None] = {}
    specification = ""
    for part in case.clause.split(","):
        named = _SPECIFICATION.fullmatch(part.strip())
        section = part.strip()
        if named is not None:
            specification, section = named[1], named[2]
        found[f"{specification} {section}".strip()] = None
    return tuple(found)


def use_cases_of(case: Case) -> tuple[str, ...]:
    """The use cases that a case is about: its own, and those that it brings about."""
    return tuple(dict.fromkeys((case.use_case, *case.covers))) if case.use_case else case.covers


@cache
def cases_by_clause() -> Mapping[str, tuple[Case, ...]]:
    """Every clause with the cases that check it, in the order of the clauses."""
    return _grouped((clause, case) for case in all_cases() for clause in clauses_of(case))


@cache
def cases_by_use_case() -> Mapping[str, tuple[Case, ...]]:
    """Every use case of the catalogue, in its order, with its cases; empty where there is none."""
    found = _grouped((name, case) for case in all_cases() for name in use_cases_of(case))
    return {row.id: found.get(row.id, ()) for row in use_cases()}


@cache
def cases_by_journey() -> Mapping[str, tuple[Case, ...]]:
    """Every journey across a home by its name, whichever devices and use cases it is made with."""
    named = ((_JOURNEY.fullmatch(case.case_id), case) for case in all_cases())
    return _grouped(
        (name[1], case) for name, case in named if name is not None and case.purpose is Purpose.JOURNEY
    )


def uncovered() -> tuple[str, ...]:
    """Use cases that no case is about."""
    return tuple(name for name, cases in cases_by_use_case().items() if not cases)


def _grouped(pairs: Iterable[tuple[str, Case]]) -> dict[str, tuple[Case, ...]]:
    found: dict[str, list[Case]] = {}
    for name, case in pairs:
        found.setdefault(name, []).append(case)
    return {name: tuple(found[name]) for name in sorted(found, key=_in_order)}


def _in_order(clause: str) -> tuple[object, ...]:
    """Sections by number and not by their text: 7.2.9 before 7.2.10."""
    return tuple((len(part), part) if part.isdigit() else (0, part) for part in re.split(r"(\d+)", clause))
