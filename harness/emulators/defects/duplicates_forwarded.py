"""A hub that is slow to acknowledge, and takes every repetition for something new."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind
from harness.emulators.defect import Defect
from harness.network.han.transport import Transport

if TYPE_CHECKING:
    from harness.codecs.han.aps import ApsFrame
    from harness.emulators.framed.network import HomeNetwork, Stack
    from harness.network.clock import Instant


class _Forgetful(Transport):
    """Leaves out the first acknowledgement of each transmission, and knows none of them again."""

    __slots__ = ("_slow",)

    def __init__(self) -> None:
        super().__init__()
        self._slow: set[tuple[int, int]] = set()

    def received(self, source: int, frame: ApsFrame, now: Instant) -> tuple[ApsFrame | None, ApsFrame | None]:
        key = (source, frame.counter)
        known = self._receiving.get(key)
        if known is not None:
            known.complete = False
            if frame.extended is None:
                del self._receiving[key]
        whole, answer = super().received(source, frame, now)
        if whole is not None and key not in self._slow:
            self._slow.add(key)
            return whole, None
        return whole, answer


def _forget(network: HomeNetwork, _stack: Stack | None) -> None:
    network.hub.transport = _Forgetful()


DEFECT: Final = Defect(
    id="duplicates-forwarded",
    title="A hub passes on each repetition of a message that it was slow to acknowledge",
    clause="GBCS 10.2.2, ZigBee 2.2.8.4.2",
    field_defect=7,
    applies_to=frozenset({DeviceKind.COMMS_HUB}),
    on_stack=_forget,
)
