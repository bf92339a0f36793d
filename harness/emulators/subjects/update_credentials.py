"""Commands that replace credentials: who may replace what, at once or at a time (GBCS 13.3, CS02b, CS02g)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from harness.codecs.asn1.credentials import (
    CredentialStatus,
    ReplaceCredentials,
    ReplaceCredentialsAlert,
    ReplaceCredentialsResponse,
    ReplacementMode,
    ReplacementOutcome,
)
from harness.codecs.asn1.payloads import encode_device_asn1
from harness.codecs.errors import DecodeError
from harness.crypto.contingency import unwrap_contingency_key
from harness.crypto.errors import CryptoError
from harness.emulators.asn1_answer import Asn1Answer
from harness.emulators.asn1_time import is_time, time_text
from harness.emulators.subjects.alerts import Alert, Alerts
from harness.emulators.subjects.clock import Clock
from harness.emulators.subjects.counters import ReplayCounters
from harness.emulators.subjects.put_off import PutOff
from harness.emulators.subjects.replacement import SUCCEEDED, carry_out, cell_of, judge, outcome_of
from harness.emulators.subjects.trust import Cell, TrustStore
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.clock import Instant

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

    from harness.emulators.device import EmulatedDevice
    from harness.emulators.exchange import Exchange

FIRST_CODE: Final = 0x0100
"""CS02b has a message code for each mode, from here on."""
LOAD_CONTROLLER_CODE: Final = 0x0125
_ALERT: Final = 0x00CB
_LOAD_CONTROLLER_ALERT: Final = 0x0124


@dataclass(frozen=True, slots=True)
class _Authority:
    """Who authorises a mode, by which credential; ``replaces`` None means every role."""

    role: RemotePartyRole
    replaces: RemotePartyRole | None
    cell: Cell = Cell.DIGITAL_SIGNATURE


_AUTHORITIES: Final = {
    ReplacementMode.ROOT_BY_SUPPLIER: _Authority(RemotePartyRole.SUPPLIER, RemotePartyRole.ROOT),
    ReplacementMode.ROOT_BY_WAN_PROVIDER: _Authority(RemotePartyRole.WAN_PROVIDER, RemotePartyRole.ROOT),
    ReplacementMode.ACCESS_CONTROL_BROKER_BY_ACB: _Authority(
        RemotePartyRole.ACCESS_CONTROL_BROKER, RemotePartyRole.ACCESS_CONTROL_BROKER, Cell.KEY_AGREEMENT
    ),
    ReplacementMode.SUPPLIER_BY_TRANS_COS: _Authority(
        RemotePartyRole.TRANSITIONAL_COS, RemotePartyRole.SUPPLIER
    ),
    ReplacementMode.ANY_EXCEPT_ABNORMAL_ROOT_BY_RECOVERY: _Authority(RemotePartyRole.RECOVERY, None),
    ReplacementMode.ANY_BY_CONTINGENCY: _Authority(RemotePartyRole.ROOT, None, Cell.CERTIFICATE_SIGNING),
}


def authority_of(mode: ReplacementMode) -> _Authority:
    """Who authorises a mode: mostly the very party that is replaced."""
    role = SUCCEEDED[mode]
    return _AUTHORITIES.get(mode) or _Authority(role, role)


def _mode_of(message_code: int) -> int:
    if message_code == LOAD_CONTROLLER_CODE:
        return ReplacementMode.LOAD_CONTROLLER_BY_LOAD_CONTROLLER
    return message_code - FIRST_CODE


def _fits(exchange: Exchange) -> bool:
    """The command is one of its mode, repeats the message's counter, and names each cell once."""
    request: ReplaceCredentials = exchange.request
    control = request.control
    if control.mode != _mode_of(exchange.message.message_code) or not request.replacements:
        return False
    if control.authorising_counter != exchange.message.originator_counter:
        return False
    cells = [(one.cell.role, cell_of(one.cell)) for one in request.replacements]
    replaces = authority_of(control.mode).replaces
    return (
        len(set(cells)) == len(cells)
        and (replaces is None or all(role is replaces for role, _ in cells))
        and is_time(request.execution_time)
        and _is_authorised(exchange, request)
    )


def _is_authorised(exchange: Exchange, request: ReplaceCredentials) -> bool:
    """Whether the credential that is said to authorise the command is its originator's, and the mode's."""
    control = request.control
    authority, named = authority_of(control.mode), control.authorising_cell
    if named is not None and (named.role, cell_of(named)) != (authority.role, authority.cell):
        return False
    anchor = exchange.device.part(TrustStore).anchor(authority.role, authority.cell)
    return anchor is not None and anchor.entity_id == exchange.message.originator


def _replace(exchange: Exchange) -> None:
    """CS02b, CS02g: at once, at a time, or not after all."""
    device, message, now = exchange.device, exchange.message, exchange.now
    request: ReplaceCredentials = exchange.request
    operation = exchange.planned(message.message_code, request)
    if operation is None:
        outcome = None if request.execution_time else outcome_of(request, judge(device, request, now))
        exchange.response = ReplaceCredentialsResponse(outcome)
        return
    request = operation.argument
    if request.execution_time is None:
        device.part(PutOff).cancel(message.message_code)
        exchange.response = ReplaceCredentialsResponse(_replaced(device, request, message.originator, now))
        return
    originator, code = message.originator, message.message_code
    device.part(PutOff).put_off_until(
        code,
        request.execution_time,
        lambda due: _report(device, code, originator, _replaced(device, request, originator, due), due),
        now,
    )
    exchange.response = ReplaceCredentialsResponse(None)


def _replaced(
    device: EmulatedDevice, request: ReplaceCredentials, originator: bytes, now: Instant
) -> ReplacementOutcome:
    outcome = carry_out(device, request, judge(device, request, now))
    device.part(Alerts).event(AlertCode.SECURITY_CREDENTIALS_UPDATED, now, information=originator)
    if device.template.kind.role is DeviceRole.CHF:
        _share_provider(device, outcome)
    return outcome


def _share_provider(hub: EmulatedDevice, outcome: ReplacementOutcome) -> None:
    """Have the gas proxy know the hub's WAN provider.

    Only the hub takes the command that replaces it (CS02bWANProviderByWANProvider), but at the proxy it
    replaces the root too (CS02bRootByWANProvider): the box is one, so its two functions agree.
    """
    proxy = hub.surroundings.heard(DeviceRole.GPF, DeviceRole.CHF)
    if proxy is None:
        return
    provider, trust = RemotePartyRole.WAN_PROVIDER, proxy.part(TrustStore)
    for cell, anchor in hub.part(TrustStore).cells(provider).items():
        if trust.has_place(provider, cell):
            trust.put(provider, cell, anchor)
    for change in outcome.counter_changes:
        if change.role is provider:
            proxy.part(ReplayCounters).set_floor(provider, change.floor)


def _report(
    device: EmulatedDevice, message_code: int, originator: bytes, outcome: ReplacementOutcome, now: Instant
) -> None:
    """Tell who asked what became of a replacement that was put off."""
    succeeded = all(result.status is CredentialStatus.SUCCESS for result in outcome.results)
    code = AlertCode.FUTURE_DATED_COMMAND_DONE if succeeded else AlertCode.FUTURE_DATED_COMMAND_FAILED
    device.part(Alerts).event(code, now)
    alert = ReplaceCredentialsAlert(code, time_text(device.part(Clock).now(now)), outcome)
    alert_code = _LOAD_CONTROLLER_ALERT if message_code == LOAD_CONTROLLER_CODE else _ALERT
    device.part(Alerts).send(Alert(alert_code, encode_device_asn1(alert), (originator,)))


def _contingency_key(exchange: Exchange) -> EllipticCurvePublicKey | None:
    """The key kept for when all else is lost: in the root's certificate, under a key that comes along."""
    root = exchange.device.part(TrustStore).anchor(RemotePartyRole.ROOT, Cell.CERTIFICATE_SIGNING)
    try:
        request = exchange.decoded()
    except DecodeError:
        return None
    if root is None or not isinstance(request, ReplaceCredentials):
        return None
    try:
        return unwrap_contingency_key(
            root.wrapped_contingency_key, request.control.plaintext_symmetric_key or b""
        )
    except CryptoError:
        return None


REPLACE_CREDENTIALS: Final = Asn1Answer(_replace, _fits)
REPLACE_BY_CONTINGENCY: Final = Asn1Answer(_replace, _fits, _contingency_key)
