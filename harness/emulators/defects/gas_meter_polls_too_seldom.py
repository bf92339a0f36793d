"""A gas meter that saves its battery, and a hub that does not wait for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind
from harness.emulators.defect import Defect
from harness.network.clock import HOUR, Duration

if TYPE_CHECKING:
    from harness.emulators.framed.network import HomeNetwork, Stack

_SELDOM: Final = Duration(5 * HOUR)
"""Longer than a hub keeps a message."""


def _sleep_longer(_network: HomeNetwork, stack: Stack | None) -> None:
    if stack is not None and stack.tunnel is not None:
        stack.tunnel.poll_period = _SELDOM


DEFECT: Final = Defect(
    id="gas-meter-polls-too-seldom",
    title="A gas meter fetches messages less often than the hub's hold time, and misses those in between",
    clause="GBCS 10.3.3",
    field_defect=34,
    applies_to=frozenset({DeviceKind.GSME}),
    on_stack=_sleep_longer,
)
