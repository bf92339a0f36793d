"""What was on the air as a capture file that analysers take, with the keys beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from device_profiles.model import HanBand
from harness.codecs.capture_keys import CaptureKey
from harness.codecs.pcapng import Capture, Interface, LinkType, Packet
from harness.network.clock import Instant
from harness.network.han.node import Node

_SECONDS_TO_2000: Final = 946_684_800
_MICROSECONDS: Final = 1_000_000


class FrameRecorder:
    """Keeps every frame on the air of each band, with the moment at which it began."""

    __slots__ = ("frames",)

    def __init__(self) -> None:
        self.frames: list[tuple[Instant, HanBand, bytes]] = []

    def of(self, band: HanBand) -> Callable[[Instant, bytes], None]:
        """What the medium of a band is to be given."""

        def record(at: Instant, octets: bytes) -> None:
            self.frames.append((at, band, octets))

        return record

    def capture(self) -> Capture:
        """The frames in the order of their moments, an interface for each band."""
        bands = list(HanBand)
        packets = (
            Packet(bands.index(band), at + _SECONDS_TO_2000 * _MICROSECONDS, octets)
            for at, band, octets in sorted(self.frames, key=lambda frame: frame[0])
        )
        interfaces = tuple(Interface(f"han {band.value}", LinkType.IEEE_802_15_4) for band in bands)
        return Capture(interfaces, tuple(packets))


def capture_keys_of(nodes: Iterable[Node]) -> tuple[CaptureKey, ...]:
    """The network key and link keys that these devices have or had, each once, as a capture's sidecar."""
    found: dict[bytes, str] = {}
    for node in nodes:
        if node.keys.network_key is not None:
            found.setdefault(node.keys.network_key, "network")
        for partner, link in node.keys.links.items():
            found.setdefault(link.key, f"link {node.settings.eui64:016X} {partner:016X}")
        for key in node.keys.replaced:
            found.setdefault(key, f"replaced {node.settings.eui64:016X}")
    return tuple(CaptureKey(key, label) for key, label in found.items())
