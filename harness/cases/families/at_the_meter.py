"""Prepayment by hand and from afar at one meter: a token counts once, whichever way it came.

What is keyed in at the meter itself passes no network, so only the display, the account and the alerts
tell of it (SMETS2 4.5.3, 5.5.7). Amounts are millipence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from harness.cases.alerts import expect_told_of
from harness.cases.applicability import KIND_OF, all_of, with_equipment
from harness.cases.bench import patience_with
from harness.cases.case import Case, CheckFailed, InconclusiveOutcome, Purpose, preamble
from harness.cases.observation import expect_display
from harness.cases.outcomes import was_done
from harness.cases.payloads import TOKEN_FIELDS, token_of
from harness.cases.prepaid import LENT, METERS, SMALL, PrepaidMeter
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS
from harness.cases.wording import device_name
from harness.crypto.utrn import check_digit, format_token, parse_token
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.catalogue import use_case
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.clock import MINUTE, Duration
from harness.network.entries import Entry, Feedback
from harness.network.port import Display

if TYPE_CHECKING:
    from harness.cases.bench import Bench

_POUND: Final = 100_000
_MOST_AT_ONCE: Final = 50 * _POUND
_MOST_IN_ALL: Final = 80 * _POUND
_ATTEMPTS: Final = 5
_LOCKED: Final = Duration(10 * MINUTE)
_ALMOST: Final = Duration(9 * MINUTE)
_CREDIT_CLAUSE: Final = "SMETS2 4.5.2.1, 4.5.3.18, 5.6.2.1, 5.6.3.3"


@dataclass(frozen=True, slots=True)
class _Payer:
    """Somebody who pays at one meter, by hand or through the supplier."""

    bench: Bench
    meter: PrepaidMeter

    def token(self, counter: int, pounds: int = 10, *, of: DeviceRole | None = None) -> str:
        """A token of the meter's own supplier, for the meter or for another device."""
        supplier = self.bench.parties.party(RemotePartyRole.SUPPLIER)
        return token_of(supplier, self.bench.device(of or self.meter.target), counter, pounds)

    def fresh(self, pounds: int = 10) -> str:
        """A token that nobody has seen."""
        return self.token(self.bench.next_top_up_counter(), pounds)

    def sends(self, counter: int, token: str) -> bool:
        """Have the supplier send a token over the network; whether the meter took it."""
        field = TOKEN_FIELDS[use_case(self.meter.top_up).payload_family]
        return was_done(self.meter.send(self.bench, self.meter.top_up, (field, token.encode()), at=counter))

    def keys_in(self, token: str, wanted: Feedback, code: AlertCode | None = None) -> None:
        """Key a token in at the meter. Raises CheckFailed where it shows or tells of anything else."""
        bench, role, since = self.bench, self.meter.target, self.bench.now
        shown = bench.enter(role, Entry.UTRN, token)
        if shown is None:
            raise InconclusiveOutcome(f"the {device_name(role)} has no keys")
        if shown is not wanted:
            raise CheckFailed(_CREDIT_CLAUSE, f"the {device_name(role)} to show {wanted}", shown)
        if code is not None:
            heard = bench.messages(patience_with(role))
            expect_told_of(bench, bench.device(role), {code}, heard, since)

    def balance(self) -> int:
        """What the meter shows as its balance."""
        shown = self.bench.display(self.meter.target, Display.METER_BALANCE)
        try:
            return int(shown or "")
        except ValueError:
            raise InconclusiveOutcome(f"the balance is shown as {shown!r}") from None

    def expect_gain(self, before: int, pounds: int) -> None:
        """Check what came to the account, but for what the home used meanwhile. Raises CheckFailed."""
        gained = self.balance() - before
        if not pounds * _POUND - SMALL <= gained <= pounds * _POUND:
            raise CheckFailed(_CREDIT_CLAUSE, f"£{pounds} more on the account", f"{gained / _POUND:.2f}")

    def start(self) -> int:
        """Have the meter prepaid and at peace; its balance."""
        with preamble():
            self.meter.prepare(self.bench, LENT)
            self.bench.messages(patience_with(self.meter.target))
        return self.balance()


def _by_hand_first(payer: _Payer) -> None:
    before, counter = payer.start(), payer.bench.next_top_up_counter()
    token = payer.token(counter)
    payer.keys_in(token, Feedback.ACCEPTED, AlertCode.CREDIT_ADDED_LOCALLY)
    payer.expect_gain(before, 10)
    if payer.sends(counter, token):
        raise CheckFailed(
            _CREDIT_CLAUSE, "a token that was keyed in to be refused over the network", "success"
        )
    payer.expect_gain(before, 10)


def _from_afar_first(payer: _Payer) -> None:
    before, counter = payer.start(), payer.bench.next_top_up_counter()
    token = payer.token(counter)
    if not payer.sends(counter, token):
        raise CheckFailed(_CREDIT_CLAUSE, "the token to be taken over the network", "a refusal")
    payer.expect_gain(before, 10)
    payer.keys_in(token, Feedback.DUPLICATE, AlertCode.UTRN_DUPLICATE)
    payer.expect_gain(before, 10)


def _not_its_own(payer: _Payer) -> None:
    before, bench = payer.start(), payer.bench
    others = payer.token(bench.next_top_up_counter(), of=DeviceRole.GPF)
    good = payer.fresh()
    token = parse_token(good)
    for wrong in (others, format_token(replace(token, value=token.value + 1))):
        payer.keys_in(wrong, Feedback.NOT_AUTHENTIC, AlertCode.UTRN_NOT_AUTHENTIC)
    payer.expect_gain(before, 0)
    payer.keys_in(good, Feedback.ACCEPTED, AlertCode.CREDIT_ADDED_LOCALLY)
    payer.expect_gain(before, 10)


def _over_limits(payer: _Payer) -> None:
    before = payer.start()
    with preamble():
        payer.meter.limit(payer.bench, *_limits(payer.meter))
        payer.bench.messages(patience_with(payer.meter.target))
    payer.keys_in(payer.fresh(51), Feedback.ABOVE_MAXIMUM_CREDIT, AlertCode.UTRN_ABOVE_MAXIMUM_CREDIT)
    payer.expect_gain(before, 0)
    payer.keys_in(payer.fresh(50), Feedback.ACCEPTED, AlertCode.CREDIT_ADDED_LOCALLY)
    counter = payer.bench.next_top_up_counter()
    token = payer.token(counter, 40)
    payer.keys_in(token, Feedback.ABOVE_MAXIMUM_BALANCE, AlertCode.CREDIT_WOULD_EXCEED_MAXIMUM_BALANCE)
    if payer.sends(counter, token):
        raise CheckFailed(_CREDIT_CLAUSE, "no more on the account than the limit of the balance", "success")
    payer.expect_gain(before, 50)
    payer.keys_in(payer.fresh(20), Feedback.ACCEPTED, AlertCode.CREDIT_ADDED_LOCALLY)
    payer.expect_gain(before, 70)


def _limits(meter: PrepaidMeter) -> tuple[tuple[str, int], ...]:
    return ((meter.most_at_once, _MOST_AT_ONCE), (meter.most_in_all, _MOST_IN_ALL))


def _lock_out(payer: _Payer) -> None:
    before, bench = payer.start(), payer.bench
    since, good = bench.now, payer.fresh()
    mistyped = good[:-1] + str((int(check_digit(good[:-1])) + 1) % 10)
    for _ in range(_ATTEMPTS):
        payer.keys_in(mistyped, Feedback.INVALID)
    bench.wait(_ALMOST)
    payer.keys_in(good, Feedback.LOCKED_OUT)
    bench.wait(Duration(_LOCKED - _ALMOST))
    payer.keys_in(good, Feedback.ACCEPTED)
    heard = bench.messages(patience_with(payer.meter.target))
    codes = {
        AlertCode.UTRN_ENTRY_SUSPENDED,
        AlertCode.UTRN_REJECTED_WHILE_LOCKED,
        AlertCode.CREDIT_ADDED_LOCALLY,
    }
    expect_told_of(bench, bench.device(payer.meter.target), codes, heard, since)
    payer.expect_gain(before, 10)


def _pay_while_locked(payer: _Payer) -> None:
    before = payer.start()
    for _ in range(_ATTEMPTS):
        payer.keys_in("0" * 19, Feedback.INVALID)
    counter = payer.bench.next_top_up_counter()
    if not payer.sends(counter, payer.token(counter)):
        raise CheckFailed(
            _CREDIT_CLAUSE, "a token over the network to be taken while the keys are locked", "a refusal"
        )
    payer.expect_gain(before, 10)


def _borrow_and_turn_on(payer: _Payer) -> None:
    bench, meter = payer.bench, payer.meter
    with preamble():
        meter.need_credit(bench)
        meter.change_balance(bench, -2 * SMALL)
        bench.messages(patience_with(meter.target))
        expect_display(bench, meter.target, Display.SUPPLY_STATE, "disabled", meter.off)
    since = bench.now
    _press(payer, Entry.ENABLE_SUPPLY, Feedback.NOT_AVAILABLE)
    _press(payer, Entry.EMERGENCY_CREDIT, Feedback.ACCEPTED)
    expect_display(bench, meter.target, Display.SUPPLY_STATE, "armed", meter.off)
    _press(payer, Entry.ENABLE_SUPPLY, Feedback.ACCEPTED)
    expect_display(bench, meter.target, Display.SUPPLY_STATE, "enabled", meter.off)
    heard = bench.messages(patience_with(meter.target))
    told = {AlertCode.EMERGENCY_CREDIT_ACTIVATED}
    expect_told_of(bench, bench.device(meter.target), told, heard, since)


def _press(payer: _Payer, entry: Entry, wanted: Feedback) -> None:
    shown = payer.bench.enter(payer.meter.target, entry)
    if shown is None:
        raise InconclusiveOutcome(f"the {device_name(payer.meter.target)} has no keys")
    if shown is not wanted:
        raise CheckFailed(payer.meter.off, f"{wanted} for {entry.value}", shown)


@dataclass(frozen=True, slots=True)
class _Check:
    """One case: its words and what it does. ``acts`` is whether the switch or valve has a part in it."""

    detail: str
    title: str
    why: str
    run: Callable[[_Payer], None]
    acts: bool = False


_CHECKS: Final = (
    _Check(
        "keyed_in_once",
        "credits a token that is keyed in at it, and refuses the same token over the network",
        "a token that counts again because it came another way is money that nobody paid",
        _by_hand_first,
    ),
    _Check(
        "sent_then_keyed_in",
        "credits a token from the network, and says that it came before when it is keyed in",
        "whoever keys a token in that was sent already has to see that it is on the account",
        _from_afar_first,
    ),
    _Check(
        "keyed_in_for_others",
        "takes no token at its keys that is another device's or was altered, and tells the supplier",
        "a keypad in a hallway is where forged tokens are tried",
        _not_its_own,
    ),
    _Check(
        "over_limits",
        "keeps to the most that one credit and the balance may be, by hand and over the network",
        "a slip of one digit must not put a year's money into one meter",
        _over_limits,
    ),
    _Check(
        "locked_keys",
        "locks its keys after five wrong tokens, and takes the right one when ten minutes are over",
        "a lock that never opens leaves a customer with a paid token in the dark",
        _lock_out,
    ),
    _Check(
        "paid_while_locked",
        "takes a token over the network while its keys are locked",
        "a child at the keypad must not keep the supplier's own help out",
        _pay_while_locked,
    ),
    _Check(
        "borrows_and_turns_on",
        "lends emergency credit at its keys when the supply is off, arms it, and turns it on when asked to",
        "it is the only way to light a home at night when no shop is open",
        _borrow_and_turn_on,
        acts=True,
    ),
)


def _run(bench: Bench, check: _Check, meter: PrepaidMeter) -> None:
    check.run(_Payer(bench, meter))


def _case(check: _Check, meter: PrepaidMeter, subject: Subject) -> Case:
    equipped = with_equipment(KIND_OF[meter.target], meter.equipment)
    return subject.case(
        Purpose.JOURNEY,
        detail=check.detail,
        title=f"The {subject.device} {check.title}",
        why=check.why,
        clause=meter.off if check.acts else _CREDIT_CLAUSE,
        run=partial(_run, check=check, meter=meter),
        applies=all_of(subject.applies, equipped) if check.acts else None,
    )


def _cases() -> Iterator[Case]:
    subjects = {(one.use_case, one.target): one for one in SUBJECTS}
    for meter in METERS:
        subject = subjects[meter.top_up, meter.target]
        for check in _CHECKS:
            yield _case(check, meter, subject)


CASES: Final = tuple(_cases())
