"""Having the event happen at a device that an alert reports: at its time, and next by its counter."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from harness.codecs.cosem_data import Data, DataTag
from harness.codecs.cosem_date_time import LENGTH, CosemDateTime
from harness.codecs.dlms_types import DataNotification
from harness.codecs.errors import DecodeError
from harness.codecs.gbz_types import GbzAlert
from harness.codecs.payload import decode_payload
from harness.crypto.errors import SensitiveDataError
from harness.crypto.protected_items import protected_items
from harness.crypto.sensitive import decrypt_sensitive, sensitive_key, sensitive_parties
from harness.emulators.subjects.clock import Clock
from harness.emulators.subjects.events import (
    Asn1Details,
    Details,
    DlmsDetails,
    Event,
    GbzDetails,
    Sensitive,
    tell,
)
from harness.emulators.subjects.trust import TrustStore
from harness.network.clock import SECOND, Instant, instant_of

if TYPE_CHECKING:
    from harness.codecs.message import Message
    from harness.emulators.device import EmulatedDevice

_TIME: Final = "%Y%m%d%H%M%SZ"
_LENGTH: Final = 2


def raise_alert(device: EmulatedDevice, alert: Message) -> None:
    """Have what an alert reports happen. Raises DecodeError for an alert that is none."""
    payload = decode_payload(alert)
    code, moment, details = _reported(device, alert, payload)
    now = device.template.start
    if moment is not None:
        device.part(Clock).offset = moment - now
    device.counter = alert.originator_counter - 1
    tell(device, Event(code, alert.message_code, details, (alert.recipient,), alert.supplementary), now)


def _reported(device: EmulatedDevice, alert: Message, payload: Any) -> tuple[int, Instant | None, Details]:
    """Code, time and details of an alert."""
    if isinstance(payload, DataNotification):
        members = payload.body.value
        if payload.body.tag is not DataTag.STRUCTURE or not isinstance(members, tuple) or len(members) < 2:
            raise DecodeError("body", "expected a structure of code, time and what follows", offset=0)
        code, stamp, *further = members
        return _number(code), _moment(stamp), _further(device, alert, payload, further)
    if isinstance(payload, GbzAlert):
        return payload.alert_code, Instant(payload.utc_time * SECOND), _gbz(device, alert, payload)
    number, time = getattr(payload, "alert_code", None), getattr(payload, "time", None)
    if not isinstance(number, int) or not isinstance(time, str):
        raise DecodeError("alert_code", "there is none", offset=0)
    return number, instant_of(datetime.strptime(time, _TIME).replace(tzinfo=UTC)), Asn1Details(payload)


def _number(code: Data) -> int:
    if not isinstance(code.value, int):
        raise DecodeError("alert_code", f"a {code.tag.name}", offset=0)
    return code.value


def _moment(stamp: Data) -> Instant | None:
    octets = stamp.value
    if not isinstance(octets, bytes) or len(octets) != LENGTH:
        return None
    try:
        return instant_of(CosemDateTime.from_octets(octets).to_datetime())
    except ValueError:
        return None


def _further(
    device: EmulatedDevice, alert: Message, payload: DataNotification, further: list[Data]
) -> Details:
    """What stands behind the time, with what is encrypted in clear again."""
    secret = {item.text for item in protected_items(payload)}
    found: list[Data | Sensitive] = []
    for one in further:
        if isinstance(one.value, bytes) and one.value in secret:
            # Its protection parameters stand before it, and are made again with it.
            found[-1] = Sensitive(_decrypted(device, alert, one.value))
        else:
            found.append(one)
    return DlmsDetails(tuple(found))


def _gbz(device: EmulatedDevice, alert: Message, payload: GbzAlert) -> Details:
    clear = tuple(
        None
        if component.protection is None
        else Sensitive(_decrypted(device, alert, component.payload[_LENGTH:]))
        for component in payload.components
    )
    return GbzDetails(payload.count, payload.body, payload.components, clear)


def _decrypted(device: EmulatedDevice, alert: Message, octets: bytes) -> bytes:
    role = device.part(TrustStore).role_of(alert.recipient)
    secret = None if role is None else device.secret_with(role)
    if secret is None:
        raise DecodeError("protected", "no key of the recipient", offset=0)
    try:
        return decrypt_sensitive(sensitive_key(secret, sensitive_parties(alert)), alert.originator, octets)
    except SensitiveDataError as error:
        raise DecodeError("protected", str(error), offset=0) from error
