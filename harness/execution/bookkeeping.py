"""What a device's books must hold after a sequence: no money made or lost, and no refusal that is not logged.

An account is held against that of an equal home which got all the orders but one top-up: what a consumer
has more is what the token is worth, whatever was used or collected meanwhile. A log is read at the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from harness.cases.alerts import code_text
from harness.cases.event_log import SECURITY_LOGS, Logged, events_told
from harness.cases.inspection import CLOCK_TOLERANCE
from harness.cases.payloads import TOP_UP_POUNDS
from harness.gbcs.alert_codes import AlertCode
from harness.network.clock import SECOND
from harness.network.port import Display

if TYPE_CHECKING:
    from harness.cases.bench import Bench
    from harness.gbcs.roles import DeviceRole
    from harness.network.clock import Instant

TOP_UP: Final = TOP_UP_POUNDS * 100_000
"""What a token is worth, in millipence."""
_FORM: Final = frozenset({AlertCode.COMMAND_FORMAT_OR_INTEGRITY_FAILED})
AUTHENTICITY: Final = _FORM | {AlertCode.TRUSTED_SOURCE_AUTHENTICATION_FAILED}
ANY_REFUSAL: Final = AUTHENTICITY | {AlertCode.SOURCE_WITHOUT_AUTHORITY}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A command that had to be refused: which step, in words, when it was sent, what may be logged of it."""

    step: int
    words: str
    since: Instant
    codes: frozenset[AlertCode]


def gained(with_it: Bench, without: Bench, role: DeviceRole, lent: str | None) -> int | None:
    """What a top-up added to what a consumer has less what they owe, in millipence.

    ``lent`` is the emergency credit that was shown while none of it was used. None where that cannot be
    told: the device shows no account, what is used differs, or some of a loan is paid back, which no
    display shows.
    """
    if with_it.display(role, Display.SUPPLY_STATE) != without.display(role, Display.SUPPLY_STATE):
        return None
    if without.display(role, Display.EMERGENCY_CREDIT) not in {"0", lent}:
        return None
    has, had = (_worth(bench, role) for bench in (with_it, without))
    return None if has is None or had is None else has - had


def _worth(bench: Bench, role: DeviceRole) -> int | None:
    balance, debt = (bench.display(role, what) for what in (Display.METER_BALANCE, Display.DEBT))
    return None if balance is None or debt is None else int(balance) - int(debt)


def unlogged(bench: Bench, role: DeviceRole, refusals: Sequence[Refusal]) -> tuple[Refusal, str] | None:
    """A refusal that is not in the device's security log, and what is; None where all of them are.

    None, too, for a device whose log nobody reads. Raises CheckFailed where it does not answer as it has to.
    """
    if role not in SECURITY_LOGS or not refusals:
        return None
    name, reader = SECURITY_LOGS[role]
    logged = list(events_told(bench, bench.exchange(bench.command(name, role, reader))))
    for refusal in refusals:
        entry = next((one for one in logged if _is_of(one, refusal)), None)
        if entry is None:
            return refusal, _text(logged)
        logged.remove(entry)
    return None


def _is_of(entry: Logged, refusal: Refusal) -> bool:
    at, code = entry
    return code in refusal.codes and at * SECOND >= refusal.since - CLOCK_TOLERANCE


def _text(logged: Iterable[Logged]) -> str:
    return ", ".join(code_text(code) for _, code in logged) or "no further entry"
