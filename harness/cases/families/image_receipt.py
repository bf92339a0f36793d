"""Meters tell what they made of an image, and run what they verified and nothing else (GBCS 11.2)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

from harness.cases.alerts import alerts_of, code_text, inspect_alert
from harness.cases.applicability import all_of
from harness.cases.case import Case, CheckFailed, Purpose
from harness.cases.images import distribute
from harness.cases.observation import expect_display
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS
from harness.cases.subjects.firmware import expect_activated
from harness.cases.wording import device_name, octets_text
from harness.codecs.asn1.firmware import ActivateFirmwareResponse, ActivationCode
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.catalogue import use_case
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.clock import HOUR, Duration
from harness.network.port import Display

if TYPE_CHECKING:
    from harness.cases.bench import Bench
    from harness.network.port import DistributedImage

_CLAUSE: Final = "GBCS 11.2, 11.3"
_FETCHED: Final = Duration(HOUR)
_RECEIPTS: Final = ("FDRA-DLMS", "FDRA-ZigBee")


def _expect_receipt(bench: Bench, receipt: str, target: DeviceRole, *, spoilt: bool) -> DistributedImage:
    """Send an image, and check what the meter tells its supplier of it. Raises CheckFailed."""
    since, meter = bench.now, bench.device(target)
    image = distribute(bench, target, 1, spoilt=spoilt)
    code = AlertCode.FIRMWARE_UNVERIFIED if spoilt else AlertCode.FIRMWARE_VERIFIED
    expected = f"{receipt} with alert {code_text(code)}"
    told = [
        alert
        for alert in alerts_of(meter, bench.messages(_FETCHED))
        if alert.received.message.message_code in use_case(receipt).message_codes
    ]
    if len(told) != 1 or told[0].code != code:
        found = ", ".join(code_text(alert.code) for alert in told) or "no such alert"
        raise CheckFailed(_CLAUSE, f"{expected}, once", found)
    supplier = bench.parties.party(RemotePartyRole.SUPPLIER)
    message = told[0].received.message
    if message.recipient != supplier.entity_id:
        raise CheckFailed(_CLAUSE, f"{expected} to the supplier", f"to {octets_text(message.recipient)}")
    inspect_alert(bench, meter, told[0], since, supplier)
    if not message.payload.endswith(image.image_hash):
        raise CheckFailed(_CLAUSE, f"the image's hash, {octets_text(image.image_hash)}", "another")
    return image


def _run_verified(bench: Bench, subject: Subject, receipt: str) -> None:
    image = _expect_receipt(bench, receipt, subject.target, spoilt=False)
    activation = bench.command("CS06", subject.target, subject.sender, argument=image.image_hash)
    expect_activated(bench.exchange(activation), image)
    version = image.firmware_version.hex().upper()
    expect_display(bench, subject.target, Display.FIRMWARE_VERSION, version, _CLAUSE)


def _run_spoilt(bench: Bench, subject: Subject, receipt: str) -> None:
    target = subject.target
    before = bench.display(target, Display.FIRMWARE_VERSION)
    image = _expect_receipt(bench, receipt, target, spoilt=True)
    activation = bench.command("CS06", target, subject.sender, argument=image.image_hash)
    payload = bench.exchange(activation).payload
    outcome = payload.outcome if isinstance(payload, ActivateFirmwareResponse) else None
    if outcome is None or outcome.code is ActivationCode.SUCCESS:
        found = "no outcome" if outcome is None else "success"
        raise CheckFailed(_CLAUSE, "a failure to activate what was not verified", found)
    if before is not None:
        expect_display(bench, target, Display.FIRMWARE_VERSION, before, _CLAUSE)


def _cases() -> Iterator[Case]:
    meters = [one for one in SUBJECTS if one.use_case == "CS06"]
    for number, subject in enumerate(meters, 1):
        receipt = next(name for name in _RECEIPTS if subject.target in use_case(name).targets)
        name = device_name(subject.target)
        for detail, title, why, run in (
            (
                "verified",
                f"The {name} tells that it verified an image, and runs it when it is told to",
                "an update that nobody hears of is sent again and again, or never activated",
                _run_verified,
            ),
            (
                "spoilt",
                f"The {name} tells that it did not verify an image, and never runs it",
                "a meter that runs what its supplier did not vouch for is anybody's meter",
                _run_spoilt,
            ),
        ):
            yield Case(
                case_id=f"TC_image_alert_{detail}_{number}",
                title=title,
                why=why,
                clause=_CLAUSE,
                use_case=receipt,
                purpose=Purpose.ALERT,
                participants=subject.participants,
                applies=all_of(subject.applies),
                run=partial(run, subject=subject, receipt=receipt),
                covers=("CS06",),
            )


CASES: Final = tuple(_cases())
