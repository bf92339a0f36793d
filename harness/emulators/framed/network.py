"""The home area network of one home: a stack for each box, joined long ago, with a tunnel to the hub.

What joining leaves behind is put in place without its frames: addresses, keys, tunnels. All of it
follows from the devices' identities and the seed of the hub's link.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from device_profiles.model import HanBand
from harness.crypto.zigbee import install_code_with_crc, link_key_of
from harness.emulators.framed import errands
from harness.emulators.identity import install_code_of
from harness.emulators.membership import hashed_install_key, link_key_between
from harness.emulators.sleep import WAKE_INTERVAL, next_wake
from harness.gbcs.roles import DeviceRole
from harness.network.clock import MINUTE, Duration, Instant
from harness.network.han.device_log import DeviceLog
from harness.network.han.duty_cycle import Urgency
from harness.network.han.image_distribution import ImageServer
from harness.network.han.joining import Joining, JoinState
from harness.network.han.medium import RADIOS, Medium
from harness.network.han.node import Node
from harness.network.han.simulation import HomeAreaNetwork
from harness.network.han.stack_types import Neighbour, NodeSettings
from harness.network.han.trust_centre import TrustCentre
from harness.network.han.tunnel import Carried, DeviceTunnel, HubTunnels

if TYPE_CHECKING:
    from device_profiles.model import DeviceProfile
    from harness.emulators.template import DeviceTemplate
    from harness.network.han.capture import FrameRecorder
    from harness.network.han.publication import Subscriber

HUB: Final = (DeviceRole.CHF, DeviceRole.GPF)
"""Two functions in one box, which has one radio: it goes by the first one's identity."""
_SLEEPY: Final = frozenset({DeviceRole.GSME})
_WITHOUT_TUNNEL: Final = frozenset({DeviceRole.IHD})
_PAN_MASK: Final = 0x3FFF
_PERMITTED: Final = Duration(5 * MINUTE)
"""How long the hub lets a device associate that it was told of."""
_PAIRS: Final = tuple(
    (meter, other)
    for meter in (DeviceRole.ESME, DeviceRole.SAPC)
    for other in (DeviceRole.IHD, DeviceRole.PPMID, DeviceRole.HCALCS)
)
"""Devices that speak with each other past the hub's functions."""
_AGAIN: Final = Duration(MINUTE)
"""How long a device that did not find its hub waits before it looks again."""
Told = Callable[[DeviceRole, bytes, Instant], None]
"""Told of a message that came through a tunnel: whose tunnel, its octets, and when."""


def eui64_of(entity_id: bytes) -> int:
    """An entity identifier as the radio's stack has it."""
    return int.from_bytes(entity_id, "big")


@lru_cache(maxsize=4096)
def _install_code(entity_id: bytes) -> bytes:
    """The install code of a device with its CRC."""
    return install_code_with_crc(install_code_of(entity_id))


@dataclass(slots=True, eq=False)
class Stack:
    """A device's part of the network. A device that takes no remote messages has no tunnel.

    Messages wait, ``upwards`` in the device and ``downwards`` in the hub, while it is on its way into the
    network or has yet to be given a tunnel.
    """

    node: Node
    joining: Joining
    tunnel: DeviceTunnel | None
    upwards: list[bytes] = field(default_factory=list)
    downwards: list[bytes] = field(default_factory=list)

    @property
    def ready(self) -> bool:
        """Whether messages go through the tunnel."""
        return self.tunnel is not None and self.tunnel.identifier is not None

    @property
    def is_coming(self) -> bool:
        """Whether the device is on its way into the network, or looks for it again."""
        if self.joining.state is JoinState.FAILED:
            return self.node.keys.network_key is not None
        return self.joining.state is not JoinState.IDLE


class HomeNetwork:
    """Frames between the boxes of a home.

    ``deliver`` is told what a device was sent, ``relay`` what the hub was sent by a device;
    ``recorder`` keeps what is on the air.
    """

    def __init__(
        self,
        templates: Mapping[DeviceRole, DeviceTemplate],
        start: Instant,
        *,
        deliver: Told,
        relay: Told,
        recorder: FrameRecorder | None = None,
    ) -> None:
        self._deliver = deliver
        self._relay = relay
        seed = templates[DeviceRole.CHF].link_seed
        media = {
            band: Medium(RADIOS[band], seed + place, recorder=None if recorder is None else recorder.of(band))
            for place, band in enumerate(HanBand)
        }
        self.air = HomeAreaNetwork(media, start)
        self.roles: dict[int, DeviceRole] = {}
        self._former: list[Node] = []
        self._set_up_hub(templates)
        self.stacks: dict[DeviceRole, Stack] = {
            role: self._set_up(role, start) for role in templates if role not in HUB
        }
        for role in self.stacks:
            self._acquaint(role)

    def _set_up_hub(self, templates: Mapping[DeviceRole, DeviceTemplate]) -> None:
        """A hub's stack, with a network that nobody is on."""
        self._templates = templates
        hub = templates[DeviceRole.CHF]
        self.roles |= {eui64_of(template.entity_id): role for role, template in templates.items()}
        eui64, seed = eui64_of(hub.entity_id), hub.link_seed
        self.hub = Node(NodeSettings(eui64=eui64, bands=_bands(hub.profile), coordinator=True))
        self.centre = TrustCentre(
            self.hub, DeviceLog(), pan=seed & _PAN_MASK, extended_pan=eui64, seed=seed.to_bytes(8, "big")
        )
        self.tunnels = HubTunnels(self.hub, take=self._came_up)
        self.images = ImageServer(self.hub)
        self.air.add(self.hub)
        for hook in hub.hooks.on_stack:
            hook(self, None)

    def replace_hub(self, templates: Mapping[DeviceRole, DeviceTemplate]) -> None:
        """Have another hub in the old one's place, which knows none of the devices."""
        self.air.power(self.hub, on=False)
        self._former.append(self.hub)
        self._set_up_hub(templates)
        for stack in self.stacks.values():
            if stack.tunnel is not None:
                stack.tunnel.identifier = None

    def replace_device(
        self, role: DeviceRole, templates: Mapping[DeviceRole, DeviceTemplate], now: Instant
    ) -> None:
        """Have another device in the old one's place, which is on no network."""
        old = self.stacks[role].node
        self.air.power(old, on=False)
        self._former.append(old)
        self._templates = templates
        self.roles[eui64_of(templates[role].entity_id)] = role
        self.stacks[role] = self._set_up(role, now, joined=False)

    @property
    def nodes(self) -> tuple[Node, ...]:
        """Every stack, the hubs' first."""
        return (self.hub, *self._former, *(stack.node for stack in self.stacks.values()))

    def _set_up(self, role: DeviceRole, start: Instant, *, joined: bool = True) -> Stack:
        """A device's stack, on the hub's network since long ago where it has ``joined``."""
        template = self._templates[role]
        sleepy = role in _SLEEPY
        heard = _bands(template.profile)
        shared = tuple(band for band in heard if band in self.hub.settings.bands)
        settings = NodeSettings(
            eui64=eui64_of(template.entity_id), bands=(shared or heard)[:1], sleepy=sleepy
        )
        node = Node(settings)
        joining = Joining(node, _install_code(template.entity_id), seed=template.entity_id)
        joining.ended = lambda joined, now: self._settled(role, now, joined=joined)
        tunnel = None
        if role not in _WITHOUT_TUNNEL:
            tunnel = DeviceTunnel(
                node,
                first_poll=next_wake(template.phase, start) if sleepy else None,
                poll_period=WAKE_INTERVAL,
                take=lambda carried: self._deliver(role, carried.octets, carried.at),
            )
            tunnel.opened = lambda now: self._opened(role, now)
        stack = Stack(node, joining, tunnel)
        if joined:
            self._admit(role, stack)
        self.air.add(node)
        for hook in template.hooks.on_stack:
            hook(self, stack)
        return stack

    def _admit(self, role: DeviceRole, stack: Stack) -> None:
        hub, device = self._templates[DeviceRole.CHF].entity_id, self._templates[role].entity_id
        self.centre.admit(stack.node, link_key_between(hub, device))
        if stack.tunnel is not None:
            self.tunnels.admit(stack.tunnel)

    def _came_up(self, carried: Carried) -> None:
        self._relay(self.roles[carried.partner], carried.octets, carried.at)

    def _acquaint(self, role: DeviceRole) -> None:
        """Have a device know the others that it speaks with past the hub: their addresses, and a key."""
        for one, other in _PAIRS:
            if role in (one, other) and one in self.stacks and other in self.stacks:
                ends = self.stacks[one].node, self.stacks[other].node
                key = link_key_between(*(self._templates[end].entity_id for end in (one, other)))
                for node, partner in (ends, ends[::-1]):
                    eui64 = partner.settings.eui64
                    if eui64 not in node.keys.links:
                        node.keys.share(eui64, key)
                    if partner.membership is not None:
                        node.neighbours[partner.membership.address] = Neighbour(eui64)

    # Errands

    def exchange(
        self,
        ends: tuple[DeviceRole, DeviceRole],
        cluster: int,
        octets: bytes,
        answer: Callable[[bytes, Instant], bytes | None],
    ) -> bytes | None:
        """Send a ZCL frame from one device to another, now; what that answers, if anything."""
        asker, asked = map(self._node, ends)
        return errands.question(self.air, asker, asked, errands.Question(cluster, octets, answer))

    def ask(self, asker: DeviceRole, asked: DeviceRole) -> int | None:
        """Have a device read another's register over the air, now; what that says, None for silence."""
        return errands.read_register(self.air, self._node(asker), self._node(asked))

    def ask_price(self, asker: DeviceRole, seen: Subscriber) -> int | None:
        """Have a display ask the electricity meter for the price over the air, now; what it says."""
        return errands.ask_price(self.air, self._node(asker), self._node(DeviceRole.ESME), seen)

    def fetch_image(self, role: DeviceRole, image: bytes, version: int) -> bool:
        """Have a device that runs a version fetch an upgrade image from the hub, now; whether it has it."""
        return errands.fetch_image(self.air, self.images, self._node(role), image, version)

    def _node(self, role: DeviceRole) -> Node:
        return self.hub if role in HUB else self.stacks[role].node

    # Messages

    def send_down(self, role: DeviceRole, message: bytes, now: Instant) -> None:
        """From the hub to a device, or into the hub's keeping until it can be reached."""
        stack = self.stacks[role]
        if stack.ready:
            self.tunnels.send(stack.node.settings.eui64, message, now)
            self.air.touch(self.hub)
        elif stack.is_coming:
            stack.downwards.append(message)

    def send_up(self, role: DeviceRole, message: bytes, now: Instant) -> None:
        """From a device to the hub, or into the device's keeping until it is on the network again."""
        stack = self.stacks[role]
        if stack.tunnel is not None and stack.ready:
            stack.tunnel.send(message, now)
            self.air.touch(stack.node)
        elif stack.is_coming:
            stack.upwards.append(message)

    def may_send_down(self, role: DeviceRole, now: Instant) -> bool:
        """Whether the hub's radio may send a message to a device, as far as its use of the air goes."""
        account = self.air.duty.get(self.hub.settings.eui64)
        by_sub_ghz = self.stacks[role].node.settings.bands == (HanBand.SUB_GHZ,)
        return account is None or not by_sub_ghz or account.allows(Urgency.NORMAL, now)

    def _opened(self, role: DeviceRole, now: Instant) -> None:
        """Send what waited for a tunnel, at both ends."""
        stack = self.stacks[role]
        upwards, stack.upwards = stack.upwards, []
        downwards, stack.downwards = stack.downwards, []
        for message in upwards:
            self.send_up(role, message, now)
        for message in downwards:
            self.send_down(role, message, now)

    # Who is there

    def power(self, role: DeviceRole, now: Instant, *, on: bool) -> None:
        """Take a box's power away or give it back; a device that has it again looks for its hub."""
        node = self.hub if role in HUB else self.stacks[role].node
        if self.air.has_power(node) is on:
            return
        self.air.power(node, on=on)
        if role in HUB:
            return
        stack = self.stacks[role]
        if stack.tunnel is not None:
            stack.tunnel.identifier = None
        if on and stack.node.keys.network_key is not None:
            self._come_back(stack, now)
        elif not on:
            stack.upwards.clear()

    def _come_back(self, stack: Stack, now: Instant) -> None:
        stack.joining.rejoin(now)
        self.air.touch(stack.node)

    def let_in(self, role: DeviceRole, hashed_key: bytes, now: Instant, *, is_its: bool) -> None:
        """Have a device that is away look for the hub, which expects a key with that hash of it.

        Both ends use the key of the install code where that is the one, and the hash itself as a key
        where it ``is_its`` otherwise, as after a hub was replaced. Any other the hub has for itself.
        """
        entity_id = self._templates[role].entity_id
        stack = self.stacks[role]
        by_code = hashed_key == hashed_install_key(install_code_of(entity_id))
        key = link_key_of(_install_code(entity_id)) if by_code else hashed_key
        self.centre.expect(stack.node.settings.eui64, key)
        self.centre.permit_joining(Instant(now + _PERMITTED))
        if stack.tunnel is not None:
            stack.tunnel.identifier = None
        stack.joining.join(now, key if is_its else None)
        self.air.touch(stack.node)

    def send_away(self, role: DeviceRole, now: Instant) -> None:
        """Have a device leave the network."""
        eui64 = self.stacks[role].node.settings.eui64
        self.centre.remove(eui64, now)
        self.tunnels.close(eui64, now)
        self.air.touch(self.hub)

    def _settled(self, role: DeviceRole, now: Instant, *, joined: bool) -> None:
        """A device is in, and asks for a tunnel; or it is not, and looks again where it was in before."""
        stack = self.stacks[role]
        if joined:
            self._acquaint(role)
            if stack.tunnel is not None:
                phase = self._templates[role].phase
                stack.tunnel.renew(now, next_poll=next_wake(phase, now) if role in _SLEEPY else None)
            return
        stack.upwards.clear()
        stack.downwards.clear()
        self.air.call(Instant(now + _AGAIN), lambda: self._look_again(stack))

    def _look_again(self, stack: Stack) -> None:
        if stack.joining.state is JoinState.FAILED and stack.is_coming:
            self._come_back(stack, self.air.now)


def _bands(profile: DeviceProfile) -> tuple[HanBand, ...]:
    return tuple(band for band in HanBand if band in profile.model.bands) or (HanBand.GHZ_2_4,)
