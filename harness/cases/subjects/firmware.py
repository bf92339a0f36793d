"""Which firmware a device runs, and activating the next one (ECS52, CS06)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from harness.cases.applicability import KIND_OF
from harness.cases.case import CheckFailed, InconclusiveOutcome
from harness.cases.cosem_answers import items_done, octets_of
from harness.cases.observation import expect_display
from harness.cases.subject import Subject
from harness.cases.wording import device_name, octets_text
from harness.codecs.asn1.firmware import ActivateFirmwareResponse, ActivationCode
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.port import Display

if TYPE_CHECKING:
    from harness.cases.bench import Bench
    from harness.cases.inspection import Answer
    from harness.network.port import DistributedImage

VERSION_LENGTH: Final = 4
VERSION_CLAUSE: Final = "SMETS2 4.6.5.10, 5.7.5.17, CHTS 4.6.3.4"
ACTIVATION_CLAUSE: Final = "GBCS 11.3, CS06"


def read_version(bench: Bench, subject: Subject, role: RemotePartyRole) -> None:
    """ECS52: read the firmware version."""
    (data,) = items_done(bench.exchange(subject.command(bench, role)))
    version = octets_of(data, VERSION_CLAUSE, "the firmware version", VERSION_LENGTH)
    expect_version(bench, subject.target, version)


def expect_version(bench: Bench, role: DeviceRole, version: object) -> None:
    """Check a version that was read against the device's profile and display. Raises CheckFailed."""
    text = version.hex().upper() if isinstance(version, bytes) else str(version)
    profile = bench.port.profile.get(KIND_OF[role])
    wanted = profile.firmware.version if profile is not None else text
    if text != wanted:
        raise CheckFailed(
            VERSION_CLAUSE, f"the version that the {device_name(role)} was installed with, {wanted}", text
        )
    expect_display(bench, role, Display.FIRMWARE_VERSION, text, VERSION_CLAUSE)


def activate(bench: Bench, subject: Subject, role: RemotePartyRole) -> None:
    """CS06: activate the image that waits in the device."""
    image = image_of(bench, subject.target)
    expect_activated(bench.exchange(subject.command(bench, role)), image)
    version = image.firmware_version.hex().upper()
    expect_display(bench, subject.target, Display.FIRMWARE_VERSION, version, ACTIVATION_CLAUSE)


def expect_activated(answer: Answer, image: DistributedImage) -> None:
    """Check for the outcome of an activation that was carried out. Raises CheckFailed."""
    payload = answer.payload
    outcome = payload.outcome if isinstance(payload, ActivateFirmwareResponse) else None
    if outcome is None:
        raise CheckFailed(
            ACTIVATION_CLAUSE, "the outcome of the activation", octets_text(answer.message.payload)
        )
    if outcome.code is not ActivationCode.SUCCESS or outcome.firmware_version != image.firmware_version:
        raise CheckFailed(
            ACTIVATION_CLAUSE,
            f"success and version {octets_text(image.firmware_version)}",
            f"{outcome.code.name.lower()} and version {octets_text(outcome.firmware_version)}",
        )


def image_of(bench: Bench, role: DeviceRole) -> DistributedImage:
    """The image that waits in a device. Raises InconclusiveOutcome where there is none."""
    image = bench.device(role).image
    if image is None:
        raise InconclusiveOutcome(f"no firmware image waits in the {device_name(role)}")
    return image


def _version_read(target: DeviceRole, number: int) -> Subject:
    return Subject(
        use_case="ECS52",
        target=target,
        number=number,
        doing="reading the firmware version",
        matters="what is updated, recalled or certified goes by this version",
        verify=read_version,
    )


def _activation(target: DeviceRole, number: int) -> Subject:
    return Subject(
        use_case="CS06",
        target=target,
        number=number,
        doing="activating the firmware that waits",
        matters="a device that does not take its update keeps the faults that it mends",
        verify=activate,
        argument=lambda bench: image_of(bench, target).image_hash,
        effect=lambda bench: bench.display(target, Display.FIRMWARE_VERSION),
    )


SUBJECTS: Final[tuple[Subject, ...]] = (
    _version_read(DeviceRole.ESME, 1),
    _version_read(DeviceRole.CHF, 2),
    _version_read(DeviceRole.SAPC, 3),
    _activation(DeviceRole.ESME, 1),
    _activation(DeviceRole.GSME, 2),
    _activation(DeviceRole.SAPC, 3),
)
