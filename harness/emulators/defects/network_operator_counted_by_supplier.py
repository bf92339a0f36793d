"""Two parties' counters in one drawer: the network operator is measured by the supplier's."""

from __future__ import annotations

from typing import Final

from device_profiles.model import DeviceKind
from harness.emulators.defect import Defect
from harness.emulators.exchange import Exchange
from harness.gbcs.catalogue import use_case
from harness.gbcs.roles import RemotePartyRole

_REPLACING: Final = frozenset(use_case("CS02bNOByNO").message_codes)


def _mistake(exchange: Exchange) -> None:
    if exchange.message.message_code in _REPLACING:
        exchange.counter_scope = RemotePartyRole.SUPPLIER


DEFECT: Final = Defect(
    id="network-operator-counted-by-supplier",
    title="Compares the counter of a network operator's change of credentials with the supplier's floor",
    clause="GBCS 4.3.1.5, 13.3",
    field_defect=19,
    applies_to=frozenset({DeviceKind.ESME, DeviceKind.GSME}),
    before_verify=_mistake,
)
