"""The GBCS message as a frozen value: grouping header, payload, signature, MAC (GBCS 7.2).

Types only; the octets are the business of ``envelope``.
"""

from dataclasses import dataclass
from enum import IntEnum

from harness.codecs.cosem_date_time import CosemDateTime


class Cra(IntEnum):
    """First octet of the transaction identifier: what kind of message this is (GBCS 7.2.7)."""

    COMMAND = 1
    RESPONSE = 2
    ALERT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplementary:
    """Fields after the message code, for parties that the device does not know (GBCS 7.2.8).

    ``remote_party`` is 8 octets. The counters are unsigned 64 bit or absent. ``originator_counter``
    needs ``remote_party_counter``. ``key_agreement_certificate`` is DER.
    """

    remote_party: bytes
    remote_party_counter: int | None = None
    originator_counter: int | None = None
    key_agreement_certificate: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One GBCS message.

    ``originator`` and ``recipient`` are entity identifiers of 8 octets, most significant first.
    ``signature`` is 64 octets r‖s, empty for an encoded "none" (a single 00), or None where
    even that octet is absent, as a pre-command may be. ``mac`` is 12 octets, or None for a
    message without MAC header.
    """

    cra: Cra
    originator_counter: int
    originator: bytes
    recipient: bytes
    message_code: int
    payload: bytes
    date_time: CosemDateTime | None = None
    supplementary: Supplementary | None = None
    signature: bytes | None = b""
    mac: bytes | None = None
