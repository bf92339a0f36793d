"""What went on around a home as a capture that network tools open, with the keys beside it.

Messages of the wide area network are UDP datagrams; a home with a network of frames adds those.

The DLMS wrapper's ports name who speaks. Addresses are of the blocks kept for documentation (RFC 5737).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from heapq import merge
from typing import TYPE_CHECKING, Final

from harness.codecs.capture_keys import keys_file
from harness.codecs.datagram import DLMS_PORT, Datagram, End, encode_datagram
from harness.codecs.framing import WrappedMessage, encode_wrapped
from harness.codecs.pcapng import Capture, Interface, LinkType, Packet, encode_capture
from harness.gbcs.roles import DeviceRole
from harness.network.clock import EPOCH
from harness.network.transcript import TranscriptEntry
from harness.network.wports import wport_of

if TYPE_CHECKING:
    from pathlib import Path

    from device_profiles.home import HomeProfile
    from harness.crypto.pki import SeededPki
    from harness.emulators.home import EmulatedHome, HomeFactory
    from harness.network.transcript import WatchedHome
    from harness.network.wide_area import Crossing

_UNIX_EPOCH: Final = int(EPOCH.timestamp()) * 1_000_000
"""Microseconds from 1970 to the epoch of simulated time."""
_REMOTE: Final = End(bytes((192, 0, 2, 1)), DLMS_PORT)
_HUB: Final = End(bytes((198, 51, 100, 1)), DLMS_PORT)
KEYS_SUFFIX: Final = ".zigbee_pc_keys"
"""What the name of a file of keys ends with: of the table that it is for."""


class Recorded:
    """A source of homes that remembers the last one built."""

    __slots__ = ("_factory", "home")

    def __init__(self, factory: HomeFactory) -> None:
        self._factory = factory
        self.home: EmulatedHome | None = None

    @property
    def pki(self) -> SeededPki:
        """The parties' keys."""
        return self._factory.pki

    def build(self, profile: HomeProfile, /, *, frames: bool = False) -> EmulatedHome:
        """A fresh home."""
        self.home = self._factory.build(profile, frames=frames, recorded=True)
        return self.home


def write_capture(path: Path, home: WatchedHome) -> Path | None:
    """Write what went on around a home to a pcapng file. Raises OSError.

    Gives the file with the keys of a home of frames, which stands beside it: a table of analysers.
    """
    # A capture of messages alone does without the stacks that frames take.
    from harness.emulators.framed.home import FramedHome  # noqa: PLC0415 - see above
    from harness.network.han.capture import capture_keys_of  # noqa: PLC0415 - see above

    wide = wan_capture(home)
    if not isinstance(home, FramedHome) or home.recorder is None:
        path.write_bytes(encode_capture(wide))
        return None
    path.write_bytes(encode_capture(_merged(wide, home.recorder.capture())))
    sidecar = path.with_suffix(KEYS_SUFFIX)
    sidecar.write_text(keys_file(capture_keys_of(home.network.nodes)), encoding="utf-8")
    return sidecar


def _merged(*captures: Capture) -> Capture:
    """Captures as one, in the order of their moments."""
    interfaces: list[Interface] = []
    parts: list[list[Packet]] = []
    for capture in captures:
        behind = len(interfaces)
        parts.append([replace(packet, interface=packet.interface + behind) for packet in capture.packets])
        interfaces.extend(capture.interfaces)
    return Capture(tuple(interfaces), tuple(merge(*parts, key=lambda packet: packet.at)))


def wan_capture(home: WatchedHome) -> Capture:
    """What went between a home and the remote parties, in the order of its moments.

    Of an emulated home these are datagrams, blocks of long messages, what was lost, and upgrade images
    among them; of any other the messages that came and went.
    """
    from harness.emulators.home import EmulatedHome  # noqa: PLC0415 - other homes do without what emulates them

    if isinstance(home, EmulatedHome):
        told = [one for crossing in home.crossings for one in _crossed(crossing)]
        told.sort(key=lambda one: one.at)
    else:
        told = list(home.transcript)
    return Capture(
        (Interface("wan", LinkType.IPV4),), tuple(_packet(*numbered) for numbered in enumerate(told))
    )


@dataclass(frozen=True, slots=True)
class _Lost(TranscriptEntry):
    """A datagram that did not arrive."""


def _crossed(crossing: Crossing) -> Iterator[TranscriptEntry]:
    ends = crossing.source, crossing.destination
    for one in crossing.transfer.datagrams:
        source, destination = ends if one.forward else ends[::-1]
        kind = TranscriptEntry if one.arrived else _Lost
        yield kind(one.sent, source, destination, one.octets)


def _packet(number: int, entry: TranscriptEntry) -> Packet:
    wrapped = WrappedMessage(wport_of(entry.source), wport_of(entry.destination), entry.octets)
    down = entry.source is None
    datagram = Datagram(
        source=_REMOTE if down else _HUB,
        destination=_HUB if down else _REMOTE,
        payload=encode_wrapped(wrapped),
        identification=number & 0xFFFF,
    )
    comment = f"{_name(entry.source)} to {_name(entry.destination)}"
    lost = ", lost on the way" if isinstance(entry, _Lost) else ""
    return Packet(0, entry.at + _UNIX_EPOCH, encode_datagram(datagram), comment + lost)


def _name(role: DeviceRole | None) -> str:
    return "remote party" if role is None else role.name
