"""Ways to spoil a command, each in one respect alone: whatever is not spoilt is as it should be.

A device that answers has left out the one check that the spoilt part is for.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from harness.cases.command import Command
from harness.codecs.envelope import signed_part
from harness.codecs.message import Message
from harness.crypto.protection import protect
from harness.crypto.signature import sign

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

    from harness.crypto.pki import Credentials

TRAILING: Final = b"\x00\x00"
"""What is put after a payload: zeroes, the octets that a lenient parser is likeliest to skip."""


def with_corrupted_mac(command: Command) -> bytes:
    """One bit of the MAC turned over."""
    return _flipped(command.octets)


def with_corrupted_signature(command: Command) -> bytes:
    """One bit of the signature turned over, under a MAC that covers it as it is."""
    return _protected(command, replace(command.message, signature=_flipped(_signature(command))))


def with_foreign_signature(command: Command, signer: EllipticCurvePrivateKey) -> bytes:
    """Signed by somebody else, under a MAC that covers that signature."""
    return protect(command.message, signer=signer, mac_secret=command.mac_secret)


def without_signature(command: Command) -> bytes:
    """No signature, under a MAC that covers its absence."""
    return _protected(command, replace(command.message, signature=b""))


def for_another_device(command: Command) -> bytes:
    """Addressed to an entity that is not in the home, protected as for the one that gets it."""
    recipient = command.message.recipient
    # In the middle: entity identifiers of one home often differ in their last digit alone.
    stranger = recipient[:3] + bytes((recipient[3] ^ 0xFF,)) + recipient[4:]
    return _again(command, replace(command.message, recipient=stranger))


def truncated_message(command: Command) -> bytes:
    """The second half of the message lost on its way."""
    return command.octets[: len(command.octets) // 2]


def with_shorter_payload(command: Command) -> bytes:
    """The payload's last octet left out, with lengths and protection to match."""
    return _again(command, replace(command.message, payload=command.message.payload[:-1]))


def with_payload(command: Command, payload: bytes) -> bytes:
    """Another payload, with lengths and protection to match."""
    return _again(command, replace(command.message, payload=payload))


def with_longer_payload(command: Command) -> bytes:
    """Octets after the end of the payload, with lengths and protection to match."""
    return _again(command, replace(command.message, payload=command.message.payload + TRAILING))


def under_another_code(command: Command, message_code: int, sender: Credentials) -> bytes:
    """Under the message code of another use case, by a party that may send that; not signed."""
    message = replace(command.message, message_code=message_code, originator=sender.entity_id)
    return protect(message, mac_secret=command.mac_secret)


def _again(command: Command, message: Message) -> bytes:
    """An altered message with protection of its own."""
    signer = command.sender.ds_private if command.signed else None
    return protect(message, signer=signer, mac_secret=command.mac_secret)


def _protected(command: Command, message: Message) -> bytes:
    """A message with its signature as it stands, under a MAC."""
    return protect(message, mac_secret=command.mac_secret)


def _signature(command: Command) -> bytes:
    return sign(command.sender.ds_private, signed_part(command.message))


def _flipped(octets: bytes) -> bytes:
    return octets[:-1] + bytes((octets[-1] ^ 1,))
