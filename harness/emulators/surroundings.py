"""What a device can get from the home around it without a message over the wide area network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from harness.gbcs.roles import DeviceRole

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice


class Surroundings(Protocol):
    """A home as its devices see it."""

    def joined(self, roles: Sequence[DeviceRole]) -> tuple[tuple[bytes, DeviceRole], ...]:
        """Those of the roles that are in the home, with their entity identifiers."""
        ...

    def heard(self, role: DeviceRole, listener: DeviceRole) -> EmulatedDevice | None:
        """The device that a listener exchanges home area network frames with; None where it cannot."""
        ...
