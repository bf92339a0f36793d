"""Carries out a run of the sample cases in a process of its own, which may be told to die on the way.

    drive_run.py FOLDER WORKERS [--seed N] [--signal NAME --after EXECUTIONS] [--to self|group|worker]

The signal is sent to this process, to every process of its group (as a terminal does), or to one worker,
once so many executions are stored; the file ``children`` then names its children. Exits with 0 when
the run is complete and 4 when it is not.
"""

import argparse
import os
import signal
import sys
from pathlib import Path

import psutil
import sample_cases

from harness.execution import crew
from harness.execution.conduct import conduct, open_run
from harness.execution.events import ChunksStored, Event
from harness.execution.manifesting import manifest_of
from harness.execution.memory import MemoryWatch
from harness.execution.planning import make_plan
from test_matrix import load_matrix


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("workers", type=int)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--signal", type=lambda name: signal.Signals[name])
    parser.add_argument("--after", type=int, default=0)
    parser.add_argument("--to", choices=("self", "group", "worker"), default="self")
    options = parser.parse_args()

    def listen(event: Event) -> None:
        if isinstance(event, ChunksStored) and options.signal and event.stored >= options.after:
            wanted, options.signal = options.signal, None  # once
            children = psutil.Process().children(recursive=True)
            (options.folder / "children").write_text(" ".join(str(child.pid) for child in children))
            if options.to == "group":
                os.killpg(os.getpgid(0), wanted)
            elif options.to == "worker":
                max(children, key=lambda child: child.memory_info().rss).send_signal(wanted)
            else:
                os.kill(os.getpid(), wanted)

    homes = load_matrix(Path(__file__).with_name("homes.yaml"))
    plan = make_plan(homes, sample_cases.CASES, seed=options.seed, chunk_executions=20)
    source = sample_cases.all_cases
    chosen = crew.processes(plan, source, options.workers) if options.workers else crew.alone(plan, source)
    manifest = manifest_of(plan, started="2026-02-03T11:17:00+00:00", commands=())
    with MemoryWatch() as memory, open_run(options.folder, plan, manifest) as store:
        return 0 if conduct(plan, store, chosen, listen, memory) else 4


if __name__ == "__main__":
    sys.exit(main())
