"""Firmware that puts certificates into trust anchor cells that its checks should have kept out (13.3)."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum
from typing import TYPE_CHECKING

from harness.codecs.asn1.credentials import CredentialStatus, ReplaceCredentials, ReplaceCredentialsResponse
from harness.crypto.certificates import parse_certificate
from harness.crypto.errors import CertificateError
from harness.emulators.subjects.replacement import KEY_USES, anchor_of, cell_of
from harness.emulators.subjects.trust import TrustStore

if TYPE_CHECKING:
    from harness.codecs.asn1.credentials import Replacement, ReplacementResult
    from harness.crypto.certificates import Certificate
    from harness.emulators.exchange import Exchange
    from harness.emulators.subjects.trust import Cell

_NOBODY = bytes(8)


class Fault(Enum):
    """What is wrong with a certificate: its use, its role, or else the path from it to the root."""

    USE = 1
    ROLE = 2
    PATH = 3


def forgive(exchange: Exchange, forgiven: Fault) -> None:
    """Have a replacement succeed where it was refused for one fault."""
    response = exchange.response
    if not isinstance(response, ReplaceCredentialsResponse) or response.outcome is None:
        return
    request: ReplaceCredentials = exchange.request
    results = tuple(
        _reconsidered(exchange, asked, result, forgiven)
        for asked, result in zip(request.replacements, response.outcome.results, strict=True)
    )
    exchange.response = ReplaceCredentialsResponse(replace(response.outcome, results=results))


def _reconsidered(
    exchange: Exchange, asked: Replacement, result: ReplacementResult, forgiven: Fault
) -> ReplacementResult:
    cell = cell_of(asked.cell)
    if cell is None or result.status is CredentialStatus.SUCCESS:
        return result
    try:
        certificate = parse_certificate(asked.certificate)
    except CertificateError:
        return result
    if _fault_of(asked, cell, certificate) is not forgiven:
        return result
    anchor = anchor_of(certificate, _NOBODY)
    exchange.device.part(TrustStore).put(asked.cell.role, cell, anchor)
    return replace(
        result,
        status=CredentialStatus.SUCCESS,
        replacing_subject_id=anchor.entity_id,
        replacing_key_id=anchor.key_id,
    )


def _fault_of(asked: Replacement, cell: Cell, certificate: Certificate) -> Fault | None:
    """The one fault of a certificate that was refused; None where it has more than one."""
    role_fits, use_fits = certificate.role is asked.cell.role, certificate.usage is KEY_USES[cell]
    if role_fits and use_fits:
        return Fault.PATH
    if role_fits:
        return Fault.USE
    return Fault.ROLE if use_fits else None
