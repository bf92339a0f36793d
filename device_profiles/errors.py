"""Bad input, said so that a person can act on it: file, line, field, what was expected."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InputProblem:
    """One thing wrong with one input. ``line`` and ``column`` count from 1; 0 is "not in a line"."""

    path: str
    line: int
    column: int
    field: str
    expected: str

    def __str__(self) -> str:
        place = (
            self.path + (f":{self.line}" if self.line else "") + (f":{self.column}" if self.column else "")
        )
        return f"{place}: {self.field + ': ' if self.field else ''}{self.expected}"


class InputError(Exception):
    """One or more problems with what a person gave; never shown as a traceback."""

    def __init__(self, problems: Iterable[InputProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
