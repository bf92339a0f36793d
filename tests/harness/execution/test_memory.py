"""The memory of a run is that of all its processes."""

import subprocess
import sys

from harness.execution.memory import MemoryWatch

_LARGE = 150_000_000
_CHILD = f"held = bytearray({_LARGE}); print(len(held), flush=True); input()"


def test_children_count() -> None:
    with MemoryWatch() as memory:
        before = memory.peak
        with subprocess.Popen(
            [sys.executable, "-c", _CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as child:
            assert child.stdout is not None
            child.stdout.readline()
            during = memory.peak
            child.communicate("\n")
        after = memory.peak
    assert during - before > _LARGE
    assert after == during, "it is the peak that counts"
