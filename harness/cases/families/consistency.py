"""What a home's devices say of the same thing agrees: registers, logs and displays."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind
from harness.cases.applicability import KIND_OF, has
from harness.cases.case import Case, CheckFailed, InconclusiveOutcome, Purpose
from harness.cases.observation import register_shown, words
from harness.cases.subjects.electricity import HALF_HOUR, HALF_HOUR_LOG, log_entries
from harness.cases.wording import device_name
from harness.gbcs.roles import DeviceRole
from harness.network.clock import MINUTE, Duration, Instant
from harness.network.port import Display

if TYPE_CHECKING:
    from harness.cases.bench import Bench

_ESME: Final = DeviceRole.ESME
_GSME: Final = DeviceRole.GSME
_LOG_CLAUSE: Final = "SMETS2 5.7.5.3, 5.7.5.27"
_DISPLAY_CLAUSE: Final = "SMETS2 6.4, 8.4"
_PERIODS: Final = 4
_GAS_LAG: Final = Duration(31 * MINUTE)
"""A display hears the gas meter through the hub, which hears it every half hour."""


def _log_adds_up(bench: Bench) -> None:
    """Watch the register over whole half hours, and compare with the log's entries for them."""
    first = Instant((bench.now // HALF_HOUR + 1) * HALF_HOUR)
    bench.wait(Duration(first - bench.now))
    opening = _shown(bench, _ESME, Display.IMPORT_REGISTER)
    bench.wait(Duration(_PERIODS * HALF_HOUR))
    counted = _shown(bench, _ESME, Display.IMPORT_REGISTER) - opening
    span = (Instant(first + HALF_HOUR), Instant(first + _PERIODS * HALF_HOUR))
    command = bench.command("ECS22b", _ESME, HALF_HOUR_LOG.sender, argument=span)
    logged = sum(entry[0] for entry in log_entries(bench, bench.exchange(command)))
    # Register and entries are rounded to whole Wh, each on its own.
    if abs(logged - counted) > _PERIODS:
        raise CheckFailed(
            _LOG_CLAUSE,
            f"{_PERIODS} log entries that add up to the {counted} Wh by which the register rose",
            f"{logged} Wh",
        )


def _electricity_agrees(bench: Bench, display: DeviceRole) -> None:
    meter = _shown(bench, _ESME, Display.IMPORT_REGISTER)
    shown = _shown(bench, display, Display.IMPORT_REGISTER)
    if shown != meter:
        raise CheckFailed(
            _DISPLAY_CLAUSE, f"the {device_name(display)} to show the meter's {meter} Wh", f"{shown} Wh"
        )


def _gas_agrees(bench: Bench, display: DeviceRole) -> None:
    earlier = _shown(bench, _GSME, Display.GAS_REGISTER)
    bench.wait(_GAS_LAG)
    shown = _shown(bench, display, Display.GAS_REGISTER)
    latest = _shown(bench, _GSME, Display.GAS_REGISTER)
    if not earlier <= shown <= latest:
        raise CheckFailed(
            _DISPLAY_CLAUSE,
            f"the {device_name(display)} to show what the gas meter showed in the last 31 min,"
            f" {earlier} to {latest} dm3",
            f"{shown} dm3",
        )


def _shown(bench: Bench, role: DeviceRole, what: Display) -> int:
    shown = register_shown(bench, role, what)
    if shown is None:
        raise InconclusiveOutcome(f"the {device_name(role)} does not show its {words(what)}")
    return shown


def _display_case(display: DeviceRole, meter: DeviceRole, number: int) -> Case:
    fuel, run = ("electricity", _electricity_agrees) if meter is _ESME else ("gas", _gas_agrees)
    involved = {DeviceKind.COMMS_HUB, KIND_OF[meter], KIND_OF[display]}
    participants = tuple(kind for kind in DeviceKind if kind in involved)
    return Case(
        case_id=f"TC_display_{fuel}_{number}",
        title=f"The {device_name(display)} shows the {fuel} register that the meter shows",
        why="what people see in their kitchen is what they think they will pay",
        clause=_DISPLAY_CLAUSE,
        use_case="",
        purpose=Purpose.CONSISTENT,
        participants=participants,
        applies=has(*participants),
        run=partial(run, display=display),
    )


CASES: Final = (
    HALF_HOUR_LOG.case(
        Purpose.CONSISTENT,
        title="The ESME's half-hour log adds up to what its register counted",
        why="settlement goes by the log and bills by the register: they must not drift apart",
        clause=_LOG_CLAUSE,
        run=_log_adds_up,
    ),
    _display_case(DeviceRole.IHD, _ESME, 1),
    _display_case(DeviceRole.PPMID, _ESME, 2),
    _display_case(DeviceRole.IHD, _GSME, 1),
    _display_case(DeviceRole.PPMID, _GSME, 2),
)
