"""What was published to a device over ZCL: the latest of each command, as Get commands ask for it back.

A device that is told its calendar, prices or billing period by Publish commands answers Get commands
with what it was told (ZSE D.4, D.9).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.codecs.zcl_types import ZclCommand
    from harness.emulators.device import EmulatedDevice


class Publications:
    """Commands by cluster and identifier; several of one message belong together."""

    __slots__ = ("_known", "_message")

    def __init__(self, _device: EmulatedDevice) -> None:
        self._known: dict[tuple[int, int], tuple[ZclCommand, ...]] = {}
        self._message: dict[tuple[int, int], object] = {}

    def publish(self, cluster: int, identifier: int, command: ZclCommand, message: object) -> None:
        """Take a command. Those of one ``message`` add up, those of a later one take their place."""
        key = (cluster, identifier)
        before = self._known.get(key, ()) if self._message.get(key) == message else ()
        self._known[key] = (*before, command)
        self._message[key] = message

    def forget(self, cluster: int, identifier: int) -> None:
        """Lose what was published by a command."""
        self._known.pop((cluster, identifier), None)

    def published(self, cluster: int, identifier: int) -> tuple[ZclCommand, ...]:
        """What was published last, none if nothing was."""
        return self._known.get((cluster, identifier), ())
