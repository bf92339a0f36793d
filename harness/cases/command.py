"""A command as a remote party sends it: payload, signature where it is critical, and the broker's MAC.

GBCS 6.2 and 7.2. A command follows from its Order alone, so equal orders give equal octets.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from harness.cases.payloads import command_payload
from harness.codecs.message import Cra, Message, Supplementary
from harness.codecs.payload import Payload, encode_payload
from harness.crypto.agreement import shared_secret
from harness.crypto.certificates import parse_certificate
from harness.crypto.pki import Credentials, SeededPki
from harness.crypto.protection import protect
from harness.gbcs.catalogue import use_case
from harness.gbcs.roles import RemotePartyRole
from harness.gbcs.use_case import UseCase
from harness.network.clock import Instant
from harness.network.port import InstalledDevice


@dataclass(frozen=True, slots=True)
class Order:
    """Everything that the octets of a command follow from.

    ``party`` tells parties of one role apart, 0 being the one that the devices know. ``at`` is the
    moment that times in the payload are written for. ``argument`` is what the use case needs beyond
    that, such as an image hash; it is hashable. ``behind`` is the role of the party that the device
    does not know and that the broker, whose command it then is, speaks for (GBCS 7.2.8).
    """

    use_case: str
    device: InstalledDevice
    role: RemotePartyRole
    party: int
    counter: int
    at: Instant
    argument: object = None
    behind: RemotePartyRole | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """A command ready to send.

    ``reader`` is who the answer's sensitive parts are for: the sender, or the party behind it.
    ``message`` is what it says, ``payload`` included, with no protection yet; ``signed`` is whether its
    sender signs it. ``mac_secret`` is what the broker shares with the device, None where the command
    has no MAC. ``octets`` are the whole of it.
    """

    order: Order
    use_case: UseCase
    sender: Credentials
    reader: Credentials
    payload: Payload
    message: Message
    signed: bool
    mac_secret: bytes | None
    octets: bytes

    @property
    def answer_signed(self) -> bool:
        """Whether the device signs the answer, as it does to every critical command."""
        return self.signed or self.use_case.message_type.is_critical


STRANGER: Final = 1
"""The second party of a role: certified as the first one is, and not known to the devices."""


def asks_for_sensitive_data(row: UseCase) -> bool:
    """Whether the answer to a use case holds data that travel encrypted."""
    return any(one.sensitive for one in row.cosem) or any(one.sensitive for one in row.zcl)


def _fields_for(row: UseCase, order: Order, party: Credentials) -> Supplementary:
    """Who the broker speaks for, with that party's counter, and its key where the answer is encrypted."""
    return Supplementary(
        remote_party=party.entity_id,
        remote_party_counter=order.counter,
        key_agreement_certificate=party.ka_certificate if asks_for_sensitive_data(row) else None,
    )


@lru_cache(maxsize=8192)
def compose(parties: SeededPki, order: Order) -> Command:
    """The command that an order asks for."""
    row = use_case(order.use_case)
    sender = parties.party(order.role, order.party)
    reader = sender if order.behind is None else parties.party(order.behind, STRANGER)
    payload = command_payload(row, order, reader)
    message = Message(
        cra=Cra.COMMAND,
        originator_counter=order.counter,
        originator=sender.entity_id,
        recipient=order.device.entity_id,
        message_code=row.message_codes[0],
        payload=encode_payload(payload),
        supplementary=None if order.behind is None else _fields_for(row, order, reader),
    )
    alone = order.role in row.signature_only_roles
    signed = alone or (row.message_type.is_critical and order.role not in row.mac_only_roles)
    secret = None
    if not alone:
        broker = parties.party(RemotePartyRole.ACCESS_CONTROL_BROKER)
        secret = secret_between(broker, order.device.key_agreement_certificate)
    octets = protect(message, signer=sender.ds_private if signed else None, mac_secret=secret)
    return Command(order, row, sender, reader, payload, message, signed, secret, octets)


@lru_cache(maxsize=8192)
def secret_between(party: Credentials, certificate: bytes) -> bytes:
    """What a remote party shares with the holder of a key agreement certificate (DER)."""
    return shared_secret(party.ka_private, parse_certificate(certificate).public_key)
