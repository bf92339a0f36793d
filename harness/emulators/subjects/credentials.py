"""Telling whose credentials a device holds (GBCS 13.2, CS02a).

For each role that was asked for: the counter of its party and what each of its cells holds; no trust
anchor found where the device has no cells for the role, or they are empty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from harness.codecs.asn1.credentials import (
    DIGITAL_SIGNATURE,
    KEY_AGREEMENT,
    CellDetails,
    CellUsage,
    CredentialsRequest,
    CredentialsResponse,
    CredentialStatus,
    RemotePartyDetails,
)
from harness.codecs.cosem_data import BitString
from harness.emulators.asn1_answer import Asn1Answer
from harness.emulators.subjects.counters import ReplayCounters
from harness.emulators.subjects.replacement import identifier_of
from harness.emulators.subjects.trust import Cell, TrustStore

if TYPE_CHECKING:
    from harness.emulators.exchange import Exchange
    from harness.gbcs.roles import RemotePartyRole

CERTIFICATE_SIGNING: Final = BitString("000001")
_USAGES: Final = {
    Cell.CERTIFICATE_SIGNING: (CERTIFICATE_SIGNING, None),
    Cell.DIGITAL_SIGNATURE: (DIGITAL_SIGNATURE, None),
    Cell.KEY_AGREEMENT: (KEY_AGREEMENT, None),
    Cell.PREPAYMENT_KEY_AGREEMENT: (KEY_AGREEMENT, CellUsage.PREPAYMENT_TOP_UP),
}


def _fits(exchange: Exchange) -> bool:
    """The credential that authorises the command is the one that protects it."""
    request: CredentialsRequest = exchange.request
    usage = DIGITAL_SIGNATURE if exchange.message.signature else KEY_AGREEMENT
    return request.authorising_cell.key_usage == usage and request.authorising_cell.role is exchange.role


def _details(exchange: Exchange, role: RemotePartyRole) -> RemotePartyDetails:
    trust = exchange.device.part(TrustStore)
    fault = trust.faults.get((role, None))
    if fault is not None:
        return RemotePartyDetails(role, fault)
    cells = trust.cells(role)
    if not cells:
        return RemotePartyDetails(role, CredentialStatus.TRUST_ANCHOR_NOT_FOUND)
    return RemotePartyDetails(
        role,
        CredentialStatus.SUCCESS,
        exchange.device.part(ReplayCounters).floor(role),
        tuple(
            CellDetails(_USAGES[cell][0], identifier_of(role, anchor), anchor.key_id, _USAGES[cell][1])
            for cell, anchor in cells.items()
        ),
    )


def _read(exchange: Exchange) -> None:
    """CS02a: the roles that were asked for, in their order."""
    request: CredentialsRequest = exchange.request
    exchange.response = CredentialsResponse(tuple(_details(exchange, role) for role in request.roles))


READ_CREDENTIALS: Final = Asn1Answer(_read, _fits)
