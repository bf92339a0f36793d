"""Whom a device trusts and with whom it is joined (CS02a, CS07)."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from harness.cases.case import CheckFailed
from harness.cases.known_parties import KNOWN_PARTIES
from harness.cases.subject import Subject
from harness.cases.wording import device_name, octets_text, party_name
from harness.codecs.asn1.credentials import (
    DIGITAL_SIGNATURE,
    KEY_AGREEMENT,
    CellDetails,
    CellUsage,
    CredentialsResponse,
    CredentialStatus,
    RemotePartyDetails,
)
from harness.codecs.asn1.joining import DeviceLogEntry, DeviceLogResponse, ReadCode
from harness.crypto.certificates import parse_certificate
from harness.gbcs.roles import DeviceRole, RemotePartyRole

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.cases.bench import Bench
    from harness.cases.inspection import Answer
    from harness.codecs.cosem_data import BitString
    from harness.crypto.pki import Credentials

CREDENTIALS_CLAUSE: Final = "GBCS 13.2, CS02a"
DEVICE_LOG_CLAUSE: Final = "GBCS 13.7, CS07"
LOG_HOLDS: Final = {
    DeviceRole.ESME: (DeviceRole.PPMID, DeviceRole.IHD, DeviceRole.HCALCS),
    DeviceRole.GSME: (DeviceRole.GPF,),
    DeviceRole.GPF: (DeviceRole.GSME, DeviceRole.PPMID, DeviceRole.IHD),
    DeviceRole.PPMID: (DeviceRole.ESME, DeviceRole.GPF),
    DeviceRole.HCALCS: (DeviceRole.ESME,),
    DeviceRole.SAPC: (),
}
"""Whom the device log of each kind must hold once everything in a home is joined (CHTS 4.4.8, SMETS2)."""
_SUPPLY_PARTIES: Final = (RemotePartyRole.SUPPLIER, RemotePartyRole.NETWORK_OPERATOR)
_HUB_PARTIES: Final = (RemotePartyRole.ACCESS_CONTROL_BROKER, RemotePartyRole.WAN_PROVIDER)


def parties_asked_for(target: DeviceRole) -> tuple[RemotePartyRole, ...]:
    """Whose credentials a case asks of a device: the parties that matter most to it, of those it knows."""
    wanted = _HUB_PARTIES if target is DeviceRole.CHF else _SUPPLY_PARTIES
    return tuple(role for role in wanted if role in KNOWN_PARTIES[target])


def read_credentials(bench: Bench, subject: Subject, role: RemotePartyRole) -> None:
    """CS02a: read whose certificates the device holds, and compare with those that it was given."""
    payload = bench.exchange(subject.command(bench, role)).payload
    if not isinstance(payload, CredentialsResponse):
        raise CheckFailed(CREDENTIALS_CLAUSE, "details of credentials", type(payload).__name__)
    wanted = parties_asked_for(subject.target)
    answered = tuple(details.role for details in payload.details)
    if answered != wanted:
        raise CheckFailed(CREDENTIALS_CLAUSE, f"details of {_names(wanted)}", _names(answered))
    for details in payload.details:
        _check_details(bench, details)


def _check_details(bench: Bench, details: RemotePartyDetails) -> None:
    name = party_name(details.role)
    if details.status is not CredentialStatus.SUCCESS or details.current_counter is None or not details.cells:
        raise CheckFailed(
            CREDENTIALS_CLAUSE,
            f"counter and credentials of the {name}",
            f"status {details.status.name.lower()}, counter {details.current_counter},"
            f" {len(details.cells or ())} cells",
        )
    party = bench.parties.party(details.role)
    for cell in details.cells:
        key_id = _key_id(party, cell.key_usage, cell.cell_usage)
        if (cell.subject_unique_id, cell.subject_key_id) != (party.entity_id, key_id):
            raise CheckFailed(
                CREDENTIALS_CLAUSE,
                f"the {name}'s identifier {octets_text(party.entity_id)} and key {octets_text(key_id)}",
                _cell_text(cell),
            )


@cache
def _key_id(party: Credentials, usage: BitString, cell_usage: CellUsage | None) -> bytes:
    """Key identifier of the certificate that belongs into a cell, empty where none does."""
    certificate: bytes | None = None
    if cell_usage is CellUsage.PREPAYMENT_TOP_UP:
        certificate = party.prepayment_certificate
    elif usage == DIGITAL_SIGNATURE:
        certificate = party.ds_certificate
    elif usage == KEY_AGREEMENT:
        certificate = party.ka_certificate
    return b"" if certificate is None else parse_certificate(certificate).subject_key_id


def read_device_log(bench: Bench, subject: Subject, role: RemotePartyRole) -> None:
    """CS07: read with whom the device is joined."""
    expect_joined(bench, bench.exchange(subject.command(bench, role)))


def expect_joined(bench: Bench, answer: Answer) -> None:
    """Check a device log: everybody who belongs there, and nobody from elsewhere. Raises CheckFailed."""
    role = answer.command.order.device.role
    payload = answer.payload
    if (
        not isinstance(payload, DeviceLogResponse)
        or payload.code is not ReadCode.SUCCESS
        or payload.entries is None
    ):
        raise CheckFailed(DEVICE_LOG_CLAUSE, "the device log", octets_text(answer.message.payload))
    residents, devices = bench.residents, bench.port.devices
    logged = set()
    for entry in payload.entries:
        partner = residents.get(entry.device_id)
        if partner is None or partner.device_type is not entry.device_type:
            raise CheckFailed(
                DEVICE_LOG_CLAUSE,
                f"devices of this home alone in the {device_name(role)}'s log, with their types",
                _entry_text(entry),
            )
        logged.add(partner)
    for partner in LOG_HOLDS[role]:
        if partner in devices and partner not in logged:
            raise CheckFailed(
                DEVICE_LOG_CLAUSE,
                f"the {device_name(partner)} in the {device_name(role)}'s log, as they are joined",
                ", ".join(device_name(one) for one in sorted(logged)) or "an empty log",
            )


def _names(roles: Iterable[RemotePartyRole]) -> str:
    return ", ".join(party_name(role) for role in roles) or "nobody"


def _cell_text(cell: CellDetails) -> str:
    usage = "" if cell.cell_usage is None else f" {cell.cell_usage.name.lower()}"
    key, subject = octets_text(cell.subject_key_id), octets_text(cell.subject_unique_id)
    return f"{subject} and key {key} in the cell {cell.key_usage.bits}{usage}"


def _entry_text(entry: DeviceLogEntry) -> str:
    return f"{octets_text(entry.device_id)} as {entry.device_type.name}"


def _credentials(target: DeviceRole, number: int) -> Subject:
    return Subject(
        use_case="CS02a",
        target=target,
        number=number,
        doing="giving the details of the credentials it holds",
        matters="a change of supplier or of keys starts from what the device says it trusts",
        verify=read_credentials,
        argument=lambda _bench: parties_asked_for(target),
    )


def _device_log(target: DeviceRole, number: int) -> Subject:
    return Subject(
        use_case="CS07",
        target=target,
        number=number,
        doing="reading its device log",
        matters="whoever is in this log is heard by the meter, and whoever is not gets no data",
        verify=read_device_log,
    )


SUBJECTS: Final[tuple[Subject, ...]] = (
    _credentials(DeviceRole.CHF, 1),
    _credentials(DeviceRole.GPF, 2),
    _credentials(DeviceRole.ESME, 3),
    _credentials(DeviceRole.GSME, 4),
    _credentials(DeviceRole.PPMID, 5),
    _credentials(DeviceRole.HCALCS, 6),
    _device_log(DeviceRole.GPF, 1),
    _device_log(DeviceRole.ESME, 2),
    _device_log(DeviceRole.GSME, 3),
    _device_log(DeviceRole.PPMID, 4),
    _device_log(DeviceRole.HCALCS, 5),
    _device_log(DeviceRole.SAPC, 6),
)
