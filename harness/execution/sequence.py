"""A sequence of good and bad commands to one device, and what must hold after each of them.

Invariants, whatever the sequence: a good command is answered, once and in order; a bad one is not, and
changes nothing that people can see; reading changes nothing either; a failed authentication is reported;
the counters of a device's own messages only go up; a top-up adds to an account what it is worth and nothing
else; and every refusal is in the security log at the end. What changes nothing is told by a second home that
is the same but for the commands that may not change anything: at every moment both show the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from harness.cases.alerts import alerts_of
from harness.cases.bench import Bench, patience_with
from harness.cases.case import CheckFailed
from harness.cases.inspection import Answer, payload_in
from harness.cases.outcomes import was_done
from harness.cases.tampering import (
    with_corrupted_mac,
    with_corrupted_signature,
    with_longer_payload,
    with_shorter_payload,
)
from harness.codecs.message import Cra
from harness.execution.bookkeeping import (
    ANY_REFUSAL,
    AUTHENTICITY,
    TOP_UP,
    Refusal,
    gained,
    unlogged,
)
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.catalogue import use_case
from harness.gbcs.use_case import Access, MessageType
from harness.network.clock import MINUTE, Duration
from harness.network.port import Display

if TYPE_CHECKING:
    from harness.cases.alerts import RaisedAlert
    from harness.cases.command import Command
    from harness.cases.inspection import Received
    from harness.gbcs.roles import DeviceRole, RemotePartyRole

_STATES: Final = (
    Display.SUPPLY_STATE,
    Display.METER_BALANCE,
    Display.EMERGENCY_CREDIT,
    Display.DEBT,
    Display.PRICE,
    Display.FIRMWARE_VERSION,
)
"""What a person sees of a device that time and orders change."""


class Fault(StrEnum):
    """What is wrong with a command."""

    NONE = "none"
    MAC = "mac"
    SIGNATURE = "signature"
    TRUNCATED = "truncated"
    OVER_LONG = "over-long"
    REPLAYED = "replayed"
    """The octets of the last good command that is protected against it, once more."""
    UNAUTHORISED = "unauthorised"
    """Sent by a party whose role may not send it."""
    STRANGER = "stranger"
    """Sent by a party that the device does not know, of a role that may."""


_REPORTED: Final = frozenset({Fault.MAC, Fault.SIGNATURE})
_LOGGED: Final = {
    **dict.fromkeys(Fault, ANY_REFUSAL),
    **dict.fromkeys((Fault.MAC, Fault.SIGNATURE, Fault.REPLAYED), AUTHENTICITY),
}
"""What may be in the security log of each of them."""
_SPOILERS: Final[Mapping[Fault, Callable[[Command], bytes]]] = {
    Fault.MAC: with_corrupted_mac,
    Fault.SIGNATURE: with_corrupted_signature,
    Fault.TRUNCATED: with_shorter_payload,
    Fault.OVER_LONG: with_longer_payload,
}


@dataclass(frozen=True, slots=True)
class Step:
    """A command of a party to the device, what is wrong with it, and how long to wait before it."""

    use_case: str
    role: RemotePartyRole
    fault: Fault = Fault.NONE
    minutes: int = 0


class Violation(Exception):  # noqa: N818 - what an exploration is looking for, not an error
    """An invariant that does not hold after a step, counted from 0."""

    def __init__(self, step: int, invariant: str, observed: str) -> None:
        super().__init__(f"step {step + 1}: {invariant}; observed {observed}")
        self.step = step
        self.invariant = invariant
        self.observed = observed


class Player:
    """Plays steps against one device of a fresh home, and watches the invariants. Raises Violation.

    ``fresh`` makes equal homes: the one that is played in, and a twin that hears of the good orders alone.
    """

    def __init__(self, fresh: Callable[[], Bench], target: DeviceRole) -> None:
        self._fresh = fresh
        self._bench = fresh()
        self._twin = fresh()
        self._orders: list[tuple[Duration, bytes | None]] = []
        self._refusals: list[Refusal] = []
        self._command: Command | None = None
        self._lent = self._bench.display(target, Display.EMERGENCY_CREDIT)
        self._target = target
        self._number = -1
        self._last_good: bytes | None = None
        self._own_counter = 0

    def play(self, steps: Sequence[Step]) -> None:
        """One step after the other."""
        for number, step in enumerate(steps):
            self._number = number
            self._take(step)
        self._check_logged()

    def _take(self, step: Step) -> None:
        waited = Duration(step.minutes * MINUTE)
        self._bench.wait(waited)
        octets = self._octets(step)
        order = None
        good = step.fault is Fault.NONE
        if good and use_case(step.use_case).access is not Access.READ:
            order = octets
        if octets is None:
            self._twin.wait(waited)
            self._orders.append((waited, None))
            return
        if not good:
            self._refusals.append(Refusal(self._number, _words(step), self._bench.now, _LOGGED[step.fault]))
        self._bench.send_octets(octets, to=self._target)
        messages = self._bench.messages(patience_with(self._target))
        self._give(self._twin, waited, order)
        if good and use_case(step.use_case).message_type is MessageType.TOP_UP:
            self._check_account(step, waited, messages)
        self._orders.append((waited, order))
        self._check_answers(step, messages, good=good)
        self._check_unchanged(step)
        if step.fault in _REPORTED:
            self._check_reported(step, messages)
        self._check_counters(messages)
        if good and use_case(step.use_case).replay_protected:
            self._last_good = octets

    def _give(self, home: Bench, waited: Duration, order: bytes | None) -> None:
        """Have a home do what the one that is played in does: wait, get an order, and take as long."""
        home.wait(waited)
        if order is not None:
            home.send_octets(order, to=self._target)
        home.messages(patience_with(self._target))

    def _octets(self, step: Step) -> bytes | None:
        """What the step sends; None where there is nothing yet to replay."""
        if step.fault is Fault.REPLAYED:
            return self._last_good
        party = 1 if step.fault is Fault.STRANGER else 0
        self._command = command = self._bench.command(step.use_case, self._target, step.role, party=party)
        spoil = _SPOILERS.get(step.fault)
        return command.octets if spoil is None else spoil(command)

    def _check_answers(self, step: Step, messages: Sequence[Received], *, good: bool) -> None:
        device = self._bench.device(self._target).entity_id
        answers = [
            one for one in messages if one.message.cra is Cra.RESPONSE and one.message.originator == device
        ]
        if len(answers) != good:
            wanted = f"{step.use_case} is answered once" if good else f"{_words(step)} is not answered"
            raise self._violation(wanted, f"{len(answers)} responses")

    def _check_unchanged(self, step: Step) -> None:
        for what in _STATES:
            shown, wanted = (home.display(self._target, what) for home in (self._bench, self._twin))
            if shown != wanted:
                raise self._violation(f"{_words(step)} leaves the {what.value} at {wanted}", str(shown))

    def _check_account(self, step: Step, waited: Duration, messages: Sequence[Received]) -> None:
        """A top-up is worth what it says, beside an equal home that did without it."""
        poorer = self._fresh()
        for earlier in (*self._orders, (waited, None)):
            self._give(poorer, *earlier)
        more = gained(self._twin, poorer, self._target, self._lent)
        wanted = TOP_UP if any(map(self._says_done, messages)) else 0
        if more is not None and more != wanted:
            raise self._violation(
                f"{_words(step)} adds {wanted} millipence to what the consumer has, as its answer says",
                f"{more} more than without it",
            )

    def _says_done(self, received: Received) -> bool:
        """Whether a message is the answer that the last command was carried out."""
        message = received.message
        if self._command is None or message.cra is not Cra.RESPONSE:
            return False
        return was_done(Answer(self._command, message, payload_in(message), received.at))

    def _check_logged(self) -> None:
        try:
            missing = unlogged(self._bench, self._target, self._refusals)
        except CheckFailed as failed:
            raise self._violation(failed.expected, failed.observed) from None
        if missing is not None:
            refusal, logged = missing
            wanted = f"{refusal.words} is in the security log"
            raise Violation(refusal.step, wanted, logged)

    def _check_reported(self, step: Step, messages: Sequence[Received]) -> None:
        wanted = AlertCode.TRUSTED_SOURCE_AUTHENTICATION_FAILED
        if not any(alert.code == wanted for alert in self._alerts(messages)):
            raise self._violation(f"{_words(step)} raises alert 0x{wanted:04X}", "no such alert")

    def _check_counters(self, messages: Sequence[Received]) -> None:
        for alert in self._alerts(messages):
            counter = alert.received.message.originator_counter
            if counter <= self._own_counter:
                raise self._violation(
                    f"the next message of the device is numbered above {self._own_counter}", str(counter)
                )
            self._own_counter = counter

    def _alerts(self, messages: Sequence[Received]) -> list[RaisedAlert]:
        try:
            return alerts_of(self._bench.device(self._target), messages)
        except CheckFailed as failed:
            raise self._violation(failed.expected, failed.observed) from None

    def _violation(self, invariant: str, observed: str) -> Violation:
        return Violation(self._number, invariant, observed)


def _words(step: Step) -> str:
    return step.use_case if step.fault is Fault.NONE else f"{step.use_case} ({step.fault})"
