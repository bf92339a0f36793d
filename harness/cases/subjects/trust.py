"""Replacing credentials: a device's remote parties', and its own (CS02b to CS02g, GBCS 13.3 to 13.6)."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from harness.cases.asn1_requests import CERTIFICATE_SIGNING, Renewal
from harness.cases.case import CheckFailed, preamble
from harness.cases.command import STRANGER
from harness.cases.known_parties import BY_CONTINGENCY, KNOWN_PARTIES
from harness.cases.terms import AT_ONCE, Terms
from harness.cases.wording import octets_text
from harness.codecs.asn1.credentials import (
    DIGITAL_SIGNATURE,
    KEY_AGREEMENT,
    CellUsage,
    CredentialStatus,
    IssueResponse,
    ProvideResponse,
    ReplaceCredentialsResponse,
    Replacement,
    TrustAnchorCell,
    UpdateOutcome,
    UpdateResponse,
)
from harness.crypto.certificates import KeyUsage, parse_certificate
from harness.crypto.contingency import wrap_contingency_key
from harness.crypto.issuing import (
    Authority,
    device_certificate,
    organisation_certificate,
    organisation_name,
)
from harness.crypto.keys import derive_private_key, public_octets
from harness.gbcs.roles import DeviceRole, RemotePartyRole

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey

    from harness.cases.bench import Bench
    from harness.cases.inspection import Answer
    from harness.cases.subject import Subject
    from harness.crypto.pki import Credentials

REPLACE_CLAUSE: Final = "GBCS 13.3, CS02b"
ISSUE_CLAUSE: Final = "GBCS 13.4, CS02c"
UPDATE_CLAUSE: Final = "GBCS 13.5, CS02d"
PROVIDE_CLAUSE: Final = "GBCS 13.6, CS02e"
_SIGNING: Final = (DIGITAL_SIGNATURE,)
_BOTH: Final = (DIGITAL_SIGNATURE, KEY_AGREEMENT)
_CELLS: Final = {
    RemotePartyRole.SUPPLIER: _BOTH,
    RemotePartyRole.NETWORK_OPERATOR: _BOTH,
    RemotePartyRole.ACCESS_CONTROL_BROKER: (KEY_AGREEMENT,),
    RemotePartyRole.WAN_PROVIDER: _SIGNING,
    RemotePartyRole.TRANSITIONAL_COS: _SIGNING,
    RemotePartyRole.LOAD_CONTROLLER: _BOTH,
}
"""The credentials of each party that are replaced, without the supplier's for prepayment."""
_WITH_PREPAYMENT: Final = frozenset({DeviceRole.ESME, DeviceRole.GSME})
_OF_ROOT: Final = frozenset({"CS02bRootBySupplier", "CS02bRootByWANProvider"})
_ROOT: Final = TrustAnchorCell(RemotePartyRole.ROOT, CERTIFICATE_SIGNING)
REPLACED: Final = {
    "CS02bSupplierBySupplier": RemotePartyRole.SUPPLIER,
    "CS02bNOByNO": RemotePartyRole.NETWORK_OPERATOR,
    "CS02bACBByACB": RemotePartyRole.ACCESS_CONTROL_BROKER,
    "CS02bWANProviderByWANProvider": RemotePartyRole.WAN_PROVIDER,
    "CS02bTransCoSByTransCoS": RemotePartyRole.TRANSITIONAL_COS,
    "CS02bSupplierByTransCoS": RemotePartyRole.SUPPLIER,
    "CS02gLoadControllerByLoadController": RemotePartyRole.LOAD_CONTROLLER,
}
"""Whose credentials each use case replaces."""


CHANGING_PARTIES: Final = frozenset({*REPLACED, "CS02bAnyExceptAbnormalRootByRecovery"})
"""Use cases after which a device knows others than before."""


def renewal_for(bench: Bench, use_case: str, target: DeviceRole, terms: Terms = AT_ONCE) -> Renewal:
    """The certificates that a use case puts into a kind of device: those of another party of the role."""
    if use_case in _OF_ROOT:
        return _new_root(bench, terms)
    if use_case == BY_CONTINGENCY:
        return _root_of_last_resort(bench, terms)
    known = KNOWN_PARTIES[target]
    fallback = RemotePartyRole.SUPPLIER
    if fallback not in known:
        fallback = RemotePartyRole.WAN_PROVIDER
    role = REPLACED.get(use_case, fallback)
    return Renewal(_replacements(bench, role, target), (bench.parties.issuing_certificate,), terms)


def _new_root(bench: Bench, terms: Terms) -> Renewal:
    """A root to come after the one in force: it signs itself, the old one vouches for it (RFC 4210, 4.4)."""
    old, new = bench.parties.organisation_root, _next_root()
    public, usage = new.private_key.public_key(), KeyUsage.CERTIFICATE_SIGNING
    own, vouched = (organisation_certificate(by, public, usage, new.name) for by in (new, old))
    return Renewal((Replacement(own, _ROOT),), (vouched,), terms)


def _root_of_last_resort(bench: Bench, terms: Terms) -> Renewal:
    """A root for which no other vouches: nobody can, once the old one's key is lost.

    It holds the same key of last resort, so that this alone does not keep the command from being repeated.
    """
    new, symmetric_key = _next_root(), bench.parties.contingency_wrap_key
    own = organisation_certificate(
        new,
        new.private_key.public_key(),
        KeyUsage.CERTIFICATE_SIGNING,
        new.name,
        wrap_contingency_key(bench.parties.contingency_private.public_key(), symmetric_key),
    )
    return Renewal((Replacement(own, _ROOT),), (), terms, symmetric_key)


def _next_root() -> Authority:
    return Authority(organisation_name("Test Root 2", RemotePartyRole.ROOT, None), _next_root_key())


@cache
def _next_root_key() -> EllipticCurvePrivateKey:
    return derive_private_key(b"the root that comes next", "root")


@cache
def _certificate_of(party: Credentials, cell: TrustAnchorCell) -> bytes:
    if cell.cell_usage is CellUsage.PREPAYMENT_TOP_UP:
        return party.prepayment_certificate or party.ka_certificate
    return party.ds_certificate if cell.key_usage == DIGITAL_SIGNATURE else party.ka_certificate


def _replacements(bench: Bench, role: RemotePartyRole, target: DeviceRole) -> tuple[Replacement, ...]:
    party = bench.parties.party(role, STRANGER)
    cells = [TrustAnchorCell(role, usage) for usage in _CELLS[role]]
    if role is RemotePartyRole.SUPPLIER and target in _WITH_PREPAYMENT:
        cells.append(TrustAnchorCell(role, KEY_AGREEMENT, CellUsage.PREPAYMENT_TOP_UP))
    return tuple(Replacement(_certificate_of(party, cell), cell) for cell in cells)


def replace_credentials(bench: Bench, subject: Subject, role: RemotePartyRole) -> None:
    """CS02b, CS02g: replace a party's credentials, and see that each of them was."""
    expect_replaced(bench.exchange(subject.command(bench, role)))


def expect_replaced(answer: Answer) -> None:
    """Check the outcome of a replacement that was carried out at once. Raises CheckFailed."""
    payload, renewal = answer.payload, answer.command.order.argument
    outcome = payload.outcome if isinstance(payload, ReplaceCredentialsResponse) else None
    if outcome is None or not isinstance(renewal, Renewal):
        raise CheckFailed(
            REPLACE_CLAUSE, "the outcome of the replacement", octets_text(answer.message.payload)
        )
    if outcome.authorising_counter != answer.command.order.counter:
        raise CheckFailed(
            REPLACE_CLAUSE,
            f"the counter that authorised it, {answer.command.order.counter}",
            str(outcome.authorising_counter),
        )
    if len(outcome.results) != len(renewal.replacements):
        raise CheckFailed(
            REPLACE_CLAUSE, f"{len(renewal.replacements)} results", f"{len(outcome.results)} results"
        )
    for result, asked in zip(outcome.results, renewal.replacements, strict=True):
        certificate = parse_certificate(asked.certificate)
        if result.status is not CredentialStatus.SUCCESS or result.cell != asked.cell:
            raise CheckFailed(
                REPLACE_CLAUSE,
                f"success for the cell of the {asked.cell.role.name.lower()}",
                f"status {result.status.name.lower()}",
            )
        if result.replacing_key_id != certificate.subject_key_id:
            raise CheckFailed(
                REPLACE_CLAUSE,
                f"the new key {octets_text(certificate.subject_key_id)}",
                octets_text(result.replacing_key_id),
            )


def issue_credentials(bench: Bench, subject: Subject, role: RemotePartyRole) -> None:
    """CS02c: have a key pair made, and check the request for its certificate."""
    answer = bench.exchange(subject.command(bench, role))
    request = _request_in(answer)
    held = parse_certificate(answer.command.order.device.digital_signature_certificate).public_key
    if public_octets(request) == public_octets(held):
        raise CheckFailed(ISSUE_CLAUSE, "a request for a new key", "the key that the device has")


def _request_in(answer: Answer) -> EllipticCurvePublicKey:
    """The key that a certification request is for, its own signature checked. Raises CheckFailed."""
    payload = answer.payload
    result = payload.result if isinstance(payload, IssueResponse) else None
    if not isinstance(result, bytes):
        raise CheckFailed(ISSUE_CLAUSE, "a certification request", str(result))
    try:
        request = x509.load_der_x509_csr(result)
        holds, key = request.is_signature_valid, request.public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise CheckFailed(ISSUE_CLAUSE, "a certification request in PKCS #10", str(error)) from None
    if not holds:
        raise CheckFailed(ISSUE_CLAUSE, "a request signed with its own key", "a signature that does not hold")
    return key  # type: ignore[return-value]  # another kind of key would have failed to sign


def new_certificate(bench: Bench, target: DeviceRole, role: RemotePartyRole) -> bytes:
    """A certificate for a key pair that the device is made to make first: of the key that agrees."""
    with preamble():
        answer = bench.exchange(bench.command("CS02c", target, role, argument=KEY_AGREEMENT))
        public = _request_in(answer)
    issuer, entity_id = bench.parties.device_issuer, answer.command.order.device.entity_id
    return device_certificate(issuer, public, KeyUsage.KEY_AGREEMENT, entity_id)


def update_certificate(bench: Bench, subject: Subject, role: RemotePartyRole) -> None:
    """CS02d: hand the device the certificate of the key pair that it made."""
    payload = bench.exchange(subject.command(bench, role)).payload
    code = payload.outcome if isinstance(payload, UpdateResponse) else None
    if code is not UpdateOutcome.SUCCESS:
        raise CheckFailed(UPDATE_CLAUSE, "success", "no outcome" if code is None else code.name.lower())


def provide_certificate(bench: Bench, subject: Subject, role: RemotePartyRole) -> None:
    """CS02e: read the device's certificate, and compare it with the one in the install record."""
    answer = bench.exchange(subject.command(bench, role))
    payload, device = answer.payload, answer.command.order.device
    result = payload.result if isinstance(payload, ProvideResponse) else None
    if result != device.digital_signature_certificate:
        found = octets_text(result) if isinstance(result, bytes) else str(result)
        raise CheckFailed(
            PROVIDE_CLAUSE, "the certificate that the device was installed with, of the key that signs", found
        )
