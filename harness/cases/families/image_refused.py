"""Firmware for other hardware, firmware that nobody vouched for, and a transfer that is broken off.

GBCS 11.2: a device runs what its authorising party signed for its hardware, and has it whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

from harness.cases.case import Case, CheckFailed
from harness.cases.images import distribute
from harness.cases.updates import FETCHED, UPDATE_CLAUSE, UPDATES, Update, installed_version
from harness.codecs.asn1.firmware import ActivateFirmwareResponse, ActivationCode
from harness.gbcs.roles import DeviceRole
from harness.network.clock import DAY, MINUTE, SECOND, Duration
from harness.network.port import Stimulus

if TYPE_CHECKING:
    from harness.cases.bench import Bench
    from harness.network.port import DistributedImage

_NOT_HELD: Final = frozenset({ActivationCode.NO_IMAGE_HELD, ActivationCode.HASH_MISMATCH})


def _run_refused(bench: Bench, update: Update, *, spoilt: bool) -> None:
    image = distribute(bench, update.target, 1, spoilt=spoilt, other_hardware=not spoilt)
    bench.wait(FETCHED)
    if update.activated:
        _expect_not_held(bench, update, image)
    update.expect_running(bench, installed_version(bench, update.target))
    # The image was turned down, and not the way by which it came.
    after = distribute(bench, update.target, 2)
    bench.wait(FETCHED)
    update.run_at_once(bench, after)
    update.expect_running(bench, after.firmware_version.hex().upper())


def _expect_not_held(bench: Bench, update: Update, image: DistributedImage) -> None:
    activation = bench.command("CS06", update.target, update.sender(), argument=image.image_hash)
    payload = bench.exchange(activation).payload
    outcome = payload.outcome if isinstance(payload, ActivateFirmwareResponse) else None
    if outcome is None or outcome.code not in _NOT_HELD:
        found = "no outcome" if outcome is None else outcome.code.name.lower()
        raise CheckFailed(UPDATE_CLAUSE, "no such image in the device", found)


_LONG: Final = 9_600
"""Octets of an image that takes twenty seconds over the home area network."""
_BEGUN: Final = Duration(10 * SECOND)
_DARK: Final = {DeviceRole.GSME: Duration(40 * MINUTE)}
_BLINK: Final = Duration(2 * SECOND)
_ASKED_AGAIN: Final = Duration(DAY + 2 * 60 * MINUTE)
"""A device that could not be reached asks again after a day (ZigBee OTA 11.10)."""


def _run_interrupted(bench: Bench, update: Update) -> None:
    target = update.target
    image = distribute(bench, target, 1, length=_LONG)
    bench.wait(_BEGUN)
    bench.operate(target, Stimulus.POWER_OFF)
    bench.wait(_DARK.get(target, _BLINK))
    bench.operate(target, Stimulus.POWER_ON)
    update.expect_running(bench, installed_version(bench, target))
    bench.wait(_ASKED_AGAIN)
    update.run_at_once(bench, image)
    update.expect_running(bench, image.firmware_version.hex().upper())


def _cases() -> Iterator[Case]:
    for update in UPDATES:
        yield update.case(
            "other_hardware",
            title="runs no firmware for hardware that is not its own, and takes the next that is",
            why="firmware for the next revision of a board turns this one into a brick",
            run=partial(_run_refused, update=update, spoilt=False),
        )
        yield update.case(
            "unvouched",
            title="runs no firmware whose signature is not over all of it, and takes the next that is signed",
            why="one octet that nobody signed for is enough to take a device over",
            run=partial(_run_refused, update=update, spoilt=True),
        )
        if update.target is not DeviceRole.CHF:
            yield update.case(
                "interrupted",
                title="has new firmware whole and runs it, though it lost power while fetching it",
                why="an update of a million meters meets every blown fuse, and half an image is none",
                run=partial(_run_interrupted, update=update),
            )


CASES: Final = tuple(_cases())
