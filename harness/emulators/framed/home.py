"""A home in which what devices say to each other travels as frames, through a stack for each device.

Everything behind the hub does: messages of remote parties go through tunnels, a meter that sleeps
fetches its own by polling. What a device makes of a message is the same as in any other home.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from harness.emulators.framed.network import HomeNetwork
from harness.emulators.home import EmulatedHome
from harness.gbcs.roles import DeviceRole
from harness.network.clock import Instant
from harness.network.han.capture import FrameRecorder

if TYPE_CHECKING:
    from device_profiles.home import HomeProfile
    from harness.emulators.template import DeviceTemplate
    from harness.network.port import InstalledDevice

_Handler = Callable[[DeviceRole | None, bytes], None]


class FramedHome(EmulatedHome):
    """A home with a network of frames. Its time is the network's: all that happens is in one order.

    ``recorder`` has every frame so far where frames are recorded.
    """

    __slots__ = ("network", "recorder")

    def __init__(
        self,
        profile: HomeProfile,
        templates: Mapping[DeviceRole, DeviceTemplate],
        records: Callable[[DeviceTemplate], InstalledDevice],
        start: Instant,
        *,
        recorded: bool = False,
    ) -> None:
        super().__init__(profile, templates, records, start)
        self.recorder = FrameRecorder() if recorded else None
        self.network = HomeNetwork(
            templates, start, deliver=self._came_down, relay=self._came_up, recorder=self.recorder
        )

    def _pass_down(self, role: DeviceRole, octets: bytes) -> None:
        self.network.send_down(role, octets, self.now)

    def _pass_up(self, role: DeviceRole, octets: bytes) -> None:
        self.network.send_up(role, octets, self.now)

    def _came_down(self, role: DeviceRole, octets: bytes, at: Instant) -> None:
        self.now = at
        self._deliver(role, octets)

    def _came_up(self, role: DeviceRole, octets: bytes, at: Instant) -> None:
        self.now = at
        self._relay(role, octets)

    def _push(self, at: Instant, handler: _Handler, role: DeviceRole | None, octets: bytes) -> None:
        def happen() -> None:
            self.now = at
            handler(role, octets)

        self.network.air.call(at, happen)

    def _run(self, deadline: Instant, *, until_message: bool) -> None:
        air, inbox = self.network.air, self._inbox
        if until_message:
            air.run_while(lambda: not inbox, deadline)
        else:
            air.run(deadline)
        self.now = air.now
