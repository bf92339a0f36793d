"""The wide area network to one hub: datagrams of limited size, block transfer of what is longer.

A message that fits goes as it is, and again where it is lost. A longer one goes by general block
transfer (DLMS Green Book 9.4.6.13): a window of blocks, an acknowledgement, and again from the last
block acknowledged. Figures are rough ones for the technologies that GB homes have (CHTS 4.4).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from device_profiles.model import WanTechnology
from harness.codecs.block_transfer import BlockReceiver, BlockSender, encode_block
from harness.network.clock import SECOND, Duration, Instant

if TYPE_CHECKING:
    from harness.gbcs.roles import DeviceRole
    from harness.network.link import Link

LARGEST_MESSAGE: Final = 1 << 20
ATTEMPTS: Final = 4
"""How often a sender tries in vain before it gives up."""


@dataclass(frozen=True, slots=True)
class WanCharacter:
    """What a technology does to messages.

    ``largest`` is what a datagram can hold, in octets; ``window`` how many blocks go before an
    acknowledgement is waited for; ``patience`` how long that is, in microseconds.
    """

    largest: int
    window: int
    patience: Duration


CHARACTERS: Final = {
    WanTechnology.LONG_RANGE_RADIO: WanCharacter(512, 4, Duration(60 * SECOND)),
    WanTechnology.CELLULAR_2G_3G: WanCharacter(1_200, 4, Duration(15 * SECOND)),
    WanTechnology.CELLULAR_MESH: WanCharacter(1_200, 4, Duration(30 * SECOND)),
    WanTechnology.CELLULAR_4G: WanCharacter(1_400, 8, Duration(5 * SECOND)),
}


@dataclass(frozen=True, slots=True)
class Datagram:
    """What went over the air: when it was sent, which way seen from the message, and whether it arrived."""

    sent: Instant
    forward: bool
    octets: bytes
    arrived: bool


@dataclass(frozen=True, slots=True)
class Transfer:
    """A message's way: when all of it was there, or when the sender gave up (``delivered`` is false)."""

    ended: Instant
    delivered: bool
    datagrams: tuple[Datagram, ...]


@dataclass(frozen=True, slots=True)
class Crossing:
    """A message's way between remote parties (None) and a device."""

    source: DeviceRole | None
    destination: DeviceRole | None
    transfer: Transfer


def transfer(message: bytes, now: Instant, there: Link, back: Link, character: WanCharacter) -> Transfer:
    """Send a message over the links in both directions."""
    if len(message) <= character.largest:
        return _whole(message, now, there, character)
    return _by_blocks(message, now, there, back, character)


def _whole(message: bytes, now: Instant, there: Link, character: WanCharacter) -> Transfer:
    datagrams: list[Datagram] = []
    for _ in range(ATTEMPTS):
        arrives = there.arrival(len(message), now)
        datagrams.append(Datagram(now, forward=True, octets=message, arrived=arrives is not None))
        if arrives is not None:
            return Transfer(arrives, delivered=True, datagrams=tuple(datagrams))
        now = Instant(now + character.patience)
    return Transfer(now, delivered=False, datagrams=tuple(datagrams))


def _by_blocks(message: bytes, now: Instant, there: Link, back: Link, character: WanCharacter) -> Transfer:
    sender = BlockSender(message, character.largest, window=character.window)
    receiver = BlockReceiver(LARGEST_MESSAGE)
    datagrams: list[Datagram] = []
    complete: Instant | None = None
    failures = 0
    while not sender.done:
        answered: Instant | None = None
        for block in sender.due():
            octets = encode_block(block)
            arrives = there.arrival(len(octets), now)
            datagrams.append(Datagram(now, forward=True, octets=octets, arrived=arrives is not None))
            if arrives is None:
                continue
            acknowledgement = receiver.receive(block)
            if receiver.message is not None and complete is None:
                complete = arrives
            answered = arrives
        if answered is not None:
            octets = encode_block(acknowledgement)
            heard = back.arrival(len(octets), answered)
            datagrams.append(Datagram(answered, forward=False, octets=octets, arrived=heard is not None))
            if heard is not None:
                sender.acknowledge(acknowledgement.number)
                now, failures = heard, 0
                continue
        failures += 1
        now = Instant(now + character.patience)
        if failures == ATTEMPTS:
            break
    ended = now if complete is None else complete
    return Transfer(ended, complete is not None, tuple(datagrams))
