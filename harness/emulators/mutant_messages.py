"""Messages that mutants of devices do not send as they should: lost, doubled, misaddressed, unprotected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from harness.codecs.dlms_types import DataNotification
from harness.codecs.envelope import decode_message, split_message
from harness.codecs.gbz_types import GbzAlert
from harness.codecs.message import Cra
from harness.codecs.payload import decode_payload
from harness.crypto.protection import protect
from harness.emulators.subjects.trust import TrustStore
from harness.network.device import Outgoing

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice
    from harness.gbcs.use_case import UseCase

Broken = Callable[["EmulatedDevice", Outgoing], Sequence[Outgoing]]
"""What goes out in place of one message."""
Chosen = Callable[[bytes], bool]
"""Which messages, by their octets."""
_OTHER: Final = b"\x0f\x0f\x0f\x0f\x0f\x0f\x0f\x0f"
"""An entity identifier that nobody has."""


def answers(use_case: UseCase | None) -> Chosen:
    """Responses of a use case, or all of them."""

    def chosen(octets: bytes) -> bool:
        parts = split_message(octets)
        return parts.cra is Cra.RESPONSE and (
            use_case is None or parts.message_code in use_case.message_codes
        )

    return chosen


def raises(code: int | None) -> Chosen:
    """Alerts of one code, or all of them."""

    def chosen(octets: bytes) -> bool:
        if split_message(octets).cra is not Cra.ALERT:
            return False
        return code is None or alert_code_in(octets) == code

    return chosen


def alert_code_in(octets: bytes) -> int | None:
    """The alert code of an alert; None for one that has none."""
    payload = decode_payload(decode_message(octets))
    if isinstance(payload, GbzAlert):
        return payload.alert_code
    if not isinstance(payload, DataNotification):
        return None
    members = payload.body.value
    code = members[0].value if isinstance(members, tuple) and members else None
    return code if isinstance(members, tuple) and isinstance(code, int) else None


def lost(chosen: Chosen) -> Broken:
    """They do not go out."""
    return lambda _device, sent: () if chosen(sent.octets) else (sent,)


def doubled(chosen: Chosen) -> Broken:
    """They go out twice."""
    return lambda _device, sent: (sent, sent) if chosen(sent.octets) else (sent,)


def misaddressed(chosen: Chosen) -> Broken:
    """They name a recipient that nobody is, and are in order apart from that."""

    def send(device: EmulatedDevice, sent: Outgoing) -> Sequence[Outgoing]:
        if not chosen(sent.octets):
            return (sent,)
        message = replace(decode_message(sent.octets), recipient=_OTHER)
        if message.mac is None:
            return (Outgoing(sent.recipient, protect(message, signer=device.signing_key)),)
        role = device.part(TrustStore).role_of(sent.recipient)
        secret = None if role is None else device.secret_with(role)
        return (Outgoing(sent.recipient, protect(message, mac_secret=secret)),)

    return send


def unprotected(chosen: Chosen) -> Broken:
    """The last octet of their signature or MAC is wrong."""

    def send(_device: EmulatedDevice, sent: Outgoing) -> Sequence[Outgoing]:
        if not chosen(sent.octets):
            return (sent,)
        return (Outgoing(sent.recipient, sent.octets[:-1] + bytes((sent.octets[-1] ^ 1,))),)

    return send
