"""Firmware images from the hub to its devices (OTA Upgrade cluster; ZigBee OTA 11.10, GBCS 11.2).

The device asks: whether there is a newer image for its hardware, then for block after block, then it
says that it has all of it. The hub only answers. When an image is used is not settled here: a
signed command of the supplier does that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from harness.codecs.errors import DecodeError
from harness.codecs.ota import decode_ota_image
from harness.codecs.zcl_types import ZclCommand
from harness.network.clock import DAY, SECOND, Duration, Instant, utc_time_of
from harness.network.han.clusters import Cluster, Heard, Says, heard_in, next_sequence, number, octets
from harness.network.han.duty_cycle import Urgency
from harness.network.han.node import Node
from harness.network.han.stack_types import COORDINATOR, Indication
from harness.network.han.transport import Service

BLOCK: Final = 48
"""Octets of an image in one block, so that a block fits a frame under the link key."""
QUERY_PERIOD: Final = DAY
PATIENCE: Final = Duration(10 * SECOND)
ATTEMPTS: Final = 5
_SERVICE: Final = Service(urgency=Urgency.ROUTINE)
_QUERY, _QUERY_RESPONSE, _BLOCK_REQUEST, _BLOCK_RESPONSE, _END, _END_RESPONSE = 1, 2, 3, 5, 6, 7
_SUCCESS, _ABORT, _NO_IMAGE, _INVALID_IMAGE = 0x00, 0x95, 0x98, 0x96
_WAIT_FOR_COMMAND: Final = 0xFFFFFFFF
"""Upgrade time that leaves activation to another command."""
Fields = tuple[tuple[str, int | bytes], ...]


@dataclass(frozen=True, slots=True)
class ImageName:
    """Which image: manufacturer, type and version, as its header has them."""

    manufacturer: int
    image_type: int
    version: int

    @property
    def fields(self) -> Fields:
        """As commands name it."""
        return (
            ("manufacturer_code", self.manufacturer),
            ("image_type", self.image_type),
            ("file_version", self.version),
        )


def name_in(command: ZclCommand) -> ImageName:
    """The image that a command names."""
    wanted = ("manufacturer_code", "image_type", "file_version")
    return ImageName(*(number(command, name) for name in wanted))


class ImageServer:
    """The hub's images. ``finished`` tells which device (EUI-64) has said what of which image."""

    def __init__(self, node: Node) -> None:
        self.finished: list[tuple[int, ImageName, int]] = []
        self._node = node
        self._images: dict[ImageName, bytes] = {}
        node.attach(Cluster.OTA_UPGRADE, self)

    def offer(self, image: bytes) -> ImageName:
        """Offer an image, given with its OTA header. Raises DecodeError."""
        read = decode_ota_image(image)
        name = ImageName(read.manufacturer, read.image_type, read.file_version)
        self._images[name] = image
        return name

    def withdraw(self, name: ImageName) -> None:
        """Offer an image no more."""
        self._images.pop(name, None)

    def heard(self, indication: Indication, now: Instant) -> None:
        """Answer a device."""
        heard = heard_in(Cluster.OTA_UPGRADE, indication.payload)
        if heard is None or not indication.secured or heard.frame.from_server:
            return
        name = name_in(heard.command)
        if heard.frame.command == _QUERY:
            self._answer(indication, heard, _QUERY_RESPONSE, self._next_image(name), now)
        elif heard.frame.command == _BLOCK_REQUEST:
            self._answer(indication, heard, _BLOCK_RESPONSE, self._block(name, heard), now)
        elif heard.frame.command == _END:
            status = number(heard.command, "status")
            self.finished.append((self._node.eui64_of(indication.source), name, status))
            times = (("current_time", utc_time_of(now)), ("upgrade_time", _WAIT_FOR_COMMAND))
            self._answer(indication, heard, _END_RESPONSE, (*name.fields, *times), now)

    def _answer(
        self, indication: Indication, heard: Heard, command: int, fields: Fields, now: Instant
    ) -> None:
        says = Says(Cluster.OTA_UPGRADE, command, fields, from_server=True)
        payload = says.octets(heard.frame.sequence)
        self._node.send(indication.source, Cluster.OTA_UPGRADE, payload, now, service=_SERVICE)

    def _next_image(self, running: ImageName) -> Fields:
        newer = [
            name
            for name in self._images
            if (name.manufacturer, name.image_type) == (running.manufacturer, running.image_type)
            and name.version > running.version
        ]
        if not newer:
            return (("status", _NO_IMAGE),)
        newest = max(newer, key=lambda name: name.version)
        return (("status", _SUCCESS), *newest.fields, ("image_size", len(self._images[newest])))

    def _block(self, name: ImageName, heard: Heard) -> Fields:
        image = self._images.get(name)
        offset = number(heard.command, "file_offset")
        if image is None or offset >= len(image):
            return (("status", _ABORT),)
        data = image[offset : offset + min(number(heard.command, "maximum_data_size"), BLOCK)]
        return (("status", _SUCCESS), *name.fields, ("file_offset", offset), ("image_data", data))

    def wake(self, now: Instant) -> None:
        """A server waits to be asked."""

    def wake_at(self) -> Instant | None:
        """A server waits to be asked."""
        return None


class ImageClient:
    """A device that asks for newer images. ``taken`` is given each whole one with its OTA header."""

    def __init__(
        self, node: Node, running: ImageName, first: Instant, taken: Callable[[bytes, Instant], None]
    ) -> None:
        self.running = running
        self._node = node
        self._taken = taken
        self._next: Instant = first
        self._sequence = 0
        self._wanted: ImageName | None = None
        self._size = 0
        self._held = bytearray()
        self._attempts = 0
        node.attach(Cluster.OTA_UPGRADE, self)

    def _ask(self, command: int, fields: Fields, now: Instant) -> None:
        self._sequence = next_sequence(self._sequence)
        payload = Says(Cluster.OTA_UPGRADE, command, fields).octets(self._sequence)
        self._node.send(COORDINATOR, Cluster.OTA_UPGRADE, payload, now, service=_SERVICE)
        if self._node.settings.sleepy:
            self._node.stay_awake(Instant(now + PATIENCE))

    def _ask_block(self, name: ImageName, now: Instant) -> None:
        self._next = Instant(now + PATIENCE)
        fields = (
            ("field_control", 0),
            *name.fields,
            ("file_offset", len(self._held)),
            ("maximum_data_size", BLOCK),
        )
        self._ask(_BLOCK_REQUEST, fields, now)

    def heard(self, indication: Indication, now: Instant) -> None:
        """Take an answer of the hub."""
        heard = heard_in(Cluster.OTA_UPGRADE, indication.payload)
        if heard is None or not indication.secured or not heard.frame.from_server:
            return
        if heard.frame.command == _QUERY_RESPONSE:
            self._told_of(heard.command, now)
        elif heard.frame.command == _BLOCK_RESPONSE and self._wanted is not None:
            self._block(self._wanted, heard.command, now)
        elif heard.frame.command == _END_RESPONSE:
            self._node.sleep()

    def _told_of(self, command: ZclCommand, now: Instant) -> None:
        if number(command, "status") != _SUCCESS:
            self._node.sleep()
            return
        self._wanted, self._size = name_in(command), number(command, "image_size")
        self._held.clear()
        self._attempts = 0
        self._ask_block(self._wanted, now)

    def _block(self, wanted: ImageName, command: ZclCommand, now: Instant) -> None:
        if number(command, "status") != _SUCCESS:
            self._give_up(now)
            return
        if name_in(command) != wanted or number(command, "file_offset") != len(self._held):
            return
        self._held += octets(command, "image_data")
        self._attempts = 0
        if len(self._held) < self._size:
            self._ask_block(wanted, now)
            return
        self._wanted, self._next = None, Instant(now + QUERY_PERIOD)
        image = bytes(self._held)
        status = _SUCCESS if _is_image(image, wanted) else _INVALID_IMAGE
        self._ask(_END, (("status", status), *wanted.fields), now)
        if status == _SUCCESS:
            self.running = wanted
            self._taken(image, now)

    def _give_up(self, now: Instant) -> None:
        self._wanted, self._next = None, Instant(now + QUERY_PERIOD)
        self._node.sleep()

    def wake(self, now: Instant) -> None:
        """Ask for a newer image, or again for a block that did not come."""
        if self._wanted is None:
            self._next = Instant(now + QUERY_PERIOD)
            self._ask(_QUERY, (("field_control", 0), *self.running.fields), now)
            return
        self._attempts += 1
        if self._attempts < ATTEMPTS:
            self._ask_block(self._wanted, now)
        else:
            self._give_up(now)

    def wake_at(self) -> Instant | None:
        """When the next question is due."""
        return self._next


def _is_image(image: bytes, wanted: ImageName) -> bool:
    try:
        read = decode_ota_image(image)
    except DecodeError:
        return False
    return ImageName(read.manufacturer, read.image_type, read.file_version) == wanted
