"""A meter's keys: what a person can do at the meter itself (SMETS2 4.5.2, 5.6.2, 5.14).

The same happens where a PPMID asks for it on a person's behalf, so both come here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from harness.emulators.equipment import equipment_in
from harness.emulators.subjects.boost import Boost
from harness.emulators.subjects.clock import Clock
from harness.emulators.subjects.ledger import RefusedByAccount
from harness.emulators.subjects.prepayment import Account
from harness.emulators.subjects.supply import Supply, SupplyState
from harness.emulators.subjects.top_up import Source, TopUpOutcome, TopUps
from harness.gbcs.equipment import Equipment
from harness.network.clock import Instant
from harness.network.entries import Entry, Feedback

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice
    from harness.emulators.kind import Entered

FEEDBACK: Final = {
    TopUpOutcome.ACCEPTED: Feedback.ACCEPTED,
    TopUpOutcome.MALFORMED: Feedback.INVALID,
    TopUpOutcome.NOT_AUTHENTIC: Feedback.NOT_AUTHENTIC,
    TopUpOutcome.DUPLICATE: Feedback.DUPLICATE,
    TopUpOutcome.ABOVE_MAXIMUM_CREDIT: Feedback.ABOVE_MAXIMUM_CREDIT,
    TopUpOutcome.ABOVE_MAXIMUM_BALANCE: Feedback.ABOVE_MAXIMUM_BALANCE,
    TopUpOutcome.SUSPENDED: Feedback.LOCKED_OUT,
}


def _enter_token(device: EmulatedDevice, text: str, _about: object, now: Instant) -> Feedback:
    outcome, _ = device.part(TopUps).enter(text, now, Source.AT_THE_METER)
    return FEEDBACK[outcome]


def activate_emergency(device: EmulatedDevice, now: Instant) -> bool:
    """Lend the emergency credit where it is available; say whether it was."""
    try:
        device.part(Account).activate_emergency(now)
    except RefusedByAccount:
        return False
    return True


def enable_supply(device: EmulatedDevice, now: Instant) -> bool:
    """Turn on a supply that is armed, where the account allows it; say whether it was."""
    supply = device.part(Supply)
    if supply.state is not SupplyState.ARMED or not device.part(Account).allows_supply(now):
        return False
    supply.change(SupplyState.ENABLED, now)
    return True


def _press(act: Callable[[EmulatedDevice, Instant], bool]) -> Entered:
    def pressed(device: EmulatedDevice, _text: str, _about: object, now: Instant) -> Feedback:
        return Feedback.ACCEPTED if act(device, now) else Feedback.NOT_AVAILABLE

    return pressed


def _boosting(act: Callable[[Boost, Instant], None]) -> Entered:
    def pressed(device: EmulatedDevice, _text: str, _about: object, now: Instant) -> Feedback | None:
        if Equipment.BOOST not in equipment_in(device.template.profile):
            return None
        act(device.part(Boost), device.part(Clock).now(now))
        return Feedback.ACCEPTED

    return pressed


METER_KEYS: Final[Mapping[Entry, Entered]] = {
    Entry.UTRN: _enter_token,
    Entry.EMERGENCY_CREDIT: _press(activate_emergency),
    Entry.ENABLE_SUPPLY: _press(enable_supply),
}
ELECTRICITY_METER_KEYS: Final[Mapping[Entry, Entered]] = {
    **METER_KEYS,
    Entry.BOOST: _boosting(Boost.press),
    Entry.CANCEL_BOOST: _boosting(Boost.cancel),
}
