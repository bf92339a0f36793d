"""The home area network of one home: a stack for each box, joined long ago, with a tunnel to the hub.

What joining leaves behind is put in place without its frames: addresses, keys, tunnels. All of it
follows from the devices' identities and the seed of the hub's link.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from device_profiles.model import HanBand
from harness.emulators.sleep import WAKE_INTERVAL, next_wake
from harness.gbcs.roles import DeviceRole
from harness.network.clock import Instant
from harness.network.han.device_log import DeviceLog
from harness.network.han.medium import RADIOS, Medium
from harness.network.han.node import Node
from harness.network.han.simulation import HomeAreaNetwork
from harness.network.han.stack_types import NodeSettings
from harness.network.han.trust_centre import TrustCentre
from harness.network.han.tunnel import Carried, DeviceTunnel, HubTunnels

if TYPE_CHECKING:
    from device_profiles.model import DeviceProfile
    from harness.emulators.template import DeviceTemplate
    from harness.network.han.capture import FrameRecorder

HUB: Final = (DeviceRole.CHF, DeviceRole.GPF)
"""Two functions in one box, which has one radio: it goes by the first one's identity."""
_SLEEPY: Final = frozenset({DeviceRole.GSME})
_WITHOUT_TUNNEL: Final = frozenset({DeviceRole.IHD})
_PAN_MASK: Final = 0x3FFF
Told = Callable[[DeviceRole, bytes, Instant], None]
"""Told of a message that came through a tunnel: whose tunnel, its octets, and when."""


@lru_cache(maxsize=4096)
def link_key_between(hub: bytes, device: bytes) -> bytes:
    """The link key (16 octets) that a hub and a device (entity identifiers) agreed on when it joined."""
    return blake2b(hub + device, digest_size=16, person=b"link key").digest()


def eui64_of(entity_id: bytes) -> int:
    """An entity identifier as the radio's stack has it."""
    return int.from_bytes(entity_id, "big")


@dataclass(frozen=True, slots=True)
class Stack:
    """A device's part of the network. A device that takes no remote messages has no tunnel."""

    node: Node
    tunnel: DeviceTunnel | None


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
        self._templates = templates
        hub = templates[DeviceRole.CHF]
        self._hub_id = hub.entity_id
        self.roles = {eui64_of(template.entity_id): role for role, template in templates.items()}
        seed = hub.link_seed
        media = {
            band: Medium(RADIOS[band], seed + place, recorder=None if recorder is None else recorder.of(band))
            for place, band in enumerate(HanBand)
        }
        self.air = HomeAreaNetwork(media, start)
        eui64 = eui64_of(hub.entity_id)
        self.hub = Node(NodeSettings(eui64=eui64, bands=_bands(hub.profile), coordinator=True))
        self.centre = TrustCentre(
            self.hub, DeviceLog(), pan=seed & _PAN_MASK, extended_pan=eui64, seed=seed.to_bytes(8, "big")
        )
        self.tunnels = HubTunnels(self.hub, take=self._came_up)
        self.air.add(self.hub)
        self.stacks: dict[DeviceRole, Stack] = {
            role: self._admitted(role, start) for role in templates if role not in HUB
        }

    @property
    def nodes(self) -> tuple[Node, ...]:
        """Every stack, the hub's first."""
        return (self.hub, *(stack.node for stack in self.stacks.values()))

    def _admitted(self, role: DeviceRole, start: Instant) -> Stack:
        template = self._templates[role]
        sleepy = role in _SLEEPY
        heard = _bands(template.profile)
        shared = tuple(band for band in heard if band in self.hub.settings.bands)
        settings = NodeSettings(
            eui64=eui64_of(template.entity_id), bands=(shared or heard)[:1], sleepy=sleepy
        )
        node = Node(settings)
        self.centre.admit(node, link_key_between(self._hub_id, template.entity_id))
        tunnel = None
        if role not in _WITHOUT_TUNNEL:
            tunnel = DeviceTunnel(
                node,
                first_poll=next_wake(template.phase, start) if sleepy else None,
                poll_period=WAKE_INTERVAL,
                take=lambda carried: self._deliver(role, carried.octets, carried.at),
            )
            self.tunnels.admit(tunnel)
        self.air.add(node)
        return Stack(node, tunnel)

    def _came_up(self, carried: Carried) -> None:
        self._relay(self.roles[carried.partner], carried.octets, carried.at)

    def send_down(self, role: DeviceRole, message: bytes, now: Instant) -> None:
        """From the hub to a device, or into the hub's keeping until a sleepy one fetches it."""
        stack = self.stacks[role]
        if self.tunnels.send(stack.node.settings.eui64, message, now):
            self.air.touch(self.hub)

    def send_up(self, role: DeviceRole, message: bytes, now: Instant) -> None:
        """From a device to the hub."""
        stack = self.stacks[role]
        if stack.tunnel is not None and stack.tunnel.send(message, now):
            self.air.touch(stack.node)


def _bands(profile: DeviceProfile) -> tuple[HanBand, ...]:
    return tuple(band for band in HanBand if band in profile.model.bands) or (HanBand.GHZ_2_4,)
