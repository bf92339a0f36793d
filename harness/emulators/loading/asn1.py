"""Loading what an answer in ASN.1 reports: cells, counters, certificates, log entries, images and faults.

The root's certificate is none of a reference set's keys: its key follows from what it signed. And
certificates are accepted there that are not valid yet at the time of the answer: a device that does so
does not rely on its clock.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.x509 import load_der_x509_csr

from harness.codecs.asn1.credentials import (
    CredentialsResponse,
    CredentialStatus,
    DeviceCertificate,
    IssueFailure,
    IssueResponse,
    KeyUsageRequest,
    ProvideFailure,
    ProvideResponse,
    RemotePartyDetails,
    ReplaceCredentials,
    ReplaceCredentialsResponse,
    ReplacementMode,
    TimeChecks,
    TrustAnchorCell,
    UpdateOutcome,
    UpdateResponse,
)
from harness.codecs.asn1.firmware import (
    ActivateFirmware,
    ActivateFirmwareResponse,
    ActivationCode,
    FirmwareVersionResponse,
    SetGasClock,
    SetGasClockResponse,
)
from harness.codecs.asn1.joining import (
    DeviceLogEntry,
    DeviceLogResponse,
    Join,
    JoinCode,
    JoinResponse,
    ReadCode,
    RestoreDeviceLogResponse,
    Unjoin,
    UnjoinCode,
    UnjoinResponse,
)
from harness.codecs.envelope import signed_part
from harness.codecs.payload import decode_payload
from harness.crypto.certificates import Certificate, parse_certificate
from harness.crypto.contingency import WRAP_KEY_LENGTH, wrap_contingency_key
from harness.crypto.errors import CertificateError
from harness.crypto.keystore import KeyUse
from harness.crypto.recovery import issuer_key, possible_keys
from harness.emulators.agreement import PartiesKeys
from harness.emulators.asn1_time import moment_of
from harness.emulators.subjects.clock import Clock, TimeStatus
from harness.emulators.subjects.counters import ReplayCounters
from harness.emulators.subjects.device_log import DeviceLog
from harness.emulators.subjects.firmware import Firmware
from harness.emulators.subjects.gas_clock import STATUSES
from harness.emulators.subjects.joining import KeyAgreement
from harness.emulators.subjects.own_credentials import KeyPair, OwnCredentials, usage_of
from harness.emulators.subjects.replacement import anchor_of, cell_of
from harness.emulators.subjects.trust import Anchor, Cell, TrustStore
from harness.gbcs.roles import DeviceType, RemotePartyRole
from harness.network.clock import SECOND, datetime_of
from harness.network.port import DistributedImage

if TYPE_CHECKING:
    from harness.codecs.message import Message
    from harness.emulators.device import EmulatedDevice

_OTHER_IMAGE: Final = bytes(32)
"""A hash that no image has."""


def load_asn1(device: EmulatedDevice, command: Message, response: Message) -> None:
    """Bring a device into the state that an answer reports. Raises DecodeError."""
    asked, answered = decode_payload(command), decode_payload(response)
    if isinstance(asked, ReplaceCredentials) and isinstance(answered, ReplaceCredentialsResponse):
        _replaced(device, command, asked, answered)
        return
    load = _LOADERS.get(type(answered))
    if load is not None:
        load(device, asked, answered)


# Credentials


def _replaced(
    device: EmulatedDevice, command: Message, asked: ReplaceCredentials, answered: ReplaceCredentialsResponse
) -> None:
    trust = device.part(TrustStore)
    brought = [*asked.path_certificates, *(one.certificate for one in asked.replacements)]
    known = [parsed for der in brought if (parsed := _parsed(der)) is not None]
    root = _root_above(known) or trust.anchor(RemotePartyRole.ROOT, Cell.CERTIFICATE_SIGNING)
    if asked.control.mode is ReplacementMode.ANY_BY_CONTINGENCY:
        root = _root_of_last_resort(command, asked, answered, root)
    trust.put(RemotePartyRole.ROOT, Cell.CERTIFICATE_SIGNING, root)
    if answered.outcome is None:
        return
    for result, replacement in zip(answered.outcome.results, asked.replacements, strict=False):
        cell, certificate = cell_of(result.cell), _parsed(replacement.certificate)
        if cell is None:
            continue
        if result.cell.role is not RemotePartyRole.ROOT:
            existing = _anchor(device, result.existing_subject_id, result.existing_key_id)
            trust.put(result.cell.role, cell, existing)
        if result.status is CredentialStatus.SUCCESS:
            _trust_time_less(device, asked, certificate)
        elif certificate is not None and any(_issued(one, certificate) for one in known):
            # Nothing is wrong with the certificate: it is the place for it that gives out.
            trust.faults[result.cell.role, cell] = result.status


def _root_above(certificates: Sequence[Certificate]) -> Anchor | None:
    """The root that the highest of some certificates was issued by: its signature tells the key."""
    for certificate in certificates:
        if not any(_issued(issuer, certificate) for issuer in certificates):
            key = issuer_key(certificate.der, certificate.authority_key_id)
            if key is not None:
                return Anchor(bytes(8), certificate.authority_key_id, key, certificate.issuer)
    return None


def _root_of_last_resort(
    command: Message, asked: ReplaceCredentials, answered: ReplaceCredentialsResponse, root: Anchor | None
) -> Anchor | None:
    """A root whose certificate carries the key that signed a command, under the key that it brings.

    Nothing in the command is under that root itself: only the answer says what its key is called.
    """
    keys = possible_keys(command.signature or b"", signed_part(command))
    symmetric = asked.control.plaintext_symmetric_key
    if not keys or not symmetric or len(symmetric) != WRAP_KEY_LENGTH:
        return root
    held = root or Anchor(command.originator, bytes(8), keys[0])
    results = () if answered.outcome is None else answered.outcome.results
    told = (one.existing_key_id for one in results if one.cell.role is RemotePartyRole.ROOT)
    return replace(
        held,
        entity_id=command.originator,
        key_id=next(told, held.key_id),
        wrapped_contingency_key=wrap_contingency_key(keys[0], symmetric),
    )


def _trust_time_less(
    device: EmulatedDevice, asked: ReplaceCredentials, certificate: Certificate | None
) -> None:
    clock = device.part(Clock)
    at = datetime_of(clock.now(device.template.start))
    if asked.control.time_checks is TimeChecks.DISAPPLY or certificate is None:
        return
    if not certificate.not_before <= at <= certificate.not_after:
        clock.status = TimeStatus.UNRELIABLE


def _issued(issuer: Certificate, certificate: Certificate) -> bool:
    return issuer.subject == certificate.issuer and issuer.subject_key_id == certificate.authority_key_id


def _parsed(der: bytes) -> Certificate | None:
    try:
        return parse_certificate(der)
    except CertificateError:
        return None


def _anchor(device: EmulatedDevice, entity_id: bytes, key_id: bytes) -> Anchor | None:
    """What a cell holds, by the names that payloads give it; None for an empty one.

    The key comes from where there is one with that identifier; a party's other key stands for one that
    is nowhere, since the cell then only has to be told of.
    """
    if not key_id:
        return None
    held = [
        anchor
        for cells in device.template.anchors.values()
        for anchor in cells.values()
        if anchor.entity_id == entity_id
    ]
    found = next((anchor for anchor in held if anchor.key_id == key_id), None)
    found = found or _from_key_store(device, entity_id, key_id)
    if found is None and held:
        found = replace(held[0], key_id=key_id)
    return found


def _from_key_store(device: EmulatedDevice, entity_id: bytes, key_id: bytes) -> Anchor | None:
    agreement = device.template.agreement
    if not isinstance(agreement, PartiesKeys):
        return None
    for use in KeyUse:
        certificate = agreement.keys.certificate(entity_id, use)
        if certificate is not None and certificate.subject_key_id == key_id:
            return anchor_of(certificate, entity_id)
    return None


def _credentials(device: EmulatedDevice, _asked: object, answered: CredentialsResponse) -> None:
    trust, counters = device.part(TrustStore), device.part(ReplayCounters)
    for details in answered.details:
        held = trust.cells(details.role)
        if details.status is CredentialStatus.TRUST_ANCHOR_NOT_FOUND:
            for cell in tuple(held):
                trust.put(details.role, cell, None)
        elif details.status is not CredentialStatus.SUCCESS:
            trust.faults[details.role, None] = details.status
        else:
            _load_cells(device, details)
            counters.set_floor(details.role, details.current_counter or 0)


def _load_cells(device: EmulatedDevice, details: RemotePartyDetails) -> None:
    """Have a role's cells hold what is told of them, and no other hold anything."""
    trust = device.part(TrustStore)
    held = trust.cells(details.role)
    for cell in tuple(held):
        trust.put(details.role, cell, None)
    for one in details.cells or ():
        place = cell_of(TrustAnchorCell(details.role, one.key_usage, one.cell_usage))
        if place is not None:
            anchor = _anchor(device, one.subject_unique_id, one.subject_key_id)
            trust.put(details.role, place, anchor or held.get(place))


def _issued_request(device: EmulatedDevice, asked: KeyUsageRequest, answered: IssueResponse) -> None:
    own, usage = device.part(OwnCredentials), usage_of(asked.key_usage)
    if isinstance(answered.result, IssueFailure):
        own.issue_fault = answered.result
    elif usage is not None:
        public = load_der_x509_csr(answered.result).public_key()
        if isinstance(public, EllipticCurvePublicKey):
            own.prepared[usage] = KeyPair(public, None, answered.result)


def _updated(device: EmulatedDevice, asked: DeviceCertificate, answered: UpdateResponse) -> None:
    own, certificate = device.part(OwnCredentials), _parsed(asked.certificate)
    if certificate is None or answered.outcome is UpdateOutcome.NO_CORRESPONDING_KEY_PAIR:
        return
    public = certificate.public_key
    if answered.outcome is UpdateOutcome.WRONG_PUBLIC_KEY:
        public = device.template.signing_key.public_key()
    elif answered.outcome is not UpdateOutcome.SUCCESS:
        own.update_fault = answered.outcome
    own.waiting[certificate.usage] = KeyPair(public, None, b"")


def _provided(device: EmulatedDevice, asked: KeyUsageRequest, answered: ProvideResponse) -> None:
    own, usage = device.part(OwnCredentials), usage_of(asked.key_usage)
    if isinstance(answered.result, ProvideFailure):
        own.provide_fault = answered.result
    elif usage is not None:
        own.put(usage, answered.result)


# Device logs


def _joined(device: EmulatedDevice, asked: Join, answered: JoinResponse) -> None:
    log = device.part(DeviceLog)
    match answered.code:
        case JoinCode.DEVICE_LOG_FULL:
            log.capacity = len(log.entries)
        case JoinCode.WRITE_FAILURE:
            log.write_faults[asked.entity_id] = answered.code
        case JoinCode.INCOMPATIBLE_WITH_EXISTING_ENTRY:
            log.entries.append(_of_another_type(DeviceLogEntry(asked.entity_id, asked.device_type)))
        case _:
            device.part(KeyAgreement).outcomes[asked.entity_id] = answered.code


def _unjoined(device: EmulatedDevice, asked: Unjoin, answered: UnjoinResponse) -> None:
    log = device.part(DeviceLog)
    if answered.code is UnjoinCode.NOT_IN_DEVICE_LOG:
        return
    log.entries.append(DeviceLogEntry(asked.entity_id, DeviceType.PPMID))
    if answered.code is not UnjoinCode.SUCCESS:
        log.unjoin_fault = answered.code


def _log_read(device: EmulatedDevice, _asked: object, answered: DeviceLogResponse) -> None:
    log = device.part(DeviceLog)
    if answered.code is not ReadCode.SUCCESS:
        log.read_fault = answered.code
    log.entries = list(answered.entries or ())


def _restored(device: EmulatedDevice, _asked: object, answered: RestoreDeviceLogResponse) -> None:
    log = device.part(DeviceLog)
    for one in answered.results:
        if one.code is JoinCode.INCOMPATIBLE_WITH_EXISTING_ENTRY:
            log.entries.append(_of_another_type(one.entry))
        elif one.code not in {JoinCode.SUCCESS, JoinCode.DEVICE_LOG_FULL}:
            log.write_faults[one.entry.device_id] = one.code
    if any(one.code is JoinCode.DEVICE_LOG_FULL for one in answered.results):
        log.capacity = len(log.entries) + sum(one.code is JoinCode.SUCCESS for one in answered.results)


def _of_another_type(entry: DeviceLogEntry) -> DeviceLogEntry:
    return replace(entry, device_type=next(kind for kind in DeviceType if kind is not entry.device_type))


# Firmware and time


def _activated(device: EmulatedDevice, asked: ActivateFirmware, answered: ActivateFirmwareResponse) -> None:
    firmware, outcome = device.part(Firmware), answered.outcome
    if outcome is None:
        return
    waiting: DistributedImage | None = DistributedImage(asked.image_hash, outcome.firmware_version)
    if outcome.code is not ActivationCode.SUCCESS:
        firmware.running = replace(firmware.running, firmware_version=outcome.firmware_version)
    if outcome.code is ActivationCode.NO_IMAGE_HELD:
        waiting = None
    elif outcome.code is ActivationCode.HASH_MISMATCH:
        waiting = DistributedImage(_OTHER_IMAGE, outcome.firmware_version)
    elif outcome.code is not ActivationCode.SUCCESS:
        firmware.activation_fault = outcome.code
    firmware.waiting = waiting


def _version_read(device: EmulatedDevice, _asked: object, answered: FirmwareVersionResponse) -> None:
    firmware = device.part(Firmware)
    firmware.running = replace(firmware.running, firmware_version=answered.firmware_version)
    if answered.code is not ReadCode.SUCCESS:
        firmware.read_fault = answered.code


def _clock_set(device: EmulatedDevice, asked: SetGasClock, answered: SetGasClockResponse) -> None:
    """The hub's time that the command finds is in its range or not, as the answer says."""
    clock = device.part(Clock)
    now = device.template.start
    clock.offset = moment_of(answered.device_time) - now
    accepted = STATUSES[TimeStatus.RELIABLE] is answered.status
    clock.hub_offset = moment_of(answered.device_time if accepted else asked.validity_start) - now
    if not accepted:
        clock.hub_offset -= SECOND


_LOADERS: Final[dict[type, Callable[[EmulatedDevice, Any, Any], None]]] = {
    CredentialsResponse: _credentials,
    IssueResponse: _issued_request,
    UpdateResponse: _updated,
    ProvideResponse: _provided,
    JoinResponse: _joined,
    UnjoinResponse: _unjoined,
    DeviceLogResponse: _log_read,
    RestoreDeviceLogResponse: _restored,
    ActivateFirmwareResponse: _activated,
    FirmwareVersionResponse: _version_read,
    SetGasClockResponse: _clock_set,
}
