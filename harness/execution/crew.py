"""Who does the work: this process, processes on this machine, or a cluster that is there already.

A crew is a function from batches of chunks to their outcomes, in whatever order they finish. It takes
batches only as it has hands free, and stops taking them when asked to.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass

from harness.execution.interrupt import StopWish
from harness.execution.perform import CaseSource, HomeSource, Outcome, Performer
from harness.execution.plan import Chunk, Plan
from harness.execution.reuse import EarlierRun

Batch = tuple[Chunk, ...]
Outcomes = list[Outcome]
Work = Callable[[Iterator[Batch], StopWish], Generator[Outcomes, None, None]]


@dataclass(frozen=True, slots=True)
class Crew:
    """``name`` is for people: who does the work. What an ``earlier`` run found out is not done again."""

    name: str
    work: Work
    earlier: EarlierRun | None = None


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def alone(plan: Plan, source: CaseSource, homes: HomeSource | None = None) -> Crew:
    """This process does the work, with emulated homes or others."""

    def work(batches: Iterator[Batch], stop: StopWish) -> Generator[Outcomes, None, None]:
        performer = Performer(plan, source, homes)
        for batch in batches:
            if stop.made:
                return
            yield [performer.perform(chunk) for chunk in batch]

    return Crew("this process", work)


def processes(plan: Plan, source: CaseSource, workers: int) -> Crew:
    """As many processes of this machine do the work, each with one thread."""

    def work(batches: Iterator[Batch], stop: StopWish) -> Generator[Outcomes, None, None]:
        # Half a second of imports, for large runs only.
        from harness.execution import distribution  # noqa: PLC0415 - see above

        yield from distribution.on_processes(workers, plan, source, batches, stop)

    return Crew(f"{workers} processes", work)


def cluster(plan: Plan, source: CaseSource, address: str) -> Crew:
    """The workers of the scheduler at ``address`` do the work. They need this version of the harness."""

    def work(batches: Iterator[Batch], stop: StopWish) -> Generator[Outcomes, None, None]:
        from harness.execution import distribution  # noqa: PLC0415 - as above

        yield from distribution.on_cluster(address, plan, source, batches, stop)

    return Crew(f"the cluster at {address}", work)
