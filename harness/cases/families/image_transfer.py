"""Displays and controllers get their firmware through the hub, and run it (GBCS 11.2, CCS08)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind, Version
from harness.cases.applicability import KIND_OF, all_of, has, of_version
from harness.cases.case import Case, Purpose
from harness.cases.images import distribute
from harness.cases.observation import expect_display
from harness.cases.wording import device_name
from harness.gbcs.catalogue import use_case
from harness.gbcs.roles import DeviceRole
from harness.network.clock import HOUR, Duration
from harness.network.port import Display

if TYPE_CHECKING:
    from harness.cases.bench import Bench

_CLAUSE: Final = "CHTS 4.5.2, GBCS 11.2, CCS08"
_FETCHED: Final = Duration(HOUR)
_UPDATED: Final = (DeviceRole.PPMID, DeviceRole.HCALCS)


def _run(bench: Bench, target: DeviceRole) -> None:
    image = distribute(bench, target, 1)
    bench.wait(_FETCHED)
    version = image.firmware_version.hex().upper()
    expect_display(bench, target, Display.FIRMWARE_VERSION, version, _CLAUSE)


def _cases() -> Iterator[Case]:
    since = use_case("CCS08").since
    able = of_version(
        DeviceKind.COMMS_HUB, "CCS08", since=None if since is None else Version.parse(since), until=None
    )
    for number, target in enumerate(_UPDATED, 1):
        participants = (DeviceKind.COMMS_HUB, KIND_OF[target])
        yield Case(
            case_id=f"TC_CCS08_journey_updated_{number}",
            title=f"The {device_name(target)} runs firmware that was sent to it through the hub",
            why="a device that cannot be updated has to be replaced by somebody who visits",
            clause=_CLAUSE,
            use_case="CCS08",
            purpose=Purpose.JOURNEY,
            participants=participants,
            applies=all_of(has(*participants), able),
            run=partial(_run, target=target),
        )


CASES: Final = tuple(_cases())
