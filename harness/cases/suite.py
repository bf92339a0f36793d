"""Every case there is, found by listing the family modules and reading the tuple ``CASES`` of each."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import cache
from importlib import import_module
from importlib.resources import files
from pkgutil import iter_modules
from typing import Final

from harness.cases import families
from harness.cases.case import Case
from harness.cases.catching import defects_caught_by

_SHARED: Final = ("harness.cases", "harness.cases.subjects")


@cache
def all_cases() -> tuple[Case, ...]:
    """Every case, those that lead before the others, by id. Raises ValueError where two have the same id."""
    shared = _shared_source()
    found: dict[str, Case] = {}
    for module in sorted(iter_modules(families.__path__), key=lambda module: module.name):
        source = hashlib.sha256(shared + (files(families) / f"{module.name}.py").read_bytes())
        for case in import_module(f"{families.__name__}.{module.name}").CASES:
            if case.case_id in found:
                raise ValueError(f"two cases have the id {case.case_id}")
            named = replace(case, catches=(*case.catches, *defects_caught_by(case.case_id)))
            found[case.case_id] = replace(named, source_digest=_digest(named, source.digest()))
    return tuple(sorted(found.values(), key=lambda case: (not case.leads, case.case_id)))


def case_by_id(case_id: str) -> Case:
    """The case of that id. Raises KeyError where there is none."""
    return _by_id()[case_id]


def select(patterns: Iterable[str]) -> tuple[Case, ...]:
    """Cases that any of the patterns names, in the order of the suite; all of them for no pattern.

    A pattern is a case id, a use case or a purpose, with the wildcards of the shell.
    """
    wanted = tuple(patterns)
    return tuple(
        case for case in all_cases() if not wanted or any(_named(case, pattern) for pattern in wanted)
    )


def _named(case: Case, pattern: str) -> bool:
    return any(fnmatchcase(text, pattern) for text in (case.case_id, case.use_case, case.purpose))


@cache
def _by_id() -> dict[str, Case]:
    return {case.case_id: case for case in all_cases()}


def _shared_source() -> bytes:
    """What every family is built on: a change there can change any verdict."""
    return b"".join(source for package in _SHARED for source in _sources(package))


def _sources(package: str) -> Iterator[bytes]:
    for entry in sorted(files(package).iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith((".py", ".yaml")):
            yield entry.read_bytes()


def _digest(case: Case, source: bytes) -> str:
    parameters = (
        case.case_id,
        case.clause,
        case.use_case,
        case.purpose,
        *case.participants,
        *case.catches,
        *(("on frames",) if case.on_frames else ()),
    )
    return hashlib.sha256(source + "\0".join(parameters).encode()).hexdigest()[:32]
