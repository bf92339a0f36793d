"""A device that left its network at 2.4 GHz, and looks for it below 1 GHz."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind, HanBand
from harness.crypto.zigbee import install_code_with_crc
from harness.emulators.defect import Defect
from harness.emulators.identity import install_code_of
from harness.network.han.joining import Joining

if TYPE_CHECKING:
    from harness.emulators.framed.network import HomeNetwork, Stack
    from harness.network.clock import Instant


class _Astray(Joining):
    """Comes back by the radio that it did not join with."""

    def rejoin(self, now: Instant) -> None:
        self._node.settings = replace(self._node.settings, bands=(HanBand.SUB_GHZ,))
        super().rejoin(now)


def _lead_astray(_network: HomeNetwork, stack: Stack | None) -> None:
    if stack is not None:
        entity_id = stack.node.settings.eui64.to_bytes(8, "big")
        code = install_code_with_crc(install_code_of(entity_id))
        joining = _Astray(stack.node, code, seed=entity_id)
        joining.ended = stack.joining.ended
        stack.joining = joining


DEFECT: Final = Defect(
    id="rejoins-on-the-other-band",
    title="Looks for its network at sub-GHz after a loss of power, though it joined at 2.4 GHz",
    clause="GBCS 10.6, ZigBee 3.6.1.4.2",
    field_defect=31,
    applies_to=frozenset({DeviceKind.ESME, DeviceKind.GSME}),
    on_stack=_lead_astray,
)
