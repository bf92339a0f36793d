"""What a run says of itself: what was planned, with what, and how far it came."""

from __future__ import annotations

from dataclasses import dataclass

from harness.records.types import CaseRecord, FactorRecord, Verdict

VerdictCounts = dict[Verdict, int]
"""A count for every verdict, zero included."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """The plan of a run, as it was made.

    ``run_id`` follows from the plan, so the same plan has the same id. ``sharing`` tells whether a case
    ran once per distinct tuple of participants, or on every combination, ``alike`` whether devices that
    differ in names alone were tried for one another, ``frames`` whether all homes had a network of
    frames. ``combinations`` and ``executions`` are the planned numbers. ``plan_digests`` names what the
    plan depends on, each with a SHA-256: a run is resumed only where all of them hold. ``level_digests``
    has one per factor and level: what the profile says of the device. ``started`` is ISO 8601 in UTC.
    ``versions`` and ``commands`` are for people who want to repeat the run, ``selection`` is what they
    chose, by option, so that the run can go on without saying it again; ``complete`` tells whether every
    execution was stored.
    """

    run_id: str
    seed: int
    matrix: str
    title: str
    level: str
    sharing: bool
    factors: tuple[FactorRecord, ...]
    cases: tuple[CaseRecord, ...]
    combinations: int
    executions: int
    plan_digests: tuple[tuple[str, str], ...]
    level_digests: tuple[tuple[str, ...], ...]
    started: str
    versions: tuple[tuple[str, str], ...]
    commands: tuple[str, ...]
    selection: tuple[tuple[str, str], ...] = ()
    frames: bool = False
    alike: bool = False
    complete: bool = False


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A run in numbers.

    ``planned`` and ``executions`` are executions planned and stored, ``performed`` those of the stored that
    were carried out for this run: other verdicts were known from an earlier run or from devices alike.
    ``inherited`` counts each verdict
    once for every combination that holds the tuple. ``combinations`` is the planned number.
    ``seconds`` is the time of all sittings together; ``peak_memory`` is in octets, of all processes of
    the greediest sitting, or None where it was not measured.
    """

    combinations: int
    planned: int
    executions: int
    performed: int
    verdicts: VerdictCounts
    inherited: VerdictCounts
    seconds: float
    peak_memory: int | None
    complete: bool
