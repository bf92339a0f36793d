"""Joining and parting devices, and the list that a gas proxy is restored from (CS03, CS04, GCS59)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from harness.cases.applicability import KIND_OF
from harness.cases.asn1_requests import Partner
from harness.cases.case import CheckFailed
from harness.cases.inspection import check_moment
from harness.cases.subjects.firmware import expect_version
from harness.cases.wording import device_name, octets_text
from harness.codecs.asn1.firmware import FirmwareVersionResponse, SetGasClockResponse, TimeStatus
from harness.codecs.asn1.joining import (
    JoinCode,
    JoinResponse,
    ReadCode,
    RestoreDeviceLogResponse,
    UnjoinCode,
    UnjoinResponse,
)
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.clock import instant_of

if TYPE_CHECKING:
    from device_profiles.model import DeviceKind
    from harness.cases.bench import Bench
    from harness.cases.subject import Subject

JOIN_CLAUSE: Final = "GBCS 13.7, CS03"
UNJOIN_CLAUSE: Final = "GBCS 13.8, CS04"
RESTORE_CLAUSE: Final = "GBCS GCS59"
CLOCK_CLAUSE: Final = "SMETS2 4.5.3.20, GBCS GCS28"
VERSION_CLAUSE: Final = "GBCS 11, CS08"
PARTNERS: Final = {
    ("CS03A1", DeviceRole.ESME): DeviceRole.PPMID,
    ("CS03A1", DeviceRole.GSME): DeviceRole.PPMID,
    ("CS03A1", DeviceRole.SAPC): DeviceRole.PPMID,
    ("CS03A2", DeviceRole.PPMID): DeviceRole.ESME,
    ("CS03A2", DeviceRole.HCALCS): DeviceRole.ESME,
    ("CS03B", DeviceRole.ESME): DeviceRole.IHD,
    ("CS03B", DeviceRole.GSME): DeviceRole.GPF,
    ("CS03B", DeviceRole.GPF): DeviceRole.IHD,
    ("CS03C", DeviceRole.GSME): DeviceRole.PPMID,
    ("CS04AC", DeviceRole.ESME): DeviceRole.PPMID,
    ("CS04AC", DeviceRole.GSME): DeviceRole.PPMID,
    ("CS04AC", DeviceRole.SAPC): DeviceRole.PPMID,
    ("CS04AC", DeviceRole.PPMID): DeviceRole.ESME,
    ("CS04AC", DeviceRole.HCALCS): DeviceRole.ESME,
    ("CS04B", DeviceRole.ESME): DeviceRole.IHD,
    ("CS04B", DeviceRole.GSME): DeviceRole.GPF,
    ("CS04B", DeviceRole.GPF): DeviceRole.IHD,
    ("GCS59", DeviceRole.GPF): DeviceRole.IHD,
}
"""Whom a device is joined with, or parted from, in the cases of a use case."""
_NOWHERE: Final = bytes.fromhex("0200DB0000000001")
"""An entity identifier that no device has."""
_FIRST: Final = {
    ("CS03A1", DeviceRole.ESME): "CS04AC",
    ("CS03A2", DeviceRole.PPMID): "CS04AC",
    ("CS03A2", DeviceRole.HCALCS): "CS04AC",
    ("CS03B", DeviceRole.ESME): "CS04B",
    ("CS03B", DeviceRole.GPF): "CS04B",
    ("CS04AC", DeviceRole.GSME): "CS03C",
    ("CS04AC", DeviceRole.SAPC): "CS03A1",
}
"""What has to be done before, as some are joined in every home and some are not."""


def partner_of(bench: Bench, use_case: str, target: DeviceRole) -> Partner:
    """The device that a command to ``target`` is about, as the install record has it."""
    device = bench.device(PARTNERS[use_case, target])
    return Partner(device.entity_id, device.role.device_type, device.key_agreement_certificate or None)


def stand_in_for(use_case: str, target: DeviceRole) -> Partner:
    """A partner that is nowhere, for a command that nothing comes of."""
    return Partner(_NOWHERE, PARTNERS[use_case, target].device_type, None)


def beside(use_case: str, target: DeviceRole) -> tuple[DeviceKind, ...]:
    """The box that has to be there as well."""
    partner = PARTNERS.get((use_case, target))
    return () if partner is None else (KIND_OF[partner],)


def bring_about(bench: Bench, subject: Subject) -> None:
    """Part the two first where they are joined, or join them where they are not."""
    first = _FIRST.get((subject.use_case, subject.target))
    if first is not None:
        argument = partner_of(bench, subject.use_case, subject.target)
        bench.exchange(bench.command(first, subject.target, RemotePartyRole.SUPPLIER, argument=argument))


def join(bench: Bench, subject: Subject, role: RemotePartyRole) -> None:
    """CS03: join with another device. To be joined already is no fault where nothing was parted first."""
    bring_about(bench, subject)
    payload = bench.exchange(subject.command(bench, role)).payload
    code = payload.code if isinstance(payload, JoinResponse) else None
    allowed = {JoinCode.SUCCESS}
    if (subject.use_case, subject.target) not in _FIRST:
        allowed.add(JoinCode.INCOMPATIBLE_WITH_EXISTING_ENTRY)
    if code not in allowed:
        raise CheckFailed(
            JOIN_CLAUSE, "a join that succeeds", "no code" if code is None else code.name.lower()
        )


def unjoin(bench: Bench, subject: Subject, role: RemotePartyRole) -> None:
    """CS04: part from another device."""
    bring_about(bench, subject)
    payload = bench.exchange(subject.command(bench, role)).payload
    code = payload.code if isinstance(payload, UnjoinResponse) else None
    if code is not UnjoinCode.SUCCESS:
        raise CheckFailed(UNJOIN_CLAUSE, "success", "no code" if code is None else code.name.lower())


def restore(bench: Bench, subject: Subject, role: RemotePartyRole) -> None:
    """GCS59: give the gas proxy its list back."""
    answer = bench.exchange(subject.command(bench, role))
    payload, asked = answer.payload, answer.command.order.argument
    results = payload.results if isinstance(payload, RestoreDeviceLogResponse) else ()
    found = [one.entry.device_id for one in results]
    if not isinstance(asked, Partner) or found != [asked.entity_id]:
        raise CheckFailed(
            RESTORE_CLAUSE, "a result for each entry of the command", octets_text(answer.message.payload)
        )


def set_gas_clock(bench: Bench, subject: Subject, role: RemotePartyRole) -> None:
    """GCS28: set the gas meter's clock within a range around the present."""
    answer = bench.exchange(subject.command(bench, role))
    payload = answer.payload
    if not isinstance(payload, SetGasClockResponse):
        raise CheckFailed(CLOCK_CLAUSE, "the time and its status", octets_text(answer.message.payload))
    if payload.status is not TimeStatus.RELIABLE:
        raise CheckFailed(CLOCK_CLAUSE, "a reliable time", payload.status.name.lower())
    try:
        shown = datetime.strptime(payload.device_time, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise CheckFailed(CLOCK_CLAUSE, "a time in UTC", payload.device_time) from None
    moment = instant_of(shown)
    check_moment(moment, answer.command.order.at, answer.at, CLOCK_CLAUSE, "the meter's time")


def read_own_version(bench: Bench, subject: Subject, role: RemotePartyRole) -> None:
    """CS08: read the firmware version of a PPMID or HCALCS."""
    answer = bench.exchange(subject.command(bench, role))
    payload = answer.payload
    if not isinstance(payload, FirmwareVersionResponse) or payload.code is not ReadCode.SUCCESS:
        raise CheckFailed(
            VERSION_CLAUSE,
            f"the firmware version of the {device_name(subject.target)}",
            octets_text(answer.message.payload),
        )
    expect_version(bench, subject.target, payload.firmware_version)
