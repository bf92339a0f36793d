"""Replacing the credentials of remote parties (GBCS 13.3, CS02b and CS02g).

Each certificate stands for itself: it is checked for its role, its use, and a path to the root that
the device holds, and goes into its cell or leaves the cell as it was. A root comes first whatever its
place in the command, since the other certificates may be under it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from harness.codecs.asn1.credentials import (
    CellUsage,
    CounterChange,
    CredentialStatus,
    ReplaceCredentials,
    Replacement,
    ReplacementControl,
    ReplacementMode,
    ReplacementOutcome,
    ReplacementResult,
    TimeChecks,
    TrustAnchorCell,
)
from harness.crypto.certificates import Certificate, KeyUsage, parse_certificate
from harness.crypto.errors import CertificateError, UntrustedIssuerError
from harness.crypto.paths import Root, check_path, check_self_signed, check_succession
from harness.emulators.subjects.clock import Clock, TimeStatus
from harness.emulators.subjects.counters import CounterClass, ReplayCounters
from harness.emulators.subjects.trust import Anchor, Cell, TrustStore
from harness.gbcs.roles import RemotePartyRole
from harness.network.clock import Instant, datetime_of

if TYPE_CHECKING:
    from datetime import datetime

    from harness.emulators.device import EmulatedDevice

_NOBODY: Final = bytes(8)
"""Identifier that stands for a root, whose certificate has none."""
KEY_USES: Final = {
    Cell.CERTIFICATE_SIGNING: KeyUsage.CERTIFICATE_SIGNING,
    Cell.DIGITAL_SIGNATURE: KeyUsage.DIGITAL_SIGNATURE,
    Cell.KEY_AGREEMENT: KeyUsage.KEY_AGREEMENT,
    Cell.PREPAYMENT_KEY_AGREEMENT: KeyUsage.KEY_AGREEMENT,
}
"""The use that a certificate must have for each cell."""
_BITS: Final = (Cell.DIGITAL_SIGNATURE, None, None, None, Cell.KEY_AGREEMENT, Cell.CERTIFICATE_SIGNING)
"""What the first bit of a key usage that is set stands for."""
_BROKER: Final = RemotePartyRole.ACCESS_CONTROL_BROKER
_STAND_INS: Final = {
    RemotePartyRole.SUPPLIER: frozenset({_BROKER}),
    RemotePartyRole.NETWORK_OPERATOR: frozenset({_BROKER}),
    RemotePartyRole.LOAD_CONTROLLER: frozenset({RemotePartyRole.SUPPLIER}),
}
"""Who else may stand in a role's cells: the broker where there is nobody, a supplier that controls load.

Both are as in the reference set: its handovers replace the broker in the cells of a supplier and of a
network operator, and its load controller's cells take certificates of suppliers.
"""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What becomes of one cell, and what it holds then where that is something else."""

    result: ReplacementResult
    cell: Cell | None
    anchor: Anchor | None


def cell_of(named: TrustAnchorCell) -> Cell | None:
    """The cell that a command names, None where there is no such use."""
    place = named.key_usage.bits.find("1")
    cell = _BITS[place] if 0 <= place < len(_BITS) else None
    if named.cell_usage is CellUsage.PREPAYMENT_TOP_UP:
        return Cell.PREPAYMENT_KEY_AGREEMENT if cell is Cell.KEY_AGREEMENT else None
    return cell


def identifier_of(role: RemotePartyRole, anchor: Anchor) -> bytes:
    """How payloads name the subject of what a cell holds."""
    return _NOBODY if role is RemotePartyRole.ROOT else anchor.entity_id


def anchor_of(certificate: Certificate, holder: bytes) -> Anchor:
    """What a cell holds of a certificate; ``holder`` names a subject that has no identifier."""
    return Anchor(
        certificate.entity_id or holder,
        certificate.subject_key_id,
        certificate.public_key,
        certificate.subject,
        certificate.wrapped_contingency_key,
    )


def judge(device: EmulatedDevice, request: ReplaceCredentials, now: Instant) -> tuple[Judgement, ...]:
    """What is to become of each cell, in the command's order; nothing changes yet."""
    inspector = _Inspector(device, request, now)
    order = sorted(request.replacements, key=lambda one: one.cell.role is not RemotePartyRole.ROOT)
    judged = {id(one): inspector.judge(one) for one in order}
    return tuple(judged[id(one)] for one in request.replacements)


def carry_out(
    device: EmulatedDevice, request: ReplaceCredentials, judged: Sequence[Judgement]
) -> ReplacementOutcome:
    """Fill the cells and set the counters; say what became of each."""
    trust = device.part(TrustStore)
    for one in judged:
        if one.cell is not None and one.anchor is not None:
            trust.put(one.result.cell.role, one.cell, one.anchor)
    outcome = outcome_of(request, judged)
    counters = device.part(ReplayCounters)
    for change in outcome.counter_changes:
        counters.set_floor(change.role, change.floor)
        for specialist in change.specialist_floors or ():
            counters.set_floor(change.role, specialist.counter, CounterClass.TOP_UP)
    return outcome


def outcome_of(request: ReplaceCredentials, judged: Sequence[Judgement]) -> ReplacementOutcome:
    """The outcome as payloads tell it.

    Where some cell was replaced, the party that takes over counts from its floor, as in the reference set.
    Where every cell failed nobody takes over: that counters then stay as they are is an assumption.
    """
    control = request.control
    replaced = any(one.result.status is CredentialStatus.SUCCESS for one in judged)
    return ReplacementOutcome(
        control.authorising_counter,
        control.mode,
        _counter_changes(control) if replaced else (),
        tuple(one.result for one in judged),
    )


def _counter_changes(control: ReplacementControl) -> tuple[CounterChange, ...]:
    others = control.other_changes or ()
    if control.new_floor is None:
        return others
    role = SUCCEEDED[control.mode]
    return (CounterChange(role, control.new_floor, control.new_specialist_floors), *others)


class _Inspector:
    """Checks the certificates of one command against what a device holds."""

    def __init__(self, device: EmulatedDevice, request: ReplaceCredentials, now: Instant) -> None:
        self._trust = device.part(TrustStore)
        self._mode = request.control.mode
        self._path = [parsed for der in request.path_certificates if (parsed := _parsed(der)) is not None]
        self._at = _time_of_checks(device, request.control, now)
        self._root = self._trust.anchor(RemotePartyRole.ROOT, Cell.CERTIFICATE_SIGNING)

    def judge(self, replacement: Replacement) -> Judgement:
        """What is to become of one cell."""
        named, cell = replacement.cell, cell_of(replacement.cell)
        held = None if cell is None else self._trust.anchor(named.role, cell)
        existing = (identifier_of(named.role, held), held.key_id) if held is not None else (b"", b"")
        status, anchor = self._checked(named.role, cell, held, replacement.certificate)
        replacing = existing if anchor is None else (identifier_of(named.role, anchor), anchor.key_id)
        return Judgement(ReplacementResult(named, status, *existing, *replacing), cell, anchor)

    def _checked(
        self, role: RemotePartyRole, cell: Cell | None, held: Anchor | None, der: bytes
    ) -> tuple[CredentialStatus, Anchor | None]:
        if cell is None or not self._trust.has_place(role, cell):
            return CredentialStatus.TRUST_ANCHOR_NOT_FOUND, None
        fault = self._trust.faults.get((role, cell))
        if fault is not None:
            return fault, None
        certificate = _parsed(der)
        if certificate is None or not _belongs(certificate, role, cell):
            return CredentialStatus.BAD_CERTIFICATE, None
        try:
            self._check_path(role, certificate)
        except UntrustedIssuerError:
            return CredentialStatus.NO_TRUST_ANCHOR, None
        except CertificateError:
            return CredentialStatus.BAD_CERTIFICATE, None
        anchor = anchor_of(certificate, held.entity_id if held is not None else _NOBODY)
        if role is RemotePartyRole.ROOT:
            self._root = anchor
        return CredentialStatus.SUCCESS, anchor

    def _check_path(self, role: RemotePartyRole, certificate: Certificate) -> None:
        if role is RemotePartyRole.ROOT and self._mode is ReplacementMode.ANY_BY_CONTINGENCY:
            # The one case in which a root need not be vouched for by the last.
            check_self_signed(certificate, at=self._at)
            return
        if self._root is None:
            raise UntrustedIssuerError("path: the device holds no root")
        root = Root(self._root.name, self._root.key_id, self._root.public_key)
        check = check_succession if role is RemotePartyRole.ROOT else check_path
        check(certificate, self._path, root, at=self._at)


def _parsed(der: bytes) -> Certificate | None:
    try:
        return parse_certificate(der)
    except CertificateError:
        return None


def _belongs(certificate: Certificate, role: RemotePartyRole, cell: Cell) -> bool:
    holders = {role} | _STAND_INS.get(role, frozenset())
    return certificate.role in holders and certificate.usage is KEY_USES[cell]


def _time_of_checks(device: EmulatedDevice, control: ReplacementControl, now: Instant) -> datetime | None:
    """The time at which certificates must be valid: none where it is not to count, or not to be relied on.

    That validity counts only by a reliable clock is an assumption: a device that lost its time must still
    take new credentials. Devices of the reference set take certificates before their validity begins, in
    commands that have it checked, and the set does not say how far their clocks are trusted.
    """
    clock = device.part(Clock)
    if control.time_checks is TimeChecks.DISAPPLY or clock.status is not TimeStatus.RELIABLE:
        return None
    return datetime_of(clock.now(now))


SUCCEEDED: Final = {
    ReplacementMode.ROOT_BY_SUPPLIER: RemotePartyRole.ROOT,
    ReplacementMode.ROOT_BY_WAN_PROVIDER: RemotePartyRole.ROOT,
    ReplacementMode.SUPPLIER_BY_SUPPLIER: RemotePartyRole.SUPPLIER,
    ReplacementMode.NETWORK_OPERATOR_BY_NETWORK_OPERATOR: RemotePartyRole.NETWORK_OPERATOR,
    ReplacementMode.ACCESS_CONTROL_BROKER_BY_ACB: RemotePartyRole.ACCESS_CONTROL_BROKER,
    ReplacementMode.WAN_PROVIDER_BY_WAN_PROVIDER: RemotePartyRole.WAN_PROVIDER,
    ReplacementMode.TRANS_COS_BY_TRANS_COS: RemotePartyRole.TRANSITIONAL_COS,
    ReplacementMode.SUPPLIER_BY_TRANS_COS: RemotePartyRole.SUPPLIER,
    ReplacementMode.ANY_EXCEPT_ABNORMAL_ROOT_BY_RECOVERY: RemotePartyRole.RECOVERY,
    ReplacementMode.ANY_BY_CONTINGENCY: RemotePartyRole.ROOT,
    ReplacementMode.LOAD_CONTROLLER_BY_LOAD_CONTROLLER: RemotePartyRole.LOAD_CONTROLLER,
}
"""Whose counter a command's new floor is for: the party that takes over."""
