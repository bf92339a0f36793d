"""A hub whose setting was changed says so once, and goes on with its work (CHTS 4.5, GBCS 16.2)."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Final

from harness.cases.alerts import ALERT_CLAUSE, alerts_of, code_text
from harness.cases.case import Case, CheckFailed, Purpose, preamble
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS
from harness.gbcs.roles import DeviceRole
from harness.network.clock import MINUTE, Duration

if TYPE_CHECKING:
    from harness.cases.bench import Bench

_CLAUSE: Final = "GBCS 16.2, CHTS 4.5"
_SOON: Final = Duration(10 * MINUTE)
_MOST: Final = 2


def _run(bench: Bench, subject: Subject) -> None:
    with preamble():
        bench.exchange(subject.command(bench))
    told = Counter(alert.code for alert in alerts_of(bench.device(DeviceRole.CHF), bench.messages(_SOON)))
    for code, times in told.items():
        if times > _MOST:
            raise CheckFailed(
                ALERT_CLAUSE, f"alert {code_text(code)} at most {_MOST} times", f"{times} times"
            )


def _case(subject: Subject) -> Case:
    return subject.case(
        Purpose.JOURNEY,
        detail="quiet",
        title="The hub tells of a change of its radio's settings, and not of everything that it knows",
        why="a street of hubs that all register anew at once is more than the network carries",
        clause=_CLAUSE,
        run=partial(_run, subject=subject),
    )


CASES: Final = tuple(_case(subject) for subject in SUBJECTS if subject.use_case == "DBCH04")
