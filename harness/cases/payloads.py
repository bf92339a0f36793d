"""What the command of each use case says, from the catalogue's rows and from what the order adds."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from harness.cases.cosem_requests import access_request, octet_string
from harness.cases.zcl_requests import gbz_request
from harness.codecs.asn1.credentials import (
    DIGITAL_SIGNATURE,
    KEY_AGREEMENT,
    CredentialsRequest,
    TrustAnchorCell,
)
from harness.codecs.asn1.firmware import ActivateFirmware
from harness.codecs.asn1.joining import ReadDeviceLog
from harness.codecs.cosem_date_time import CosemDateTime
from harness.gbcs.use_case import PayloadFamily
from harness.network.clock import DAY, MINUTE, SECOND, Instant, datetime_of

if TYPE_CHECKING:
    from harness.cases.command import Order
    from harness.codecs.cosem_data import Data
    from harness.codecs.payload import Payload
    from harness.crypto.pki import Credentials
    from harness.gbcs.roles import RemotePartyRole
    from harness.gbcs.use_case import UseCase

_CLOCK_EARLIEST: Final = -10 * SECOND
_CLOCK_LATEST: Final = 10 * MINUTE
"""Around the present: where a clock that is set must lie, with time for the command's way."""


def command_payload(row: UseCase, order: Order, sender: Credentials) -> Payload:
    """The payload of the command that an order asks for."""
    return _BY_FAMILY[row.payload_family](row, order, sender)


def _dlms(row: UseCase, order: Order, sender: Credentials) -> Payload:
    moments = _MOMENTS.get(row.id)
    return access_request(
        row,
        counter=order.counter,
        device=order.device.entity_id,
        party=sender.entity_id,
        values=() if moments is None else [_date_time(moment) for moment in moments(order)],
    )


def _gbz(row: UseCase, order: Order, _sender: Credentials) -> Payload:
    return gbz_request(row, order.at)


def log_range(at: Instant, argument: object) -> tuple[Instant, Instant]:
    """The range of a log that an order is about: its argument, or the day that ends with it."""
    if isinstance(argument, tuple):
        start, end = argument
        return start, end
    return Instant(at - DAY), at


def _date_time(moment: Instant) -> Data:
    return octet_string(CosemDateTime.from_datetime(datetime_of(moment)).to_octets())


def _asn1(row: UseCase, order: Order, _sender: Credentials) -> Payload:
    return _ASN1[row.id](row, order)


def _credentials_request(row: UseCase, order: Order) -> Payload:
    usage = DIGITAL_SIGNATURE if order.role in row.signature_only_roles else KEY_AGREEMENT
    return CredentialsRequest(TrustAnchorCell(order.role, usage), roles_in(order.argument))


def _activation(_row: UseCase, order: Order) -> Payload:
    if not isinstance(order.argument, bytes):
        raise TypeError("CS06 needs the hash of an image")
    return ActivateFirmware(order.argument, order.counter)


def roles_in(argument: object) -> tuple[RemotePartyRole, ...]:
    """The roles that an order for credentials is about."""
    if not isinstance(argument, tuple):
        raise TypeError("CS02a needs the roles that are asked for")
    return argument


_MOMENTS: Final[dict[str, Callable[[Order], tuple[Instant, Instant]]]] = {
    "ECS22b": lambda order: log_range(order.at, order.argument),
    "ECS70": lambda order: (Instant(order.at + _CLOCK_EARLIEST), Instant(order.at + _CLOCK_LATEST)),
}
"""Times that the catalogue leaves open, in the order of its rows."""
_BY_FAMILY: Final[dict[PayloadFamily, Callable[[UseCase, Order, Credentials], Payload]]] = {
    PayloadFamily.DLMS: _dlms,
    PayloadFamily.GBZ: _gbz,
    PayloadFamily.ASN1: _asn1,
}
_ASN1: Final[dict[str, Callable[[UseCase, Order], Payload]]] = {
    "CS02a": _credentials_request,
    "CS06": _activation,
    "CS07": lambda _row, _order: ReadDeviceLog(),
}
