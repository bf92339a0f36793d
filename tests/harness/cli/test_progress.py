"""Progress says how much, how fast, how long and with what verdicts, on a terminal and off it."""

import io
import time

import pytest
from rich.console import Console

from harness.cli.progress import progress, time_in_words, verdicts_in_words
from harness.execution.events import ChunksStored, RunEnded, RunStarted
from harness.records.types import Verdict


def _verdicts(passed: int, failed: int) -> dict[Verdict, int]:
    return {**dict.fromkeys(Verdict, 0), Verdict.PASS: passed, Verdict.FAIL: failed}


def _shown(*, terminal: bool) -> str:
    text = io.StringIO()
    console = Console(file=text, force_terminal=terminal, width=120, color_system=None)
    with progress(console) as listen:
        listen(RunStarted(1000, 5000, 1000, "4 processes", _verdicts(1000, 0)))
        for stored in range(1100, 5001, 100):
            listen(ChunksStored(stored, _verdicts(stored - 7, 7), (stored - 1000) / 50))
        time.sleep(0.5 if terminal else 0)  # a live line is drawn five times a second
        listen(RunEnded(5000, _verdicts(4993, 7), 80.0, complete=True))
    return text.getvalue()


def test_plain_lines_are_few() -> None:
    first, *lines, last = _shown(terminal=False).splitlines()
    assert first == "1,000 combinations, 5,000 executions, 1,000 of them stored already, by 4 processes"
    assert len(lines) == 5
    assert lines[0] == " 36%  1,800 executions, 50/s, 1 min 4 s left: 1,793 pass, 7 fail"
    assert last == "done after 1 min 20 s: 4,993 pass, 7 fail"


def test_a_terminal_gets_a_live_line() -> None:
    shown = _shown(terminal=True)
    for part in ("1,000 combinations", "%", "50/s", "4,993 pass", "7 fail", "done after 1 min 20 s"):
        assert part in shown, part


def test_a_run_that_was_stopped_says_so() -> None:
    text = io.StringIO()
    with progress(Console(file=text, width=120)) as listen:
        listen(RunEnded(10, _verdicts(10, 0), 3.0, complete=False))
    assert text.getvalue() == "stopped after 3 s: 10 pass\n"


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.4, "0 s"), (59.4, "59 s"), (59.6, "1 min 0 s"), (200, "3 min 20 s")]
)
def test_times_in_words(seconds: float, words: str) -> None:
    assert time_in_words(seconds) == words


def test_verdicts_of_nothing() -> None:
    assert verdicts_in_words(_verdicts(0, 0)) == ""
