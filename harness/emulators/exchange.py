"""One command on its way through a device: what is known of it so far, and the answer in the making.

The only mutable value that hooks of defects get to see.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from harness.codecs.errors import DecodeError
from harness.crypto.sensitive import SensitiveParties, encrypt_sensitive, sensitive_key
from harness.emulators.refusal import NoSharedKey
from harness.emulators.subjects.trust import TrustStore

if TYPE_CHECKING:
    from harness.codecs.cosem_date_time import CosemDateTime
    from harness.codecs.envelope import MessageParts
    from harness.emulators.device import EmulatedDevice
    from harness.emulators.template import Ability
    from harness.gbcs.roles import RemotePartyRole
    from harness.network.clock import Instant

CosemKey = tuple[int, bytes, int, bool]
"""Class, instance, index, and whether it is a method."""
ZclKey = tuple[int, int, bool]
"""Cluster, attribute or command, and whether it is a command."""


class Check(Enum):
    """The checks that a command goes through, in their order (GBCS 6.2.4)."""

    RECIPIENT = 1
    ROLE = 2
    SIGNATURE = 3
    MAC = 4
    COUNTER = 5
    PAYLOAD = 6
    TRAILING_OCTETS = 7
    """Part of the payload check: nothing follows what the payload says that it holds."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A value on its way out. ``value`` is Data for a COSEM attribute and a ZCL value otherwise."""

    key: CosemKey | ZclKey
    value: Any
    sensitive: bool


@dataclass(frozen=True, slots=True)
class Operation:
    """Something about to be done: what is named, and its argument (Data, ZCL payload or ASN.1 value)."""

    key: CosemKey | ZclKey | int
    argument: Any


_NONE: Final[frozenset[Check]] = frozenset()


class Exchange:
    """A command and its answer.

    ``party`` is who speaks, which for a command with supplementary fields is not the message's
    originator; ``role`` is that of the originator. ``counter_scope`` is what the replay counter is
    kept for, None for the party. ``ignored`` are checks whose outcome does not count. ``response`` is
    the value that the answer's payload is encoded from; ``own_counter`` is set once the device used its
    own counter for encrypting. ``answer_key`` signs the answer: the key in force when the command came.
    """

    __slots__ = (
        "ability",
        "answer_key",
        "counter_scope",
        "device",
        "ignored",
        "message",
        "now",
        "own_counter",
        "party",
        "request",
        "response",
        "response_counter",
        "response_date_time",
        "role",
    )

    ability: Ability
    request: Any
    response: Any
    response_counter: int
    response_date_time: CosemDateTime | None

    def __init__(self, device: EmulatedDevice, message: MessageParts, now: Instant) -> None:
        self.device = device
        self.message = message
        self.now = now
        supplementary = message.supplementary
        self.party = message.originator if supplementary is None else supplementary.remote_party
        self.role: RemotePartyRole | None = None
        self.counter_scope: object = None
        self.ignored = _NONE
        self.own_counter: int | None = None
        self.answer_key = device.signing_key

    def decoded(self) -> Any:
        """What the payload says. Raises DecodeError."""
        decode, payload = self.ability.decode, self.message.payload
        try:
            return decode(payload)
        except DecodeError as fault:
            if Check.TRAILING_OCTETS not in self.ignored or fault.field != "end":
                raise
            return decode(payload[: fault.offset])

    def reading(self, key: CosemKey | ZclKey, value: Any, *, sensitive: bool) -> Reading:
        """A value on its way out, as the firmware has it."""
        reading = Reading(key, value, sensitive)
        for hook in self.device.template.hooks.on_read:
            reading = hook(self, reading)
        return reading

    def planned(self, key: CosemKey | ZclKey | int, argument: Any) -> Operation | None:
        """What is to be done, as the firmware has it; None where it does nothing."""
        operation: Operation | None = Operation(key, argument)
        for hook in self.device.template.hooks.on_execute:
            if operation is not None:
                operation = hook(self, operation)
        return operation

    def encrypted(self, plain: bytes) -> bytes:
        """Sensitive octets as the answer carries them: encrypted from the device to the party (GBCS 7.3.9).

        A party that the device does not know sent its certificate along, and the key takes the
        device's own counter in place of the message's. Raises NoSharedKey.
        """
        device = self.device
        counter = self.message.originator_counter
        fields = self.message.supplementary
        if fields is None or fields.key_agreement_certificate is None:
            role = self.role if fields is None else device.part(TrustStore).role_of(self.party)
            secret = None if role is None else device.secret_with(role)
        else:
            if self.own_counter is None:
                self.own_counter = device.next_counter()
            counter = self.own_counter
            secret = device.secret_with_certificate(fields.key_agreement_certificate, self.party)
        if secret is None:
            raise NoSharedKey
        key = sensitive_key(secret, SensitiveParties(device.entity_id, counter, self.party))
        return encrypt_sensitive(key, device.entity_id, plain)
