"""GBZ payloads as frozen values: ZCL commands grouped in a GBCS message (GBCS 7.2.9, 7.3).

Types only. ``payload`` of a component is the raw ZCL payload, little-endian fields as ZCL has them;
``zcl`` gives it names and types.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

SMART_ENERGY_PROFILE: Final = 0x0109

LAST: Final = 0x01
"""Extended header control bit: no component follows."""
ENCRYPTED: Final = 0x02
"""Extended header control bit: the additional header is there and the ZCL payload is ciphertext."""
FROM_DATE_TIME: Final = 0x10
"""Extended header control bit: a from-date-time is there."""


@dataclass(frozen=True, slots=True)
class Protection:
    """Additional header of an encrypted component: control octet and frame counter octet."""

    control: int = 0
    frame_counter: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class GbzComponent:
    """One ZCL command of a GBZ payload.

    The extended header control octet follows from the rest: "last" (0x01) from the position,
    "encrypted" (0x02) from ``protection``, "from-date-time" (0x10) from ``from_date_time``, which is
    UTCTime in seconds since 2000-01-01. The payload of an encrypted component is its length (2),
    31 and four zero octets, ciphertext and tag.
    """

    cluster: int
    frame_control: int
    sequence: int
    command: int
    payload: bytes = b""
    from_date_time: int | None = None
    protection: Protection | None = None


@dataclass(frozen=True, slots=True)
class GbzPayload:
    """Components in order. The count octet and the "last" bit follow from the tuple."""

    components: tuple[GbzComponent, ...]
    profile: int = SMART_ENERGY_PROFILE


@dataclass(frozen=True, slots=True)
class ExecutedInstruction:
    """Which instruction of a future-dated command was carried out, or not: what FDEIA-ZigBee adds.

    Message code and originator counter are the command's; cluster, frame control and command are those
    of its component. On the wire a length octet, 0E, comes first.
    """

    message_code: int
    originator_counter: int
    cluster: int
    frame_control: int
    command: int


@dataclass(frozen=True, slots=True)
class ImageReceipt:
    """Which firmware image was verified, or not: what FDRA-ZigBee adds.

    The SHA-256 of the manufacturer image, 32 octets. ``counted`` says that a length octet, 20, comes
    first; a receiver tells the two forms apart by their length.
    """

    manufacturer_image_hash: bytes
    counted: bool = False


@dataclass(frozen=True, slots=True)
class IntegrityIssue:
    """What a warning of the meter's integrity is about: two octets that MIIWA-ZigBee adds."""

    other_information: bytes


AlertBody = ExecutedInstruction | ImageReceipt | IntegrityIssue | bytes
"""What an alert adds: by its use case; octets, mostly none, where the use case has no form of its own."""


@dataclass(frozen=True, slots=True)
class GbzAlert:
    """A GBZ alert: code, UTCTime in seconds since 2000-01-01, then what the use case adds (GBCS 16.2).

    ``count`` is the number of things added, as the octet behind the profile says. What is added are
    ``components`` for the use cases that report attributes, else ``body``.
    """

    alert_code: int
    utc_time: int
    count: int = 0
    body: AlertBody = b""
    components: tuple[GbzComponent, ...] = ()
    profile: int = SMART_ENERGY_PROFILE
