"""What a load at a proportional controller has to say reaches those who control it (GBCS ECS200, 16.2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from harness.cases.alerts import ALERT_CLAUSE, alerts_in_order, code_text
from harness.cases.bench import patience_with
from harness.cases.case import Case, CheckFailed, Purpose, preamble
from harness.cases.cosem_answers import data_text
from harness.cases.outcomes import was_done
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS
from harness.cases.terms import Terms
from harness.cases.told import told_by
from harness.cases.wording import device_name, octets_text, party_name
from harness.codecs.cosem_data import Data, DataTag
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.catalogue import use_case
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.port import Stimulus

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.cases.bench import Bench

_CLAUSE: Final = f"{ALERT_CLAUSE}, ECS200, SMETS2 9.5.2"
_CODE: Final = use_case("ECS200").message_codes[0]
_TOLD: Final = (RemotePartyRole.SUPPLIER, RemotePartyRole.LOAD_CONTROLLER)
_STATE: Final = "AuxiliaryController[n]: controllerNumberAndCommandedState"
_HALF: Final = 0x1132
"""Output of the first controller at 50 %."""
_INFORMATION: Final = (1, bytes((0, 0, 94, 44, 0, 31)), 2, False)
"""What the first controller has to say, as it is read (ECS61e)."""


def _report(bench: Bench, subject: Subject) -> Data:
    """Have the load report; the one text that all who control it are told of it."""
    device = bench.device(subject.target)
    since = bench.now
    bench.operate(subject.target, Stimulus.LOAD_REPORTS)
    alerts = [
        one
        for one in alerts_in_order(bench, device, bench.messages(patience_with(subject.target)), since)
        if one.received.message.message_code == _CODE
    ]
    for role in _TOLD:
        party = bench.parties.party(role)
        if not any(one.received.message.recipient == party.entity_id for one in alerts):
            seen = ", ".join(octets_text(one.received.message.recipient) for one in alerts) or "nobody"
            raise CheckFailed(_CLAUSE, f"the {party_name(role)} to be told by ECS200", seen)
    texts: dict[Data, None] = {}
    for one in alerts:
        if one.code != AlertCode.APC_DATA:
            raise CheckFailed(_CLAUSE, f"alert {code_text(AlertCode.APC_DATA)}", code_text(one.code))
        match one.further:
            case (Data(DataTag.UTF8_STRING) as text,):
                texts[text] = None
            case _:
                found = ", ".join(map(data_text, one.further)) or "nothing"
                raise CheckFailed(_CLAUSE, "a utf8-string behind code and time", found)
    if len(texts) != 1:
        raise CheckFailed(_CLAUSE, "one and the same text for all", ", ".join(map(data_text, texts)))
    return next(iter(texts))


def _run_alert(bench: Bench, subject: Subject) -> None:
    _report(bench, subject)


def _read(bench: Bench, subject: Subject) -> object:
    reading = _BY_NAME["ECS61e", subject.target]
    told = told_by(bench.exchange(reading.command(bench)))
    return next((value for place, value in told.items() if place.where == _INFORMATION), None)


def _run_consistent(bench: Bench, subject: Subject) -> None:
    with preamble():
        idle = _read(bench, subject)
        terms = Terms(given=((_STATE, _HALF),))
        answer = bench.exchange(
            bench.command("ECS47a", subject.target, RemotePartyRole.SUPPLIER, argument=terms)
        )
        wanted = _read(bench, subject)
        if not was_done(answer) or wanted in (idle, None):
            raise CheckFailed(_CLAUSE, "a controller that says its state", f"{wanted}, as when it was idle")
    told = _report(bench, subject)
    if told != wanted:
        shown = data_text(wanted) if isinstance(wanted, Data) else f"{wanted}"
        raise CheckFailed(_CLAUSE, f"{shown}, as ECS61e reads it", data_text(told))


@dataclass(frozen=True, slots=True)
class _Check:
    """One case: its purpose and words, and what it does."""

    purpose: Purpose
    title: str
    why: str
    run: Callable[[Bench, Subject], None]


_CHECKS: Final = (
    _Check(
        Purpose.ALERT,
        "tells the supplier and the load controller what a controlled load has to say",
        "who holds a street's chargers back has to hear which of them still charge",
        _run_alert,
    ),
    _Check(
        Purpose.CONSISTENT,
        "tells of a controlled load what a reading of its controller says",
        "two accounts of one charger leave nobody knowing whether the car is charged",
        _run_consistent,
    ),
)
_BY_NAME: Final = {(subject.use_case, subject.target): subject for subject in SUBJECTS}


def _cases() -> Iterator[Case]:
    for number, target in enumerate((DeviceRole.ESME, DeviceRole.SAPC), 1):
        # The one command that needs a proportional controller too.
        subject = _BY_NAME["ECS47e", target]
        for check in _CHECKS:
            yield Case(
                case_id=f"TC_ECS200_{check.purpose}_{number}",
                title=f"The {device_name(target)} {check.title}",
                why=check.why,
                clause=_CLAUSE,
                use_case="ECS200",
                purpose=check.purpose,
                participants=subject.participants,
                applies=subject.applies,
                run=partial(_run, check=check, subject=subject),
            )


def _run(bench: Bench, check: _Check, subject: Subject) -> None:
    check.run(bench, subject)


CASES: Final = tuple(_cases())
