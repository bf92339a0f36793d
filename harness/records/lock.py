"""One writer for a run at a time: a lock on its folder, which the system lets go of when the writer dies."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from harness.records.schema import refuse

if sys.platform != "win32":
    import fcntl


class WriterLock:
    """Held from when it is made until it is released. Raises InputError where another process has it."""

    def __init__(self, folder: Path) -> None:
        self._descriptor: int | None = None
        if sys.platform == "win32":
            return  # no such lock there; SQLite still keeps each transaction whole
        self._descriptor = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.release()
            raise refuse(folder, "expected a run that nobody is working on: another process is") from None

    def release(self) -> None:
        """Let others have the run."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
