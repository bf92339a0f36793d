"""Every device of a home at once: joined with the others, and answering.

The only case that is driven for each combination as a whole, so it asks one thing of each device.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind
from harness.cases.applicability import has
from harness.cases.case import Case, CheckFailed, Purpose
from harness.cases.cosem_answers import items_done, octets_of
from harness.cases.inspection import Answer
from harness.cases.observation import expect_right_clock, register_shown
from harness.cases.subjects.firmware import VERSION_CLAUSE, VERSION_LENGTH, expect_version
from harness.cases.subjects.security import expect_joined
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.port import Display

if TYPE_CHECKING:
    from harness.cases.bench import Bench

_SUPPLIER: Final = RemotePartyRole.SUPPLIER
_ASKED: Final = {
    DeviceRole.CHF: ("ECS52", RemotePartyRole.ACCESS_CONTROL_BROKER),
    DeviceRole.GPF: ("CS07", _SUPPLIER),
    DeviceRole.ESME: ("CS07", _SUPPLIER),
    DeviceRole.GSME: ("CS07", _SUPPLIER),
    DeviceRole.PPMID: ("CS07", _SUPPLIER),
    DeviceRole.HCALCS: ("CS07", _SUPPLIER),
    DeviceRole.SAPC: ("CS07", _SUPPLIER),
}
"""What each device is asked, and by whom: its device log, or of the CHF its firmware version."""


def _run(bench: Bench) -> None:
    commands = []
    for role in bench.port.devices:
        asked = _ASKED.get(role)
        if asked is not None:
            command = bench.command(asked[0], role, asked[1])
            bench.send(command)
            commands.append(command)
    for answer in bench.answers_to(commands):
        _check(bench, answer)
    if DeviceRole.IHD in bench.port.devices:
        _expect_display_alive(bench)


def _check(bench: Bench, answer: Answer) -> None:
    role = answer.command.order.device.role
    if role is DeviceRole.CHF:
        (data,) = items_done(answer)
        expect_version(bench, role, octets_of(data, VERSION_CLAUSE, "the firmware version", VERSION_LENGTH))
    else:
        expect_joined(bench, answer)


def _expect_display_alive(bench: Bench) -> None:
    """An in-home display takes no commands; it is joined when it shows what the meter shows, or the time."""
    if DeviceRole.ESME not in bench.port.devices:
        expect_right_clock(bench, DeviceRole.IHD)
        return
    meter = register_shown(bench, DeviceRole.ESME, Display.IMPORT_REGISTER)
    shown = register_shown(bench, DeviceRole.IHD, Display.IMPORT_REGISTER)
    if shown != meter:
        raise CheckFailed("SMETS2 6.4", f"the in-home display to show the meter's {meter} Wh", f"{shown} Wh")


CASES: Final = (
    Case(
        case_id="TC_home_answers_1",
        title="Every device of the home is joined with those it works with, and answers",
        why="devices that each pass alone can still fail to make a home together",
        clause="GBCS 6.2, 13.7, SMETS2, CHTS",
        use_case="CS07",
        purpose=Purpose.JOURNEY,
        participants=tuple(DeviceKind),
        applies=has(DeviceKind.COMMS_HUB),
        run=_run,
        whole_home=True,
        catches=("response-carries-device-counter",),
    ),
)
