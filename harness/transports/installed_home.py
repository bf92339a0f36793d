"""A home of real devices, or of emulated ones in another process: a ``HomePort`` over a link.

Time is the wall's, so waiting takes as long as it says (at the pace that the home was given). What this
end cannot bring about or see raises OutOfReach, which makes a case inconclusive and never fails a device.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

from device_profiles.home import HomeProfile
from device_profiles.model import DeviceProfile
from harness.gbcs.roles import DeviceRole
from harness.network.addressing import originator_of, recipient_of
from harness.network.clock import Duration, Instant
from harness.network.entries import Entry, Feedback
from harness.network.port import Display, InstalledDevice, OutOfReach, PowerNotice, Stimulus, Undelivered
from harness.network.transcript import TranscriptEntry
from harness.network.wports import wport_of
from harness.transports.errors import TransportError
from harness.transports.hands import Hands, Nobody
from harness.transports.link import Carried, Framing, MessageLink
from harness.transports.pace import Pace


class InstalledHome:
    """Devices at the other end of a link: what they are held to be, and who they are.

    ``line`` is the device that hears what a text line carries and that names nobody.
    """

    __slots__ = (
        "_hands",
        "_inbox",
        "_line",
        "_link",
        "_pace",
        "_residents",
        "_touched",
        "_transcript",
        "devices",
        "profile",
    )

    def __init__(  # noqa: PLR0913 - what a home is, and how it is reached
        self,
        profile: HomeProfile,
        devices: Mapping[DeviceRole, InstalledDevice],
        link: MessageLink,
        pace: Pace,
        *,
        line: DeviceRole | None = None,
        hands: Hands | None = None,
    ) -> None:
        self.profile = profile
        self.devices = devices
        self._link = link
        self._pace = pace
        self._line = line
        self._hands = hands or Nobody()
        self._residents = {device.entity_id: role for role, device in devices.items()}
        self._inbox: deque[bytes] = deque()
        self._touched: set[DeviceRole] = set()
        self._transcript: list[TranscriptEntry] = []

    @property
    def touched(self) -> frozenset[DeviceRole]:
        """Devices that were sent something, said something, were operated or read."""
        return frozenset(self._touched)

    @property
    def transcript(self) -> tuple[TranscriptEntry, ...]:
        """Every message between devices and this end so far."""
        return tuple(self._transcript)

    @property
    def now(self) -> Instant:
        """The present moment."""
        return self._pace.now()

    def send(self, message: bytes, /, *, to: DeviceRole | None = None) -> None:
        """Send a message down the link. Raises OutOfReach where that has no way to the device."""
        named = self._residents.get(recipient_of(message) or b"")
        role = named if to is None else to
        if self._link.framing is Framing.GFI and role not in {named, self._line if named is None else None}:
            raise OutOfReach(
                f"a line of text reaches the device that its message names, and not the {_name(role)}"
            )
        self._note(None, role, message)
        try:
            self._link.send(Carried(message, to_port=wport_of(role)))
        except TransportError as error:
            raise OutOfReach(str(error)) from None

    def receive(self, *, within: Duration) -> bytes | None:
        """The next message of the home, waiting at most ``within``."""
        if not self._inbox:
            self._listen(Instant(self.now + within), until_message=True)
        return self._inbox.popleft() if self._inbox else None

    def wait(self, duration: Duration, /) -> None:
        """Let time pass. Messages that arrive meanwhile stay to be received."""
        self._listen(Instant(self.now + duration), until_message=False)

    @property
    def undelivered(self) -> tuple[Undelivered, ...]:
        """Raises OutOfReach: a link tells nothing of what others lost."""
        raise OutOfReach("this link tells nothing of what the wide area network gives up on")

    @property
    def power_notices(self) -> tuple[PowerNotice, ...]:
        """Raises OutOfReach."""
        raise OutOfReach("this link tells nothing of a hub's last gasp")

    def operate(self, role: DeviceRole, stimulus: Stimulus, /) -> None:
        """Have it done by hand."""
        self._touched.add(role)
        self._hands.operate(role, stimulus)

    def enter(
        self, role: DeviceRole, entry: Entry, text: str = "", /, *, about: DeviceRole | None = None
    ) -> Feedback | None:
        """Have it entered by hand."""
        self._touched.add(role)
        return self._hands.enter(role, entry, text, about)

    def distribute_image(self, role: DeviceRole, image: bytes, /) -> None:  # noqa: ARG002 - as the port has it
        """Raises OutOfReach."""
        raise OutOfReach(f"this link carries no images to the {role.name}")

    def replace_hub(self, hub: DeviceProfile, /) -> None:
        """Raises OutOfReach."""
        raise OutOfReach(f"nobody is there to put up a {hub.label}")

    def replace_device(self, device: DeviceProfile, /) -> None:
        """Raises OutOfReach."""
        raise OutOfReach(f"nobody is there to put up a {device.label}")

    def read_display(self, role: DeviceRole, what: Display, /) -> str | None:
        """Have it read by a person."""
        self._touched.add(role)
        return self._hands.read(role, what)

    def close(self) -> None:
        """Let go of the link."""
        self._link.close()

    def _listen(self, until: Instant, *, until_message: bool) -> None:
        while not (until_message and self._inbox):
            left = self._pace.seconds(Duration(until - self.now))
            try:
                carried = self._link.receive(within=left)
            except TransportError as error:
                raise OutOfReach(str(error)) from None
            if carried is not None:
                source = carried.source or self._residents.get(originator_of(carried.octets) or b"")
                self._note(source, None, carried.octets)
                self._inbox.append(carried.octets)
            elif self.now >= until:
                return

    def _note(self, source: DeviceRole | None, destination: DeviceRole | None, octets: bytes) -> None:
        self._touched.update(role for role in (source, destination) if role is not None)
        self._transcript.append(TranscriptEntry(self.now, source, destination, octets))


def _name(role: DeviceRole | None) -> str:
    return "network" if role is None else role.name
