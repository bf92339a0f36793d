"""What the command of each use case says, from the catalogue's rows and from what the order adds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from harness.cases.asn1_requests import asn1_request
from harness.cases.cosem_requests import Ends, access_request
from harness.cases.cosem_values import Value
from harness.cases.terms import Terms, cosem_filling, log_range, terms_of, zcl_filling
from harness.cases.zcl_requests import gbz_request
from harness.crypto.agreement import shared_secret
from harness.crypto.certificates import parse_certificate
from harness.crypto.utrn import COUNTER_STEP, TokenScope, ValueClass, make_token
from harness.gbcs.use_case import MessageType, PayloadFamily

if TYPE_CHECKING:
    from harness.cases.command import Order
    from harness.codecs.payload import Payload
    from harness.crypto.pki import Credentials
    from harness.gbcs.use_case import UseCase
    from harness.network.port import InstalledDevice

TOP_UP_POUNDS: Final = 10
"""What a token is worth where a case does not say."""
TOKEN_FIELDS: Final = {PayloadFamily.DLMS: "data", PayloadFamily.GBZ: "top_up_code"}
"""The part of a payload that a token goes into."""
_SPECIFIC: Final[dict[str, tuple[tuple[str, Value], ...]]] = {
    "ECS03": (("payment_mode", 2),),
    "ECS08": (("script_selector", 0x20),),
    "ECS08a": (("script_selector", 0x20),),
    "ECS46c": (("script_selector", 0x0101),),
    "ECS46d": (("script_selector", 0x1180),),
    "ECS47": (("AuxiliaryLoadControlSwitch[n]: switchNumberAndCommandedState", 0x0111),),
    "ECS47a": (("AuxiliaryController[n]: controllerNumberAndCommandedState", 0x1164),),
    "ECS47e": (("AuxiliaryProportionalController[n]: controllerNumberAndCommandedState", 0x1132),),
}
"""Values by which use cases differ whose rows are the same: modes, and what a script does to a controller."""


def command_payload(row: UseCase, order: Order, party: Credentials) -> Payload:
    """The payload of the command that an order asks for; ``party`` is who wants it, if behind the broker."""
    return _BY_FAMILY[row.payload_family](row, order, party)


def _dlms(row: UseCase, order: Order, party: Credentials) -> Payload:
    terms = _with_token(row, order, party)
    filling = cosem_filling(order.at, terms, _SPECIFIC.get(row.id, ()))
    ends = Ends(order.counter, party.entity_id, order.device.entity_id)
    return access_request(row, ends, filling, log_range(order.at, terms))


def _gbz(row: UseCase, order: Order, party: Credentials) -> Payload:
    return gbz_request(row, zcl_filling(order.at, _with_token(row, order, party)))


def _with_token(row: UseCase, order: Order, party: Credentials) -> Terms:
    """The order's terms, with a token where the use case is a top-up and none is given (GBCS 14.3)."""
    terms, name = terms_of(order.argument), TOKEN_FIELDS.get(row.payload_family)
    is_given = any(given == name for given, _ in terms.given)
    if name is None or is_given or row.message_type is not MessageType.TOP_UP:
        return terms
    token = token_of(party, order.device, order.counter, TOP_UP_POUNDS)
    return replace(terms, given=((name, token.encode()), *terms.given))


def token_of(party: Credentials, device: InstalledDevice, counter: int, pounds: int) -> str:
    """A token of a supplier for a meter, twenty digits; of the counter only its high half counts."""
    private = party.prepayment_private or party.ka_private
    z = shared_secret(private, parse_certificate(device.key_agreement_certificate).public_key)
    scope = TokenScope(
        originator=party.entity_id,
        target=device.entity_id,
        counter=counter // COUNTER_STEP * COUNTER_STEP,
    )
    return make_token(z, scope, pounds, ValueClass.POUNDS)


def _asn1(row: UseCase, order: Order, _party: Credentials) -> Payload:
    return asn1_request(row, order)


_BY_FAMILY: Final[dict[PayloadFamily, Callable[[UseCase, Order, Credentials], Payload]]] = {
    PayloadFamily.DLMS: _dlms,
    PayloadFamily.GBZ: _gbz,
    PayloadFamily.ASN1: _asn1,
}
