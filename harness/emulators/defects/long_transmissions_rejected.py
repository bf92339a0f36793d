"""A stack that puts no more blocks together than the stack of its own maker ever sends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind
from harness.codecs.errors import DecodeError
from harness.emulators.defect import Defect
from harness.network.han.transport import Transport

if TYPE_CHECKING:
    from harness.codecs.han.aps import ApsFrame
    from harness.emulators.framed.network import HomeNetwork, Stack
    from harness.network.clock import Instant

_MOST: Final = 5


class _Choosy(Transport):
    """Refuses each block from a number on."""

    __slots__ = ()

    def received(self, source: int, frame: ApsFrame, now: Instant) -> tuple[ApsFrame | None, ApsFrame | None]:
        if frame.extended is not None and (frame.extended.block or 0) > _MOST:
            raise DecodeError("extended.block", f"expected at most {_MOST}")
        return super().received(source, frame, now)


def _choose(_network: HomeNetwork, stack: Stack | None) -> None:
    if stack is not None:
        stack.node.transport = _Choosy()


DEFECT: Final = Defect(
    id="long-transmissions-rejected",
    title="Refuses fragmented transmissions of a size that other makers' stacks send",
    clause="GBCS 10.2.2, ZigBee 2.2.8.4.5",
    field_defect=33,
    applies_to=frozenset({DeviceKind.ESME, DeviceKind.GSME}),
    on_stack=_choose,
)
