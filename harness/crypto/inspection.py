"""Everything that can be said of one message: does it parse, build back, and hold under the keys there are.

Who protects what (GBCS 6): a command to a device carries the MAC of the access control broker,
whoever originated it, unless it is one between devices; a response or alert carries the MAC of the
device and its recipient. A signature is the originator's. Sensitive data is between originator
and the party that asked. Nothing but the message and the key store decides.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from harness.codecs.axdr import decode_data, encode_data
from harness.codecs.cosem_data import Data
from harness.codecs.envelope import decode_message, encode_message, split_message
from harness.codecs.errors import CodecError
from harness.codecs.gbz_types import GbzAlert, GbzPayload
from harness.codecs.message import Cra, Message
from harness.codecs.payload import decode_payload, encode_payload
from harness.codecs.zcl import decode_zcl, decode_zcl_payload, encode_zcl_payload, with_zcl
from harness.codecs.zcl_types import ZclCommand
from harness.crypto.errors import SensitiveDataError
from harness.crypto.keystore import KeyName, KeyStore, KeyUse
from harness.crypto.protected_items import ProtectedItem, protected_items
from harness.crypto.protection import mac_holds, signature_holds
from harness.crypto.sensitive import (
    decrypt_component,
    decrypt_sensitive,
    encrypt_component,
    encrypt_sensitive,
    sensitive_key,
    sensitive_parties,
)
from harness.gbcs.catalogue import by_message_code
from harness.gbcs.roles import RemotePartyRole
from harness.gbcs.use_case import MessageType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.codecs.payload import Payload


class State(StrEnum):
    """What a check found. ``NO_KEY``: there, but no key to check it; ``ABSENT``: nothing to check."""

    HELD = "held"
    FAILED = "failed"
    NO_KEY = "no-key"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Disclosed:
    """One piece of sensitive data: where it stands in the payload, and in plain where a key opens it.

    ``value`` is what the plaintext says. ``HELD`` means that from the value the same plaintext, and from
    that the same protected text was made again.
    """

    place: str
    state: State
    plaintext: bytes | None = field(default=None, repr=False)
    value: Data | ZclCommand | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What is known of one message. ``faults`` says in words what did not hold.

    ``message`` and ``payload`` are None where the octets do not parse that far. ``decrypted`` sums up
    ``disclosed``.
    """

    parsed: State
    rebuilt: State = State.ABSENT
    mac: State = State.ABSENT
    signature: State = State.ABSENT
    decrypted: State = State.ABSENT
    message: Message | None = None
    payload: Payload | None = None
    disclosed: tuple[Disclosed, ...] = ()
    faults: tuple[str, ...] = ()


def inspect_message(octets: bytes, keys: KeyStore) -> Inspection:
    """Check one message every way there is. Raises KeyStoreError for a broken key file, nothing else."""
    try:
        message = decode_message(octets)
    except CodecError as error:
        return Inspection(parsed=State.FAILED, rebuilt=State.FAILED, faults=(str(error),))
    faults: list[str] = []
    payload, parsed, rebuilt = _payload(octets, message, faults)
    disclosed = _disclosures(message, payload, keys, faults)
    return Inspection(
        parsed=parsed,
        rebuilt=rebuilt,
        mac=_mac(octets, message, keys, faults),
        signature=_signature(octets, message, keys, faults),
        decrypted=_worst(one.state for one in disclosed),
        message=message,
        payload=payload,
        disclosed=disclosed,
        faults=tuple(faults),
    )


def mac_secrets(message: Message, keys: KeyStore) -> Iterator[bytes]:
    """Shared secrets, 32 octets each, under which the MAC of a message may be: none where no key is known."""
    for sender in _mac_senders(message, keys):
        z = keys.shared_secret(
            KeyName(sender, KeyUse.KEY_AGREEMENT), KeyName(message.recipient, KeyUse.KEY_AGREEMENT)
        )
        if z is not None:
            yield z


def sensitive_secret(message: Message, keys: KeyStore) -> bytes | None:
    """Shared secret, 32 octets, of the parties to a message's sensitive data, or None."""
    parties = sensitive_parties(message)
    return keys.shared_secret(
        KeyName(parties.originator, KeyUse.KEY_AGREEMENT), KeyName(parties.recipient, KeyUse.KEY_AGREEMENT)
    )


def _mac_senders(message: Message, keys: KeyStore) -> tuple[bytes, ...]:
    use_case = by_message_code(message.message_code)
    inside_home = use_case is not None and use_case.message_type is MessageType.PPMID_GSME
    if message.cra is not Cra.COMMAND or inside_home:
        return (message.originator,)
    brokers = keys.holders(RemotePartyRole.ACCESS_CONTROL_BROKER)
    if keys.role_of(message.originator) is not None:
        return brokers
    # No certificate says who this is: a broker's vouching or their own.
    return (*brokers, message.originator)


def _payload(octets: bytes, message: Message, faults: list[str]) -> tuple[Payload | None, State, State]:
    payload = None
    try:
        payload = decode_payload(message)
        typed = _from_typed_components(payload)
    except CodecError as error:
        faults.append(f"payload: {error}")
        return payload, State.FAILED, State.FAILED
    try:
        again = encode_message(replace(message, payload=encode_payload(typed)))
    except CodecError as error:
        faults.append(f"rebuilt: {error}")
        return payload, State.HELD, State.FAILED
    if again != octets:
        faults.append(f"rebuilt: differs from octet {_first_difference(again, octets)} on")
        return payload, State.HELD, State.FAILED
    return payload, State.HELD, State.HELD


def _from_typed_components(payload: Payload) -> Payload:
    """The payload, the ZCL payloads of its components taken apart and built again."""
    if not isinstance(payload, GbzPayload | GbzAlert):
        return payload
    return replace(payload, components=tuple(with_zcl(one, decode_zcl(one)) for one in payload.components))


def _mac(octets: bytes, message: Message, keys: KeyStore, faults: list[str]) -> State:
    if message.mac is None:
        return State.ABSENT
    parts, state = split_message(octets), State.NO_KEY
    for z in mac_secrets(message, keys):
        if mac_holds(parts, z):
            return State.HELD
        state = State.FAILED
    if state is State.FAILED:
        faults.append("MAC: not the one that the key store gives")
    return state


def _signature(octets: bytes, message: Message, keys: KeyStore, faults: list[str]) -> State:
    if not message.signature:
        return State.ABSENT
    public = keys.public_key(message.originator, KeyUse.DIGITAL_SIGNATURE)
    if public is None:
        return State.NO_KEY
    if signature_holds(octets, public):
        return State.HELD
    faults.append("signature: not the originator's")
    return State.FAILED


def _disclosures(
    message: Message, payload: Payload | None, keys: KeyStore, faults: list[str]
) -> tuple[Disclosed, ...]:
    items = protected_items(payload)
    if not items:
        return ()
    z = sensitive_secret(message, keys)
    if z is None:
        return tuple(Disclosed(item.place, State.NO_KEY) for item in items)
    key = sensitive_key(z, sensitive_parties(message))
    return tuple(_disclose(item, key, message.originator, faults) for item in items)


def _disclose(item: ProtectedItem, key: bytes, originator: bytes, faults: list[str]) -> Disclosed:
    component = item.component
    try:
        if component is None:
            plaintext = decrypt_sensitive(key, originator, item.text)
            data = decode_data(plaintext)
            again = encrypt_sensitive(key, originator, encode_data(data))
            value: Data | ZclCommand = data
        else:
            plaintext = decrypt_component(key, originator, item.text)
            value = decode_zcl_payload(component, plaintext)
            again = encrypt_component(key, originator, encode_zcl_payload(component, value))
    except (SensitiveDataError, CodecError) as error:
        faults.append(f"{item.place}: {error}")
        return Disclosed(item.place, State.FAILED)
    if again != item.text:
        faults.append(f"{item.place}: encrypted again it is something else")
        return Disclosed(item.place, State.FAILED, plaintext, value)
    return Disclosed(item.place, State.HELD, plaintext, value)


def _worst(states: Iterator[State]) -> State:
    found = set(states)
    return next((state for state in (State.FAILED, State.NO_KEY, State.HELD) if state in found), State.ABSENT)


def _first_difference(one: bytes, other: bytes) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (left, right) in pairs if left != right), min(len(one), len(other)))
