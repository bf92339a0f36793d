"""A home in which what devices say to each other travels as frames, through a stack for each device.

Everything behind the hub does: messages of remote parties go through tunnels, a meter that sleeps
fetches its own by polling. What a device makes of a message is the same as in any other home.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from harness.codecs.ota import decode_ota_image
from harness.emulators.device import EmulatedDevice
from harness.emulators.framed.housekeeping import Housekeeping
from harness.emulators.framed.network import HUB, HomeNetwork
from harness.emulators.home import EmulatedHome
from harness.emulators.subjects.distribution import Receipt
from harness.emulators.subjects.firmware import Firmware
from harness.emulators.subjects.radio_duty import tell_discarded, tell_duty, thresholds_of
from harness.emulators.templates import ROLES_OF
from harness.gbcs.roles import DeviceRole
from harness.network.clock import Instant
from harness.network.entries import Entry, Feedback
from harness.network.han.capture import FrameRecorder
from harness.network.port import Display, Stimulus

if TYPE_CHECKING:
    from device_profiles.home import HomeProfile
    from device_profiles.model import DeviceProfile
    from harness.emulators.template import DeviceTemplate
    from harness.network.han.duty_cycle import Transition
    from harness.network.port import InstalledDevice

_Handler = Callable[[DeviceRole | None, bytes], None]


class FramedHome(EmulatedHome):
    """A home with a network of frames. Its time is the network's: all that happens is in one order.

    ``recorder`` has every frame so far where frames are recorded.
    """

    __slots__ = ("_is_running", "housekeeping", "network", "recorder")

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
        self._is_running = False
        self.network = HomeNetwork(
            templates, start, deliver=self._came_down, relay=self._came_up, recorder=self.recorder
        )
        self.network.air.on_duty = self._duty_changed
        self.housekeeping = Housekeeping(self.network, self._inside, start)

    @property
    def touched(self) -> frozenset[DeviceRole]:
        """Devices that exchanged frames over something, were operated, or whose display was read."""
        return frozenset(self._touched) | {self.network.roles[one] for one in self.network.air.involved}

    def replace_hub(self, hub: DeviceProfile, /) -> None:
        """Put another hub in the old one's place, with a network of its own."""
        super().replace_hub(hub)
        self.network.replace_hub(self._templates)
        self.housekeeping.serve(self.now)

    def replace_device(self, device: DeviceProfile, /) -> None:
        """Put another device in the place of the one of its kind, with a radio of its own."""
        super().replace_device(device)
        (role, *_) = ROLES_OF[device.kind]
        self.network.replace_device(role, self._templates, self.now)
        self.housekeeping.furnish(role, self.now)

    def operate(self, role: DeviceRole, stimulus: Stimulus, /) -> None:
        """Do something to a device by hand. Its radio loses power after the rest of it, and has it before."""
        self._touched.add(role)
        if stimulus is Stimulus.POWER_ON:
            self.network.power(role, self.now, on=True)
        super().operate(role, stimulus)
        if stimulus is Stimulus.POWER_OFF:
            self.network.power(role, self.now, on=False)

    def enter(
        self, role: DeviceRole, entry: Entry, text: str = "", /, *, about: DeviceRole | None = None
    ) -> Feedback | None:
        """Key something in or press something at a device; what it shows for it at once."""
        self._touched.add(role)
        return super().enter(role, entry, text, about=about)

    def read_display(self, role: DeviceRole, what: Display, /) -> str | None:
        """Read a device's own display; what it shows of others it reads over the air."""
        self._touched.add(role)
        return super().read_display(role, what)

    def heard(self, role: DeviceRole, listener: DeviceRole) -> EmulatedDevice | None:
        """The device that a listener exchanges frames with now; None where there are none.

        The hub has a meter that sleeps by what it said by itself, so that it takes part. Others ask, where
        nothing else is going on; what they do meanwhile says itself who takes part.
        """
        if listener in HUB or self._is_running or role not in self._templates:
            self._touched |= {role, listener} & self._templates.keys()
        elif not self._asked(role, listener):
            return None
        return super().heard(role, listener)

    def told(self, what: Display, listener: DeviceRole) -> str | None:
        """What the electricity meter says of its price or register to a display that asks over the air."""
        seen = self.housekeeping.prices.get(listener)
        if self._is_running or seen is None or DeviceRole.ESME not in self.network.stacks:
            return super().told(what, listener)
        with self._running():
            if what is Display.PRICE:
                number = self.network.ask_price(listener, seen)
            else:
                number = self.network.ask(listener, DeviceRole.ESME)
        meter = None if number is None else super().heard(DeviceRole.ESME, listener)
        return None if meter is None or not meter.heard else str(number)

    def ask(self, role: DeviceRole, listener: DeviceRole, cluster: int, frame: bytes) -> bytes | None:
        """What a device answers to a listener's ZCL frame, which goes over the air; None for silence."""
        if listener in HUB or self._is_running or role not in self._templates:
            return super().ask(role, listener, cluster, frame)

        def answer(octets: bytes, at: Instant) -> bytes | None:
            self.now = at
            return super(FramedHome, self).ask(role, listener, cluster, octets)

        with self._running():
            return self.network.exchange((listener, role), cluster, frame, answer)

    def hand_image(self, role: DeviceRole, image: bytes) -> Receipt | None:
        """Have a device fetch an upgrade image from the hub; None where it cannot be reached.

        It is not told of one that is not newer than what it runs.
        """
        device, offered = self._inside(role), decode_ota_image(image).file_version
        version = int.from_bytes(device.part(Firmware).version, "big")
        fetched = self.network.fetch_image(role, image, version)
        self.now = self.network.air.now
        return super().hand_image(role, image) if fetched or version >= offered else None

    def _asked(self, role: DeviceRole, listener: DeviceRole) -> bool:
        with self._running():
            return self.network.ask(listener, role) is not None

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
        if role is DeviceRole.GSME:
            # The gas proxy keeps it until it is fetched
            self._touched.add(DeviceRole.GPF)
        if self.network.may_send_down(role, self.now):
            self.network.send_down(role, octets, self.now)
        else:
            hub = self._reached(DeviceRole.CHF)
            tell_discarded(hub, octets, self.now)
            self._collect(DeviceRole.CHF, hub)

    def _deliver(self, role: DeviceRole | None, octets: bytes) -> None:
        super()._deliver(role, octets)
        account = self.network.air.duty.get(self.network.hub.settings.eui64)
        if role is DeviceRole.CHF and account is not None:
            account.thresholds = thresholds_of(self._reached(role))

    def _duty_changed(self, radio: int, transition: Transition) -> None:
        """Have the hub tell of a radio that uses much of the air, or less of it again."""

        def told() -> None:
            self.now = self.network.air.now
            hub = self._reached(DeviceRole.CHF)
            for code in transition.alert_codes:
                tell_duty(hub, radio.to_bytes(8, "big"), code, self.now)
            self._collect(DeviceRole.CHF, hub)

        self.network.air.call(transition.at, told)

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
        with self._running():
            if until_message:
                air.run_while(lambda: not inbox, deadline)
            else:
                air.run(deadline)

    @contextmanager
    def _running(self) -> Iterator[None]:
        """Have it known that time runs: what devices then want of each other cannot have it run as well."""
        self._is_running = True
        try:
            yield
        finally:
            self._is_running = False
            self.now = self.network.air.now

    def _inside(self, role: DeviceRole) -> EmulatedDevice:
        """The device in a place of the home; nobody is touched by what it says by itself."""
        device = self._devices.get(role)
        if device is None:
            device = self._devices[role] = EmulatedDevice(self._templates[role], self)
        return device

    def _reached(self, role: DeviceRole) -> EmulatedDevice:
        """The device in a place of the home. Frames tell who is touched, but nothing of the hub's inside."""
        if role in HUB:
            self._touched.add(role)
        return self._inside(role)
