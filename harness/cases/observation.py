"""What a person in the house reads off a device, checked against what the device said in a message."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from harness.cases.case import CheckFailed
from harness.cases.inspection import CLOCK_TOLERANCE, time_text
from harness.cases.wording import device_name
from harness.gbcs.roles import DeviceRole
from harness.network.clock import instant_of
from harness.network.port import Display

if TYPE_CHECKING:
    from harness.cases.bench import Bench

CLOCK_CLAUSE: Final = "SMETS2 5.5.1"


def supply_state(bench: Bench, role: DeviceRole) -> str | None:
    """The state of the load switch or valve."""
    return bench.display(role, Display.SUPPLY_STATE)


def balance_left(bench: Bench, role: DeviceRole) -> str | None:
    """Whether the meter balance is other than nought."""
    shown = bench.display(role, Display.METER_BALANCE)
    return None if shown is None else "a balance of 0" if shown == "0" else "a balance other than 0"


def expect_display(bench: Bench, role: DeviceRole, what: Display, wanted: str, clause: str) -> None:
    """Check a display, where the device has it. Raises CheckFailed."""
    shown = bench.display(role, what)
    if shown is not None and shown != wanted:
        raise CheckFailed(clause, f"the {device_name(role)} to show {wanted} as its {words(what)}", shown)


def register_shown(bench: Bench, role: DeviceRole, what: Display) -> int | None:
    """A register on a display; None where it is not shown. Raises CheckFailed for one that is no number."""
    shown = bench.display(role, what)
    if shown is None:
        return None
    if not shown.isdecimal():
        raise CheckFailed("SMETS2 5.4", f"a number as the {device_name(role)}'s {words(what)}", repr(shown))
    return int(shown)


def expect_between(value: int, before: int | None, after: int | None, clause: str, what: str) -> None:
    """Check a register against what was shown before and after it was read. Raises CheckFailed."""
    if before is not None and after is not None and not before <= value <= after:
        raise CheckFailed(
            clause, f"{what} from {before} to {after}, as displayed before and after", str(value)
        )


def expect_right_clock(bench: Bench, role: DeviceRole) -> None:
    """Check that the clock on a display is right, where there is one. Raises CheckFailed."""
    shown = bench.display(role, Display.CLOCK)
    if shown is None:
        return
    try:
        moment = instant_of(datetime.fromisoformat(shown))
    except (TypeError, ValueError):
        raise CheckFailed(CLOCK_CLAUSE, f"the {device_name(role)} to show the time", shown) from None
    if abs(moment - bench.now) > CLOCK_TOLERANCE:
        raise CheckFailed(
            CLOCK_CLAUSE, f"the {device_name(role)} to show {time_text(bench.now)}, give or take 10 s", shown
        )


def words(what: Display) -> str:
    """A display in words."""
    return what.value.replace("-", " ")
