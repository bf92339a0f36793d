"""Joining and parting devices, and restoring a gas proxy's log (GBCS 13.7, 13.8; CS03, CS04, GCS59).

The two ends of a join get a command each. By method A they agree on a key with one another, one of
them begins; by method B the hub gives both a key; by method C a certificate comes with the command.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from harness.codecs.asn1.joining import (
    DeviceLogEntry,
    Join,
    JoinCode,
    JoinMethod,
    JoinResponse,
    RestoredEntry,
    RestoreDeviceLog,
    RestoreDeviceLogResponse,
    Unjoin,
    UnjoinCode,
    UnjoinResponse,
)
from harness.crypto.certificates import KeyUsage, parse_certificate
from harness.crypto.errors import CertificateError
from harness.emulators.asn1_answer import Asn1Answer
from harness.emulators.subjects.alerts import Alerts
from harness.emulators.subjects.device_log import DeviceLog
from harness.emulators.subjects.device_log_alert import back_up_log
from harness.emulators.subjects.neighbours import Neighbours
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.roles import DeviceRole, DeviceType

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice
    from harness.emulators.exchange import Exchange

_A_INITIATOR, _A_RESPONDER = JoinMethod.METHOD_A_INITIATOR, JoinMethod.METHOD_A_RESPONDER
_METHODS: Final = {
    0x000D: frozenset({_A_INITIATOR, _A_RESPONDER}),
    0x00AB: frozenset({_A_INITIATOR, _A_RESPONDER}),
    0x000E: frozenset({JoinMethod.METHOD_B}),
    0x00AF: frozenset({JoinMethod.METHOD_C}),
}
"""The methods of each message code."""
_PARTNERS: Final = {
    (DeviceRole.ESME, _A_INITIATOR): frozenset({DeviceType.PPMID, DeviceType.HCALCS, DeviceType.ESME}),
    (DeviceRole.ESME, JoinMethod.METHOD_B): frozenset({DeviceType.TYPE_2}),
    (DeviceRole.GSME, _A_INITIATOR): frozenset({DeviceType.PPMID}),
    (DeviceRole.GSME, JoinMethod.METHOD_B): frozenset({DeviceType.GPF}),
    (DeviceRole.GSME, JoinMethod.METHOD_C): frozenset({DeviceType.PPMID}),
    (DeviceRole.SAPC, _A_INITIATOR): frozenset({DeviceType.PPMID, DeviceType.HCALCS}),
    (DeviceRole.SAPC, _A_RESPONDER): frozenset({DeviceType.ESME}),
    (DeviceRole.PPMID, _A_RESPONDER): frozenset({DeviceType.ESME, DeviceType.GSME}),
    (DeviceRole.HCALCS, _A_RESPONDER): frozenset({DeviceType.ESME}),
    (DeviceRole.GPF, JoinMethod.METHOD_B): frozenset({DeviceType.GSME, DeviceType.PPMID, DeviceType.TYPE_2}),
}
"""Whom a device can be joined with by which method; a stand-alone controller declares itself an ESME."""
_UNHEARD: Final = {
    _A_INITIATOR: JoinCode.NO_CBKE_RESPONSE,
    JoinMethod.METHOD_B: JoinCode.NO_PARTNER_LINK_KEY_RECEIVED,
}
"""What a join comes to without its other end. A responder waits, and a certificate needs nobody."""


class KeyAgreement:
    """Agreeing on link keys with the devices around. ``outcomes`` are known beforehand, by partner."""

    __slots__ = ("_device", "outcomes")

    def __init__(self, device: EmulatedDevice) -> None:
        self._device = device
        self.outcomes: dict[bytes, JoinCode] = {}

    def agree(self, partner: bytes, method: JoinMethod) -> JoinCode:
        """Agree with a partner by a method."""
        known = self.outcomes.get(partner)
        if known is not None:
            return known
        if self._device.surroundings.is_near(partner):
            return JoinCode.SUCCESS
        return _UNHEARD.get(method, JoinCode.SUCCESS)


def _join(exchange: Exchange) -> None:
    """CS03: join with one device."""
    operation = exchange.planned(exchange.message.message_code, exchange.request)
    code = JoinCode.SUCCESS
    if operation is not None:
        code = _joined(exchange.device, exchange.message.message_code, operation.argument)
        event = AlertCode.JOIN_DONE if code is JoinCode.SUCCESS else AlertCode.JOIN_FAILED
        _note(exchange, event)
        if code is JoinCode.SUCCESS:
            back_up_log(exchange.device, exchange.now)
    exchange.response = JoinResponse(code)


def _joined(device: EmulatedDevice, message_code: int, request: Join) -> JoinCode:
    if request.method not in _METHODS[message_code]:
        return JoinCode.INVALID_MESSAGE_CODE_FOR_METHOD
    partners = _PARTNERS.get((device.template.kind.role, request.method), frozenset())
    if request.device_type not in partners:
        return JoinCode.INVALID_METHOD
    log = device.part(DeviceLog)
    entry = DeviceLogEntry(request.entity_id, request.device_type)
    code = log.room_for(entry)
    if code is not JoinCode.SUCCESS:
        return code
    if request.method is JoinMethod.METHOD_C and not _is_certificate_of(request):
        return JoinCode.INVALID_OR_MISSING_CERTIFICATE
    code = device.part(KeyAgreement).agree(request.entity_id, request.method)
    if code is JoinCode.SUCCESS and request.certificate is not None:
        device.part(Neighbours).learn(request.entity_id, request.certificate)
    return log.add(entry) if code is JoinCode.SUCCESS else code


def _is_certificate_of(request: Join) -> bool:
    """Whether the certificate is for key agreement with the device that is joined."""
    try:
        certificate = parse_certificate(request.certificate or b"")
    except CertificateError:
        return False
    return (
        certificate.is_device
        and certificate.entity_id == request.entity_id
        and certificate.usage is KeyUsage.KEY_AGREEMENT
    )


def _unjoin(exchange: Exchange) -> None:
    """CS04: part with one device."""
    operation = exchange.planned(exchange.message.message_code, exchange.request)
    code = UnjoinCode.SUCCESS
    if operation is not None:
        request: Unjoin = operation.argument
        code = exchange.device.part(DeviceLog).remove(request.entity_id)
        _note(exchange, AlertCode.UNJOIN_DONE if code is UnjoinCode.SUCCESS else AlertCode.UNJOIN_FAILED)
        if code is UnjoinCode.SUCCESS:
            back_up_log(exchange.device, exchange.now)
    exchange.response = UnjoinResponse(code)


def _restore(exchange: Exchange) -> None:
    """GCS59: put the entries of a backup into the log, beside those that are there."""
    operation = exchange.planned(exchange.message.message_code, exchange.request)
    request: RestoreDeviceLog = exchange.request
    if operation is None:
        results = [(entry, JoinCode.SUCCESS) for entry in request.entries]
    else:
        request = operation.argument
        log = exchange.device.part(DeviceLog)
        before = tuple(log.entries)
        results = [(entry, log.add(entry)) for entry in request.entries]
        if tuple(log.entries) != before:
            back_up_log(exchange.device, exchange.now)
    exchange.response = RestoreDeviceLogResponse(tuple(RestoredEntry(entry, code) for entry, code in results))


def _note(exchange: Exchange, event: AlertCode) -> None:
    exchange.device.part(Alerts).event(event, exchange.now, information=exchange.message.originator)


JOIN: Final = Asn1Answer(_join)
UNJOIN: Final = Asn1Answer(_unjoin)
RESTORE_DEVICE_LOG: Final = Asn1Answer(_restore)
