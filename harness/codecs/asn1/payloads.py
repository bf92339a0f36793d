"""Which ASN.1 payload a message carries, by message code and kind of message; decoding and encoding.

Adding a payload is a dataclass, an element that declares it, and a row here.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Final

from harness.codecs.asn1 import credentials, firmware, joining
from harness.codecs.asn1.der import Element, Null
from harness.codecs.asn1.structure import Sequence, decode_der, encode_der, encode_der_as_devices
from harness.codecs.declaration import Parsed
from harness.codecs.errors import DecodeError, EncodeError
from harness.codecs.message import Cra

Asn1Payload = (
    credentials.CredentialsRequest
    | credentials.CredentialsResponse
    | credentials.ReplaceCredentials
    | credentials.ReplaceCredentialsResponse
    | credentials.ReplaceCredentialsAlert
    | credentials.KeyUsageRequest
    | credentials.IssueResponse
    | credentials.DeviceCertificate
    | credentials.UpdateResponse
    | credentials.ProvideResponse
    | joining.Join
    | joining.JoinResponse
    | joining.Unjoin
    | joining.UnjoinResponse
    | joining.ReadDeviceLog
    | joining.DeviceLogResponse
    | joining.RestoreDeviceLog
    | joining.RestoreDeviceLogResponse
    | joining.DeviceLogAlert
    | firmware.ActivateFirmware
    | firmware.ActivateFirmwareResponse
    | firmware.ActivateFirmwareAlert
    | firmware.ReadFirmwareVersion
    | firmware.FirmwareVersionResponse
    | firmware.FirmwareVersionAlert
    | firmware.FirmwareTransferAlert
    | firmware.SetGasClock
    | firmware.SetGasClockResponse
)


@dataclass(frozen=True, slots=True)
class PayloadLayout:
    """A payload's dataclass and element.

    Where the element is no sequence with the dataclass's own members, its value is the dataclass's
    first attribute, or nothing where it has none but ``excess``.
    """

    made: type[Any]
    element: Element

    @property
    def whole(self) -> bool:
        """Whether the element makes the dataclass itself."""
        return isinstance(self.element, Sequence) and self.element.made is self.made

    @property
    def member(self) -> str | None:
        """The attribute that an element which is not the whole goes into."""
        names = [attribute.name for attribute in fields(self.made) if attribute.name != "excess"]
        return names[0] if names else None


_READ_CREDENTIALS: Final = (
    PayloadLayout(credentials.CredentialsRequest, credentials.CREDENTIALS_REQUEST),
    PayloadLayout(credentials.CredentialsResponse, credentials.CREDENTIALS_RESPONSE),
)
_REPLACE_CREDENTIALS: Final = (
    PayloadLayout(credentials.ReplaceCredentials, credentials.REPLACE),
    PayloadLayout(credentials.ReplaceCredentialsResponse, credentials.REPLACE_RESPONSE),
)
_REPLACE_ALERT: Final = PayloadLayout(credentials.ReplaceCredentialsAlert, credentials.REPLACE_ALERT)
_JOIN: Final = (
    PayloadLayout(joining.Join, joining.JOIN),
    PayloadLayout(joining.JoinResponse, joining.JOIN_RESPONSE),
)
_UNJOIN: Final = (
    PayloadLayout(joining.Unjoin, joining.UNJOIN),
    PayloadLayout(joining.UnjoinResponse, joining.UNJOIN_RESPONSE),
)
_EXCHANGES: Final[dict[int, tuple[PayloadLayout, PayloadLayout]]] = {
    0x0008: _READ_CREDENTIALS,
    0x011B: _READ_CREDENTIALS,
    **dict.fromkeys(range(0x0100, 0x010A), _REPLACE_CREDENTIALS),
    0x0125: _REPLACE_CREDENTIALS,
    0x000A: (
        PayloadLayout(credentials.KeyUsageRequest, credentials.KEY_USAGE_REQUEST),
        PayloadLayout(credentials.IssueResponse, credentials.ISSUE_RESPONSE),
    ),
    0x000B: (
        PayloadLayout(credentials.DeviceCertificate, credentials.CERTIFICATE),
        PayloadLayout(credentials.UpdateResponse, credentials.UPDATE_RESPONSE),
    ),
    0x000C: (
        PayloadLayout(credentials.KeyUsageRequest, credentials.KEY_USAGE_REQUEST),
        PayloadLayout(credentials.ProvideResponse, credentials.PROVIDE_RESPONSE),
    ),
    0x000D: _JOIN,
    0x000E: _JOIN,
    0x00AB: _JOIN,
    0x00AF: _JOIN,
    0x000F: _UNJOIN,
    0x0010: _UNJOIN,
    0x0012: (
        PayloadLayout(firmware.ActivateFirmware, firmware.ACTIVATE),
        PayloadLayout(firmware.ActivateFirmwareResponse, firmware.ACTIVATE_RESPONSE),
    ),
    0x0013: (
        PayloadLayout(joining.ReadDeviceLog, Null()),
        PayloadLayout(joining.DeviceLogResponse, joining.DEVICE_LOG_RESPONSE),
    ),
    0x0129: (
        PayloadLayout(firmware.ReadFirmwareVersion, Null()),
        PayloadLayout(firmware.FirmwareVersionResponse, firmware.VERSION_RESPONSE),
    ),
    0x007F: (
        PayloadLayout(firmware.SetGasClock, firmware.SET_GAS_CLOCK),
        PayloadLayout(firmware.SetGasClockResponse, firmware.SET_GAS_CLOCK_RESPONSE),
    ),
    0x008C: (
        PayloadLayout(joining.RestoreDeviceLog, joining.RESTORE_DEVICE_LOG),
        PayloadLayout(joining.RestoreDeviceLogResponse, joining.RESTORE_DEVICE_LOG_RESPONSE),
    ),
}
_ALERTS: Final = {
    0x00CA: PayloadLayout(firmware.ActivateFirmwareAlert, firmware.ACTIVATE_ALERT),
    0x00CB: _REPLACE_ALERT,
    0x0124: _REPLACE_ALERT,
    0x0128: PayloadLayout(firmware.FirmwareTransferAlert, firmware.TRANSFER_ALERT),
    0x0129: PayloadLayout(firmware.FirmwareVersionAlert, firmware.VERSION_ALERT),
    0x00B2: PayloadLayout(joining.DeviceLogAlert, joining.DEVICE_LOG_ALERT),
}
LAYOUTS: Final[dict[tuple[int, Cra], PayloadLayout]] = {
    **{(code, Cra.COMMAND): layouts[0] for code, layouts in _EXCHANGES.items()},
    **{(code, Cra.RESPONSE): layouts[1] for code, layouts in _EXCHANGES.items()},
    **{(code, Cra.ALERT): layout for code, layout in _ALERTS.items()},
}
_BY_TYPE: Final = {layout.made: layout for layout in LAYOUTS.values()}


def decode_asn1(message_code: int, cra: Cra, octets: bytes, trace: Parsed | None = None) -> Asn1Payload:
    """Decode the payload of a message with that code. Raises DecodeError, also for a code without ASN.1."""
    layout = LAYOUTS.get((message_code, cra))
    if layout is None:
        raise DecodeError(
            "message code", f"{message_code:04X} {cra.name.lower()} has no ASN.1 payload", offset=0
        )
    value, excess = decode_der(layout.element, octets, layout.made.__name__, trace)
    payload: Any
    if layout.whole:
        payload = replace(value, excess=excess) if excess else value
    elif layout.member is None:
        payload = layout.made(excess=excess)
    else:
        payload = layout.made(**{layout.member: value}, excess=excess)
    return payload  # type: ignore[no-any-return]  # the table's dataclasses are the union's


def encode_asn1(payload: Asn1Payload) -> bytes:
    """Encode a payload. Raises EncodeError."""
    layout, value = _layout_and_value(payload)
    return encode_der(layout.element, value, layout.made.__name__, payload.excess)


def encode_device_asn1(payload: Asn1Payload) -> bytes:
    """Encode a payload with the lengths that devices write, whatever its ``excess``. Raises EncodeError."""
    layout, value = _layout_and_value(payload)
    return encode_der_as_devices(layout.element, value, layout.made.__name__)


def _layout_and_value(payload: Asn1Payload) -> tuple[PayloadLayout, Any]:
    layout = _BY_TYPE.get(type(payload))
    if layout is None:
        raise EncodeError("payload", f"{type(payload).__name__} is no ASN.1 payload")
    if layout.whole:
        return layout, payload
    return layout, getattr(payload, layout.member) if layout.member else None
