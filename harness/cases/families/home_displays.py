"""What displays in the home show of the electricity meter, after an update of it and at midnight.

The meter's own display and the one in the home are read at the same moment (SMETS2 5.4.6, 5.5.15, 6.4.2).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from harness.cases.applicability import KIND_OF
from harness.cases.case import Case, CheckFailed, Purpose, preamble
from harness.cases.observation import expect_display, register_shown
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS
from harness.cases.subjects.firmware import expect_activated, image_of
from harness.cases.terms import Terms
from harness.cases.wording import device_name
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.clock import DAY, MINUTE, Duration, Instant
from harness.network.port import Display

if TYPE_CHECKING:
    from harness.cases.bench import Bench

_ESME: Final = DeviceRole.ESME
_PPMID: Final = DeviceRole.PPMID
_IHD: Final = DeviceRole.IHD
_SETTLED: Final = Duration(5 * MINUTE)
_REGISTER_CLAUSE: Final = "SMETS2 5.5.14, 5.5.15"
_PRICE_CLAUSE: Final = "SMETS2 5.4.6, 5.5.4, 6.4.2"
_PRICE: Final = 2_450
_NEXT_PRICE: Final = 3_120


def _update(bench: Bench) -> None:
    """Have the electricity meter run the firmware that waits in it."""
    image = image_of(bench, _ESME)
    command = bench.command("CS06", _ESME, RemotePartyRole.SUPPLIER, argument=image.image_hash)
    expect_activated(bench.exchange(command), image)
    bench.wait(_SETTLED)


def _run_register(bench: Bench, _subject: Subject, display: DeviceRole) -> None:
    with preamble():
        if register_shown(bench, display, Display.IMPORT_REGISTER) is None:
            raise CheckFailed(_REGISTER_CLAUSE, f"a register on the {device_name(display)}", "none")
        _update(bench)
    wanted = register_shown(bench, _ESME, Display.IMPORT_REGISTER)
    shown = register_shown(bench, display, Display.IMPORT_REGISTER)
    if shown != wanted:
        raise CheckFailed(
            _REGISTER_CLAUSE,
            f"the {device_name(display)} to show {wanted} Wh, as the meter does after its update",
            "nothing" if shown is None else f"{shown} Wh",
        )


def _set_price(bench: Bench, subject: Subject, price: int, effective: Instant | None = None) -> None:
    terms = Terms(effective=effective, given=(("charge_per_unit", price), ("price_scale", -5)))
    bench.exchange(bench.command(subject.use_case, _ESME, subject.sender, argument=terms))
    bench.wait(_SETTLED)


def _run_price(bench: Bench, subject: Subject, display: DeviceRole) -> None:
    with preamble():
        _set_price(bench, subject, _PRICE)
        expect_display(bench, display, Display.PRICE, str(_PRICE), _PRICE_CLAUSE)
        _update(bench)
    expect_display(bench, display, Display.PRICE, str(_PRICE), _PRICE_CLAUSE)


def _run_midnight(bench: Bench, subject: Subject, display: DeviceRole) -> None:
    midnight = Instant((bench.now // DAY + 1) * DAY)
    with preamble():
        _set_price(bench, subject, _PRICE)
        _set_price(bench, subject, _NEXT_PRICE, midnight)
    bench.wait(Duration(midnight - bench.now - MINUTE))
    expect_display(bench, display, Display.PRICE, str(_PRICE), _PRICE_CLAUSE)
    bench.wait(_SETTLED)
    expect_display(bench, display, Display.PRICE, str(_NEXT_PRICE), _PRICE_CLAUSE)


@dataclass(frozen=True, slots=True)
class _Check:
    """A check of some displays: by which command it goes, its words, what it does.

    Both kinds of display hear the meter in one way, so that most checks need only one of them.
    """

    use_case: str
    displays: tuple[DeviceRole, ...]
    detail: str
    title: str
    why: str
    clause: str
    run: Callable[[Bench, Subject, DeviceRole], None]


_CHECKS: Final = (
    _Check(
        "CS06",
        (_PPMID,),
        "display_lit",
        "shows the register as before once the ESME runs new firmware",
        "remote parties notice nothing of a display that has gone dark, and nobody comes",
        _REGISTER_CLAUSE,
        _run_register,
    ),
    _Check(
        "ECS01a",
        (_IHD,),
        "price_kept",
        "shows the price as before once the ESME runs new firmware",
        "a price that is wrong by a power of ten frightens people into the cold",
        _PRICE_CLAUSE,
        _run_price,
    ),
    _Check(
        "ECS01a",
        (_PPMID, _IHD),
        "price_at_midnight",
        "shows the next price as soon as it is in force, at midnight",
        "who moves a wash to the cheap hours goes by what the display says",
        _PRICE_CLAUSE,
        _run_midnight,
    ),
)


def _cases() -> Iterator[Case]:
    by_name = {subject.use_case: subject for subject in SUBJECTS if subject.target is _ESME}
    for check in _CHECKS:
        for number, display in enumerate(check.displays, 1):
            subject = replace(by_name[check.use_case], beside=(KIND_OF[display],), number=number)
            yield subject.case(
                Purpose.JOURNEY,
                detail=check.detail,
                title=f"The {device_name(display)} {check.title}",
                why=check.why,
                clause=check.clause,
                run=partial(_run, check=check, subject=subject, display=display),
            )


def _run(bench: Bench, check: _Check, subject: Subject, display: DeviceRole) -> None:
    check.run(bench, subject, display)


CASES: Final = tuple(_cases())
