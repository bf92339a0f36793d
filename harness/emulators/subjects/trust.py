"""Trust anchor cells: whose credentials a device holds, and for what (GBCS 4.3.2.5, 13.2).

A cell is a place for one certificate of one role; a device type has the cells that its kind lists.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, auto
from typing import TYPE_CHECKING

from harness.gbcs.roles import RemotePartyRole

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

    from harness.emulators.device import EmulatedDevice


class Cell(IntEnum):
    """What the key in a cell is for. The numbers are only ours."""

    CERTIFICATE_SIGNING = auto()
    DIGITAL_SIGNATURE = auto()
    KEY_AGREEMENT = auto()
    PREPAYMENT_KEY_AGREEMENT = auto()


@dataclass(frozen=True, slots=True)
class Anchor:
    """What a cell holds: whose key it is (entity identifier, 8 octets) and its key identifier (8 octets)."""

    entity_id: bytes
    key_id: bytes
    public_key: EllipticCurvePublicKey


Anchors = dict[RemotePartyRole, dict[Cell, Anchor]]


class TrustStore:
    """The cells of one device. A role without cells is one that the device type has no place for."""

    __slots__ = ("_anchors", "_roles")

    def __init__(self, device: EmulatedDevice) -> None:
        self._anchors = device.template.anchors
        self._roles = device.template.known_parties

    def role_of(self, entity_id: bytes) -> RemotePartyRole | None:
        """The role of a known remote party, None for anybody else."""
        return self._roles.get(entity_id)

    def cells(self, role: RemotePartyRole) -> dict[Cell, Anchor] | None:
        """Filled cells of a role by use; None where the device has no cells for it."""
        return self._anchors.get(role)

    def anchor(self, role: RemotePartyRole, cell: Cell) -> Anchor | None:
        """What one cell holds, or None."""
        return self._anchors.get(role, {}).get(cell)
