"""What happens at a device and is told: an alert in the form of its use case (GBCS 16.2).

An event says what it is by its code, and what its use case adds. Sensitive details are given in clear
and encrypted for each party that is told, under the counter of the alert itself (GBCS 7.3.9).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from harness.codecs.asn1.payloads import encode_device_asn1
from harness.codecs.cosem_data import Data, DataTag
from harness.codecs.dlms_types import DataNotification
from harness.codecs.gbz_types import AlertBody, GbzAlert, GbzComponent, Protection
from harness.crypto.sensitive import SensitiveParties, encrypt_sensitive, sensitive_key
from harness.emulators.refusal import NoSharedKey
from harness.emulators.subjects.alerts import Alert, AlertPayload, Alerts
from harness.emulators.subjects.clock import Clock, date_time_of
from harness.emulators.subjects.trust import TrustStore
from harness.gbcs.catalogue import by_message_code
from harness.gbcs.use_case import MessageType
from harness.network.clock import Instant, utc_time_of

if TYPE_CHECKING:
    from harness.codecs.message import Supplementary
    from harness.emulators.device import EmulatedDevice

_TRANSACTION: Final = b"\x04"
_NOTHING: Final = Data(DataTag.OCTET_STRING, b"")
_AGREED_KEY: Final = Data(
    DataTag.STRUCTURE,
    (Data(DataTag.ENUM, 2), Data(DataTag.STRUCTURE, (Data(DataTag.OCTET_STRING, b"\x02"), _NOTHING))),
)
_AUTHENTICATED_AND_ENCRYPTED: Final = Data(DataTag.ENUM, 2)
_LENGTH: Final = 2


@dataclass(frozen=True, slots=True)
class Sensitive:
    """Octets of a value that only its recipient may read: COSEM data, or a ZCL payload."""

    octets: bytes


@dataclass(frozen=True, slots=True)
class DlmsDetails:
    """What a data notification says behind code and time."""

    further: tuple[Data | Sensitive, ...] = ()


@dataclass(frozen=True, slots=True)
class GbzDetails:
    """What a GBZ alert says behind code and time. ``clear`` has the payload of an encrypted component."""

    count: int = 0
    body: AlertBody = b""
    components: tuple[GbzComponent, ...] = ()
    clear: tuple[Sensitive | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Asn1Details:
    """The whole of an alert in ASN.1, which has its own code and time."""

    value: Any


Details = DlmsDetails | GbzDetails | Asn1Details


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: alert code, message code of the alert that tells it, what it adds.

    ``recipients`` are who is told, the device's known parties where none are named.
    """

    code: int
    message_code: int
    details: Details
    recipients: tuple[bytes, ...] = ()
    supplementary: Supplementary | None = None


def tell(device: EmulatedDevice, event: Event, now: Instant) -> None:
    """Send the alert of an event to each of its recipients."""
    alerts = device.part(Alerts)
    use_case = by_message_code(event.message_code)
    critical = use_case is None or use_case.message_type is not MessageType.NON_CRITICAL_ALERT
    for recipient in event.recipients or alerts.known_parties():
        parties = SensitiveParties(device.entity_id, device.counter + 1, recipient)
        payload = _FORMS[type(event.details)](device, event, parties, now)
        alerts.send(Alert(event.message_code, payload, (recipient,), event.supplementary, critical))


def _notification(
    device: EmulatedDevice, event: Event, parties: SensitiveParties, now: Instant
) -> AlertPayload:
    moment = device.part(Clock).now(now)
    members = [
        Data(DataTag.LONG_UNSIGNED, event.code),
        Data(DataTag.OCTET_STRING, date_time_of(moment).to_octets()),
    ]
    details: Any = event.details
    for one in details.further:
        members += _protected(device, one, parties) if isinstance(one, Sensitive) else [one]
    return DataNotification(0, Data(DataTag.STRUCTURE, tuple(members)))


def _protected(device: EmulatedDevice, value: Sensitive, parties: SensitiveParties) -> Iterable[Data]:
    """Protection parameters and ciphertext, as a data protection object gives them."""
    names = (_TRANSACTION + parties.counter.to_bytes(8, "big"), parties.originator, parties.recipient)
    options = (*(Data(DataTag.OCTET_STRING, name) for name in names), _NOTHING, _AGREED_KEY)
    parameters = Data(
        DataTag.STRUCTURE, (_AUTHENTICATED_AND_ENCRYPTED, Data(DataTag.STRUCTURE, tuple(options)))
    )
    yield Data(DataTag.ARRAY, (parameters,))
    yield Data(DataTag.OCTET_STRING, _encrypted(device, value, parties))


def _gbz(device: EmulatedDevice, event: Event, parties: SensitiveParties, now: Instant) -> AlertPayload:
    details: Any = event.details
    components: list[GbzComponent] = []
    encrypted = 0
    for number, component in enumerate(details.components):
        clear = details.clear[number] if number < len(details.clear) else None
        if clear is None:
            components.append(component)
            continue
        sealed = _encrypted(device, clear, parties)
        payload = len(sealed).to_bytes(_LENGTH, "big") + sealed
        components.append(replace(component, payload=payload, protection=Protection(frame_counter=encrypted)))
        encrypted += 1
    moment = utc_time_of(device.part(Clock).now(now))
    return GbzAlert(event.code, moment, details.count, details.body, tuple(components))


def _asn1(_device: EmulatedDevice, event: Event, _parties: SensitiveParties, _now: Instant) -> AlertPayload:
    details: Any = event.details
    return encode_device_asn1(details.value)


def _encrypted(device: EmulatedDevice, value: Sensitive, parties: SensitiveParties) -> bytes:
    role = device.part(TrustStore).role_of(parties.recipient)
    secret = None if role is None else device.secret_with(role)
    if secret is None:
        raise NoSharedKey
    return encrypt_sensitive(sensitive_key(secret, parties), device.entity_id, value.octets)


_FORMS: Final[dict[type, Callable[[EmulatedDevice, Event, SensitiveParties, Instant], AlertPayload]]] = {
    DlmsDetails: _notification,
    GbzDetails: _gbz,
    Asn1Details: _asn1,
}
