"""What a device can get from the home around it without a message over the wide area network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from harness.gbcs.roles import DeviceRole
from harness.network.clock import Instant

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice
    from harness.emulators.subjects.distribution import Receipt
    from harness.network.port import Display


class Surroundings(Protocol):
    """A home as its devices see it."""

    def joined(self, roles: Sequence[DeviceRole]) -> tuple[tuple[bytes, DeviceRole], ...]:
        """Those of the roles that were in the home when it was made, with their entity identifiers."""
        ...

    def heard(self, role: DeviceRole, listener: DeviceRole) -> EmulatedDevice | None:
        """The device that a listener exchanges home area network frames with; None where it cannot."""
        ...

    def told(self, what: Display, listener: DeviceRole) -> str | None:
        """What the electricity meter shows and tells a display of the same; None for silence."""
        ...

    def ask(self, role: DeviceRole, listener: DeviceRole, cluster: int, frame: bytes) -> bytes | None:
        """What a device answers to a listener's ZCL frame; None for silence."""
        ...

    def certificate_of(self, entity_id: bytes) -> bytes | None:
        """The certificate (DER) for key agreement that a device in the home came with; None for any other."""
        ...

    def is_near(self, entity_id: bytes) -> bool:
        """Whether a device is in the home, on the network of its hub, and has power."""
        ...

    def last_heard(self, entity_id: bytes) -> Instant | None:
        """When the hub last heard a device; None for one that is not on its network."""
        ...

    def needs_sub_ghz(self, entity_id: bytes) -> bool:
        """Whether a device is off the network and has no other way onto it than the hub's sub-GHz radio."""
        ...

    def let_in(self, entity_id: bytes, hashed_key: bytes) -> bool:
        """Let a device join the hub with a key (its hash, 16 octets); say whether it did."""
        ...

    def send_away(self, entity_id: bytes) -> None:
        """Have a device leave the network of the hub."""
        ...

    def hand_image(self, role: DeviceRole, image: bytes) -> Receipt | None:
        """Give a device an upgrade image that it fetched from the hub; None where it cannot be reached."""
        ...
