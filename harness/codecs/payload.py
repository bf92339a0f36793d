"""From a message to its typed payload and back, whichever family it is of.

The first octets of a payload tell its family and, for DLMS, its direction (GBCS 7.2.9): D9, DA and 0F
open the DLMS APDUs, 0109 a GBZ payload, and a DER tag an ASN.1 one. Where the catalogue knows the
message code, the payload must be of the family that it names; the direction must be that of the
message. Offsets in errors count from the start of the payload.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from construct import Construct

from harness.codecs import declaration, dlms, gbz
from harness.codecs.asn1 import der
from harness.codecs.asn1.payloads import LAYOUTS, Asn1Payload, decode_asn1, encode_asn1
from harness.codecs.declaration import Parsed
from harness.codecs.dlms_layout import (
    ACCESS_REQUEST,
    ACCESS_RESPONSE,
    DATA_NOTIFICATION,
    NOTIFICATION_TAG,
    REQUEST_TAG,
    RESPONSE_TAG,
)
from harness.codecs.dlms_types import AccessRequest, AccessResponse, DataNotification
from harness.codecs.errors import DecodeError, EncodeError
from harness.codecs.gbz_layout import GBZ_ALERT, GBZ_ALERTS, GBZ_COMPONENT_ALERT, GBZ_PAYLOAD
from harness.codecs.gbz_types import SMART_ENERGY_PROFILE, GbzAlert, GbzPayload
from harness.codecs.message import Cra, Message
from harness.gbcs.catalogue import by_message_code
from harness.gbcs.use_case import PayloadFamily

Payload = AccessRequest | AccessResponse | DataNotification | GbzPayload | GbzAlert | Asn1Payload
"""What a payload can be."""


class Content(NamedTuple):
    """All of a message that its payload is read by."""

    message_code: int
    cra: Cra
    payload: bytes


_Carrier = Message | Content


@dataclass(frozen=True, slots=True)
class _Form:
    """How payloads of one family and direction are decoded: quickly, and with a tree of their fields."""

    decode: Callable[[_Carrier], Payload]
    trace: Callable[[_Carrier, Parsed], Payload]


def decode_payload(message: Message | Content) -> Payload:
    """The payload of a message as a typed value. Raises DecodeError; offsets are those in the payload."""
    return _FORMS[family_of(message), message.cra].decode(message)


def trace_payload(message: Message, trace: Parsed) -> Payload:
    """As ``decode_payload``, and hang the fields that were found into ``trace``."""
    return _FORMS[family_of(message), message.cra].trace(message, trace)


def encode_payload(payload: Payload) -> bytes:
    """Octets of a payload. Raises EncodeError."""
    encode = _ENCODERS.get(type(payload))
    if encode is None:
        raise EncodeError("payload", f"expected a payload, got {payload!r}")
    return encode(payload)


def payload_types() -> tuple[type[Payload], ...]:
    """Every type that a payload can have."""
    return tuple(_ENCODERS)


def family_of(message: Message | Content) -> PayloadFamily:
    """Family of a message's payload, by its first octet and its message code. Raises DecodeError."""
    found = _FAMILY_OF.get(message.payload[0]) if message.payload else None
    if found is None:
        start = message.payload[:1].hex() or "nothing"
        raise DecodeError("payload", f"no payload begins with {start}", offset=0)
    use_case = by_message_code(message.message_code)
    expected = use_case.payload_family if use_case else found
    if expected is not found and expected is not PayloadFamily.SHARED:
        raise DecodeError(
            "payload",
            f"expected {expected.value} for message code {message.message_code:#06x}, found {found.value}",
            offset=0,
        )
    return found


def _alert_layout(message: _Carrier) -> Construct:
    """What follows an alert's code and time: ZCL commands where the catalogue has rows for them."""
    use_case = by_message_code(message.message_code)
    if use_case is None:
        return GBZ_ALERT
    return GBZ_COMPONENT_ALERT if use_case.zcl else GBZ_ALERTS.get(use_case.id, GBZ_ALERT)


def _declared(decode: Callable[[bytes], Payload], layout: Construct) -> _Form:
    return _Form(
        lambda message: decode(message.payload),
        lambda message, trace: declaration.parse_whole(layout, message.payload, trace),
    )


def _gbz_alert(message: _Carrier) -> GbzAlert:
    return gbz.decode_gbz_alert(message.payload, _alert_layout(message))


def _traced_gbz_alert(message: _Carrier, trace: Parsed) -> GbzAlert:
    alert: GbzAlert = declaration.parse_whole(_alert_layout(message), message.payload, trace)
    return alert


def _asn1(message: _Carrier, trace: Parsed | None = None) -> Asn1Payload:
    return decode_asn1(message.message_code, message.cra, message.payload, trace)


_FORMS: Final = {
    (PayloadFamily.DLMS, Cra.COMMAND): _declared(dlms.decode_access_request, ACCESS_REQUEST),
    (PayloadFamily.DLMS, Cra.RESPONSE): _declared(dlms.decode_access_response, ACCESS_RESPONSE),
    (PayloadFamily.DLMS, Cra.ALERT): _declared(dlms.decode_data_notification, DATA_NOTIFICATION),
    (PayloadFamily.GBZ, Cra.COMMAND): _declared(gbz.decode_gbz, GBZ_PAYLOAD),
    (PayloadFamily.GBZ, Cra.RESPONSE): _declared(gbz.decode_gbz, GBZ_PAYLOAD),
    (PayloadFamily.GBZ, Cra.ALERT): _Form(_gbz_alert, _traced_gbz_alert),
    **{(PayloadFamily.ASN1, cra): _Form(_asn1, _asn1) for cra in Cra},
}
_ENCODERS: Final[dict[type[Any], Callable[[Any], bytes]]] = {
    AccessRequest: dlms.encode_access_request,
    AccessResponse: dlms.encode_access_response,
    DataNotification: dlms.encode_data_notification,
    GbzPayload: gbz.encode_gbz,
    GbzAlert: gbz.encode_gbz_alert,
    **{layout.made: encode_asn1 for layout in LAYOUTS.values()},
}
_FAMILY_OF: Final = {
    **dict.fromkeys((REQUEST_TAG, RESPONSE_TAG, NOTIFICATION_TAG), PayloadFamily.DLMS),
    SMART_ENERGY_PROFILE >> 8: PayloadFamily.GBZ,
    **dict.fromkeys((der.SEQUENCE, der.INTEGER, der.OCTET_STRING, der.NULL), PayloadFamily.ASN1),
}
