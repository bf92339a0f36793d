"""Exit codes of every command: the contract with scripts and CI."""

from enum import IntEnum


class Exit(IntEnum):
    """What the process says when it ends."""

    DONE = 0
    GATE_FAILED = 1
    USAGE = 2
    INTERNAL = 3
    INCOMPLETE = 4
    NOTHING_SELECTED = 5
