"""A load that is limited comes back when its time is over, and not before (SMETS2 5.5.8, 5.7.4.21)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind
from harness.cases.alerts import RaisedAlert, alerts_of, code_text
from harness.cases.applicability import all_of, with_equipment
from harness.cases.case import Case, CheckFailed, Purpose, preamble
from harness.cases.inspection import check_moment
from harness.cases.observation import expect_display
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS
from harness.cases.terms import Terms
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.equipment import Equipment
from harness.gbcs.roles import DeviceRole
from harness.network.clock import HOUR, MINUTE, SECOND, Duration, Instant
from harness.network.port import Display

if TYPE_CHECKING:
    from harness.cases.bench import Bench

_CLAUSE: Final = "SMETS2 5.5.8, 5.7.4.21"
_ESME: Final = DeviceRole.ESME
_RESTORATION: Final = Duration(HOUR)
_PERIOD: Final = Duration(MINUTE)
_SOON: Final = Duration(10 * MINUTE)
"""A home always draws more than nothing, so that the limit is met once the period is over."""
_LIMIT: Final = Terms(
    given=(
        ("LoadLimitSupplyState: valueNext", 1),
        ("LoadLimitPowerThreshold: thresholdNext", 0),
        ("LoadLimitPeriod(Timer): valueNext", _PERIOD // SECOND),
        ("LoadLimitRestorationPeriod(Timer): valueNext", _RESTORATION // SECOND),
    )
)


def _run(bench: Bench, subject: Subject) -> None:
    with preamble():
        bench.exchange(bench.command(subject.use_case, _ESME, subject.sender, argument=_LIMIT))
    limited = _raised(bench, AlertCode.SUPPLY_ARMED_BY_LOAD_LIMIT, _SOON)
    due = Instant(limited.raised_at + _RESTORATION)
    bench.wait(Duration(due - bench.now - MINUTE))
    expect_display(bench, _ESME, Display.SUPPLY_STATE, "armed", _CLAUSE)
    restored = _raised(bench, AlertCode.SUPPLY_ENABLED_AFTER_LOAD_LIMIT, _SOON)
    check_moment(restored.raised_at, due, due, _CLAUSE, "end of the limit")


def _raised(bench: Bench, code: AlertCode, within: Duration) -> RaisedAlert:
    """The first alert with a code. Raises CheckFailed where none comes in time."""
    meter = bench.device(_ESME)
    for alert in alerts_of(meter, bench.messages(within)):
        if alert.code == code:
            return alert
    raise CheckFailed(_CLAUSE, f"alert {code_text(code)}", "none such")


def _case(subject: Subject) -> Case:
    return subject.case(
        Purpose.JOURNEY,
        detail="restored",
        title="The ESME gives the supply back when the restoration period of a load limit is over",
        why="a limit that lets go early has the load back while the network still cannot carry it",
        clause=_CLAUSE,
        run=partial(_run, subject=subject),
        applies=all_of(subject.applies, with_equipment(DeviceKind.ESME, Equipment.LOAD_SWITCH)),
    )


CASES: Final = tuple(_case(subject) for subject in SUBJECTS if subject.use_case == "ECS28a")
