"""What people ask of a meter through the PPMID: top-ups, emergency credit, the supply (SMETS2 6.4.4).

The electricity meter is asked in the house (GBCS PECS01 to 03). The gas meter sleeps: it gets a message
with a MAC of its own (PCS01, PCS02), and the PPMID shows what became of it when the meter has said so.
Amounts are millipence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind
from harness.cases.alerts import ALERT_CLAUSE, alerts_in_order, code_text
from harness.cases.applicability import KIND_OF, Applicability, all_of, has, with_equipment
from harness.cases.asn1_requests import Partner
from harness.cases.bench import patience_with
from harness.cases.case import Case, CheckFailed, InconclusiveOutcome, Purpose, preamble
from harness.cases.command import STRANGER
from harness.cases.outcomes import was_done
from harness.cases.payloads import TOP_UP_POUNDS, token_of
from harness.cases.prepaid import LENT, METERS, SMALL, PrepaidMeter
from harness.cases.wording import device_name
from harness.codecs.asn1.joining import UnjoinCode, UnjoinResponse
from harness.crypto.utrn import check_digit, format_token, parse_token
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.equipment import Equipment
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.clock import MINUTE, Duration
from harness.network.entries import Entry, Feedback
from harness.network.port import Display

if TYPE_CHECKING:
    from harness.cases.bench import Bench
    from harness.cases.inspection import Received

_PPMID: Final = DeviceRole.PPMID
_SUPPLIER: Final = RemotePartyRole.SUPPLIER
_PAID: Final = TOP_UP_POUNDS * 100_000
_USED_MEANWHILE: Final = SMALL
"""More than a home uses while a gas meter sleeps."""
_ATTEMPTS: Final = 5
_LOCKED: Final = Duration(10 * MINUTE)
_REFUSED: Final = frozenset({Feedback.NOT_AUTHENTIC, Feedback.INVALID})
"""A gas meter's answer does not tell what is no token from what is not the supplier's."""
_STATES: Final = (Display.METER_BALANCE, Display.EMERGENCY_CREDIT, Display.SUPPLY_STATE)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a person asks for: the use case that brings it to a meter, the meter, what is pressed."""

    use_case: str
    meter: PrepaidMeter
    entry: Entry
    clause: str

    @property
    def target(self) -> DeviceRole:
        """The meter's role."""
        return self.meter.target

    def ask(self, bench: Bench, text: str = "") -> tuple[Feedback | None, tuple[Received, ...]]:
        """Press it, and wait until the meter must have answered: what is shown, and messages that came."""
        since = bench.enter(_PPMID, self.entry, text, about=self.target)
        heard = bench.messages(patience_with(self.target))
        shown = bench.display(_PPMID, Display.LAST_ENTRY)
        return (since if shown is None else Feedback(shown)), heard

    def expect(self, bench: Bench, wanted: Feedback, text: str = "") -> tuple[Received, ...]:
        """Ask, and check what is shown for it. Raises CheckFailed."""
        return self.expect_one_of(bench, frozenset({wanted}), text)

    def expect_one_of(
        self, bench: Bench, wanted: frozenset[Feedback], text: str = ""
    ) -> tuple[Received, ...]:
        """Ask, and check that one of several is shown. Raises CheckFailed."""
        shown, heard = self.ask(bench, text)
        if shown not in wanted:
            raise CheckFailed(self.clause, f"the PPMID to show {' or '.join(sorted(wanted))}", f"{shown}")
        return heard

    def expect_told(
        self, bench: Bench, code: AlertCode, *, asked: Callable[[], tuple[Received, ...]]
    ) -> None:
        """Ask, and check that the supplier is told by an alert in order. Raises CheckFailed."""
        since = bench.now
        told = [one.code for one in alerts_in_order(bench, bench.device(self.target), asked(), since)]
        if code not in told:
            found = ", ".join(map(code_text, told)) or "none"
            raise CheckFailed(ALERT_CLAUSE, f"alert {code_text(code)}", found)

    def state(self, bench: Bench) -> dict[Display, str | None]:
        """What the meter shows of its account and supply."""
        return {what: bench.display(self.target, what) for what in _STATES}

    def expect_unchanged(self, bench: Bench, before: dict[Display, str | None]) -> None:
        """Check that the meter shows as before, but for what the home used. Raises CheckFailed."""
        after = self.state(bench)
        gained = _amount(after[Display.METER_BALANCE]) - _amount(before[Display.METER_BALANCE])
        rest = [after[what] == before[what] for what in _STATES[1:]]
        if not (-_USED_MEANWHILE <= gained <= 0 and all(rest)):
            raise CheckFailed(self.clause, f"the meter as before, {_words(before)}", _words(after))


def _amount(shown: str | None) -> int:
    try:
        return int(shown or "")
    except ValueError:
        raise InconclusiveOutcome(f"the meter shows {shown!r} as its balance") from None


def _words(state: dict[Display, str | None]) -> str:
    return ", ".join(f"{what.value} {shown}" for what, shown in state.items() if shown is not None)


def _token(bench: Bench, asked: _Asked, *, of: DeviceRole | None = None, party: int = 0) -> str:
    """A token for the meter, or for another device, of the supplier that the meter knows or another."""
    supplier = bench.parties.party(_SUPPLIER, party)
    device = bench.device(asked.target if of is None else of)
    return token_of(supplier, device, bench.next_top_up_counter(), TOP_UP_POUNDS)


def _pay(bench: Bench, asked: _Asked) -> None:
    with preamble():
        asked.meter.prepare(bench, SMALL)
    before = asked.state(bench)
    asked.expect(bench, Feedback.ACCEPTED, _token(bench, asked))
    gained = _amount(asked.state(bench)[Display.METER_BALANCE]) - _amount(before[Display.METER_BALANCE])
    if not _PAID - _USED_MEANWHILE <= gained <= _PAID:
        raise CheckFailed(asked.clause, f"£{TOP_UP_POUNDS} more on the account", f"{gained / 100_000:.2f}")


def _tell_of_payment(bench: Bench, asked: _Asked) -> None:
    token = _token(bench, asked)
    asked.expect_told(
        bench, AlertCode.CREDIT_ADDED_LOCALLY, asked=lambda: asked.expect(bench, Feedback.ACCEPTED, token)
    )


def _refuse(bench: Bench, asked: _Asked, made: Callable[[Bench, _Asked], str]) -> None:
    """A token that is not to be taken changes nothing, and does not stand in the way of a good one."""
    with preamble():
        asked.meter.prepare(bench, SMALL)
        bench.messages(patience_with(asked.target))
    before, since = asked.state(bench), bench.now
    heard = asked.expect_one_of(bench, _REFUSED, made(bench, asked))
    told = [one.code for one in alerts_in_order(bench, bench.device(asked.target), heard, since)]
    if made in _FORGED and AlertCode.UTRN_NOT_AUTHENTIC not in told:
        found = ", ".join(map(code_text, told)) or "none"
        raise CheckFailed(ALERT_CLAUSE, f"alert {code_text(AlertCode.UTRN_NOT_AUTHENTIC)}", found)
    asked.expect_unchanged(bench, before)
    asked.expect(bench, Feedback.ACCEPTED, _token(bench, asked))


def _of_another_device(bench: Bench, asked: _Asked) -> str:
    return _token(bench, asked, of=DeviceRole.GPF)


def _of_another_supplier(bench: Bench, asked: _Asked) -> str:
    return _token(bench, asked, party=STRANGER)


def _worth_more(bench: Bench, asked: _Asked) -> str:
    """A good token that somebody made worth more, with a check digit that is right."""
    token = parse_token(_token(bench, asked))
    return format_token(replace(token, value=token.value + 1))


_FORGED: Final = frozenset({_of_another_device, _of_another_supplier, _worth_more})
"""Tokens that look right, and whose supplier has to hear of them."""


def _mistyped(bench: Bench, asked: _Asked) -> str:
    """A good token with its last digit wrong."""
    token = _token(bench, asked)
    return token[:-1] + str((int(check_digit(token[:-1])) + 1) % 10)


def _cut_short(bench: Bench, asked: _Asked) -> str:
    return _token(bench, asked)[:-1]


def _lock_out(bench: Bench, asked: _Asked) -> None:
    """Tokens that are wrong, one straight after the other, shut out the right one for a while."""
    for _ in range(_ATTEMPTS):
        bench.enter(_PPMID, asked.entry, _mistyped(bench, asked), about=asked.target)
    token = _token(bench, asked)
    asked.expect_told(
        bench,
        AlertCode.UTRN_REJECTED_WHILE_LOCKED,
        asked=lambda: asked.expect(bench, Feedback.LOCKED_OUT, token),
    )
    bench.wait(_LOCKED)
    asked.expect(bench, Feedback.ACCEPTED, token)


def _borrow(bench: Bench, asked: _Asked) -> None:
    with preamble():
        asked.meter.need_credit(bench)
    asked.expect(bench, Feedback.ACCEPTED)
    lent = asked.state(bench)[Display.EMERGENCY_CREDIT]
    if lent != str(LENT):
        raise CheckFailed(asked.clause, f"{LENT} millipence of emergency credit", f"{lent}")


def _tell_of_credit(bench: Bench, asked: _Asked) -> None:
    with preamble():
        asked.meter.need_credit(bench)
        bench.messages(patience_with(asked.target))
    asked.expect_told(
        bench,
        AlertCode.EMERGENCY_CREDIT_ACTIVATED,
        asked=lambda: asked.expect(bench, Feedback.ACCEPTED),
    )


def _borrow_twice(bench: Bench, asked: _Asked) -> None:
    with preamble():
        asked.meter.need_credit(bench)
        asked.expect(bench, Feedback.ACCEPTED)
    before = asked.state(bench)
    asked.expect(bench, Feedback.NOT_AVAILABLE)
    asked.expect_unchanged(bench, before)


def _borrow_in_credit(bench: Bench, asked: _Asked) -> None:
    with preamble():
        asked.meter.prepare(bench, LENT)
        asked.meter.limit(bench)
    before = asked.state(bench)
    asked.expect(bench, Feedback.NOT_AVAILABLE)
    asked.expect_unchanged(bench, before)


def _run_out(bench: Bench, asked: _Asked, wanted: str) -> None:
    """Use up the balance of the meter, pay for it where the supply is to be armed, and check that it is."""
    asked.meter.run_out(bench)
    if wanted == "armed" and not was_done(asked.meter.send(bench, asked.meter.top_up)):
        raise InconclusiveOutcome("the meter takes no top-up")
    shown = bench.display(asked.target, Display.SUPPLY_STATE)
    if shown != wanted:
        raise InconclusiveOutcome(f"the supply is {shown}, not {wanted}")


def _turn_on(bench: Bench, asked: _Asked) -> None:
    with preamble():
        _run_out(bench, asked, "armed")
    asked.expect(bench, Feedback.ACCEPTED)
    shown = bench.display(asked.target, Display.SUPPLY_STATE)
    if shown != "enabled":
        raise CheckFailed(asked.clause, "the supply enabled", f"{shown}")


def _stay_off(bench: Bench, asked: _Asked) -> None:
    with preamble():
        _run_out(bench, asked, "disabled")
    before = asked.state(bench)
    asked.expect(bench, Feedback.NOT_AVAILABLE)
    asked.expect_unchanged(bench, before)


def _parted(bench: Bench, asked: _Asked) -> None:
    """A PPMID that the meter was parted from gets nothing from it."""
    with preamble():
        if asked.entry is Entry.ENABLE_SUPPLY:
            _run_out(bench, asked, "armed")
        else:
            asked.meter.need_credit(bench)
        _part(bench, asked.target)
    before = asked.state(bench)
    shown, _ = asked.ask(bench, _token(bench, asked) if asked.entry is Entry.UTRN else "")
    if shown is Feedback.ACCEPTED:
        raise CheckFailed(asked.clause, "nothing done for a PPMID that it was parted from", f"{shown}")
    asked.expect_unchanged(bench, before)


def _part(bench: Bench, target: DeviceRole) -> None:
    """Part a meter from the PPMID; a gas meter is joined with it first, as not every one is."""
    device = bench.device(_PPMID)
    partner = Partner(device.entity_id, _PPMID.device_type, device.key_agreement_certificate)
    for name in ("CS03C", "CS04AC") if target is DeviceRole.GSME else ("CS04AC",):
        answer = bench.exchange(bench.command(name, target, _SUPPLIER, argument=partner))
    if not isinstance(answer.payload, UnjoinResponse) or answer.payload.code is not UnjoinCode.SUCCESS:
        raise InconclusiveOutcome(f"the {device_name(target)} does not part from the PPMID")


@dataclass(frozen=True, slots=True)
class _Check:
    """One case: which entries it is for, its purpose and words, what it does."""

    entries: frozenset[Entry]
    purpose: Purpose
    detail: str
    title: str
    why: str
    run: Callable[[Bench, _Asked], None]
    targets: frozenset[DeviceRole] = frozenset({DeviceRole.ESME, DeviceRole.GSME})


_NOT_DONE: Final = {
    Entry.UTRN: "takes no token",
    Entry.EMERGENCY_CREDIT: "lends no emergency credit",
    Entry.ENABLE_SUPPLY: "turns no supply on",
}
_UTRN: Final = frozenset({Entry.UTRN})
_EMERGENCY: Final = frozenset({Entry.EMERGENCY_CREDIT})
_SUPPLY: Final = frozenset({Entry.ENABLE_SUPPLY})
_CHECKS: Final = (
    _Check(
        _UTRN,
        Purpose.NOMINAL,
        "",
        "credits a token that is keyed in at the PPMID, and the PPMID says so",
        "a customer who has paid must see that the money is there",
        _pay,
    ),
    _Check(
        _UTRN,
        Purpose.ALERT,
        "credit_added",
        "tells the supplier of a token that was keyed in at the PPMID",
        "a supplier that hears of no payment goes on chasing it",
        _tell_of_payment,
    ),
    _Check(
        _UTRN,
        Purpose.WRONG_RECIPIENT,
        "",
        "takes no token through the PPMID that was made for another device",
        "one token must not pay in every house of a street",
        partial(_refuse, made=_of_another_device),
    ),
    _Check(
        _UTRN,
        Purpose.UNKNOWN_PARTY,
        "",
        "takes no token through the PPMID of a supplier that is not its own",
        "money that went to one supplier is no credit with another",
        partial(_refuse, made=_of_another_supplier),
    ),
    _Check(
        _UTRN,
        Purpose.CORRUPTED_MAC,
        "",
        "takes no token through the PPMID that somebody made worth more",
        "a token that can be altered is money that anybody can print",
        partial(_refuse, made=_worth_more),
    ),
    _Check(
        _UTRN,
        Purpose.NO_SIDE_EFFECT,
        "mistyped",
        "changes nothing for a mistyped token, and takes the right one after it",
        "who mistypes one digit of twenty must be able to try again",
        partial(_refuse, made=_mistyped),
    ),
    _Check(
        _UTRN,
        Purpose.TRUNCATED,
        "",
        "takes no token through the PPMID with a digit missing",
        "a token with a digit missing is a typing error and never money",
        partial(_refuse, made=_cut_short),
    ),
    _Check(
        _UTRN,
        Purpose.JOURNEY,
        "locked_out",
        "takes no token through the PPMID for a while after several that were wrong",
        "whoever may try without end finds a token in the end",
        _lock_out,
        frozenset({DeviceRole.ESME}),
    ),
    _Check(
        _EMERGENCY,
        Purpose.NOMINAL,
        "",
        "lends emergency credit that is asked for at the PPMID",
        "who runs out of credit on a Sunday evening has nothing but this",
        _borrow,
    ),
    _Check(
        _EMERGENCY,
        Purpose.ALERT,
        "credit_lent",
        "tells the supplier that emergency credit was asked for at the PPMID",
        "a supplier that sees who borrows can help before the supply is off",
        _tell_of_credit,
    ),
    _Check(
        _EMERGENCY,
        Purpose.REPLAY,
        "",
        "lends emergency credit that is asked for twice only once",
        "credit without end is a debt that nobody agreed to",
        _borrow_twice,
    ),
    _Check(
        _EMERGENCY,
        Purpose.NO_SIDE_EFFECT,
        "in_credit",
        "lends no emergency credit through the PPMID while there is enough on the account",
        "emergency credit that is spent before the emergency is not there in it",
        _borrow_in_credit,
    ),
    _Check(
        _SUPPLY,
        Purpose.NOMINAL,
        "",
        "turns an armed supply on when that is asked for at the PPMID",
        "a meter in a locked cupboard cannot be reached to turn the supply on",
        _turn_on,
    ),
    _Check(
        _SUPPLY,
        Purpose.NO_SIDE_EFFECT,
        "not_armed",
        "turns no supply on through the PPMID that is disabled for want of credit",
        "a supply that anybody can turn on again is never off",
        _stay_off,
    ),
    _Check(
        frozenset((*_UTRN, *_EMERGENCY, *_SUPPLY)),
        Purpose.WRONG_ROLE,
        "parted",
        "{does} for a PPMID that it was parted from",
        "a device that was given away must not go on acting on this meter",
        _parted,
    ),
)
_CLAUSE: Final = "SMETS2 6.4.4"
_USE_CASES: Final = {
    (DeviceRole.ESME, Entry.UTRN): "PECS01",
    (DeviceRole.ESME, Entry.EMERGENCY_CREDIT): "PECS02",
    (DeviceRole.ESME, Entry.ENABLE_SUPPLY): "PECS03",
    (DeviceRole.GSME, Entry.UTRN): "PCS01",
    (DeviceRole.GSME, Entry.EMERGENCY_CREDIT): "PCS02",
}
"""A gas valve is opened where people can see the appliances, so never through a PPMID."""


def _run(bench: Bench, check: _Check, asked: _Asked) -> None:
    check.run(bench, asked)


def _applies(asked: _Asked) -> Applicability:
    kind = KIND_OF[asked.target]
    there = has(DeviceKind.COMMS_HUB, kind, DeviceKind.PPMID)
    acts = asked.entry is Entry.ENABLE_SUPPLY
    return all_of(there, with_equipment(kind, Equipment.LOAD_SWITCH)) if acts else there


def _cases() -> Iterator[Case]:
    meters = {meter.target: meter for meter in METERS}
    for (target, entry), name in _USE_CASES.items():
        asked = _Asked(name, meters[target], entry, f"{_CLAUSE}, GBCS {name}")
        for check in _CHECKS:
            if entry in check.entries and target in check.targets:
                yield _case(check, asked)


def _case(check: _Check, asked: _Asked) -> Case:
    words = f"{check.purpose}_{check.detail}" if check.detail else str(check.purpose)
    involved = {DeviceKind.COMMS_HUB, KIND_OF[asked.target], DeviceKind.PPMID}
    return Case(
        case_id=f"TC_{asked.use_case}_{words}_1",
        title=f"The {device_name(asked.target)} {check.title.format(does=_NOT_DONE[asked.entry])}",
        why=check.why,
        clause=asked.clause,
        use_case=asked.use_case,
        purpose=check.purpose,
        participants=tuple(kind for kind in DeviceKind if kind in involved),
        applies=_applies(asked),
        run=partial(_run, check=check, asked=asked),
    )


CASES: Final = tuple(_cases())
