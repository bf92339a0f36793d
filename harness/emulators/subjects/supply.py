"""Whether energy may flow: load switch or valve, and the mains (SMETS2 4.5.3.10, 5.6.3.11, 5.6.3.12).

A load switch that is opened remotely and closed remotely passes straight to ``enabled``; a gas valve
is never opened from afar, only armed. The registers stand still while nothing flows.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from harness.codecs.cosem_data import Data, DataTag
from harness.codecs.dlms_types import DataAccessResult
from harness.emulators.refusal import AccessRefused
from harness.emulators.subjects.registers import Registers
from harness.network.clock import Instant

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice
    from harness.emulators.exchange import Exchange

ENABLE_SCRIPT: Final = 0x0033
DISABLE_SCRIPT: Final = 0x0034
ARM_SCRIPT: Final = 0x0036


class SupplyState(StrEnum):
    """State of the load switch or valve."""

    ENABLED = "enabled"
    ARMED = "armed"
    DISABLED = "disabled"


class Supply:
    """Load switch or valve, with the registers that it stops."""

    __slots__ = ("_changes", "_device", "state")

    def __init__(self, device: EmulatedDevice) -> None:
        self._device = device
        self.state = SupplyState.ENABLED
        self._changes: list[tuple[Instant, SupplyState]] = []

    def state_at(self, moment: Instant) -> SupplyState:
        """The state at a moment up to now."""
        return next((state for at, state in reversed(self._changes) if at <= moment), SupplyState.ENABLED)

    def change(self, state: SupplyState, now: Instant) -> None:
        """Put the switch or valve into a state. A supply that is on cannot be armed, and stays on."""
        if state is SupplyState.ARMED and self.state is SupplyState.ENABLED:
            return
        self.state = state
        self._changes.append((now, state))
        self._flow(now)

    def mains(self, now: Instant) -> None:
        """The device lost or got back its power, as ``device.powered`` says."""
        self._flow(now)

    def _flow(self, now: Instant) -> None:
        registers = self._device.part(Registers)
        if self.state is SupplyState.ENABLED and self._device.powered:
            registers.resume(now)
        else:
            registers.interrupt(now)


_SCRIPTS: Final[dict[object, SupplyState]] = {
    ENABLE_SCRIPT: SupplyState.ENABLED,
    DISABLE_SCRIPT: SupplyState.DISABLED,
    ARM_SCRIPT: SupplyState.ARMED,
}


def execute_script(exchange: Exchange, argument: Data) -> None:
    """Method ``execute`` of the disconnect script table (ECS42, ECS43, ECS44)."""
    if argument.tag is not DataTag.LONG_UNSIGNED:
        raise AccessRefused(DataAccessResult.TYPE_UNMATCHED)
    state = _SCRIPTS.get(argument.value)
    if state is None:
        raise AccessRefused(DataAccessResult.OBJECT_UNDEFINED)
    exchange.device.part(Supply).change(state, exchange.now)
