"""What a joining device says of itself, one octet, the same in MAC, NWK and ZDP (IEEE 802.15.4 5.3.1.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from harness.codecs.han.layout import Packed


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """Capability information. A sleepy device has its receiver off when idle."""

    alternate_coordinator: bool = False
    router: bool = False
    mains_powered: bool = False
    receiver_on_when_idle: bool = False
    security: bool = False
    allocate_address: bool = True


CAPABILITY: Final = Packed(
    Capability,
    1,
    alternate_coordinator=1,
    router=1,
    mains_powered=1,
    receiver_on_when_idle=1,
    reserved=2,
    security=1,
    allocate_address=1,
)
