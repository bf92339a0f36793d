"""GBZ payloads as frozen values: ZCL commands grouped in a GBCS message (GBCS 7.2.9, 7.3).

Types only. ``payload`` of a component is the raw ZCL payload, little-endian fields as ZCL has them;
``zcl`` gives it names and types.
"""

from __future__ import annotations

from dataclasses import dataclass

SMART_ENERGY_PROFILE = 0x0109


@dataclass(frozen=True, slots=True)
class Protection:
    """Additional header of an encrypted component: control octet and frame counter (control bit 0x02)."""

    control: int
    frame_counter: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GbzComponent:
    """One ZCL command of a GBZ payload.

    ``control`` holds the extended header control bits other than "last" (0x01), which follows from
    the position. ``from_date_time`` is UTCTime (seconds since 2000-01-01) and present exactly when
    bit 0x10 is set; ``protection`` when bit 0x02 is set, and ``payload`` then is ciphertext and tag
    behind its length and security header.
    """

    cluster: int
    frame_control: int
    sequence: int
    command: int
    payload: bytes
    control: int = 0
    from_date_time: int | None = None
    protection: Protection | None = None


@dataclass(frozen=True, slots=True)
class GbzPayload:
    """Components in order. The count octet and the "last" bit follow from the tuple."""

    components: tuple[GbzComponent, ...]
    profile: int = SMART_ENERGY_PROFILE


@dataclass(frozen=True, slots=True)
class GbzAlert:
    """A GBZ alert: code, UTCTime in seconds since 2000-01-01, then components and/or a body by use case."""

    alert_code: int
    utc_time: int
    body: bytes = b""
    components: tuple[GbzComponent, ...] = ()
    profile: int = SMART_ENERGY_PROFILE
