"""A meter that cannot be sure of its time still tells what it counted before (ECS70, ECS22b)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from harness.cases.case import Purpose
from harness.cases.cosem_values import date_time
from harness.cases.subjects.electricity import CLOCK_SET, HALF_HOUR_LOG
from harness.cases.terms import Terms
from harness.network.clock import HOUR

if TYPE_CHECKING:
    from harness.cases.bench import Bench

_CLAUSE: Final = "SMETS2 5.5.1, 5.7.5.27"


def _run(bench: Bench) -> None:
    """Have the hub's time lie outside of the range that the supplier allows, then read the log."""
    past = Terms(
        given=(
            ("validity_interval_start", date_time(bench.now - 3 * HOUR)),
            ("validity_interval_end", date_time(bench.now - 2 * HOUR)),
        )
    )
    bench.exchange(bench.command("ECS70", CLOCK_SET.target, CLOCK_SET.sender, argument=past))
    HALF_HOUR_LOG.verify(bench, HALF_HOUR_LOG, HALF_HOUR_LOG.sender)


CASES: Final = (
    HALF_HOUR_LOG.case(
        Purpose.JOURNEY,
        detail="unreliable_clock",
        title="The ESME reads out its half-hour log while its clock is unreliable",
        why="a meter whose clock drifted would otherwise take its history along into settlement's dispute",
        clause=_CLAUSE,
        run=_run,
    ),
)
