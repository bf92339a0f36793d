"""What holds for every answer and alert, whatever it is about: header, protection, form (GBCS 6.2, 7.2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final, cast

from harness.cases.case import CheckFailed
from harness.cases.command import Command, secret_between
from harness.cases.wording import device_name, octets_text, party_name
from harness.codecs.cosem_date_time import CosemDateTime
from harness.codecs.envelope import encode_message
from harness.codecs.errors import DecodeError
from harness.codecs.message import Message
from harness.codecs.payload import Content, Payload, decode_payload, encode_payload
from harness.codecs.remembered import remembered
from harness.crypto.certificates import parse_certificate
from harness.crypto.errors import SensitiveDataError
from harness.crypto.pki import Credentials
from harness.crypto.protection import mac_holds, protect, signature_holds
from harness.crypto.sensitive import decrypt_sensitive, sensitive_key, sensitive_parties
from harness.gbcs.roles import DeviceRole
from harness.network.clock import SECOND, Duration, Instant, datetime_of, instant_of
from harness.network.port import InstalledDevice

CLOCK_TOLERANCE: Final = Duration(10 * SECOND)
"""How far a device's clock may be from UTC (SMETS2 4.4.1, 5.5.1)."""
PROTECTION_CLAUSE: Final = "GBCS 6.2.3"
HEADER_CLAUSE: Final = "GBCS 7.2.7"
SENSITIVE_CLAUSE: Final = "GBCS 7.3.9"
_decoded: Final = remembered(cast("Callable[[Content], Payload]", decode_payload))


@dataclass(frozen=True, slots=True)
class Received:
    """A message from the home, and when it reached the remote parties."""

    octets: bytes
    message: Message
    at: Instant


@dataclass(frozen=True, slots=True)
class Answer:
    """A response that is in order as a message. ``payload`` is its decoded content."""

    command: Command
    message: Message
    payload: Payload
    at: Instant


def inspect_answer(command: Command, received: Received) -> Answer:
    """Check everything about a response but what it says. Raises CheckFailed."""
    message = received.message
    _check_header(command, message)
    _check_date_time(command, received)
    check_protection(command.order.device, command.sender, received, signed=command.answer_signed)
    return Answer(command, message, payload_in(message), received.at)


def payload_in(message: Message) -> Payload:
    """The decoded payload. Raises CheckFailed where it is not of the form that its message code has."""
    try:
        return _decoded(Content(message.message_code, message.cra, message.payload))
    except DecodeError as error:
        raise CheckFailed(
            "GBCS 7.2.9",
            f"a payload of the form that message code {message.message_code:#06x} has",
            f"{error}, in {octets_text(message.payload)}",
        ) from None


def check_protection(
    device: InstalledDevice, recipient: Credentials, received: Received, *, signed: bool
) -> None:
    """Check that a device's message has the one protection that its kind asks for, and that it holds.

    ``signed`` messages (critical ones) have the device's signature and no MAC; others have a MAC with
    the key that device and recipient share, and no signature.
    """
    message = received.message
    name = device_name(device.role)
    wanted = f"a signature of the {name} and no MAC" if signed else "a MAC and an empty signature"
    if signed != (message.mac is None) or signed != bool(message.signature):
        has_mac = "no MAC" if message.mac is None else "a MAC"
        has_signature = "a signature" if message.signature else "no signature"
        raise CheckFailed(PROTECTION_CLAUSE, wanted, f"{has_signature} and {has_mac}")
    if signed:
        if not _signature_holds(received.octets, device.digital_signature_certificate):
            raise CheckFailed(
                PROTECTION_CLAUSE,
                f"a signature that the {name}'s certificate verifies",
                f"signature {octets_text(message.signature or b'')} does not verify",
            )
    elif not mac_holds(received.octets, secret_between(recipient, device.key_agreement_certificate)):
        raise CheckFailed(
            PROTECTION_CLAUSE,
            f"a MAC with the key that the {name} and the recipient share",
            f"MAC {octets_text(message.mac or b'')} does not hold",
            instead=_protected_again(message, recipient, device),
        )


# Homes of one run raise the same alerts over and over, and a signature takes as long as all the rest.
@lru_cache(maxsize=4096)
def _signature_holds(octets: bytes, certificate: bytes) -> bool:
    """Whether a message is signed by the holder of a certificate (DER)."""
    return signature_holds(octets, parse_certificate(certificate).public_key)


def instead_of(command: Command, message: Message, **changes: Any) -> bytes:
    """An answer with some fields as they should be: its MAC is worked out again, its signature stays.

    What a device signs nobody else can sign, so a signed answer's frame is right but for that.
    """
    return _protected_again(replace(message, **changes), command.sender, command.order.device)


def payload_instead_of(answer: Answer, payload: Payload) -> bytes:
    """An answer with another payload, as ``instead_of`` makes it."""
    return instead_of(answer.command, answer.message, payload=encode_payload(payload))


def _protected_again(message: Message, recipient: Credentials, device: InstalledDevice) -> bytes:
    if message.mac is None:
        return encode_message(message)
    return protect(message, mac_secret=secret_between(recipient, device.key_agreement_certificate))


def decrypted(answer: Answer, protected: bytes) -> bytes:
    """Sensitive data in an answer, in the clear. Raises CheckFailed where they are not for their reader."""
    command = answer.command
    fields = answer.message.supplementary
    if fields is not None and fields.originator_counter is None:
        raise CheckFailed("GBCS 7.2.8", "the device's own counter, which the key takes", "none")
    secret = secret_between(command.reader, command.order.device.key_agreement_certificate)
    parties = sensitive_parties(answer.message)
    try:
        return decrypt_sensitive(sensitive_key(secret, parties), parties.originator, protected)
    except SensitiveDataError as error:
        raise CheckFailed(
            SENSITIVE_CLAUSE,
            f"values encrypted for the {party_name(command.order.behind or command.order.role)} alone",
            f"{octets_text(protected)} ({error})",
        ) from None


_ECHOED: Final[tuple[tuple[str, str, str, Callable[[Any], str], str], ...]] = (
    ("originator_counter", "originator_counter", "its command's counter", str, HEADER_CLAUSE),
    ("recipient", "originator", "its command's originator as recipient", octets_text, HEADER_CLAUSE),
    ("message_code", "message_code", "its command's message code", "{:#06x}".format, HEADER_CLAUSE),
)
"""What a response repeats: its own field, the command's field, in words, the text of a value, the clause."""


def _check_header(command: Command, message: Message) -> None:
    sent = command.message
    for own, asked, what, text, clause in _ECHOED:
        found, wanted = getattr(message, own), getattr(sent, asked)
        if found != wanted:
            raise CheckFailed(
                clause,
                f"a response with {what}, {text(wanted)}",
                text(found),
                instead=instead_of(command, message, **{own: wanted}),
            )
    _check_supplementary(command, message)


def _check_supplementary(command: Command, message: Message) -> None:
    """Check for the command's party and counter, and for the device's own counter where it encrypts."""
    sent, found = command.message.supplementary, message.supplementary
    own = None if found is None else found.originator_counter
    encrypts = sent is not None and sent.key_agreement_certificate is not None
    wanted = None if sent is None else replace(sent, key_agreement_certificate=None, originator_counter=own)
    if found == wanted and (own is None or encrypts):
        return
    what = "no supplementary fields" if sent is None else "its command's supplementary fields"
    counter = " and a counter of its own where it encrypts" if encrypts else ""
    raise CheckFailed(
        "GBCS 7.2.8",
        f"a response with {what}{counter}",
        "none" if found is None else str(found),
        instead=instead_of(command, message, supplementary=wanted),
    )


def _check_date_time(command: Command, received: Received) -> None:
    stamp = received.message.date_time
    if not command.use_case.response_date_time:
        if stamp is not None:
            right = instead_of(command, received.message, date_time=None)
            found = octets_text(stamp.to_octets())
            raise CheckFailed(HEADER_CLAUSE, "no date-time in the header", found, instead=right)
        return
    if stamp is None:
        now = CosemDateTime.from_datetime(datetime_of(received.at))
        right = instead_of(command, received.message, date_time=now)
        wanted = "the time of the answer in the header"
        raise CheckFailed(HEADER_CLAUSE, wanted, "no date-time", instead=right)
    moment = moment_of(stamp, HEADER_CLAUSE)
    # The proxy answers for the gas meter: its date-time is that of the mirrored data.
    if command.order.device.role is not DeviceRole.GPF:
        check_moment(moment, command.order.at, received.at, HEADER_CLAUSE, "date-time of the answer")


def moment_of(stamp: CosemDateTime, clause: str) -> Instant:
    """A date-time on the wire as an instant. Raises CheckFailed where it is none."""
    try:
        return instant_of(stamp.to_datetime())
    except ValueError as error:
        raise CheckFailed(
            clause, "a date-time in UTC", f"{octets_text(stamp.to_octets())}: {error}"
        ) from None


def check_moment(moment: Instant, earliest: Instant, latest: Instant, clause: str, what: str) -> None:
    """Check that a device's time lies between two moments, give or take what its clock may be out."""
    if not earliest - CLOCK_TOLERANCE <= moment <= latest + CLOCK_TOLERANCE:
        raise CheckFailed(
            clause,
            f"{what} between {time_text(earliest)} and {time_text(latest)}, give or take 10 s",
            time_text(moment),
        )


def time_text(moment: Instant) -> str:
    """An instant in UTC, to the second."""
    return datetime_of(moment).strftime("%Y-%m-%d %H:%M:%SZ")
