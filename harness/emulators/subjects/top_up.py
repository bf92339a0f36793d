"""Top-ups: tokens that a consumer enters, or that come over the network (SMETS2 5.6.3.3, 5.7.5.39; GBCS 14).

A token counts once: the meter keeps the counters of those it took. It is the supplier's by the key for
prepayment. Entry by hand is suspended for a while after tokens that were wrong in a row.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

from harness.crypto.errors import TokenError
from harness.crypto.utrn import COUNTER_STEP, Token, TokenScope, parse_token, token_holds
from harness.emulators.subjects.counters import CounterClass, ReplayCounters
from harness.emulators.subjects.ledger import Refusal, RefusedByAccount
from harness.emulators.subjects.prepayment import Account, tell_supplier
from harness.emulators.subjects.trust import Cell, TrustStore
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.roles import RemotePartyRole
from harness.network.clock import MINUTE, Duration, Instant

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice

CACHE_SIZE: Final = 100
"""Counters of tokens that are remembered, at least (SMETS2 5.7.5.39)."""
ATTEMPTS: Final = 5
"""Tokens entered wrongly in a row after which entry is suspended."""
SUSPENSION: Final = Duration(10 * MINUTE)
_MILLIPENCE: Final = 1_000
_SPAN: Final = 1_024
"""Token counters that the bits in a token tell apart."""


class TopUpOutcome(Enum):
    """What became of a token."""

    ACCEPTED = 1
    MALFORMED = 2
    NOT_AUTHENTIC = 3
    DUPLICATE = 4
    ABOVE_MAXIMUM_CREDIT = 5
    ABOVE_MAXIMUM_BALANCE = 6
    SUSPENDED = 7


class Source(Enum):
    """Where a token came from, with the number that answers have for it."""

    REMOTE = 0
    AT_THE_METER = 1
    PPMID = 2


class TopUps:
    """How entry of tokens stands. ``taken`` are the counters of those that count as taken, in order.

    They are one supplier's: another one counts its tokens anew.
    """

    __slots__ = ("_device", "_failures", "_supplier", "_suspended_until", "taken")

    def __init__(self, device: EmulatedDevice) -> None:
        self._device = device
        self.taken: list[int] = []
        self._failures = 0
        self._supplier: bytes | None = None
        self._suspended_until = device.template.start

    def enter(
        self, utrn: str, now: Instant, source: Source, counter: int | None = None
    ) -> tuple[TopUpOutcome, int]:
        """Take a token of twenty digits; say what became of it, and its value in millipence.

        A token that came in a message has the message's counter, any other the latest that fits.
        """
        if source is not Source.REMOTE and now < self._suspended_until:
            tell_supplier(self._device, AlertCode.UTRN_REJECTED_WHILE_LOCKED, now)
            return TopUpOutcome.SUSPENDED, 0
        outcome, value = self._take(utrn, now, counter)
        if source is not Source.REMOTE:
            self._count(outcome, now)
        code = _CODES.get(outcome)
        if outcome is TopUpOutcome.ACCEPTED and source is not Source.REMOTE:
            code = AlertCode.CREDIT_ADDED_LOCALLY
        if code is not None:
            tell_supplier(self._device, code, now)
        return outcome, value

    def _take(self, utrn: str, now: Instant, counter: int | None) -> tuple[TopUpOutcome, int]:
        try:
            token = parse_token(utrn)
        except TokenError:
            return TopUpOutcome.MALFORMED, 0
        counter = self._authentic(token, None if counter is None else (counter,))
        if counter is None:
            return TopUpOutcome.NOT_AUTHENTIC, 0
        if not self.is_new(counter):
            return TopUpOutcome.DUPLICATE, 0
        value = token.pence * _MILLIPENCE
        try:
            self._device.part(Account).top_up(value, now, utrn)
        except RefusedByAccount as refused:
            return _REFUSED[refused.refusal], 0
        self.taken = sorted((*self.taken, counter))[-CACHE_SIZE:]
        return TopUpOutcome.ACCEPTED, value

    def is_new(self, counter: int) -> bool:
        """Whether a token was not taken yet. Those below all of a full memory count as taken."""
        if counter in self.taken:
            return False
        return len(self.taken) < CACHE_SIZE or counter > self.taken[0]

    def _near(self, bits: int) -> tuple[int, ...]:
        """Counters with some bits, around the latest that was taken: the one next above, and below."""
        steps = []
        for latest in self._latest():
            above = latest + (bits - latest) % _SPAN
            steps += [step for step in (above, above - _SPAN) if step >= 0]
        return tuple(step * COUNTER_STEP for step in steps)

    def _latest(self) -> tuple[int, ...]:
        """How far tokens were counted up to now.

        Before the first one that is what came with the supplier's key; a meter that was told nothing
        looks near nought, and near the time, as suppliers count by either.
        """
        if self.taken:
            return (self.taken[-1] // COUNTER_STEP,)
        told = self._device.part(ReplayCounters).floor(RemotePartyRole.SUPPLIER, CounterClass.TOP_UP)
        installed = self._device.template.start
        return (told // COUNTER_STEP,) if told else (0, installed // COUNTER_STEP)

    def _authentic(self, token: Token, counters: tuple[int, ...] | None) -> int | None:
        """The one of some counters, else of those near, with which a token is the supplier's and for here."""
        anchor = self._device.part(TrustStore).anchor(RemotePartyRole.SUPPLIER, Cell.PREPAYMENT_KEY_AGREEMENT)
        z = None if anchor is None else self._device.agreement.with_known(anchor.entity_id, anchor.public_key)
        if anchor is None or z is None:
            return None
        if anchor.entity_id != self._supplier:
            if self._supplier is not None:
                self.taken = []
            self._supplier = anchor.entity_id
        for counter in self._near(token.counter_bits) if counters is None else counters:
            scope = TokenScope(originator=anchor.entity_id, target=self._device.entity_id, counter=counter)
            try:
                if token_holds(token, z, scope):
                    return counter
            except TokenError:
                continue
        return None

    def _count(self, outcome: TopUpOutcome, now: Instant) -> None:
        """Suspend entry after too many wrong tokens in a row."""
        if outcome not in _WRONG:
            self._failures = 0
            return
        self._failures += 1
        if self._failures >= ATTEMPTS:
            self._failures = 0
            self._suspended_until = Instant(now + SUSPENSION)
            tell_supplier(self._device, AlertCode.UTRN_ENTRY_SUSPENDED, now)


_WRONG: Final = frozenset({TopUpOutcome.MALFORMED, TopUpOutcome.NOT_AUTHENTIC})
_REFUSED: Final = {
    Refusal.ABOVE_MAXIMUM_CREDIT: TopUpOutcome.ABOVE_MAXIMUM_CREDIT,
    Refusal.ABOVE_MAXIMUM_BALANCE: TopUpOutcome.ABOVE_MAXIMUM_BALANCE,
}
_CODES: Final = {
    TopUpOutcome.NOT_AUTHENTIC: AlertCode.UTRN_NOT_AUTHENTIC,
    TopUpOutcome.DUPLICATE: AlertCode.UTRN_DUPLICATE,
    TopUpOutcome.ABOVE_MAXIMUM_CREDIT: AlertCode.UTRN_ABOVE_MAXIMUM_CREDIT,
    TopUpOutcome.ABOVE_MAXIMUM_BALANCE: AlertCode.CREDIT_WOULD_EXCEED_MAXIMUM_BALANCE,
}
