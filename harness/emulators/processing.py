"""What a device does with what it receives, check by check (GBCS 6.2.4, 13.3, 14.3).

Framing, recipient, message code, role, signature, MAC, counter, payload: the first that does not hold
ends it. Nothing is answered then; the event goes into the security log and to the known remote
parties. What passes them all is answered, item by item where some cannot be carried out.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from harness.codecs.envelope import split_message
from harness.codecs.errors import DecodeError
from harness.codecs.message import Cra, Message, Supplementary
from harness.crypto.keys import public_key_from_octets, public_octets
from harness.crypto.protection import mac_holds, protect
from harness.crypto.signature import verify
from harness.emulators.exchange import Check, Exchange
from harness.emulators.subjects.alerts import Alerts
from harness.emulators.subjects.clock import UNSPECIFIED_STATUS, Clock, date_time_of
from harness.emulators.subjects.counters import CounterClass, ReplayCounters
from harness.emulators.subjects.neighbours import Neighbours
from harness.emulators.subjects.outcome import note_outcome
from harness.emulators.subjects.trust import Cell, TrustStore
from harness.emulators.subjects.unsupported import report_unsupported
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.roles import DeviceType, RemotePartyRole
from harness.gbcs.use_case import Access, MessageType, PayloadFamily
from harness.network.clock import Instant
from harness.network.device import Outgoing

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

    from harness.codecs.cosem_date_time import CosemDateTime
    from harness.emulators.device import EmulatedDevice

_BROKER: Final = RemotePartyRole.ACCESS_CONTROL_BROKER
_SUSPICIOUS: Final = frozenset({Check.RECIPIENT, Check.COUNTER, Check.PAYLOAD})


def process(device: EmulatedDevice, octets: bytes, now: Instant) -> None:
    """Take one message, and put what follows from it into the device's outbox."""
    try:
        exchange = Exchange(device, split_message(octets), now)
    except DecodeError:
        device.part(Alerts).security_event(
            AlertCode.COMMAND_FORMAT_OR_INTEGRITY_FAILED, b"", now, suspicious=True
        )
        return
    for hook in device.template.hooks.before_verify:
        hook(exchange)
    take = device.template.kind.take_answer
    if exchange.message.cra is Cra.RESPONSE and take is not None and take(device, exchange.message, now):
        return
    if not _is_for_this_device(exchange):
        _refuse(exchange, Check.RECIPIENT, AlertCode.COMMAND_FORMAT_OR_INTEGRITY_FAILED)
        return
    ability = device.template.abilities.get(exchange.message.message_code)
    if ability is None:
        report_unsupported(exchange)
        return
    exchange.ability = ability
    for check, holds, event in _CHECKS:
        if not holds(exchange) and check not in exchange.ignored:
            _refuse(exchange, check, event)
            return
    _answer(exchange)


def _refuse(exchange: Exchange, failed: Check, event: AlertCode) -> None:
    exchange.device.part(Alerts).security_event(
        event, exchange.message.originator, exchange.now, suspicious=failed in _SUSPICIOUS
    )


def _is_for_this_device(exchange: Exchange) -> bool:
    message = exchange.message
    if message.cra is not Cra.COMMAND:
        return False
    return message.recipient == exchange.device.template.entity_id or Check.RECIPIENT in exchange.ignored


def _has_authority(exchange: Exchange) -> bool:
    """A known party speaks for itself; the broker also for others.

    What the broker may send at all it may send for anybody: suppliers of exported energy, whom a meter
    does not know as such. All else must be within the role of the party that it speaks for, if known.
    """
    message = exchange.message
    if exchange.ability.use_case.message_type is MessageType.PPMID_GSME:
        return exchange.device.part(Neighbours).is_joined(message.originator, DeviceType.PPMID)
    trust = exchange.device.part(TrustStore)
    held = trust.roles_of(message.originator)
    allowed = exchange.ability.roles
    if message.supplementary is None:
        exchange.role = next((role for role in held if role in allowed), next(iter(held), None))
        return exchange.role in allowed
    exchange.role = _BROKER if _BROKER in held else next(iter(held), None)
    spoken_for = trust.roles_of(exchange.party)
    if exchange.role is not _BROKER:
        return False
    return _BROKER in allowed or (not allowed.isdisjoint(spoken_for) if spoken_for else bool(allowed))


def _is_to_be_signed(exchange: Exchange) -> bool:
    ability, role = exchange.ability, exchange.role
    if ability.critical:
        return role not in ability.use_case.mac_only_roles
    return role in ability.use_case.signature_only_roles


def _signature_holds(exchange: Exchange) -> bool:
    if not _is_to_be_signed(exchange):
        return True
    signer = exchange.ability.signer or _known_signer
    public = signer(exchange)
    parts = exchange.message
    return public is not None and _verifies(public_octets(public), parts.signature or b"", parts.signed)


# Homes of one run get the same signed commands over and over, and this takes as long as all the rest.
@lru_cache(maxsize=1024)
def _verifies(point: bytes, signature: bytes, signed: bytes) -> bool:
    return verify(public_key_from_octets(point), signature, signed)


def _known_signer(exchange: Exchange) -> EllipticCurvePublicKey | None:
    """The key in the digital signature cell of the originator's role."""
    role = exchange.role
    anchor = None if role is None else exchange.device.part(TrustStore).anchor(role, Cell.DIGITAL_SIGNATURE)
    return None if anchor is None else anchor.public_key


def _mac_holds(exchange: Exchange) -> bool:
    """The MAC of a command is the broker's, critical or not, whoever it is from (as RTDS has them all)."""
    ability, role = exchange.ability, exchange.role
    if role in ability.use_case.signature_only_roles:
        return True
    if ability.use_case.message_type is MessageType.PPMID_GSME:
        secret = _secret_with_sender(exchange)
    else:
        secret = exchange.device.secret_with(_BROKER)
    return secret is not None and mac_holds(exchange.message, secret)


def _secret_with_sender(exchange: Exchange) -> bytes | None:
    if exchange.ability.use_case.message_type is MessageType.PPMID_GSME:
        return exchange.device.part(Neighbours).secret_with(exchange.message.originator)
    return None if exchange.role is None else exchange.device.secret_with(exchange.role)


def _counter_holds(exchange: Exchange) -> bool:
    if not exchange.ability.use_case.replay_protected:
        return True
    message = exchange.message
    counter = message.originator_counter
    if message.supplementary is not None and message.supplementary.remote_party_counter is not None:
        counter = message.supplementary.remote_party_counter
    scope = exchange.counter_scope
    if scope is None:
        # Who is known counts by role: a successor goes on where the last one stood.
        known = exchange.device.part(TrustStore).role_of(exchange.party, exchange.ability.roles)
        scope = exchange.party if known is None else known
    top_up = exchange.ability.use_case.message_type is MessageType.TOP_UP
    kind = CounterClass.TOP_UP if top_up else CounterClass.GENERAL
    return exchange.device.part(ReplayCounters).accept(scope, counter, kind)


def _payload_holds(exchange: Exchange) -> bool:
    try:
        exchange.request = exchange.decoded()
    except DecodeError:
        return False
    return exchange.ability.fits(exchange)


_CHECKS: Final[tuple[tuple[Check, Callable[[Exchange], bool], AlertCode], ...]] = (
    (Check.ROLE, _has_authority, AlertCode.SOURCE_WITHOUT_AUTHORITY),
    (Check.SIGNATURE, _signature_holds, AlertCode.TRUSTED_SOURCE_AUTHENTICATION_FAILED),
    (Check.MAC, _mac_holds, AlertCode.TRUSTED_SOURCE_AUTHENTICATION_FAILED),
    (Check.COUNTER, _counter_holds, AlertCode.TRUSTED_SOURCE_AUTHENTICATION_FAILED),
    (Check.PAYLOAD, _payload_holds, AlertCode.COMMAND_FORMAT_OR_INTEGRITY_FAILED),
)


def _answer(exchange: Exchange) -> None:
    device, message, ability = exchange.device, exchange.message, exchange.ability
    hooks = device.template.hooks
    exchange.response_counter = message.originator_counter
    exchange.response_date_time = _present(exchange) if ability.use_case.response_date_time else None
    ability.serve(exchange)
    note_outcome(exchange)
    for hook in hooks.before_encode:
        hook(exchange)
    payload = ability.encode(exchange.response)
    for change in hooks.after_encode:
        payload = change(exchange, payload)
    response = Message(
        cra=Cra.RESPONSE,
        originator_counter=exchange.response_counter,
        originator=device.entity_id,
        recipient=message.originator,
        message_code=message.message_code,
        payload=payload,
        date_time=exchange.response_date_time,
        supplementary=None if message.supplementary is None else _echoed(exchange, message.supplementary),
    )
    if ability.critical or _is_to_be_signed(exchange):
        octets = protect(response, signer=exchange.answer_key)
    else:
        octets = protect(response, mac_secret=_secret_with_sender(exchange))
    device.send(Outgoing(message.originator, octets))


def _present(exchange: Exchange) -> CosemDateTime:
    """When the answer is produced, and for a value that was read how far that time can be trusted.

    Only answers in GBZ say that (GBCS 7.2.7).
    """
    clock = exchange.device.part(Clock)
    use_case = exchange.ability.use_case
    says = use_case.payload_family is PayloadFamily.GBZ and use_case.access is Access.READ
    return date_time_of(clock.now(exchange.now), clock.status.value if says else UNSPECIFIED_STATUS)


def _echoed(exchange: Exchange, fields: Supplementary) -> Supplementary:
    """Supplementary fields of the answer to a party that the device does not know (GBCS 7.2.8)."""
    return Supplementary(
        remote_party=fields.remote_party,
        remote_party_counter=fields.remote_party_counter,
        originator_counter=exchange.own_counter,
    )
