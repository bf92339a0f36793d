"""Chunks over ``dask.distributed``: the only module that imports it, and it is imported when it is used."""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import islice
from typing import Final

import dask
from distributed import Client, LocalCluster, WorkerPlugin, as_completed, get_worker

from harness.execution.crew import Batch, Outcomes
from harness.execution.interrupt import StopWish, interrupts_held
from harness.execution.perform import CaseSource, Performer
from harness.execution.plan import Plan

_QUEUED_PER_WORKER: Final = 3
"""Batches handed out for each worker: none is idle while the writer is busy, and little waits in memory."""
_PATIENCE: Final = 15.0
"""Seconds for a cluster to answer."""
_SETTINGS: Final = {
    # The sampling profiler and the memory monitor cost more than they tell about work of this size.
    "distributed.worker.profile.enabled": False,
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.terminate": False,
    # Both open an HTTP server whatever one asks for: leave nothing to be had there.
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
}


class _Station(WorkerPlugin):  # type: ignore[misc]  # distributed carries no types
    """Gives each worker, whenever it joins, the plan; its performer is made by the first batch."""

    idempotent = True

    def __init__(self, plan: Plan, source: CaseSource, *, ours: bool) -> None:
        self.name = f"gbcs-harness-{plan.digest}"
        self._plan = plan
        self._source = source
        self._ours = ours
        self._performer: Performer | None = None

    def perform(self, batch: Batch) -> Outcomes:
        """Run the chunks of a batch."""
        if self._performer is None:
            self._performer = Performer(self._plan, self._source)
            if self._ours:
                # What is there by now stays: the collector need not look at it again for every home.
                gc.freeze()
        return [self._performer.perform(chunk) for chunk in batch]


def _perform(station_name: str, batch: Batch) -> Outcomes:
    station: _Station = get_worker().plugins[station_name]
    return station.perform(batch)


def on_processes(
    workers: int, plan: Plan, source: CaseSource, batches: Iterator[Batch], stop: StopWish
) -> Iterator[Outcomes]:
    """The outcomes of batches, from local processes that end with the last of them."""
    with ExitStack() as stack:
        stack.enter_context(dask.config.set(_SETTINGS))
        with interrupts_held():
            cluster = stack.enter_context(_local_cluster(workers))
            client = stack.enter_context(Client(cluster, set_as_default=False))
        yield from _distribute(client, _Station(plan, source, ours=True), batches, stop)


def on_cluster(
    address: str, plan: Plan, source: CaseSource, batches: Iterator[Batch], stop: StopWish
) -> Iterator[Outcomes]:
    """The outcomes of batches, from somebody's cluster. Raises OSError where it does not answer."""
    station = _Station(plan, source, ours=False)
    with Client(address, set_as_default=False, timeout=_PATIENCE) as client:
        client.wait_for_workers(1, timeout=_PATIENCE)
        try:
            yield from _distribute(client, station, batches, stop)
        finally:
            client.unregister_worker_plugin(station.name)


def _local_cluster(workers: int) -> LocalCluster:
    return LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        # Who can reach a scheduler can run code through it: other users of the machine must not.
        protocol="tls",
        security=True,
        dashboard_address="127.0.0.1:0",
        scheduler_kwargs={"dashboard": False},
        memory_limit=None,
        silence_logs=logging.CRITICAL,
    )


def _distribute(
    client: Client, station: _Station, batches: Iterator[Batch], stop: StopWish
) -> Iterator[Outcomes]:
    """The outcomes of each batch as it finishes."""
    client.register_plugin(station)
    pending = as_completed(loop=client.loop, with_results=True)

    def hand_out() -> None:
        """Fill the queues. Workers may come and go, so they are counted every time."""
        free = _QUEUED_PER_WORKER * len(client.nthreads()) - pending.count()
        for batch in islice(batches, max(free, 0)):
            pending.add(client.submit(_perform, station.name, batch, pure=False))

    hand_out()
    for done in pending.batches():
        if not stop.made:
            hand_out()
        for _future, outcomes in done:
            yield outcomes
        if stop.made:
            return
