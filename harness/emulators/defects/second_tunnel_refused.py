"""A tunnel that was dug once, and never again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind
from harness.emulators.defect import Defect

if TYPE_CHECKING:
    from harness.emulators.framed.network import HomeNetwork, Stack


def _keep_the_first(network: HomeNetwork, _stack: Stack | None) -> None:
    network.tunnels.renews = False


DEFECT: Final = Defect(
    id="second-tunnel-refused",
    title="A hub drops a tunnel request of a device whose last tunnel it takes to be open still",
    clause="GBCS 10.2.2, ZSE D.6",
    field_defect=32,
    applies_to=frozenset({DeviceKind.COMMS_HUB}),
    on_stack=_keep_the_first,
)
