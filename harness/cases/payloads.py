"""What the command of each use case says, from the catalogue's rows and from what the order adds."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from harness.cases.asn1_requests import asn1_request
from harness.cases.cosem_requests import Ends, access_request
from harness.cases.cosem_values import Value
from harness.cases.terms import cosem_filling, log_range, terms_of, zcl_filling
from harness.cases.zcl_requests import gbz_request
from harness.gbcs.use_case import PayloadFamily

if TYPE_CHECKING:
    from harness.cases.command import Order
    from harness.codecs.payload import Payload
    from harness.crypto.pki import Credentials
    from harness.gbcs.use_case import UseCase

_SPECIFIC: Final[dict[str, tuple[tuple[str, Value], ...]]] = {
    "ECS03": (("payment_mode", 2),),
    "ECS08": (("script_selector", 0x20),),
    "ECS08a": (("script_selector", 0x20),),
    "ECS46c": (("script_selector", 0x0101),),
    "ECS46d": (("script_selector", 0x1180),),
    "ECS47": (("AuxiliaryLoadControlSwitch[n]: switchNumberAndCommandedState", 0x0111),),
    "ECS47a": (("AuxiliaryController[n]: controllerNumberAndCommandedState", 0x1164),),
    "ECS47e": (("AuxiliaryController[n]: controllerNumberAndCommandedState", 0x1132),),
}
"""Values by which use cases differ whose rows are the same: modes, and what a script does to a controller."""


def command_payload(row: UseCase, order: Order, sender: Credentials) -> Payload:
    """The payload of the command that an order asks for."""
    return _BY_FAMILY[row.payload_family](row, order, sender)


def _dlms(row: UseCase, order: Order, sender: Credentials) -> Payload:
    terms = terms_of(order.argument)
    filling = cosem_filling(order.at, terms, _SPECIFIC.get(row.id, ()))
    ends = Ends(order.counter, sender.entity_id, order.device.entity_id)
    return access_request(row, ends, filling, log_range(order.at, terms))


def _gbz(row: UseCase, order: Order, _sender: Credentials) -> Payload:
    return gbz_request(row, zcl_filling(order.at, terms_of(order.argument)))


def _asn1(row: UseCase, order: Order, _sender: Credentials) -> Payload:
    return asn1_request(row, order)


_BY_FAMILY: Final[dict[PayloadFamily, Callable[[UseCase, Order, Credentials], Payload]]] = {
    PayloadFamily.DLMS: _dlms,
    PayloadFamily.GBZ: _gbz,
    PayloadFamily.ASN1: _asn1,
}
