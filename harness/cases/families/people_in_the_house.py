"""What people in the house see and do: former tenants' use, the meter's security log, tokens twice, a switch.

What a display shows comes over the home area network and in no message (SMETS2 5.6.3.31, 6.4.2, 7.4).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind
from harness.cases.alerts import ALERT_CLAUSE, alerts_in_order, code_text
from harness.cases.applicability import KIND_OF
from harness.cases.bench import patience_with
from harness.cases.case import Case, CheckFailed, InconclusiveOutcome, Purpose, preamble
from harness.cases.observation import words
from harness.cases.payloads import token_of
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS
from harness.cases.terms import Terms
from harness.cases.wording import device_name
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.roles import DeviceRole
from harness.network.clock import MINUTE, Duration
from harness.network.entries import Entry, Feedback
from harness.network.port import Display, Stimulus

if TYPE_CHECKING:
    from harness.cases.bench import Bench

_SETTLED: Final = Duration(40 * MINUTE)
_OUTAGE: Final = Duration(5 * MINUTE)
_TENANCY_CLAUSE: Final = "SMETS2 5.6.3.31, 6.4.2, CHTS 4.5.4.10"
_LOG_CLAUSE: Final = "SMETS2 5.5.13, 5.7.5.34"
_TOP_UP_CLAUSE: Final = "SMETS2 4.5.3.18, 5.6.3.3, 6.4.4"
_SWITCH_CLAUSE: Final = "SMETS2 7.4.3, GBCS HECS01"
_PPMID: Final = DeviceRole.PPMID
_HCALCS: Final = DeviceRole.HCALCS
_ELSEWHERE_ON: Final = 0x1264
"""What the meter's calendar does every day at midnight: the controller joined over the network at 100 %."""
_ON: Final = "on"


def _run_tenancy(bench: Bench, subject: Subject, display: DeviceRole) -> None:
    what = Display.YESTERDAY if subject.use_case == "ECS12" else Display.GAS_YESTERDAY
    if bench.display(display, what) is None:
        raise InconclusiveOutcome(f"the {device_name(display)} does not show {words(what)}")
    with preamble():
        bench.exchange(subject.command(bench))
    bench.wait(_SETTLED)
    shown = bench.display(display, what)
    if shown is not None:
        raise CheckFailed(
            _TENANCY_CLAUSE,
            f"nothing on the {device_name(display)} of what was used before the tenancy changed",
            f"{shown} as {words(what)}",
        )


def _run_log(bench: Bench, subject: Subject, display: DeviceRole) -> None:
    with preamble():
        bench.exchange(subject.command(bench))
    shown = bench.display(display, Display.SECURITY_LOG)
    if shown is not None:
        raise CheckFailed(
            _LOG_CLAUSE, f"nothing of the security log on the {device_name(display)}", repr(shown)
        )


def _run_duplicate(bench: Bench, subject: Subject, display: DeviceRole) -> None:
    meter = bench.device(subject.target)
    supplier = bench.parties.party(subject.sender)
    token = token_of(supplier, meter, bench.next_top_up_counter(), 10)
    for wanted, code in (
        (Feedback.ACCEPTED, AlertCode.CREDIT_ADDED_LOCALLY),
        (Feedback.DUPLICATE, AlertCode.UTRN_DUPLICATE),
    ):
        since = bench.now
        bench.enter(display, Entry.UTRN, token, about=subject.target)
        told = alerts_in_order(bench, meter, bench.messages(patience_with(subject.target)), since)
        shown = bench.display(display, Display.LAST_ENTRY)
        if shown != wanted:
            raise CheckFailed(_TOP_UP_CLAUSE, f"the {device_name(display)} to show {wanted}", f"{shown}")
        if code not in {alert.code for alert in told}:
            found = ", ".join(code_text(alert.code) for alert in told) or "none"
            raise CheckFailed(ALERT_CLAUSE, f"alert {code_text(code)}", found)


def _run_switch(bench: Bench, subject: Subject, display: DeviceRole) -> None:
    with preamble():
        terms = Terms(given=(("script_selector", _ELSEWHERE_ON),))
        bench.exchange(bench.command(subject.use_case, subject.target, subject.sender, argument=terms))
        bench.wait(_SETTLED)
        if bench.display(display, Display.SWITCH) != _ON:
            raise CheckFailed(
                _SWITCH_CLAUSE, "a switch that is on", f"{bench.display(display, Display.SWITCH)}"
            )
        bench.operate(display, Stimulus.POWER_OFF)
        bench.wait(_OUTAGE)
        bench.operate(display, Stimulus.POWER_ON)
    bench.wait(_OUTAGE)
    shown = bench.display(display, Display.SWITCH)
    if shown != _ON:
        raise CheckFailed(
            _SWITCH_CLAUSE, "the switch on again after an outage, as the meter orders", f"{shown}"
        )


@dataclass(frozen=True, slots=True)
class _Check:
    """One case: the use case and device it goes by, what is looked at, its words, and what it does."""

    use_case: str
    target: DeviceRole
    displays: tuple[DeviceRole, ...]
    detail: str
    title: str
    why: str
    clause: str
    run: Callable[[Bench, Subject, DeviceRole], None]
    beside: tuple[DeviceKind, ...] = ()


_DISPLAYS: Final = (_PPMID, DeviceRole.IHD)
_TENANTS_WHY: Final = "what people used is their own, and nothing for those who come after them"
_CHECKS: Final = (
    _Check(
        "ECS12",
        DeviceRole.ESME,
        _DISPLAYS,
        "last_tenants",
        "shows nothing of the electricity used before the tenancy changed",
        _TENANTS_WHY,
        _TENANCY_CLAUSE,
        _run_tenancy,
    ),
    _Check(
        "GCS09",
        DeviceRole.GPF,
        _DISPLAYS,
        "last_tenants",
        "shows nothing of the gas used before the tenancy changed",
        _TENANTS_WHY,
        _TENANCY_CLAUSE,
        _run_tenancy,
        (DeviceKind.GSME,),
    ),
    _Check(
        "ECS52",
        DeviceRole.ESME,
        (DeviceRole.IHD,),
        "no_security_log",
        "gets to see nothing of the electricity meter's security log",
        "who wants to break in must not be told which attempts were noticed",
        _LOG_CLAUSE,
        _run_log,
    ),
    _Check(
        "CS01a",
        DeviceRole.ESME,
        (_PPMID,),
        "token_twice",
        "says that a token for electricity came before, and the supplier is told",
        "who keys a token in twice and hears nothing thinks that the money is gone",
        _TOP_UP_CLAUSE,
        _run_duplicate,
    ),
    _Check(
        "CS01b",
        DeviceRole.GSME,
        (_PPMID,),
        "token_twice",
        "says that a token for gas came before, and the supplier is told",
        "who keys a token in twice and hears nothing thinks that the money is gone",
        _TOP_UP_CLAUSE,
        _run_duplicate,
    ),
    _Check(
        "ECS46d",
        DeviceRole.ESME,
        (_HCALCS,),
        "switch_restored",
        "is on again after an outage where the meter has ordered so",
        "a heater that stays off after every flicker leaves a home cold",
        _SWITCH_CLAUSE,
        _run_switch,
    ),
)


def _run(bench: Bench, check: _Check, subject: Subject, display: DeviceRole) -> None:
    check.run(bench, subject, display)


def _cases() -> Iterator[Case]:
    by_name = {(subject.use_case, subject.target): subject for subject in SUBJECTS}
    for check in _CHECKS:
        for number, display in enumerate(check.displays, 1):
            beside = (*check.beside, KIND_OF[display])
            subject = replace(by_name[check.use_case, check.target], beside=beside, number=number)
            yield subject.case(
                Purpose.JOURNEY,
                detail=check.detail,
                title=f"The {device_name(display)} {check.title}",
                why=check.why,
                clause=check.clause,
                run=partial(_run, check=check, subject=subject, display=display),
            )


CASES: Final = tuple(_cases())
