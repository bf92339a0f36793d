"""Stored runs made up for the tests of the reports, written through the real store."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from harness.records.evidence import Evidence, pack_evidence
from harness.records.manifest import Manifest
from harness.records.store import ChunkRecord, ProjectionRecord, RunStore, TupleBlock
from harness.records.types import CaseRecord, FactorRecord, FrameRecord, LevelRecord, Verdict

Rows = npt.NDArray[Any]
HOSTILE = (
    "<script>alert(1)</script>",
    "\" onmouseover='alert(2)' x=\"",
    "</script><img src=x onerror=alert(3)>",
    "Zähler 電気 \u202emetre\u202c \u2028 {{ 7*7 }} {% raw %}",
    "| a | `b` | [c](javascript:alert(4)) ](http://example.org) <!-- & -->",
    "control \x00\x01\x1b[31m \ud800 end",
    "long " + "x" * 3000,
)
_ROWS_IN_CHUNK = 5000
_COMMAND = bytes.fromhex("DF09020000000000000001A1B2C3") + bytes(range(40))
_RESPONSE = bytes.fromhex("DF09020000000000000001B1B2C3") + bytes(range(40))


@dataclass(frozen=True)
class Fault:
    """Executions of the cases that match, with these levels, do not pass."""

    case: str
    levels: dict[str, int]
    verdict: Verdict = Verdict.FAIL
    reason: str = "the response echoes another counter"
    expected: str = "originator counter 42"
    observed: str = "originator counter 7"


@dataclass(frozen=True)
class Plan:
    """A run to store. ``stop_after`` leaves out all chunks from that number on."""

    sizes: tuple[tuple[str, int], ...] = (("comms_hub", 4), ("esme", 5), ("gsme", 3), ("ppmid", 3))
    cases: tuple[CaseRecord, ...] = ()
    faults: tuple[Fault, ...] = ()
    keep: int | None = None
    stop_after: int | None = None
    sharing: bool = True
    names: tuple[str, ...] = ()
    versions: tuple[tuple[str, str], ...] = (("harness", "0.1.0"), ("python", "3.11.7"))
    commands: tuple[str, ...] = ("harness run --matrix synthetic --seed 7 --out runs/synthetic",)
    prefix: str = "synthetic"
    reverse_levels: frozenset[str] = field(default_factory=frozenset)


def case(case_id: str, *participants: str, use_case: str = "ECS17b", purpose: str = "nominal") -> CaseRecord:
    title = f"{use_case} {purpose}: the device answers as the clause says"
    return CaseRecord(case_id, title, "GBCS 7.2.9", use_case, purpose, participants, "ab" * 16)


SMALL = Plan(
    cases=(
        case("TC_CS06_replay_1", "comms_hub", "esme", use_case="CS06", purpose="replay"),
        replace(case("TC_ECS17b_nominal_1", "comms_hub", "esme"), leads=True),
        case("TC_ECS17b_corrupted_mac_1", "comms_hub", "esme", purpose="corrupted_mac"),
        case("TC_GCS13a_nominal_1", "comms_hub", "gsme", use_case="GCS13a"),
        case("TC_HOME_journey_1", "comms_hub", "esme", "gsme", "ppmid", use_case="", purpose="journey"),
        case("TC_PPMID_display_1", "ppmid", use_case="", purpose="consistent"),
    ),
    faults=(
        Fault("TC_ECS17b_*", {"esme": 2}),
        Fault(
            "TC_CS06_*", {"comms_hub": 1, "esme": 3}, reason="no response within a day", observed="nothing"
        ),
        Fault("TC_HOME_*", {"esme": 2}, reason="the ESME did not answer its read"),
        Fault("TC_GCS13a_*", {"gsme": 1}, Verdict.INCONCLUSIVE, "the GSME was asleep throughout"),
        Fault("TC_PPMID_*", {"ppmid": 2}, Verdict.ERROR, "touched a GSME that the case does not declare"),
        Fault("TC_GCS13a_*", {"gsme": 2}, Verdict.NOT_APPLICABLE, "needs GBCS 3.2 or later"),
    ),
)
CLEAN = replace(SMALL, faults=())
EMPTY = Plan(sizes=(("comms_hub", 1), ("esme", 1)), cases=(), keep=0)
INCOMPLETE = replace(SMALL, stop_after=3)
EXHAUSTIVE = replace(SMALL, sharing=False)


def hostile_plan() -> Plan:
    """The small run with names that try to get out of every context that they are shown in."""
    faults = tuple(
        replace(fault, reason=HOSTILE[number % 7], expected=HOSTILE[(number + 1) % 7], observed=HOSTILE[2])
        for number, fault in enumerate(SMALL.faults)
    )
    cases = tuple(
        replace(
            entry,
            title=HOSTILE[number % 7],
            clause=HOSTILE[(number + 2) % 7],
            use_case=HOSTILE[(number + 1) % 7][:60],
            case_id=entry.case_id if number else "TC_CS06_../../<b>\"'&",
        )
        for number, entry in enumerate(SMALL.cases)
    )
    return replace(
        SMALL,
        cases=cases,
        faults=faults,
        names=HOSTILE,
        commands=HOSTILE,
        versions=((HOSTILE[0], HOSTILE[1]),),
    )


def large_plan(homes: int = 200_000, journeys: int = 1) -> Plan:
    """As many homes as the national matrix, most of them with something that does not pass."""
    sizes = (("comms_hub", 14), ("esme", 26), ("gsme", 18), ("ppmid", 24), ("region", 3), ("hcalcs", 4))
    pairs = (("comms_hub", "esme"), ("comms_hub", "gsme"), ("esme",), ("comms_hub", "ppmid", "esme"))
    cases = tuple(
        case(
            f"TC_{use_case}_{purpose}_{number}",
            *pairs[number % len(pairs)],
            use_case=use_case,
            purpose=purpose,
        )
        for number, (use_case, purpose) in enumerate(
            itertools.product(
                ("ECS17b", "ECS22b", "ECS52", "ECS70", "GCS13a", "GCS38", "CS02a", "CS06"),
                ("nominal", "replay", "corrupted_mac", "wrong_role", "truncated", "over_long"),
            )
        )
    )
    whole = tuple(
        case(f"TC_HOME_journey_{number}", *(name for name, _ in sizes), use_case="", purpose="journey")
        for number in range(1, journeys + 1)
    )
    faults = (
        Fault("TC_ECS17b_*", {"esme": 2}),
        Fault("TC_*_replay_*", {"esme": 11}, reason="a replayed command was executed"),
        Fault("TC_CS06_*", {"comms_hub": 1, "esme": 3}, reason="no response", observed="nothing"),
        Fault("TC_HOME_*", {"esme": 2}),
        Fault("TC_HOME_*", {"gsme": 5}),
        Fault("TC_HOME_*", {"comms_hub": 3, "ppmid": 7}, reason="the display stays blank"),
        Fault("TC_GCS38_*", {"comms_hub": 9}, Verdict.INCONCLUSIVE, "the hub held the command back"),
    )
    return Plan(sizes=sizes, cases=(*cases, *whole), faults=faults, keep=homes)


def store_run(folder: Path, plan: Plan) -> Path:
    """Write the run and return its folder."""
    combinations = _combinations(plan)
    projections, numbers = _projections(plan, combinations)
    factors = _factors(plan)
    shape = [(factor.name, len(factor.levels)) for factor in factors]
    names = [name for name, _ in shape]
    executions = sum(len(projections[numbers[entry.case_id]][1]) for entry in plan.cases)
    manifest = Manifest(
        run_id=f"{plan.prefix}-7",
        seed=7,
        matrix=plan.prefix,
        title=plan.names[0] if plan.names else "A made-up matrix",
        level="firmware",
        sharing=plan.sharing,
        factors=factors,
        cases=plan.cases,
        combinations=len(combinations),
        executions=executions,
        plan_digests=(("matrix", "ab" * 32), ("catalogue", "cd" * 32)),
        level_digests=tuple(("ef" * 32,) * size for _, size in shape),
        started="2026-02-03T11:17:00+00:00",
        versions=plan.versions,
        commands=plan.commands,
    )
    with RunStore(folder) as store:
        store.prepare(
            manifest,
            [
                ProjectionRecord(own, len(tuples), [TupleBlock(tuples, homes if number else None)])
                for number, (own, tuples, homes) in enumerate(projections)
            ],
        )
        store.begin_sitting(manifest.started)
        chunks = itertools.islice(_chunks(plan, names, projections, numbers), plan.stop_after)
        for chunk in chunks:
            store.add([chunk])
        store.note_sitting(12.5, 300_000_000)
    return folder


def _combinations(plan: Plan) -> Rows:
    axes = [np.arange(size, dtype=np.uint16) for _, size in plan.sizes]
    rows = np.stack([axis.ravel() for axis in np.meshgrid(*axes, indexing="ij")], axis=1)
    # A constraint, so that not all combinations are there: the numbers of the levels of the first two.
    rows = rows[(rows[:, 0] + rows[:, 1]) % 7 != 5]
    if plan.keep is None:
        return rows
    return rows[np.linspace(0, len(rows) - 1, min(plan.keep, len(rows))).astype(np.int64)]


def _factors(plan: Plan) -> tuple[FactorRecord, ...]:
    factors = []
    for position, (name, size) in enumerate(plan.sizes):
        levels = []
        for number in range(size):
            label = f"{name.replace('_', ' ').title()} model {number} 0102030{number % 10}"
            if plan.names:
                label = plan.names[(number + position) % len(plan.names)]
            attributes = (
                ("GBCS", f"3.{number % 3}"),
                ("Maker", plan.names[0] if plan.names else "Fictional"),
            )
            levels.append(LevelRecord(f"{name}-10F2-{number:04X}-0100", label, attributes))
        if name in plan.reverse_levels:
            levels.reverse()
        factors.append(FactorRecord(name, tuple(levels)))
    return tuple(factors)


Projections = list[tuple[tuple[int, ...], Rows, Rows]]


def _projections(plan: Plan, combinations: Rows) -> tuple[Projections, dict[str, int]]:
    names = [name for name, _ in plan.sizes]
    everything = tuple(range(len(names)))
    projections: Projections = [(everything, combinations, combinations)]
    numbers: dict[str, int] = {}
    known: dict[tuple[int, ...], int] = {everything: 0}
    for entry in plan.cases:
        own = tuple(sorted(names.index(name) for name in entry.participants)) if plan.sharing else everything
        if own not in known:
            tuples, first = np.unique(combinations[:, own], axis=0, return_index=True)
            known[own] = len(projections)
            projections.append((own, tuples, combinations[first]))
        numbers[entry.case_id] = known[own]
    return projections, numbers


def _chunks(plan: Plan, names: Sequence[str], projections: Projections, numbers: dict[str, int]) -> Any:
    chunk = 0
    for case_number, entry in enumerate(plan.cases):
        own, tuples, _ = projections[numbers[entry.case_id]]
        columns = {names[factor]: column for column, factor in enumerate(own)}
        for first in range(0, len(tuples), _ROWS_IN_CHUNK):
            part = tuples[first : first + _ROWS_IN_CHUNK]
            where = (chunk, case_number, numbers[entry.case_id], first)
            yield _chunk(plan, where, part, columns)
            chunk += 1


def _chunk(plan: Plan, where: tuple[int, int, int, int], part: Rows, columns: dict[str, int]) -> ChunkRecord:
    chunk, case_number, projection, first = where
    verdicts = np.zeros(len(part), dtype=np.uint8)
    blamed = np.zeros(len(part), dtype=np.int64)
    for number, fault in enumerate(plan.faults, 1):
        if fnmatchcase(plan.cases[case_number].case_id, fault.case):
            hit = np.ones(len(part), dtype=np.bool_)
            for name, level in fault.levels.items():
                hit &= part[:, columns[name]] == level if name in columns else False
            verdicts[hit], blamed[hit] = int(fault.verdict), number
    skipped = verdicts == Verdict.NOT_APPLICABLE
    found = [
        _evidence(row, plan.faults[blamed[row] - 1], plan.cases[case_number].clause)
        for row in np.flatnonzero((verdicts != Verdict.PASS) & ~skipped).tolist()
    ]
    return ChunkRecord(
        chunk,
        case_number,
        projection,
        first,
        f"address-{chunk}",
        verdicts.tobytes(),
        tuple(np.bincount(verdicts, minlength=len(Verdict)).tolist()),
        0.25,
        tuple(_storable(fault.reason) for fault in plan.faults) if skipped.any() else (),
        tuple(np.where(skipped, blamed, 0).tolist()) if skipped.any() else (),
        pack_evidence(found),
    )


def _evidence(row: int, fault: Fault, clause: str) -> Evidence:
    start = 757_382_400_000_000
    frames = (
        FrameRecord(start, "Supplier", "ESME", "sent", _COMMAND),
        FrameRecord(start + 1_250_000, "ESME", "Supplier", "received", _RESPONSE),
        FrameRecord(start + 1_250_000, "ESME", "Supplier", "expected", _RESPONSE[:-1] + b"\xff"),
    )
    return Evidence(row, fault.verdict, fault.reason, clause, fault.expected, fault.observed, frames)


def _storable(text: str) -> str:
    """A column of text in SQLite takes no lone surrogates; the JSON of findings and manifest does."""
    return text.encode(errors="replace").decode()
