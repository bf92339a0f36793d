"""A customer changes supplier by the next day: credentials at midnight, then whom to ring and what it costs.

The transitional change of supplier party plans the new supplier's credentials for midnight (GBCS 13.3).
Up to then the old supplier runs the meter and the new one is a stranger; from then on it is the other way
round, and the new one puts its own contact details and its own tariff in place of the old one's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from harness.cases.applicability import all_of
from harness.cases.asn1_requests import Renewal
from harness.cases.case import Case, Purpose, preamble
from harness.cases.command import STRANGER
from harness.cases.observation import expect_display
from harness.cases.refusal import Refusal, expect_refused
from harness.cases.settings import expect_set, set_by
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS
from harness.cases.terms import Terms
from harness.cases.told import told_by
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.clock import DAY, MINUTE, Duration, Instant
from harness.network.port import Display

if TYPE_CHECKING:
    from harness.cases.bench import Bench
    from harness.cases.command import Command

_CLAUSE: Final = "GBCS 9.2, 13.3, SMETS2 4.6.4.4, 5.7.4.8"
_SUPPLIER: Final = RemotePartyRole.SUPPLIER
_KNOWN: Final = 0
_AFTER_MIDNIGHT: Final = Duration(5 * MINUTE)
_OLD: Final = (b"Old Energy", b"0300 111 2222")
_NEW: Final = (b"New Energy", b"0300 333 4444")
_TOO_EARLY: Final = Refusal(_CLAUSE, "it is from the supplier of tomorrow")
_TOO_LATE: Final = Refusal(_CLAUSE, "it is from the supplier of yesterday")


@dataclass(frozen=True, slots=True)
class _Meter:
    """What a change takes at one meter, and what contact details are called in its command."""

    change: Subject
    contact: Subject
    tariff: Subject
    reading: Subject
    names: tuple[str, str]


def _contact(bench: Bench, meter: _Meter, party: int, details: tuple[bytes, bytes]) -> Command:
    terms = Terms(given=tuple(zip(meter.names, details, strict=True)))
    return bench.command(meter.contact.use_case, meter.contact.target, _SUPPLIER, party=party, argument=terms)


def _line(details: tuple[bytes, bytes]) -> str:
    return ", ".join(one.decode() for one in details)


def _shown(bench: Bench, meter: _Meter) -> str | None:
    return bench.display(meter.contact.target, Display.SUPPLIER)


def _plan(bench: Bench, meter: _Meter, midnight: Instant) -> None:
    renewal = meter.change.argument(bench)
    if not isinstance(renewal, Renewal):
        raise TypeError(f"{meter.change.use_case} is not about credentials")
    planned = replace(renewal, terms=Terms(effective=midnight))
    bench.exchange(
        bench.command(meter.change.use_case, meter.change.target, meter.change.sender, argument=planned)
    )


def _run(bench: Bench, meter: _Meter) -> None:
    midnight = Instant((bench.now // DAY + 1) * DAY)
    with preamble():
        bench.exchange(_contact(bench, meter, _KNOWN, _OLD))
        _plan(bench, meter, midnight)
    expect_display(bench, meter.contact.target, Display.SUPPLIER, _line(_OLD), _CLAUSE)
    _refused(bench, meter, STRANGER, _NEW, _TOO_EARLY)
    bench.exchange(meter.reading.command(bench))
    bench.wait(Duration(midnight - bench.now + _AFTER_MIDNIGHT))
    _refused(bench, meter, _KNOWN, (b"Still here", b"0300 111 0000"), _TOO_LATE)
    bench.exchange(_contact(bench, meter, STRANGER, _NEW))
    expect_display(bench, meter.contact.target, Display.SUPPLIER, _line(_NEW), _CLAUSE)
    _replace_tariff(bench, meter)


def _refused(bench: Bench, meter: _Meter, party: int, details: tuple[bytes, bytes], refusal: Refusal) -> None:
    octets = _contact(bench, meter, party, details).octets
    expect_refused(bench, meter.contact.target, octets, refusal, partial(_shown, meter=meter))


def _replace_tariff(bench: Bench, meter: _Meter) -> None:
    """The new supplier's tariff is what the meter tells it of from then on."""
    command = meter.tariff.command(bench, _SUPPLIER, party=STRANGER)
    bench.exchange(command)
    told = told_by(bench.exchange(meter.reading.command(bench, _SUPPLIER, party=STRANGER)))
    expect_set(_CLAUSE, "as the new supplier set it", set_by(command), told)


def _case(meter: _Meter) -> Case:
    subject = meter.change
    return subject.case(
        Purpose.JOURNEY,
        detail="next_day",
        title=f"The {subject.device} is the old supplier's up to midnight and the new one's from then on, "
        "with its contact details and tariff",
        why="who changes supplier by tomorrow must be billed by one of them, at its prices, with no gap",
        clause=_CLAUSE,
        run=partial(_run, meter=meter),
        applies=all_of(
            subject.applies, *(one.applies for one in (meter.contact, meter.tariff, meter.reading))
        ),
    )


def _meter(target: DeviceRole, contact: str, tariff: str, reading: str, names: tuple[str, str]) -> _Meter:
    by_name = {subject.use_case: subject for subject in SUBJECTS if subject.target is target}
    change = by_name["CS02bSupplierByTransCoS"]
    return _Meter(change, by_name[contact], by_name[tariff], by_name[reading], names)


CASES: Final = tuple(
    map(
        _case,
        (
            _meter(
                DeviceRole.ESME,
                "ECS16",
                "ECS01a",
                "ECS24",
                ("ContactDetails: supplierName", "ContactDetails: supplierTelephoneNumber"),
            ),
            _meter(
                DeviceRole.GSME,
                "GCS44",
                "GCS01a",
                "GCS21f",
                ("proposed_provider_name", "proposed_provider_contact_details"),
            ),
        ),
    )
)
