"""Declaration of the GBCS message around its payload (GBCS 7.2; DLMS general-ciphering and general-signing).

::

    [MAC header]  grouping header  payload  [signature]  [MAC]

    MAC header         DD 00 00 00 00 00 00 · length · 11 · 00 00 00 00
                       length counts from the 11 to the end of the message
    grouping header    DF · 09 CRA counter(8) · 08 originator(8) · 08 recipient(8) · date-time ·
                       other-information · length of the payload
    date-time          00, or 0C and a COSEM date-time (12)
    other-information  length · message code (2) · nothing, or one of
                         remote party (8)
                         remote party (8) · remote party counter (8)
                         remote party (8) · remote party counter (8) · originator counter (8)
                         remote party (8) · remote party counter (8) · key agreement certificate (DER)
    signature          40 and r‖s (64), or 00 for none; a pre-command may end before it
    MAC                12 octets, exactly where there is a MAC header

Counters are unsigned, most significant octet first. Lengths stand in their shortest form.
"""

from __future__ import annotations

import io
from typing import Any, Final

from construct import Struct

from harness.codecs.cosem_date_time import LENGTH, CosemDateTime
from harness.codecs.declaration import (
    Choice,
    Converter,
    Field,
    Fixed,
    Layout,
    Number,
    Octets,
    Region,
    Rest,
    Wrapper,
    bounded,
    build_part,
    dotted,
    parse_part,
    session_of,
    take,
)
from harness.codecs.errors import DecodeError, EncodeError
from harness.codecs.message import Cra, Message, Supplementary

GENERAL_CIPHERING: Final = bytes.fromhex("dd000000000000")
SECURITY_HEADER: Final = bytes.fromhex("1100000000")
GENERAL_SIGNING: Final = 0xDF
MAC_LENGTH: Final = 12
SIGNATURE_LENGTH: Final = 64


class _DateTime(Converter):
    """No octets, or a COSEM date-time."""

    def __init__(self) -> None:
        super().__init__(Region(Rest()))

    def _parse(self, stream: io.BytesIO, context: Any, path: str) -> CosemDateTime | None:
        start = stream.tell()
        octets: bytes = parse_part(self.subcon, stream, context, path)
        if not octets:
            return None
        if len(octets) != LENGTH:
            raise DecodeError(dotted(path), f"expected 0 or 12 octets, found {len(octets)}", offset=start)
        return CosemDateTime.from_octets(octets)

    def _encode(self, obj: CosemDateTime | None, context: Any, path: str) -> bytes:  # noqa: ARG002 - construct's signature
        try:
            return b"" if obj is None else obj.to_octets()
        except (AttributeError, ValueError, OverflowError, TypeError):
            raise EncodeError(dotted(path), f"{obj!r} does not fit a COSEM date-time") from None


class _Supplementary(Layout):
    """What follows the message code; its length tells which fields there are."""

    def _parse(self, stream: io.BytesIO, context: Any, path: str) -> Supplementary | None:
        start = stream.tell()
        length = session_of(context).end - start
        if not length:
            return None
        if length not in _BY_LENGTH and length < _SMALLEST_CERTIFICATE:
            raise DecodeError(dotted(path), f"no supplementary fields of {length} octets", offset=start)
        found = parse_part(_FORMS[_BY_LENGTH.get(length, _CERTIFIED)], stream, context, path)
        return Supplementary(**{name: value for name, value in found.items() if not name.startswith("_")})

    def _build(self, obj: Any, stream: io.BytesIO, context: Any, path: str) -> Any:
        if obj is None:
            return obj
        if not isinstance(obj, Supplementary):
            raise EncodeError(dotted(path), f"expected Supplementary, got {obj!r}")
        present = (obj.remote_party_counter, obj.originator_counter, obj.key_agreement_certificate)
        form = _FORMS.get((present[0] is not None, present[1] is not None, present[2] is not None))
        if form is None:
            raise EncodeError(dotted(path), "no message holds this combination of fields")
        build_part(form, {part.name: getattr(obj, part.name) for part in form.subcons}, stream, context, path)
        return obj


class _Certificate(Layout):
    """One DER SEQUENCE up to the end of the other-information."""

    def _parse(self, stream: io.BytesIO, context: Any, path: str) -> bytes:
        start = stream.tell()
        octets = take(stream, session_of(context).end - start, context, path)
        if not is_sequence(octets):
            raise DecodeError(dotted(path), "no DER SEQUENCE of this length", offset=start)
        return octets

    def _build(self, obj: Any, stream: io.BytesIO, context: Any, path: str) -> Any:  # noqa: ARG002 - construct's signature
        if not isinstance(obj, bytes) or not is_sequence(obj):
            raise EncodeError(dotted(path), "expected a certificate in DER")
        stream.write(obj)
        return obj


def is_sequence(octets: bytes) -> bool:
    """Are these octets one DER SEQUENCE, long enough for a certificate?"""
    if len(octets) < _SMALLEST_CERTIFICATE or octets[0] != 0x30 or octets[1] <= 0x80:
        return False
    header = octets[1] - 0x7E
    return header + int.from_bytes(octets[2:header], "big") == len(octets)


class _Signature(Converter):
    """40 and 64 octets, 00 for none (empty), or nothing at all (None) where a message may end before it."""

    def __init__(self, *, optional: bool) -> None:
        super().__init__(Region(Rest()))
        self.optional = optional

    def _parse(self, stream: io.BytesIO, context: Any, path: str) -> bytes | None:
        start = stream.tell()
        if self.optional and start == session_of(context).end:
            return None
        octets: bytes = parse_part(self.subcon, stream, context, path)
        if len(octets) not in _SIGNATURE_LENGTHS:
            raise DecodeError(dotted(path), f"expected 0 or 64 octets, found {len(octets)}", offset=start)
        return octets

    def _build(self, obj: Any, stream: io.BytesIO, context: Any, path: str) -> Any:
        if obj is None and self.optional:
            return obj
        if not isinstance(obj, bytes) or len(obj) not in _SIGNATURE_LENGTHS:
            raise EncodeError(dotted(path), f"expected 0 or 64 octets, got {obj!r}")
        return build_part(self.subcon, obj, stream, context, path)


class _BeforeMac(Wrapper):
    """What stands between the security header and the MAC, and fills the room between them."""

    def _parse(self, stream: io.BytesIO, context: Any, path: str) -> Any:
        session = session_of(context)
        bounded(stream, MAC_LENGTH, context, f"{path} -> mac")
        session.end -= MAC_LENGTH
        value = parse_part(self.subcon, stream, context, path)
        if stream.tell() != session.end:
            left = session.end - stream.tell()
            raise DecodeError("mac", f"{left} octets left over before the MAC", offset=stream.tell())
        session.end += MAC_LENGTH
        return value


def _grouped(*, unsigned_end: bool) -> Struct:
    return Struct(
        Field(
            "grouping_header",
            Struct(
                Field("general_signing", Fixed(bytes((GENERAL_SIGNING,)))),
                Field("transaction_id", Fixed(b"\x09")),
                Field("cra", Choice(Cra)),
                Field("originator_counter", Number(8)),
                Field("originator_length", Fixed(b"\x08")),
                Field("originator", Octets(8)),
                Field("recipient_length", Fixed(b"\x08")),
                Field("recipient", Octets(8)),
                Field("date_time", _DateTime()),
                Field("other_information", Region(_OTHER_INFORMATION)),
            ),
        ),
        Field("payload", Region(Rest())),
        Field("signature", _Signature(optional=unsigned_end)),
    )


class _Message(Layout):
    """One of the two forms: a first octet DD announces a MAC."""

    def _parse(self, stream: io.BytesIO, context: Any, path: str) -> Message:
        here = stream.tell()
        has_mac = stream.getvalue()[here : here + 1] == GENERAL_CIPHERING[:1]
        if has_mac:
            outer = parse_part(_WITH_MAC, stream, context, path).general_ciphering
            parts, mac = outer.message, outer.mac
        else:
            parts, mac = parse_part(_WITHOUT_MAC, stream, context, path), None
        header = parts.grouping_header
        return Message(
            cra=header.cra,
            originator_counter=header.originator_counter,
            originator=header.originator,
            recipient=header.recipient,
            message_code=header.other_information.message_code,
            payload=parts.payload,
            date_time=header.date_time,
            supplementary=header.other_information.supplementary,
            signature=parts.signature,
            mac=mac,
        )

    def _build(self, obj: Any, stream: io.BytesIO, context: Any, path: str) -> Any:
        if not isinstance(obj, Message):
            raise EncodeError(dotted(path), f"expected Message, got {obj!r}")
        header = {
            "cra": obj.cra,
            "originator_counter": obj.originator_counter,
            "originator": obj.originator,
            "recipient": obj.recipient,
            "date_time": obj.date_time,
            "other_information": {"message_code": obj.message_code, "supplementary": obj.supplementary},
        }
        parts = {"grouping_header": header, "payload": obj.payload, "signature": obj.signature}
        if obj.mac is None:
            build_part(_WITHOUT_MAC, parts, stream, context, path)
        else:
            build_part(
                _WITH_MAC, {"general_ciphering": {"message": parts, "mac": obj.mac}}, stream, context, path
            )
        return obj


_SIGNATURE_LENGTHS: Final = frozenset({0, SIGNATURE_LENGTH})
# Shorter DER could be taken for one of the forms without a certificate; no certificate is that short.
_SMALLEST_CERTIFICATE: Final = 0x80
_REMOTE_PARTY: Final = Field("remote_party", Octets(8))
_REMOTE_PARTY_COUNTER: Final = Field("remote_party_counter", Number(8))
_FORMS: Final = {
    (False, False, False): Struct(_REMOTE_PARTY),
    (True, False, False): Struct(_REMOTE_PARTY, _REMOTE_PARTY_COUNTER),
    (True, True, False): Struct(_REMOTE_PARTY, _REMOTE_PARTY_COUNTER, Field("originator_counter", Number(8))),
    (True, False, True): Struct(
        _REMOTE_PARTY, _REMOTE_PARTY_COUNTER, Field("key_agreement_certificate", _Certificate())
    ),
}
_BY_LENGTH: Final = {8: (False, False, False), 16: (True, False, False), 24: (True, True, False)}
_CERTIFIED: Final = (True, False, True)
_OTHER_INFORMATION: Final = Struct(Field("message_code", Number(2)), Field("supplementary", _Supplementary()))
_WITHOUT_MAC: Final = _grouped(unsigned_end=True)
_WITH_MAC: Final = Struct(
    Field("mac_header", Fixed(GENERAL_CIPHERING)),
    Field(
        "general_ciphering",
        Region(
            Struct(
                Field("security_header", Fixed(SECURITY_HEADER)),
                Field("message", _BeforeMac(_grouped(unsigned_end=False))),
                Field("mac", Octets(MAC_LENGTH)),
            )
        ),
    ),
)
MESSAGE: Final = _Message()
