"""Ctrl-C as a wish: the first stops a run in good order, the second stops it at once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker
from types import FrameType


class StopWish:
    """Whether somebody asked to stop."""

    def __init__(self) -> None:
        self.made = False

    def make(self) -> None:
        """Ask to stop."""
        self.made = True


@contextmanager
def stop_on_interrupt() -> Iterator[StopWish]:
    """Turn the first SIGINT into a wish. Elsewhere than in the main thread, signals stay as they are."""
    wish = StopWish()
    if threading.current_thread() is not threading.main_thread():
        yield wish
        return

    def handle(_number: int, _frame: FrameType | None) -> None:
        if wish.made:
            raise KeyboardInterrupt
        wish.make()

    before = signal.signal(signal.SIGINT, handle)
    try:
        yield wish
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def interrupts_held() -> Iterator[None]:
    """Hold SIGINT back until the end of the block; threads and processes started inside never get it.

    A terminal sends Ctrl-C to every process of its group: workers must go on until they are told to stop.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows has neither the call nor the group
        yield
        return
    # Starting multiprocessing's resource tracker lets SIGINT through again: that must have happened before.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
