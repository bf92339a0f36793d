"""The most memory that this process and those that it started had at one time."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Final, Self

import psutil

_INTERVAL: Final = 0.5
"""Seconds between looks: long enough to cost nothing, short enough to see what matters."""


class MemoryWatch:
    """Looks at resident memory now and then while it is entered.

    Pages that processes share count once for each: the figure errs upwards.
    """

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._peak = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="memory", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()

    @property
    def peak(self) -> int:
        """The peak so far, in octets."""
        self._peak = max(self._peak, self._resident())
        return self._peak

    def _watch(self) -> None:
        while not self._done.wait(_INTERVAL):
            self._peak = max(self._peak, self._resident())

    def _resident(self) -> int:
        return sum(_resident(process) for process in (self._process, *self._process.children(recursive=True)))


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0  # it ended between being listed and being looked at
