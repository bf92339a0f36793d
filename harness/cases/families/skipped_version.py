"""Firmware that is overtaken by newer firmware before it ever ran: settings stay (CS06, GBCS 11.2)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from harness.cases.alerts import alerts_in_order, code_text
from harness.cases.case import Case, CheckFailed, Purpose, preamble
from harness.cases.images import distribute
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS, firmware
from harness.cases.subjects.firmware import expect_activated
from harness.cases.terms import Terms
from harness.cases.told import Told, told_by
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.roles import DeviceRole
from harness.network.clock import HOUR, Duration

if TYPE_CHECKING:
    from harness.cases.bench import Bench
    from harness.cases.cosem_values import Value
    from harness.network.port import DistributedImage

_CLAUSE: Final = "GBCS 11.3, SMETS2 4.5.12, 5.5.14"
_FETCHED: Final = Duration(HOUR)
_SETTINGS: Final[dict[DeviceRole, tuple[str, str, tuple[tuple[str, Value], ...]]]] = {
    DeviceRole.ESME: ("ECS37", "ECS18b", (("switch_time", bytes((8, 0, 0, 0))),)),
    DeviceRole.GSME: ("GCS24a", "GCS21a", (("uncontrolled_flow_threshold", 12_345),)),
}
"""A setting of each meter: what sets it, what tells it, and the value that it is set to."""


def _told(bench: Bench, reading: Subject) -> Told:
    return told_by(bench.exchange(reading.command(bench)))


def _verified(bench: Bench, target: DeviceRole, step: int) -> DistributedImage:
    """Have a meter take an image, and check that it tells of it."""
    since, meter = bench.now, bench.device(target)
    image = distribute(bench, target, step)
    told = alerts_in_order(bench, meter, bench.messages(_FETCHED), since)
    if AlertCode.FIRMWARE_VERIFIED not in {alert.code for alert in told}:
        found = ", ".join(code_text(alert.code) for alert in told) or "none"
        raise CheckFailed(_CLAUSE, f"alert {code_text(AlertCode.FIRMWARE_VERIFIED)}", found)
    return image


def _run(bench: Bench, subject: Subject, setting: Subject, reading: Subject) -> None:
    target = subject.target
    given = _SETTINGS[target][2]
    with preamble():
        before = _told(bench, reading)
        bench.exchange(bench.command(setting.use_case, target, setting.sender, argument=Terms(given=given)))
        wanted = _told(bench, reading)
        changed = [place for place, value in wanted.items() if before.get(place) != value]
    for step in (1, 2):
        image = _verified(bench, target, step)
    with preamble():
        activation = bench.command("CS06", target, subject.sender, argument=image.image_hash)
        expect_activated(bench.exchange(activation), image)
    after = _told(bench, reading)
    for place in changed:
        if after.get(place) != wanted[place]:
            raise CheckFailed(
                _CLAUSE,
                f"{place} as {setting.use_case} set it, though a version in between never ran",
                "another value",
            )


def _case(subject: Subject) -> Case:
    setting, reading = (_BY_NAME[name, subject.target] for name in _SETTINGS[subject.target][:2])
    return subject.case(
        Purpose.JOURNEY,
        detail="skipped_version",
        title=f"The {subject.device} keeps its settings where firmware is overtaken by newer firmware",
        why="a meter that was away for one release must not come back as from the factory",
        clause=_CLAUSE,
        run=partial(_run, subject=subject, setting=setting, reading=reading),
    )


_BY_NAME: Final = {(subject.use_case, subject.target): subject for subject in SUBJECTS}
CASES: Final = tuple(
    _case(one) for one in firmware.SUBJECTS if one.use_case == "CS06" and one.target in _SETTINGS
)
