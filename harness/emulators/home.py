"""One home: devices on a home area network, a hub, the wide area network behind it, and simulated time.

Devices come into being when something first reaches them. Time jumps from event to event; what
happens at the same moment happens in the order in which it was set in motion.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from heapq import heappop, heappush
from types import MappingProxyType
from typing import Final

from device_profiles.home import HomeProfile
from device_profiles.model import DeviceKind, DeviceProfile, HanBand, WanTechnology
from harness.crypto.certificates import KeyUsage
from harness.crypto.pki import SeededPki
from harness.emulators.device import EmulatedDevice
from harness.emulators.membership import Membership
from harness.emulators.sleep import last_wake, next_wake
from harness.emulators.subjects import radio_channel
from harness.emulators.subjects.device_log import DeviceLog
from harness.emulators.subjects.distribution import Receipt, receive_image
from harness.emulators.subjects.hub_log import HubLog
from harness.emulators.subjects.image_store import ImageStore
from harness.emulators.subjects.radio_duty import tell_undelivered
from harness.emulators.template import DeviceTemplate
from harness.emulators.templates import ROLES_OF, TemplateMaker
from harness.gbcs.roles import DeviceRole
from harness.network.addressing import recipient_of
from harness.network.clock import MINUTE, Duration, Instant, instant_of
from harness.network.entries import Entry, Feedback
from harness.network.link import Link, LinkCharacter
from harness.network.port import Display, InstalledDevice, PowerNotice, Stimulus, Undelivered
from harness.network.transcript import TranscriptEntry
from harness.network.wide_area import CHARACTERS, Crossing, Transfer, WanCharacter, transfer

START: Final = instant_of(datetime(2026, 2, 3, 11, 17, tzinfo=UTC))
"""When homes begin unless told otherwise: in the middle of a half hour, a day and a month."""
_HUB: Final = (DeviceRole.CHF, DeviceRole.GPF)
_UP: Final = 1 << 32
_HUB_TRIES_FOR: Final = Duration(MINUTE)
"""How long a hub tries to hand the electricity meter a message; the standards leave that to its maker."""
_NOTHING_ARRIVES: Final = LinkCharacter(Duration(0), Duration(0), 0, loss=1_000_000)
_WEATHER: Final = frozenset({Stimulus.WAN_LOST, Stimulus.WAN_BACK})
_RADIO: Final = {Stimulus.SUB_GHZ_NOISE: radio_channel.disturb, Stimulus.SUB_GHZ_FULL: radio_channel.fill}
_MAINS: Final = frozenset({Stimulus.POWER_OFF, Stimulus.POWER_ON})
_UNALTERED: Final[Mapping[DeviceRole, DeviceTemplate]] = MappingProxyType({})
_Handler = Callable[[DeviceRole | None, bytes], None]


class EmulatedHome:
    """A home made of emulated devices: a ``HomePort``, with a record of what went on for the executor.

    ``maker`` makes the templates of devices that come into the home later.
    """

    __slots__ = (
        "_backlog",
        "_crossings",
        "_devices",
        "_events",
        "_first",
        "_inbox",
        "_links",
        "_membership",
        "_order",
        "_pieces",
        "_power_notices",
        "_records",
        "_roles",
        "_templates",
        "_touched",
        "_transcript",
        "_undelivered",
        "_wakes",
        "_wan",
        "_wan_is_lost",
        "maker",
        "now",
        "profile",
    )

    def __init__(
        self,
        profile: HomeProfile,
        templates: Mapping[DeviceRole, DeviceTemplate],
        records: Callable[[DeviceTemplate], InstalledDevice],
        start: Instant,
    ) -> None:
        self.profile = profile
        self.now = start
        self.maker: TemplateMaker | None = None
        self._pieces = 1
        self._first = self._templates = templates
        self._records = records
        self._roles = {template.entity_id: role for role, template in templates.items()}
        self._devices: dict[DeviceRole, EmulatedDevice] = {}
        self._events: list[tuple[Instant, int, _Handler, DeviceRole | None, bytes]] = []
        self._order = 0
        self._inbox: deque[bytes] = deque()
        self._links: dict[int, Link] = {}
        self._membership = Membership(templates[DeviceRole.CHF].entity_id)
        self._touched: set[DeviceRole] = set()
        self._transcript: list[tuple[Instant, DeviceRole | None, DeviceRole | None, bytes]] = []
        self._wakes: dict[DeviceRole, Instant] = {}
        self._wan = _wan_of(profile)
        self._wan_is_lost = False
        self._crossings: list[tuple[DeviceRole | None, DeviceRole | None, Transfer]] = []
        self._backlog: list[tuple[DeviceRole | None, bytes]] = []
        self._undelivered: list[Undelivered] = []
        self._power_notices: list[PowerNotice] = []

    # What the executor looks at

    @property
    def touched(self) -> frozenset[DeviceRole]:
        """Devices that exchanged frames, were operated, or whose display was read."""
        return frozenset(self._touched)

    @property
    def transcript(self) -> tuple[TranscriptEntry, ...]:
        """Every message between devices and remote parties so far."""
        return tuple(TranscriptEntry(*entry) for entry in self._transcript)

    @property
    def crossings(self) -> tuple[Crossing, ...]:
        """What went over the wide area network so far, datagram by datagram, in the order of setting out."""
        return tuple(Crossing(*crossing) for crossing in self._crossings)

    # HomePort

    @property
    def devices(self) -> Mapping[DeviceRole, InstalledDevice]:
        """The install record of every device in the home."""
        return _Records(self._templates, self._records)

    def send(self, message: bytes, /, *, to: DeviceRole | None = None) -> None:
        """Hand a message for the home to the wide area network, now."""
        role = to
        if to is None:
            recipient = recipient_of(message)
            role = None if recipient is None else self._roles.get(recipient)
        self._transcript.append((self.now, None, role, message))
        self._carry_wide(0, self._reach_hub, role, message)

    def receive(self, *, within: Duration) -> bytes | None:
        """Let time run until a message from the home reaches the remote parties, at most ``within``."""
        if not self._inbox:
            self._run(Instant(self.now + within), until_message=True)
        return self._inbox.popleft() if self._inbox else None

    def wait(self, duration: Duration, /) -> None:
        """Let time run. Messages that arrive meanwhile stay to be received."""
        self._run(Instant(self.now + duration), until_message=False)

    @property
    def undelivered(self) -> tuple[Undelivered, ...]:
        """What the wide area network gave up on, in the order in which it did."""
        return tuple(self._undelivered)

    @property
    def power_notices(self) -> tuple[PowerNotice, ...]:
        """What the wide area network learnt of the hub's mains, in the order in which it did."""
        return tuple(self._power_notices)

    def operate(self, role: DeviceRole, stimulus: Stimulus, /) -> None:
        """Do something to a device by hand. The two functions of a hub are one box."""
        if stimulus in _WEATHER:
            self._change_weather(stimulus)
            return
        radio = _RADIO.get(stimulus)
        if radio is not None:
            hub = self._reached(DeviceRole.CHF)
            radio(hub, self.now)
            self._collect(DeviceRole.CHF, hub)
            return
        if role in _HUB and stimulus in _MAINS:
            self._give_notice(stimulus)
        for one in _HUB if role in _HUB else (role,):
            device = self._reached(one)
            device.operate(stimulus, self.now)
            self._collect(one, device)
        if stimulus is Stimulus.POWER_ON and self._templates[role].entity_id in self._membership.away:
            self._look_for_network(role)

    def _look_for_network(self, role: DeviceRole) -> None:
        """A device that is on no network and has power again tries whether the hub lets it in."""
        if self._hub_has_power():
            hub = self._reached(DeviceRole.CHF)
            hub.part(HubLog).came(self._templates[role].entity_id, self.now)
            self._collect(DeviceRole.CHF, hub)

    def enter(
        self, role: DeviceRole, entry: Entry, text: str = "", /, *, about: DeviceRole | None = None
    ) -> Feedback | None:
        """Key something in or press something at a device; what it shows for it at once."""
        device = self._reached(role)
        feedback = device.enter(entry, text, about, self.now)
        self._collect(role, device)
        return feedback

    def distribute_image(self, role: DeviceRole, image: bytes, /) -> None:
        """Hand an upgrade image for a device to the wide area network, as the DCC does."""
        self._carry_wide(0, self._image_at_hub, role, image)

    def replace_hub(self, hub: DeviceProfile, /) -> None:
        """Put another hub in the old one's place: none of the devices is on its network."""
        if self.maker is None:
            raise ValueError("nothing makes other hubs for this home")
        templates = {role: self.maker.template(role, hub, self._pieces) for role in _HUB}
        self._pieces += 1
        self.profile = HomeProfile({**self.profile.devices, DeviceKind.COMMS_HUB: hub}, self.profile.region)
        self._templates = {**self._templates, **templates}
        self._roles = {template.entity_id: role for role, template in self._templates.items()}
        self._wan = _wan_of(self.profile)
        self._backlog.clear()
        for role, template in self._templates.items():
            if role not in _HUB:
                self._membership.leave(template.entity_id)
                continue
            self._wakes.pop(role, None)
            self._devices.pop(role, None)
        self._reached(DeviceRole.CHF).part(HubLog).begin()
        self._reached(DeviceRole.GPF).part(DeviceLog).begin()
        for direction in (0, _UP):
            self._links.pop(DeviceRole.CHF | direction, None)

    def replace_device(self, device: DeviceProfile, /) -> None:
        """Put another device in the place of the one of its kind: new, and on no network."""
        (role, *_) = ROLES_OF[device.kind]
        if self.maker is None or role in _HUB or role not in self._templates:
            raise ValueError(f"a {device.label} takes no device's place in this home")
        template = self.maker.template(role, device, self._pieces)
        self._pieces += 1
        self.profile = HomeProfile({**self.profile.devices, device.kind: device}, self.profile.region)
        self._templates = {**self._templates, role: template}
        self._roles = {one.entity_id: role for role, one in self._templates.items()}
        self._membership.leave(template.entity_id)
        self._wakes.pop(role, None)
        self._devices.pop(role, None)
        for direction in (0, _UP):
            self._links.pop(role | direction, None)
        self._reached(role).part(DeviceLog).begin()

    def read_display(self, role: DeviceRole, what: Display, /) -> str | None:
        """Read a device's own display; None where it does not show this."""
        return self._reached(role).display(what, self.now)

    # Surroundings

    def joined(self, roles: Sequence[DeviceRole]) -> tuple[tuple[bytes, DeviceRole], ...]:
        """Those of the roles that were in the home when it was made, with their entity identifiers."""
        templates = self._first
        return tuple((templates[role].entity_id, role) for role in roles if role in templates)

    def heard(self, role: DeviceRole, listener: DeviceRole) -> EmulatedDevice | None:
        """The device that a listener exchanges frames with now; None where it is absent or without power."""
        self._touched.add(listener)
        if role not in self._templates:
            return None
        device = self._reached(role)
        return device if device.powered and device.entity_id not in self._membership.away else None

    def told(self, what: Display, listener: DeviceRole) -> str | None:
        """What the electricity meter shows, as it tells a display; None where that does not hear it."""
        meter = self.heard(DeviceRole.ESME, listener)
        return None if meter is None or not meter.heard else meter.display(what, self.now)

    def ask(self, role: DeviceRole, listener: DeviceRole, cluster: int, frame: bytes) -> bytes | None:
        """What a device answers to a listener's ZCL frame; None for silence."""
        device = self.heard(role, listener)
        answer = None if device is None else device.template.kind.answer_nearby
        source = self._templates[listener].entity_id
        if device is None or answer is None or source in self._membership.away or not self._hub_has_power():
            return None
        said = answer(device, source, cluster, frame, self.now)
        self._collect(role, device)
        return said

    def certificate_of(self, entity_id: bytes) -> bytes | None:
        """The certificate (DER) for key agreement that a device in the home came with; None for any other."""
        role = self._roles.get(entity_id)
        return None if role is None else self._templates[role].certificate_for(KeyUsage.KEY_AGREEMENT)

    def is_near(self, entity_id: bytes) -> bool:
        """Whether a device is in the home, on the network of its hub, and has power."""
        role = self._roles.get(entity_id)
        if role is None or entity_id in self._membership.away:
            return False
        device = self._devices.get(role)
        return device is None or device.powered

    def last_heard(self, entity_id: bytes) -> Instant | None:
        """When the hub last heard a device; None for one that is not on its network."""
        role = self._roles.get(entity_id)
        if role is None or entity_id in self._membership.away:
            return None
        device = self._devices.get(role)
        at = self.now if device is None or device.powered else device.power_changed
        return last_wake(self._templates[role].phase, at) if role is DeviceRole.GSME else at

    def needs_sub_ghz(self, entity_id: bytes) -> bool:
        """Whether a device is off the network and has no other way onto it than the hub's sub-GHz radio."""
        role = self._roles.get(entity_id)
        if role is None or entity_id not in self._membership.away:
            return False
        return self._templates[role].profile.model.bands == {HanBand.SUB_GHZ}

    def let_in(self, entity_id: bytes, hashed_key: bytes) -> bool:
        """Let a device join the hub with a key (its hash); say whether it did."""
        role = self._roles.get(entity_id)
        device = None if role is None else self._devices.get(role)
        if role is None or (device is not None and not device.powered):
            return False
        hub = self._templates[DeviceRole.CHF].entity_id
        return self._membership.come_in(entity_id, hub, hashed_key)

    def send_away(self, entity_id: bytes) -> None:
        """Have a device leave the network of the hub."""
        self._membership.leave(entity_id)

    def hand_image(self, role: DeviceRole, image: bytes) -> Receipt | None:
        """Give a device an upgrade image that it fetched from the hub; None where it cannot be reached."""
        device = self.heard(role, DeviceRole.CHF)
        if device is None:
            return None
        receipt = receive_image(device, image, self.now)
        self._collect(role, device)
        return receipt

    # The way of a message

    def _reach_hub(self, role: DeviceRole | None, octets: bytes) -> None:
        """From the wide area network to the hub, which passes on what is for a device behind it."""
        self._touched.add(DeviceRole.CHF)
        if not self._hub_has_power() or role is None or role is DeviceRole.IHD:
            return
        if role in _HUB:
            self._deliver(role, octets)
        else:
            self._pass_down(role, octets)
            if role is DeviceRole.ESME and not self._reached(role).powered:
                self._push(Instant(self.now + _HUB_TRIES_FOR), self._fail_to_deliver, role, octets)

    def _pass_down(self, role: DeviceRole, octets: bytes) -> None:
        """From the hub to a device behind it."""
        if role is DeviceRole.GSME:
            # The gas meter sleeps: the GPF keeps the command until it is fetched.
            self._touched.add(DeviceRole.GPF)
            self._push(next_wake(self._templates[role].phase, self.now), self._fetch, role, octets)
        else:
            self._carry(role, 0, self._deliver, role, octets)

    def _image_at_hub(self, role: DeviceRole | None, image: bytes) -> None:
        if role is not None and role in self._templates and self._hub_has_power():
            hub = self._reached(DeviceRole.CHF)
            hub.part(ImageStore).take(role, self._templates[role].entity_id, image, self.now)
            self._collect(DeviceRole.CHF, hub)

    def _fetch(self, role: DeviceRole | None, octets: bytes) -> None:
        """A sleepy device wakes and takes what the hub kept for it."""
        if role is not None and self._hub_has_power():
            self._carry(role, 0, self._deliver, role, octets)

    def _pass_up(self, role: DeviceRole, octets: bytes) -> None:
        """From a device to its hub."""
        self._carry(role, _UP, self._relay, role, octets)

    def _deliver(self, role: DeviceRole | None, octets: bytes) -> None:
        if role is not None and not self._is_away(role):
            device = self._reached(role)
            device.receive(octets, self.now)
            self._collect(role, device)

    def _fail_to_deliver(self, _role: DeviceRole | None, octets: bytes) -> None:
        """The hub's tries to hand the electricity meter a message were in vain."""
        if self._hub_has_power():
            hub = self._reached(DeviceRole.CHF)
            tell_undelivered(hub, octets, self.now)
            self._collect(DeviceRole.CHF, hub)

    def _relay(self, role: DeviceRole | None, octets: bytes) -> None:
        """From a device to the hub, which passes it to the wide area network, now or when it is back."""
        self._touched.add(DeviceRole.CHF)
        if not self._hub_has_power() or (role is not None and self._is_away(role)):
            return
        neighbour = self._roles.get(recipient_of(octets) or b"")
        if neighbour is not None:
            self._pass_down(neighbour, octets)
        elif self._wan_is_lost:
            self._backlog.append((role, octets))
        else:
            self._carry_wide(_UP, self._reach_remote, role, octets)

    def _reach_remote(self, role: DeviceRole | None, octets: bytes) -> None:
        self._transcript.append((self.now, role, None, octets))
        self._inbox.append(octets)

    def _wake(self, role: DeviceRole | None, _octets: bytes) -> None:
        if role is not None:
            device = self._reached(role)
            self._wakes.pop(role, None)
            device.wake(self.now)
            self._collect(role, device)

    def _collect(self, role: DeviceRole, device: EmulatedDevice) -> None:
        """Take what a device wants sent, and note when it wants to be woken."""
        for message in device.outgoing(self.now):
            if role in _HUB:
                self._relay(role, message.octets)
            else:
                self._pass_up(role, message.octets)
        due = device.wake_at()
        if due is not None and self._wakes.get(role) != due:
            self._wakes[role] = due
            # What was due before is late now; time never goes back.
            self._push(max(due, self.now), self._wake, role, b"")

    # Links and time

    def _change_weather(self, stimulus: Stimulus) -> None:
        """The wide area network goes or comes back; what waited in the hub goes out in its order."""
        self._touched.add(DeviceRole.CHF)
        self._wan_is_lost = stimulus is Stimulus.WAN_LOST
        if not self._wan_is_lost:
            waiting, self._backlog = self._backlog, []
            for role, octets in waiting:
                self._relay(role, octets)

    def _give_notice(self, stimulus: Stimulus) -> None:
        """The hub tells the wide area network of its mains, if these changed; there is no second try."""
        if self._wan_is_lost or self._hub_has_power() is (stimulus is Stimulus.POWER_ON):
            return
        template = self._templates[DeviceRole.CHF]
        notice = template.entity_id + bytes((stimulus is Stimulus.POWER_ON,))
        self._carry(DeviceRole.CHF, _UP, self._note_power, DeviceRole.CHF, notice)

    def _note_power(self, _role: DeviceRole | None, notice: bytes) -> None:
        self._power_notices.append(PowerNotice(self.now, notice[:-1], bool(notice[-1])))

    def _carry_wide(self, direction: int, handler: _Handler, role: DeviceRole | None, octets: bytes) -> None:
        """Send a message over the wide area network, in blocks where it is too long for a datagram."""
        if self._wan_is_lost:
            there = back = Link(_NOTHING_ARRIVES, 0)
        else:
            there, back = self._link(DeviceRole.CHF, direction), self._link(DeviceRole.CHF, direction ^ _UP)
        sent = transfer(octets, self.now, there, back, self._wan)
        self._crossings.append((role, None, sent) if direction else (None, role, sent))
        self._push(sent.ended, handler if sent.delivered else self._give_up, role, octets)

    def _give_up(self, role: DeviceRole | None, octets: bytes) -> None:
        self._undelivered.append(Undelivered(self.now, role, octets))

    def _carry(
        self, end: DeviceRole, direction: int, handler: _Handler, role: DeviceRole | None, octets: bytes
    ) -> None:
        """Send octets over the link that a device hangs on; the CHF's is the wide area network."""
        arrives = self._link(end, direction).arrival(len(octets), self.now)
        if arrives is not None:
            self._push(arrives, handler, role, octets)

    def _link(self, end: DeviceRole, direction: int) -> Link:
        name = end | direction
        link = self._links.get(name)
        if link is None:
            template = self._templates[end]
            link = self._links[name] = Link(template.link_character, template.link_seed ^ direction)
        return link

    def _push(self, at: Instant, handler: _Handler, role: DeviceRole | None, octets: bytes) -> None:
        self._order += 1
        heappush(self._events, (at, self._order, handler, role, octets))

    def _run(self, deadline: Instant, *, until_message: bool) -> None:
        events, inbox = self._events, self._inbox
        while events and events[0][0] <= deadline:
            self.now, _, handler, role, octets = heappop(events)
            handler(role, octets)
            if until_message and inbox:
                return
        self.now = deadline

    def _reached(self, role: DeviceRole) -> EmulatedDevice:
        """The device in a place of the home, from now on among those touched."""
        device = self._devices.get(role)
        if device is None:
            device = self._devices[role] = EmulatedDevice(self._templates[role], self)
        self._touched.add(role)
        return device

    def _is_away(self, role: DeviceRole) -> bool:
        away = self._membership.away
        return bool(away) and self._templates[role].entity_id in away

    def _hub_has_power(self) -> bool:
        hub = self._devices.get(DeviceRole.CHF)
        return hub is None or hub.powered


def _wan_of(profile: HomeProfile) -> WanCharacter:
    hub = profile.get(DeviceKind.COMMS_HUB)
    known = frozenset[WanTechnology]() if hub is None else hub.model.wan
    return CHARACTERS[min(known, default=WanTechnology.CELLULAR_2G_3G)]


class _Records(Mapping[DeviceRole, InstalledDevice]):
    """Install records, made when they are looked at: certificates cost more than everything else here."""

    def __init__(
        self,
        templates: Mapping[DeviceRole, DeviceTemplate],
        record: Callable[[DeviceTemplate], InstalledDevice],
    ) -> None:
        self._templates = templates
        self._record = record

    def __getitem__(self, role: DeviceRole) -> InstalledDevice:
        return self._record(self._templates[role])

    def __iter__(self) -> Iterator[DeviceRole]:
        return iter(self._templates)

    def __len__(self) -> int:
        return len(self._templates)


class HomeFactory:
    """Makes homes. What homes have in common is made once: identities, templates, shared secrets.

    ``seed`` decides keys, loads and links; ``start`` is when every home begins. With ``frames`` what
    devices say to each other travels as frames in every home, otherwise where that is asked for.
    """

    def __init__(self, seed: bytes, start: Instant = START, *, frames: bool = False) -> None:
        self.seed = seed
        self.start = start
        self.frames = frames
        self.pki = SeededPki(seed)
        self._maker = TemplateMaker(seed, start, self.pki)

    def build(
        self,
        profile: HomeProfile,
        altered: Mapping[DeviceRole, DeviceTemplate] = _UNALTERED,
        *,
        frames: bool = False,
        recorded: bool = False,
    ) -> EmulatedHome:
        """A home of these devices, with templates of one's own in some places.

        With ``frames`` it has a network of frames, which keeps all of them where they are ``recorded``.
        Raises InputError for one without a hub or with an unknown defect.
        """
        templates = {
            role: altered.get(role) or self.template(role, device)
            for kind, device in profile.devices.items()
            for role in ROLES_OF[kind]
        }
        if DeviceKind.COMMS_HUB not in profile.devices:
            raise ValueError("a home needs a comms hub: nothing reaches its devices without one")
        home = self._home(profile, templates, frames=frames or self.frames, recorded=recorded)
        home.maker = self._maker
        return home

    def _home(
        self,
        profile: HomeProfile,
        templates: Mapping[DeviceRole, DeviceTemplate],
        *,
        frames: bool,
        recorded: bool,
    ) -> EmulatedHome:
        if not frames:
            return EmulatedHome(profile, templates, self._maker.record, self.start)
        # Most runs need no frames, and their stacks take a while to import.
        from harness.emulators.framed.home import FramedHome  # noqa: PLC0415 - see above

        return FramedHome(profile, templates, self._maker.record, self.start, recorded=recorded)

    def template(self, role: DeviceRole, device: DeviceProfile) -> DeviceTemplate:
        """What the homes' devices of a profile in one place are made from."""
        return self._maker.template(role, device)
