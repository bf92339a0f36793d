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
from harness.network.port import Stimulus

if TYPE_CHECKING:
    from device_profiles.home import HomeProfile
    from device_profiles.model import DeviceProfile
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

    def replace_hub(self, hub: DeviceProfile, /) -> None:
        """Put another hub in the old one's place, with a network of its own."""
        super().replace_hub(hub)
        self.network.replace_hub(self._templates)

    def operate(self, role: DeviceRole, stimulus: Stimulus, /) -> None:
        """Do something to a device by hand. Its radio loses power after the rest of it, and has it before."""
        if stimulus is Stimulus.POWER_ON:
            self.network.power(role, self.now, on=True)
        super().operate(role, stimulus)
        if stimulus is Stimulus.POWER_OFF:
            self.network.power(role, self.now, on=False)

    def let_in(self, entity_id: bytes, hashed_key: bytes) -> bool:
        """Let a device join the hub with a key (its hash); say whether it has that key, and so will be in."""
        was_away = entity_id in self._membership.away
        is_its = super().let_in(entity_id, hashed_key)
        role = self._roles.get(entity_id)
        if was_away and role in self.network.stacks and self._reached(role).powered:
            self.network.let_in(role, hashed_key, self.now, is_its=is_its)
        return is_its

    def send_away(self, entity_id: bytes) -> None:
        """Have a device leave the network of the hub."""
        super().send_away(entity_id)
        role = self._roles.get(entity_id)
        if role in self.network.stacks:
            self.network.send_away(role, self.now)

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
