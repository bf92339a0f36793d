"""A switch elsewhere in the home does what its electricity meter says, and nothing else (GBCS HECS01).

The switch asks on the home area network and has no message of its own over the wide one, so its state
is read off the switch itself (SMETS2 7.4.3).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind
from harness.cases.applicability import all_of
from harness.cases.asn1_requests import Partner
from harness.cases.bench import patience_with
from harness.cases.case import Case, CheckFailed, InconclusiveOutcome, Purpose, preamble
from harness.cases.cosem_values import Value, date_time
from harness.cases.outcomes import was_done
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS
from harness.cases.tampering import with_corrupted_mac
from harness.cases.terms import Terms
from harness.codecs.asn1.joining import UnjoinCode, UnjoinResponse
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.clock import HOUR, MINUTE, Duration, Instant
from harness.network.port import Display, Stimulus

if TYPE_CHECKING:
    from harness.cases.bench import Bench
    from harness.cases.command import Command

_CLAUSE: Final = "SMETS2 7.4.3, 5.6.3.33, GBCS HECS01"
_ESME: Final = DeviceRole.ESME
_HCALCS: Final = DeviceRole.HCALCS
_HELD: Final = Duration(2 * HOUR)
_SETTLED: Final = Duration(5 * MINUTE)
_OURS: Final = 2
"""The number of the controller that is joined over the home area network."""
_ANOTHER: Final = 1


@dataclass(frozen=True, slots=True)
class _Form:
    """The form of the order in some versions of GBCS. ``selector`` is of a controller's number and state."""

    use_case: str
    name: str
    on: int
    off: int
    span: Callable[[Instant, int], tuple[tuple[str, Value], ...]]

    def order(self, bench: Bench, controller: int, *, on: bool) -> Command:
        """The supplier's order to switch a controller for two hours."""
        selector = controller << 8 | (self.on if on else self.off)
        given = ((self.name, selector), *self.span(bench.now, controller))
        return bench.command(self.use_case, _ESME, RemotePartyRole.SUPPLIER, argument=Terms(given=given))


def _minutes(_now: Instant, controller: int) -> tuple[tuple[str, Value], ...]:
    title = f"AuxiliaryLoadControlSwitch[{controller}]"
    return tuple((f"{title}: {what}Minutes", _HELD // MINUTE) for what in ("activation", "deactivation"))


def _dates(now: Instant, controller: int) -> tuple[tuple[str, Value], ...]:
    title = f"AuxiliaryController[{controller}]: settingPeriod"
    return (
        (f"{title}StartDateTime", date_time(now)),
        (f"{title}EndDateTime", date_time(Instant(now + _HELD))),
    )


_OUTPUT: Final = 0x1000
_FORMS: Final = (
    _Form(
        "ECS47a",
        "AuxiliaryController[n]: controllerNumberAndCommandedState",
        _OUTPUT | 100,
        _OUTPUT,
        _dates,
    ),
    _Form("ECS47", "AuxiliaryLoadControlSwitch[n]: switchNumberAndCommandedState", 0x11, 0x12, _minutes),
)


def _switch(bench: Bench, form: _Form, *, on: bool, controller: int = _OURS) -> None:
    answer = bench.exchange(form.order(bench, controller, on=on))
    if not was_done(answer):
        raise InconclusiveOutcome(f"the ESME does not carry {form.use_case} out")


def _expect(bench: Bench, wanted: str, when: str) -> None:
    shown = bench.display(_HCALCS, Display.SWITCH)
    if shown != wanted:
        raise CheckFailed(_CLAUSE, f"a switch that is {wanted} {when}", f"{shown}")


def _follow(bench: Bench, form: _Form) -> None:
    for on, wanted in ((True, "on"), (False, "off")):
        with preamble():
            _switch(bench, form, on=on)
        bench.wait(_SETTLED)
        _expect(bench, wanted, "after the meter was ordered so")


def _end(bench: Bench, form: _Form) -> None:
    with preamble():
        _switch(bench, form, on=True)
        bench.wait(_SETTLED)
        _expect(bench, "on", "after the meter was ordered so")
    bench.wait(_HELD)
    _expect(bench, "off", "once the time of the order is over")


def _refuse(bench: Bench, form: _Form) -> None:
    command = form.order(bench, _OURS, on=True)
    bench.send_octets(with_corrupted_mac(command), to=_ESME)
    bench.messages(patience_with(_ESME))
    _expect(bench, "off", "after an order with a wrong MAC")


def _another(bench: Bench, form: _Form) -> None:
    with preamble():
        _switch(bench, form, on=True, controller=_ANOTHER)
    bench.wait(_SETTLED)
    _expect(bench, "off", "after an order to another controller")


def _keep(bench: Bench, form: _Form) -> None:
    with preamble():
        _switch(bench, form, on=True)
        bench.wait(_SETTLED)
        _expect(bench, "on", "after the meter was ordered so")
    bench.operate(_ESME, Stimulus.POWER_OFF)
    bench.wait(_SETTLED)
    _expect(bench, "on", "while the meter cannot be asked, as it was told last")


def _part(bench: Bench, form: _Form) -> None:
    with preamble():
        device = bench.device(_HCALCS)
        partner = Partner(device.entity_id, _HCALCS.device_type, device.key_agreement_certificate)
        answer = bench.exchange(bench.command("CS04AC", _ESME, RemotePartyRole.SUPPLIER, argument=partner))
        if not isinstance(answer.payload, UnjoinResponse) or answer.payload.code is not UnjoinCode.SUCCESS:
            raise InconclusiveOutcome("the ESME does not part from the HCALCS")
        _switch(bench, form, on=True)
    bench.wait(_SETTLED)
    _expect(bench, "off", "where the meter was parted from it")


@dataclass(frozen=True, slots=True)
class _Check:
    """One case: its purpose and words, and what it does."""

    purpose: Purpose
    detail: str
    title: str
    why: str
    run: Callable[[Bench, _Form], None]


_CHECKS: Final = (
    _Check(
        Purpose.NOMINAL,
        "",
        "switches the load on and off as the electricity meter is ordered",
        "a heater that does not hear of an order leaves a home cold, or costs its owner money",
        _follow,
    ),
    _Check(
        Purpose.NOMINAL,
        "for_a_time",
        "switches the load off again when the time of an order is over",
        "a load that stays on after its hours is paid for at the dear rate",
        _end,
    ),
    _Check(
        Purpose.NO_SIDE_EFFECT,
        "",
        "stays as it is when the electricity meter gets an order with a wrong MAC",
        "whoever could switch loads without a key could switch a whole town at once",
        _refuse,
    ),
    _Check(
        Purpose.WRONG_RECIPIENT,
        "",
        "stays as it is when another controller is switched",
        "a charger that runs on the heater's hours leaves a car empty",
        _another,
    ),
    _Check(
        Purpose.CONSISTENT,
        "",
        "stays as it was told last while the electricity meter is dark",
        "a load that goes off with every fault of a meter is a fault that spreads",
        _keep,
    ),
    _Check(
        Purpose.WRONG_ROLE,
        "parted",
        "is told nothing by an electricity meter that was parted from it",
        "a switch that was given away must not follow the old home",
        _part,
    ),
)


def _cases() -> Iterator[Case]:
    subjects = {one.use_case: one for one in SUBJECTS if one.target is _ESME}
    for number, form in enumerate(_FORMS, 1):
        subject = replace(subjects[form.use_case], beside=(DeviceKind.HCALCS,))
        for check in _CHECKS:
            yield _case(check, form, subject, number)


def _case(check: _Check, form: _Form, subject: Subject, number: int) -> Case:
    words = f"{check.purpose}_{check.detail}" if check.detail else str(check.purpose)
    return Case(
        case_id=f"TC_HECS01_{words}_{number}",
        title=f"The HCALCS {check.title} ({form.use_case})",
        why=check.why,
        clause=_CLAUSE,
        use_case="HECS01",
        purpose=check.purpose,
        participants=subject.participants,
        applies=all_of(subject.applies),
        run=partial(_run, check=check, form=form),
        covers=(form.use_case,),
    )


def _run(bench: Bench, check: _Check, form: _Form) -> None:
    check.run(bench, form)


CASES: Final = tuple(_cases())
