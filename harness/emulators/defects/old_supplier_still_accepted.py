"""A supplier that left, and still has the key to the house."""

from __future__ import annotations

from typing import Final

from device_profiles.model import DeviceKind
from harness.emulators.defect import Defect
from harness.emulators.exchange import Exchange
from harness.emulators.subjects.trust import Anchor, Cell, TrustStore
from harness.gbcs.roles import RemotePartyRole

_ID: Final = "old-supplier-still-accepted"
_SUPPLIER: Final = RemotePartyRole.SUPPLIER
_Held = dict[Cell, Anchor]


def _let_in(exchange: Exchange) -> None:
    """Keep every supplier's credentials, and use those of the one who speaks."""
    device = exchange.device
    trust = device.part(TrustStore)
    suppliers: dict[bytes, _Held] = device.notes.setdefault(_ID, {})
    held = dict(trust.cells(_SUPPLIER))
    owner = held.get(Cell.KEY_AGREEMENT)
    if owner is not None:
        suppliers[owner.entity_id] = held
    for cell, anchor in suppliers.get(exchange.message.originator, {}).items():
        trust.put(_SUPPLIER, cell, anchor)


DEFECT: Final = Defect(
    id=_ID,
    title="Goes on accepting commands of the last supplier after a change of supplier",
    clause="GBCS 4.3.2.5, 13.3",
    field_defect=54,
    applies_to=frozenset({DeviceKind.ESME, DeviceKind.GSME}),
    before_verify=_let_in,
)
