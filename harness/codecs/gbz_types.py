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
class GbzAlert:
    """A GBZ alert: code, UTCTime in seconds since 2000-01-01, then what the use case adds (GBCS 16.2).

    ``count`` is the number of things added, as the octet behind the profile says. What is added are
    ``components`` for the use cases that report attributes, else the octets of ``body``.
    """

    alert_code: int
    utc_time: int
    count: int = 0
    body: bytes = b""
    components: tuple[GbzComponent, ...] = ()
    profile: int = SMART_ENERGY_PROFILE
