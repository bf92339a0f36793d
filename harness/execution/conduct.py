"""Carrying a plan out: work handed to a crew, outcomes stored as they come, events told to a listener.

What was stored stays, whatever happens next; a run that goes on does only what is not stored yet.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Generator, Iterator
from contextlib import closing
from itertools import chain, islice
from pathlib import Path
from typing import Final

import numpy as np

from device_profiles.errors import InputError
from harness.execution.crew import Crew, Outcomes
from harness.execution.events import ChunksStored, Listener, RunEnded, RunStarted
from harness.execution.interrupt import stop_on_interrupt
from harness.execution.memory import MemoryWatch
from harness.execution.perform import Outcome
from harness.execution.plan import Chunk, Plan
from harness.records.manifest import Manifest
from harness.records.reader import RunReader
from harness.records.schema import refuse
from harness.records.store import ChunkRecord, ProjectionRecord, RunStore, TupleBlock
from harness.records.types import Verdict

_NOTE_EVERY: Final = 2.0
"""Seconds between notes of how long a sitting has taken, so that a killed one counts too."""
_TAKEN_TOGETHER: Final = 100
"""Chunks of an earlier run that are looked at before what is known of them is stored."""


def open_run(folder: Path, plan: Plan, manifest: Manifest) -> RunStore:
    """Open the run in a folder for this plan: a new one, or the one that is there.

    Raises InputError where the run that is there has another plan.
    """
    store = RunStore(folder)
    try:
        if store.prepared():
            _check_same_plan(folder, plan)
        else:
            store.prepare(manifest, [_projection(plan, number) for number in range(len(plan.projections))])
    except BaseException:
        store.close()
        raise
    store.begin_sitting(manifest.started)
    return store


def conduct(plan: Plan, store: RunStore, crew: Crew, listen: Listener, memory: MemoryWatch) -> bool:
    """Do what is left of a plan. Returns whether all of it is done; Ctrl-C stops it in good order."""
    began = noted = time.monotonic()
    verdicts = store.verdicts()
    stored = sum(verdicts.values())
    listen(RunStarted(plan.combinations, plan.executions, stored, crew.name, dict(verdicts)))
    with closing(_outcomes(plan, crew, store.finished())) as work:
        for outcomes in work:
            store.add([record_of(plan, outcome) for outcome in outcomes])
            for outcome in outcomes:
                stored += len(outcome.verdicts)
                for verdict in Verdict:
                    verdicts[verdict] += outcome.verdicts.count(verdict)
            now = time.monotonic()
            listen(ChunksStored(stored, dict(verdicts), now - began))
            if now - noted > _NOTE_EVERY:
                store.note_sitting(now - began, memory.peak)
                noted = now
    store.note_sitting(time.monotonic() - began, memory.peak)
    complete = stored == plan.executions
    listen(RunEnded(stored, dict(verdicts), time.monotonic() - began, complete))
    return complete


def _outcomes(plan: Plan, crew: Crew, finished: Collection[int]) -> Generator[Outcomes, None, None]:
    """What the crew knows and what it brings, until nothing is left or somebody asks to stop."""
    chunks = plan.chunks_left(finished)
    earlier = crew.earlier
    with stop_on_interrupt() as stop:
        if earlier is not None:
            left: list[Chunk] = []
            while rests := [earlier.rest(chunk) for chunk in islice(chunks, _TAKEN_TOGETHER)]:
                if stop.made:
                    return
                left += (chunk for chunk in rests if chunk.executions)
                yield [earlier.taken(chunk) for chunk in rests if not chunk.executions]
            chunks = iter(left)
        first = next(chunks, None)
        if first is None:
            return
        for outcomes in crew.work(plan.batches(chain([first], chunks)), stop):
            yield outcomes if earlier is None else [earlier.completed(outcome) for outcome in outcomes]


def _projection(plan: Plan, number: int) -> ProjectionRecord:
    blocks: Iterator[TupleBlock] = (TupleBlock(levels, homes) for levels, homes in plan.blocks(number))
    return ProjectionRecord(plan.projections[number], plan.sizes[number], blocks)


def record_of(plan: Plan, outcome: Outcome) -> ChunkRecord:
    """An outcome as it is stored, with how many combinations inherit each verdict."""
    chunk = outcome.chunk
    codes = np.frombuffer(outcome.verdicts, dtype=np.uint8)
    inherited = np.bincount(codes, weights=plan.weights(chunk), minlength=len(Verdict))
    return ChunkRecord(
        chunk.number,
        chunk.case_number,
        chunk.projection,
        chunk.first,
        outcome.address,
        outcome.verdicts,
        tuple(int(count) for count in inherited),
        outcome.seconds,
        outcome.reasons,
        outcome.reason_of,
        outcome.evidence,
        outcome.performed,
    )


def _check_same_plan(folder: Path, plan: Plan) -> None:
    with RunReader(folder) as run:
        stored = dict(run.manifest.plan_digests)
    different = [(name, text) for name, text in plan.digests if stored.get(name) != text]
    if different:
        raise _differs(folder, stored, different)


def _differs(folder: Path, stored: dict[str, str], different: list[tuple[str, str]]) -> InputError:
    parts = ", ".join(
        f"{name} ({_short(stored.get(name, '-'))} there, {_short(text)} here)" for name, text in different
    )
    return refuse(folder, f"expected the plan that this run was started with; different are: {parts}")


def _short(text: str) -> str:
    return text[:8]
