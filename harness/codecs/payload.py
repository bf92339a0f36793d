"""From a message to its typed payload and back, whichever family it is of.

The first octets of a payload tell its family and, for DLMS, its direction (GBCS 7.2.9): D9, DA and 0F
open the DLMS APDUs, 0109 a GBZ payload, and a DER tag an ASN.1 one. Where the catalogue knows the
message code, the payload must be of the family that it names; the direction must be that of the
message. Offsets in errors count from the start of the payload.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from construct import Construct

from harness.codecs import dlms, gbz
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
from harness.codecs.gbz_layout import GBZ_ALERT, GBZ_COMPONENT_ALERT, GBZ_PAYLOAD
from harness.codecs.gbz_types import SMART_ENERGY_PROFILE, GbzAlert, GbzPayload
from harness.codecs.message import Cra, Message
from harness.gbcs.catalogue import by_message_code
from harness.gbcs.use_case import PayloadFamily

Payload = AccessRequest | AccessResponse | DataNotification | GbzPayload | GbzAlert
"""What a payload can be."""


@dataclass(frozen=True, slots=True)
class _Form:
    """One form of payload: its family, the directions that use it, its value type, its codec."""

    family: PayloadFamily
    directions: tuple[Cra, ...]
    made: type[Payload]
    decode: Callable[[Message], Payload]
    encode: Callable[[Any], bytes]
    layout: Callable[[Message], Construct]


def _gbz_alert_layout(message: Message) -> Construct:
    return GBZ_COMPONENT_ALERT if _reports_attributes(message) else GBZ_ALERT


def _reports_attributes(message: Message) -> bool:
    """Does the alert carry ZCL commands? The catalogue has rows for exactly those that do."""
    use_case = by_message_code(message.message_code)
    return use_case is not None and bool(use_case.zcl)


_FORMS: Final = (
    _Form(
        PayloadFamily.DLMS,
        (Cra.COMMAND,),
        AccessRequest,
        lambda message: dlms.decode_access_request(message.payload),
        dlms.encode_access_request,
        lambda _: ACCESS_REQUEST,
    ),
    _Form(
        PayloadFamily.DLMS,
        (Cra.RESPONSE,),
        AccessResponse,
        lambda message: dlms.decode_access_response(message.payload),
        dlms.encode_access_response,
        lambda _: ACCESS_RESPONSE,
    ),
    _Form(
        PayloadFamily.DLMS,
        (Cra.ALERT,),
        DataNotification,
        lambda message: dlms.decode_data_notification(message.payload),
        dlms.encode_data_notification,
        lambda _: DATA_NOTIFICATION,
    ),
    _Form(
        PayloadFamily.GBZ,
        (Cra.COMMAND, Cra.RESPONSE),
        GbzPayload,
        lambda message: gbz.decode_gbz(message.payload),
        gbz.encode_gbz,
        lambda _: GBZ_PAYLOAD,
    ),
    _Form(
        PayloadFamily.GBZ,
        (Cra.ALERT,),
        GbzAlert,
        lambda message: gbz.decode_gbz_alert(message.payload, with_components=_reports_attributes(message)),
        gbz.encode_gbz_alert,
        _gbz_alert_layout,
    ),
)
_BY_FAMILY: Final = {(form.family, direction): form for form in _FORMS for direction in form.directions}
_BY_TYPE: Final = {form.made: form for form in _FORMS}
_FAMILY_OF: Final = {
    REQUEST_TAG: PayloadFamily.DLMS,
    RESPONSE_TAG: PayloadFamily.DLMS,
    NOTIFICATION_TAG: PayloadFamily.DLMS,
    SMART_ENERGY_PROFILE >> 8: PayloadFamily.GBZ,
}


def decode_payload(message: Message) -> Payload:
    """The payload of a message as a typed value. Raises DecodeError; offsets are those in the payload."""
    return form_of(message).decode(message)


def encode_payload(payload: Payload) -> bytes:
    """Octets of a payload. Raises EncodeError."""
    form = _BY_TYPE.get(type(payload))
    if form is None:
        raise EncodeError("payload", f"expected a payload, got {payload!r}")
    return form.encode(payload)


def family_of(message: Message) -> PayloadFamily:
    """Family of a message's payload, by its message code and its first octet. Raises DecodeError."""
    found = _FAMILY_OF.get(message.payload[0]) if message.payload else None
    if found is None:
        raise DecodeError(
            "payload", f"no payload begins with {message.payload[:1].hex() or 'nothing'}", offset=0
        )
    use_case = by_message_code(message.message_code)
    if use_case is not None and use_case.payload_family not in {found, PayloadFamily.SHARED}:
        expected = use_case.payload_family.value
        raise DecodeError("payload", f"expected {expected} for {use_case.id}, found {found.value}", offset=0)
    return found


def form_of(message: Message) -> _Form:
    """How this message's payload is encoded. Raises DecodeError."""
    return _BY_FAMILY[family_of(message), message.cra]
