"""New firmware in the electricity meter is no outage: not for the hub on top of it, nor in what is told."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from harness.cases.alerts import alerts_of, code_text
from harness.cases.case import Case, CheckFailed, Purpose, preamble
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS, firmware
from harness.cases.subjects.firmware import expect_activated, image_of
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.roles import DeviceRole
from harness.network.clock import MINUTE, Duration

if TYPE_CHECKING:
    from harness.cases.bench import Bench

_CLAUSE: Final = "SMETS2 5.5.12.6, GBCS 11.3"
_STARTING: Final = Duration(2 * MINUTE)
_SETTLED: Final = Duration(8 * MINUTE)
_OUTAGES: Final = frozenset({AlertCode.SUPPLY_RESTORED, AlertCode.SUPPLY_RESTORED_AFTER_LONG_OUTAGE})


def _run(bench: Bench, subject: Subject, of_hub: Subject) -> None:
    with preamble():
        expect_activated(bench.exchange(subject.command(bench)), image_of(bench, subject.target))
    bench.wait(_STARTING)
    bench.exchange(of_hub.command(bench))
    meter = bench.device(DeviceRole.ESME)
    told = [alert for alert in alerts_of(meter, bench.messages(_SETTLED)) if alert.code in _OUTAGES]
    if told:
        raise CheckFailed(
            _CLAUSE, "no outage told of while the mains were there", f"alert {code_text(told[0].code)}"
        )


def _case(subject: Subject, of_hub: Subject) -> Case:
    return subject.case(
        Purpose.JOURNEY,
        detail="no_outage",
        title="The ESME starts new firmware without an outage, its own or the hub's",
        why="a night of updates must not look like a network that failed",
        clause=_CLAUSE,
        run=partial(_run, subject=subject, of_hub=of_hub),
    )


_HUB_VERSION: Final = next(
    one for one in SUBJECTS if one.use_case == "ECS52" and one.target is DeviceRole.CHF
)
CASES: Final = tuple(
    _case(one, _HUB_VERSION)
    for one in firmware.SUBJECTS
    if one.use_case == "CS06" and one.target is DeviceRole.ESME
)
