"""How a run shows its progress: a live line on a terminal, a plain line now and then anywhere else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeRemainingColumn

from harness.execution.events import ChunksStored, Event, Listener, RunEnded, RunStarted
from harness.records.types import Verdict

_LINE_EVERY: Final = 15.0
"""Seconds between plain lines."""
_MINUTE: Final = 60
_WORDS: Final = {
    Verdict.PASS: ("pass", "green"),
    Verdict.FAIL: ("fail", "red"),
    Verdict.INCONCLUSIVE: ("inconclusive", "yellow"),
    Verdict.NOT_APPLICABLE: ("not applicable", "dim"),
    Verdict.ERROR: ("error", "magenta"),
}


def verdicts_in_words(verdicts: Mapping[Verdict, int]) -> str:
    """Counts of verdicts in one line, those of zero left out."""
    return ", ".join(
        f"{verdicts[verdict]:,} {word}" for verdict, (word, _) in _WORDS.items() if verdicts[verdict]
    )


@contextmanager
def progress(console: Console) -> Iterator[Listener]:
    """A listener that shows what a run says."""
    if not console.is_terminal:
        yield _Lines(console).listen
        return
    columns = (
        SpinnerColumn(),
        BarColumn(bar_width=30),
        TextColumn("{task.percentage:>3.0f}%  {task.fields[rate]:,.0f}/s"),
        TimeRemainingColumn(compact=True),
        TextColumn("{task.fields[verdicts]}"),
    )
    with Progress(*columns, console=console, refresh_per_second=5, transient=True) as bar:
        yield _Bar(console, bar).listen


class _Bar:
    def __init__(self, console: Console, bar: Progress) -> None:
        self._console = console
        self._bar = bar
        self._task: TaskID | None = None
        self._before = 0

    def listen(self, event: Event) -> None:
        match event:
            case RunStarted():
                self._before = event.stored
                self._console.print(_opening(event), highlight=False)
                self._task = self._bar.add_task(
                    "run", total=event.executions, completed=event.stored, rate=0.0, verdicts=""
                )
            case ChunksStored() if self._task is not None:
                self._bar.update(
                    self._task,
                    completed=event.stored,
                    rate=(event.stored - self._before) / max(event.seconds, 0.001),
                    verdicts="  ".join(
                        f"[{style}]{event.verdicts[verdict]:,} {word}[/]"
                        for verdict, (word, style) in _WORDS.items()
                        if event.verdicts[verdict]
                    ),
                )
            case RunEnded():
                if self._task is not None:
                    self._bar.remove_task(self._task)
                self._console.print(_closing(event), highlight=False)


class _Lines:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._total = 0
        self._before = 0
        self._next = _LINE_EVERY

    def listen(self, event: Event) -> None:
        match event:
            case RunStarted():
                self._total, self._before = event.executions, event.stored
                self._say(_opening(event))
            case ChunksStored() if event.seconds >= self._next:
                self._next = event.seconds + _LINE_EVERY
                self._say(self._state(event))
            case RunEnded():
                self._say(_closing(event))

    def _state(self, event: ChunksStored) -> str:
        rate = (event.stored - self._before) / event.seconds
        left = (self._total - event.stored) / max(rate, 0.001)
        return (
            f"{event.stored / self._total:4.0%}  {event.stored:,} executions, {rate:,.0f}/s,"
            f" {time_in_words(left)} left: {verdicts_in_words(event.verdicts)}"
        )

    def _say(self, text: str) -> None:
        self._console.print(text, highlight=False, soft_wrap=True)


def _opening(event: RunStarted) -> str:
    done = f", {event.stored:,} of them stored already" if event.stored else ""
    return f"{event.combinations:,} combinations, {event.executions:,} executions{done}, by {event.crew}"


def _closing(event: RunEnded) -> str:
    how = "done" if event.complete else "stopped"
    return f"{how} after {time_in_words(event.seconds)}: {verdicts_in_words(event.verdicts)}"


def time_in_words(seconds: float) -> str:
    """A time such as "45 s" or "3 min 20 s"."""
    minutes, rest = divmod(round(seconds), _MINUTE)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
