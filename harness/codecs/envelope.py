"""GBCS messages to octets and back: the compiled twin of ``envelope_layout`` (layout there).

``split_message`` gives the octets that a MAC or a signature covers as slices of what arrived, so
that checking one re-encodes nothing.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from typing import Any, Final

from harness.codecs import declaration
from harness.codecs.compiled import GIVE_UP, NotTaken, read_length
from harness.codecs.cosem_date_time import CosemDateTime
from harness.codecs.declaration import length_octets
from harness.codecs.envelope_layout import (
    GENERAL_CIPHERING,
    GENERAL_SIGNING,
    MAC_LENGTH,
    MESSAGE,
    SECURITY_HEADER,
    SIGNATURE_LENGTH,
    is_sequence,
)
from harness.codecs.message import Cra, Message, Supplementary

_HEADER: Final = struct.Struct(">BBBQB8sB8sB")
_DATE_TIME: Final = struct.Struct(">HBBBBBBBhB")
_MAC_HEADER: Final = len(GENERAL_CIPHERING)
_SECURED: Final = len(SECURITY_HEADER)
_CRA: Final = {cra.value: cra for cra in Cra}


@dataclass(frozen=True, slots=True)
class MessageParts:
    """A message taken apart without decoding its payload.

    ``authenticated`` is the grouping header up to and including the signature: what a MAC covers
    behind its security header 11 00000000. ``signed`` is what a signature covers: from the octet
    after DF to the end of the payload. Other fields as in ``Message``.
    """

    cra: Cra
    originator_counter: int
    originator: bytes
    recipient: bytes
    message_code: int
    supplementary: Supplementary | None
    authenticated: bytes
    signed: bytes
    payload: bytes
    signature: bytes | None
    mac: bytes | None


def decode_message(octets: bytes) -> Message:
    """The message that the octets are. Raises DecodeError; the payload is not looked into."""
    try:
        return _read(octets)
    except GIVE_UP:
        made: Message = declaration.parse_whole(MESSAGE, octets)
        return made


def split_message(octets: bytes) -> MessageParts:
    """A message taken apart for its checks, payload untouched. Raises DecodeError."""
    try:
        return _split(octets)
    except GIVE_UP:
        # The declaration finds the fault, or rebuilds what it takes and the twin does not.
        return _split(encode_message(decode_message(octets)))


def encode_message(message: Message) -> bytes:
    """Octets of a message, lengths in their shortest form. Raises EncodeError."""
    try:
        return _write(message)
    except GIVE_UP:
        return declaration.build(MESSAGE, message)


def signed_part(message: Message) -> bytes:
    """What the signature covers: from the octet after DF to the end of the payload. Raises EncodeError."""
    return encode_message(replace(message, signature=None, mac=None))[1:]


def authenticated_part(message: Message) -> bytes:
    """What the MAC covers behind 11 00000000: grouping header, payload, signature. Raises EncodeError."""
    return encode_message(replace(message, mac=None))


def _split(octets: bytes) -> MessageParts:
    start, header, code, code_end, payload, payload_end, signature, signature_end, mac = _locate(octets)
    return MessageParts(
        _CRA[header[2]],
        header[3],
        header[5],
        header[7],
        octets[code] << 8 | octets[code + 1],
        _read_supplementary(octets, code + 2, code_end) if code_end - code > 2 else None,
        octets[start:signature_end],
        octets[start + 1 : payload_end],
        octets[payload:payload_end],
        signature,
        mac,
    )


_Place = tuple[int, tuple[Any, ...], int, int, int, int, bytes | None, int, bytes | None]


def _locate(octets: bytes) -> _Place:
    """Offsets of the parts of a message that is right as a whole.

    Start of the grouping header, its fields, start and end of the other-information, start and
    end of the payload, signature, end of the signature, MAC.
    """
    start, end, mac = 0, len(octets), None
    if octets[0] == GENERAL_CIPHERING[0]:
        length, start = _length(octets, _MAC_HEADER)
        start += _SECURED
        mac = octets[end - MAC_LENGTH :]
        if length != end - start + _SECURED or octets[start - _SECURED : start] != SECURITY_HEADER:
            raise NotTaken
        if octets[:_MAC_HEADER] != GENERAL_CIPHERING:
            raise NotTaken
        end -= MAC_LENGTH
    header = _HEADER.unpack_from(octets, start)
    signing, transaction, _, _, originator_length, _, recipient_length, _, date_time_length = header
    if signing != GENERAL_SIGNING or transaction != 9 or originator_length != 8 or recipient_length != 8:
        raise NotTaken
    if date_time_length and date_time_length != 12:
        raise NotTaken
    length, code = _length(octets, start + _HEADER.size + date_time_length)
    code_end = code + length
    length, payload = _length(octets, code_end)
    payload_end = payload + length
    if code_end - code < 2 or payload_end > end:
        raise NotTaken
    if payload_end == end and mac is None:
        return start, header, code, code_end, payload, payload_end, None, end, mac
    length, signature_start = _length(octets, payload_end)
    if signature_start + length != end or length not in (0, SIGNATURE_LENGTH):
        raise NotTaken
    signature = octets[signature_start:end]
    return start, header, code, code_end, payload, payload_end, signature, end, mac


def _length(octets: bytes, offset: int) -> tuple[int, int]:
    length = octets[offset]
    return (length, offset + 1) if length < 0x80 else read_length(octets, offset)


def _read(octets: bytes) -> Message:
    start, header, code, code_end, payload, payload_end, signature, _, mac = _locate(octets)
    date_time = None
    if header[8]:
        date_time = CosemDateTime(*_DATE_TIME.unpack_from(octets, start + _HEADER.size))
    return Message(
        cra=_CRA[header[2]],
        originator_counter=header[3],
        originator=header[5],
        recipient=header[7],
        date_time=date_time,
        message_code=octets[code] << 8 | octets[code + 1],
        supplementary=_read_supplementary(octets, code + 2, code_end) if code_end - code > 2 else None,
        payload=octets[payload:payload_end],
        signature=signature,
        mac=mac,
    )


def _read_supplementary(octets: bytes, start: int, end: int) -> Supplementary:
    length = end - start
    counters = [
        int.from_bytes(octets[at : at + 8], "big") for at in range(start + 8, min(end, start + 24), 8)
    ]
    certificate = None
    if length > 24:
        certificate = octets[start + 16 : end]
        if not is_sequence(certificate):
            raise NotTaken
        counters = counters[:1]
    elif length % 8:
        raise NotTaken
    return Supplementary(
        remote_party=octets[start : start + 8],
        remote_party_counter=counters[0] if counters else None,
        originator_counter=counters[1] if len(counters) > 1 else None,
        key_agreement_certificate=certificate,
    )


def _grouped(message: Message) -> bytes:
    """From DF to the end of the payload."""
    date_time = b"" if message.date_time is None else message.date_time.to_octets()
    other = message.message_code.to_bytes(2, "big")
    if message.supplementary is not None:
        other += _write_supplementary(message.supplementary)
    originator, recipient, payload = message.originator, message.recipient, message.payload
    if len(originator) != 8 or len(recipient) != 8:
        raise NotTaken
    header = _HEADER.pack(
        GENERAL_SIGNING,
        9,
        _CRA[message.cra],
        message.originator_counter,
        8,
        originator,
        8,
        recipient,
        len(date_time),
    )
    return b"".join(
        (header, date_time, length_octets(len(other)), other, length_octets(len(payload)), payload)
    )


def _write(message: Message) -> bytes:
    grouped, signature, mac = _grouped(message), message.signature, message.mac
    if signature is not None:
        if len(signature) not in (0, SIGNATURE_LENGTH):
            raise NotTaken
        grouped += bytes((len(signature),)) + signature
    if mac is None:
        return grouped
    if signature is None or len(mac) != MAC_LENGTH:
        raise NotTaken
    length = length_octets(_SECURED + len(grouped) + MAC_LENGTH)
    return b"".join((GENERAL_CIPHERING, length, SECURITY_HEADER, grouped, mac))


def _write_supplementary(fields: Supplementary) -> bytes:
    party, counter = fields.remote_party, fields.remote_party_counter
    if len(party) != 8:
        raise NotTaken
    if counter is None:
        if fields.originator_counter is not None or fields.key_agreement_certificate is not None:
            raise NotTaken
        return party
    octets = party + counter.to_bytes(8, "big")
    if fields.originator_counter is not None:
        if fields.key_agreement_certificate is not None:
            raise NotTaken
        return octets + fields.originator_counter.to_bytes(8, "big")
    if fields.key_agreement_certificate is None:
        return octets
    if not is_sequence(fields.key_agreement_certificate):
        raise NotTaken
    return octets + fields.key_agreement_certificate
