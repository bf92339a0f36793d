"""Tenants change: what was used before is kept for those who settle it, and the new ones see what is theirs.

The restriction is about what people in the house may see. The supplier goes on reading all of the log, and a
day after the first whole day of the new tenancy the displays show it (SMETS2 5.6.3.31, 5.7.5.27, 6.4.2).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from math import inf
from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind, EsmeVariant
from harness.cases.applicability import KIND_OF
from harness.cases.case import Case, CheckFailed, InconclusiveOutcome, Purpose, preamble
from harness.cases.observation import register_shown, words
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS
from harness.cases.subjects.electricity import HALF_HOUR, HALF_HOUR_LOG, log_entries
from harness.cases.wording import device_name
from harness.gbcs.roles import DeviceRole
from harness.network.clock import DAY, HOUR, MINUTE, Duration, Instant
from harness.network.port import Display

if TYPE_CHECKING:
    from harness.cases.bench import Bench

_CLAUSE: Final = "SMETS2 5.6.3.31, 5.7.5.27, 6.4.2, CHTS 4.5.4.10"
_DAYS: Final = 2
_SETTLED: Final = Duration(40 * MINUTE)
_ROUNDING: Final = 1
"""Wh or dm3: a register that is shown drops what is less than one."""
_BY_NAME: Final = {(one.use_case, one.target): one for one in SUBJECTS}
_DISPLAYS: Final = (DeviceRole.PPMID, DeviceRole.IHD)


@dataclass(frozen=True, slots=True)
class _Fuel:
    """How a fuel's tenancy is told, and where what was used is shown: at its meter, and for yesterday."""

    name: str
    telling: Subject
    meter: DeviceRole
    register: Display
    yesterday: Display
    beside: tuple[DeviceKind, ...] = ()


_ELECTRICITY: Final = _Fuel(
    "electricity",
    _BY_NAME["ECS12", DeviceRole.ESME],
    DeviceRole.ESME,
    Display.IMPORT_REGISTER,
    Display.YESTERDAY,
)
_GAS: Final = _Fuel(
    "gas",
    _BY_NAME["GCS09", DeviceRole.GPF],
    DeviceRole.GSME,
    Display.GAS_REGISTER,
    Display.GAS_YESTERDAY,
    (DeviceKind.GSME,),
)


def _run_history(bench: Bench) -> None:
    bench.wait(Duration(_DAYS * DAY))
    last = Instant(bench.now // HALF_HOUR * HALF_HOUR)
    span = (Instant(last - _DAYS * DAY + HALF_HOUR), last)

    def read() -> tuple[tuple[int, ...], ...]:
        role = HALF_HOUR_LOG.sender
        return log_entries(
            bench, bench.exchange(bench.command(HALF_HOUR_LOG.use_case, DeviceRole.ESME, role, argument=span))
        )

    with preamble():
        before = read()
        bench.exchange(_ELECTRICITY.telling.command(bench))
        bench.wait(Duration(HOUR))
    after = read()
    if after != before:
        gone = sum(one != other for one, other in zip(before, after, strict=False)) or len(before) - len(
            after
        )
        raise CheckFailed(
            _CLAUSE,
            "the supplier to read the half hours before the change of tenancy as ever",
            f"{gone} of {len(before)} half hours are others or missing",
        )


def _run_new_tenants(bench: Bench, fuel: _Fuel, display: DeviceRole) -> None:
    if bench.display(display, fuel.yesterday) is None:
        raise InconclusiveOutcome(f"the {device_name(display)} does not show {words(fuel.yesterday)}")
    with preamble():
        bench.exchange(fuel.telling.command(bench))
        bench.wait(_SETTLED)
        if bench.display(display, fuel.yesterday) is not None:
            raise CheckFailed(_CLAUSE, f"a {device_name(display)} that shows nothing of before", "it does")
    begins = Instant((bench.now // DAY + 1) * DAY)
    bench.wait(Duration(begins - bench.now))
    first = register_shown(bench, fuel.meter, fuel.register)
    bench.wait(Duration(DAY))
    last = register_shown(bench, fuel.meter, fuel.register)
    # A gas meter tells of its day when it next wakes up.
    bench.wait(_SETTLED)
    shown = bench.display(display, fuel.yesterday)
    if first is None or last is None:
        raise InconclusiveOutcome(f"nobody could read the register of the {device_name(fuel.meter)}")
    least, most = _day_between(bench, fuel, last - first)
    if shown is None or not least <= int(shown) <= most:
        raise CheckFailed(
            _CLAUSE,
            f"the {device_name(display)} to show the {last - first} used on the new tenants' first day",
            shown or "nothing",
        )


def _day_between(bench: Bench, fuel: _Fuel, counted: int) -> tuple[int, float]:
    """What a day may be that a register counted; a second element has a register of its own."""
    profile = bench.port.profile.get(KIND_OF[fuel.meter])
    more = profile is not None and profile.model.variant is EsmeVariant.TWIN_ELEMENT
    return counted - _ROUNDING, inf if more else counted + _ROUNDING


def _cases() -> Iterator[Case]:
    yield _ELECTRICITY.telling.case(
        Purpose.JOURNEY,
        detail="history_kept",
        title="The ESME keeps the half hours before a change of tenancy for its supplier, as they were",
        why="the last tenants' bill is made when they have gone",
        clause=_CLAUSE,
        run=_run_history,
    )
    for fuel in (_ELECTRICITY, _GAS):
        for number, display in enumerate(_DISPLAYS, 1):
            subject = replace(fuel.telling, beside=(*fuel.beside, KIND_OF[display]), number=number)
            yield subject.case(
                Purpose.JOURNEY,
                detail="new_tenants",
                title=f"The {device_name(display)} shows new tenants the {fuel.name} of their first day",
                why="a display that stays empty after a change of tenancy is thrown away",
                clause=_CLAUSE,
                run=partial(_run_new_tenants, fuel=fuel, display=display),
            )


CASES: Final = tuple(_cases())
