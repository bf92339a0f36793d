"""Trust anchor cells: whose credentials a device holds, and for what (GBCS 4.3.2.5, 13.2).

A cell is a place for one certificate of one role; a device type has the cells that its kind lists.
Devices begin with their template's cells, and have cells of their own from the first replacement on.
One party may stand in the cells of several roles: before a home has a supplier, the access control
broker's certificates keep its places.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import IntEnum, auto
from typing import TYPE_CHECKING

from harness.gbcs.roles import RemotePartyRole

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

    from harness.codecs.asn1.credentials import CredentialStatus
    from harness.emulators.device import EmulatedDevice


class Cell(IntEnum):
    """What the key in a cell is for. The numbers are only ours."""

    CERTIFICATE_SIGNING = auto()
    DIGITAL_SIGNATURE = auto()
    KEY_AGREEMENT = auto()
    PREPAYMENT_KEY_AGREEMENT = auto()


@dataclass(frozen=True, slots=True)
class Anchor:
    """What a cell holds: whose key it is (entity identifier, 8 octets) and its key identifier (8 octets).

    For a root also its name (DER), as certificates that it issued give it, and the contingency key
    that its certificate carries encrypted.
    """

    entity_id: bytes
    key_id: bytes
    public_key: EllipticCurvePublicKey
    name: bytes = b""
    wrapped_contingency_key: bytes = b""


Anchors = Mapping[RemotePartyRole, Mapping[Cell, Anchor]]
Parties = Mapping[bytes, tuple[RemotePartyRole, ...]]
Place = tuple[RemotePartyRole, Cell | None]
"""One cell of a role; None for all that the device holds of the role."""


def parties_of(anchors: Anchors) -> Parties:
    """The roles in whose cells each entity stands, in the order of their numbers."""
    found: dict[bytes, set[RemotePartyRole]] = {}
    for role, cells in anchors.items():
        for anchor in cells.values():
            found.setdefault(anchor.entity_id, set()).add(role)
    return {entity_id: tuple(sorted(roles)) for entity_id, roles in found.items()}


class TrustStore:
    """The cells of one device. A role without cells is one that the device type has no place for.

    ``faults`` are places whose memory gives out, with the status that says so.
    """

    __slots__ = ("_anchors", "_own", "_parties", "_places", "faults")

    def __init__(self, device: EmulatedDevice) -> None:
        self._anchors = device.template.anchors
        self._parties = device.template.known_parties
        self._places = device.template.cells
        self._own: dict[RemotePartyRole, dict[Cell, Anchor]] | None = None
        self.faults: dict[Place, CredentialStatus] = {}

    def roles_of(self, entity_id: bytes) -> tuple[RemotePartyRole, ...]:
        """The roles that a party has here, none for somebody unknown."""
        return self._parties.get(entity_id, ())

    def role_of(
        self, entity_id: bytes, among: Collection[RemotePartyRole] | None = None
    ) -> RemotePartyRole | None:
        """The first role that a party has here, of those in ``among``; None for anybody else."""
        roles = self.roles_of(entity_id)
        return next((role for role in roles if among is None or role in among), None)

    def cells(self, role: RemotePartyRole) -> Mapping[Cell, Anchor]:
        """Filled cells of a role by use, in the order of their uses."""
        return self._anchors.get(role, {})

    def has_place(self, role: RemotePartyRole, cell: Cell) -> bool:
        """Whether the device type has a cell, filled or not."""
        return cell in self._places.get(role, ())

    def anchor(self, role: RemotePartyRole, cell: Cell) -> Anchor | None:
        """What one cell holds, or None."""
        return self._anchors.get(role, {}).get(cell)

    def put(self, role: RemotePartyRole, cell: Cell, anchor: Anchor | None) -> None:
        """Have a cell hold something else from now on, or nothing."""
        if self._own is None:
            self._own = {party: dict(cells) for party, cells in self._anchors.items()}
            self._anchors = self._own
        cells = self._own.setdefault(role, {})
        cells.pop(cell, None)
        if anchor is not None:
            cells[cell] = anchor
        self._own[role] = dict(sorted(cells.items()))
        self._parties = parties_of(self._own)
