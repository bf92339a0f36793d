"""Told to activate an image that it does not hold, a device runs on, and says so (GBCS 11.2.7, CS06)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from harness.cases.case import Case, CheckFailed, Purpose, preamble
from harness.cases.observation import expect_display
from harness.cases.subjects import SUBJECTS
from harness.cases.subjects.firmware import ACTIVATION_CLAUSE, expect_activated, image_of
from harness.cases.wording import octets_text
from harness.codecs.asn1.firmware import ActivateFirmwareResponse, ActivationCode
from harness.gbcs.roles import DeviceRole
from harness.network.port import Display

if TYPE_CHECKING:
    from harness.cases.bench import Bench
    from harness.cases.subject import Subject

_TOLD: Final = frozenset({ActivationCode.NO_IMAGE_HELD, ActivationCode.HASH_MISMATCH})


def _run(bench: Bench, subject: Subject) -> None:
    with preamble():
        image = image_of(bench, subject.target)
        version = bench.display(subject.target, Display.FIRMWARE_VERSION)
    other = bytes(octet ^ 0xFF for octet in image.image_hash)
    command = bench.command(subject.use_case, subject.target, subject.sender, argument=other)
    payload = bench.exchange(command).payload
    outcome = payload.outcome if isinstance(payload, ActivateFirmwareResponse) else None
    if outcome is None or outcome.code not in _TOLD:
        raise CheckFailed(
            ACTIVATION_CLAUSE,
            f"an image with hash {octets_text(other)} not to be there",
            "no outcome" if outcome is None else outcome.code.name.lower(),
        )
    if version is not None:
        expect_display(bench, subject.target, Display.FIRMWARE_VERSION, version, ACTIVATION_CLAUSE)
    expect_activated(bench.exchange(subject.command(bench)), image)


def _case(subject: Subject) -> Case:
    return subject.case(
        Purpose.JOURNEY,
        detail="other_image",
        title=f"The {subject.device} activates the image that it is told to, and no other in its place",
        why="an update that was called back must not start because the next one was asked for",
        clause=ACTIVATION_CLAUSE,
        run=partial(_run, subject=subject),
    )


CASES: Final = tuple(
    _case(subject)
    for subject in SUBJECTS
    if subject.use_case == "CS06" and subject.target in (DeviceRole.ESME, DeviceRole.GSME, DeviceRole.SAPC)
)
