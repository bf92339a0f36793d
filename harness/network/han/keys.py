"""The keys of one device and their counters: what it has sent under each, and what it heard last.

No counter is used twice with a key, and no frame is taken whose counter is not above the last one of
its sender (ZigBee r21, 4.3.1.2 and 4.4.1.2). A new key starts its counters again.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.codecs.han.aps import ApsFrame
from harness.codecs.han.nwk import NwkFrame
from harness.codecs.han.security import KeyIdentifier, SecurityHeader, decode_secured
from harness.crypto.zigbee import ZigbeeSecurityError
from harness.crypto.zigbee_frames import protected_aps, protected_nwk, unprotect_aps, unprotect_nwk


@dataclass(slots=True)
class LinkKey:
    """A key of 16 octets shared with one partner, and the counters of both directions."""

    key: bytes
    outgoing: int = 0
    incoming: int = -1


@dataclass(slots=True)
class KeyRing:
    """The network key, and a link key for each partner by its EUI-64."""

    owner: int
    network_key: bytes | None = None
    key_sequence: int = 0
    links: dict[int, LinkKey] = field(default_factory=dict)
    replaced: list[bytes] = field(default_factory=list)
    """Keys that were in use before, for whoever reads what went over the air."""
    _outgoing: int = 0
    _incoming: dict[int, int] = field(default_factory=dict)

    def take_network_key(self, key: bytes, sequence: int) -> None:
        """Use a network key from now on."""
        if self.network_key not in (None, key):
            self.replaced.append(self.network_key or b"")
        self.network_key, self.key_sequence = key, sequence
        self._incoming.clear()

    def share(self, partner: int, key: bytes) -> None:
        """Share a new link key with a partner."""
        before = self.links.get(partner)
        if before is not None and before.key != key:
            self.replaced.append(before.key)
        self.links[partner] = LinkKey(key)

    def seal_network(self, frame: NwkFrame) -> bytes:
        """Octets of the frame, which says that it is secured. Raises ZigbeeSecurityError without a key."""
        if self.network_key is None:
            raise ZigbeeSecurityError("no network key")
        self._outgoing += 1
        header = SecurityHeader(
            key=KeyIdentifier.NETWORK,
            frame_counter=self._outgoing,
            source_eui64=self.owner,
            key_sequence=self.key_sequence,
        )
        return protected_nwk(frame, self.network_key, header)

    def open_network(self, frame: NwkFrame) -> tuple[NwkFrame, int]:
        """The frame in clear, and the EUI-64 of the device that sent it on this hop.

        Raises ZigbeeSecurityError, also for a frame that was heard before, and DecodeError.
        """
        if self.network_key is None:
            raise ZigbeeSecurityError("no network key")
        secured = decode_secured(frame.payload)
        header = secured.header
        sender = header.source_eui64
        if sender is None or header.frame_counter <= self._incoming.get(sender, -1):
            raise ZigbeeSecurityError("a frame counter that was used before")
        opened = unprotect_nwk(frame, self.network_key, secured)
        self._incoming[sender] = header.frame_counter
        return opened, sender

    def seal(
        self,
        frame: ApsFrame,
        partner: int,
        key: KeyIdentifier = KeyIdentifier.DATA,
        *,
        named: bool = False,
    ) -> bytes:
        """Octets of the frame under the link key shared with ``partner``, or under a key derived from it.

        The frame says that it is secured. ``named`` has the header carry the sender, for a receiver that
        may not know it. Raises ZigbeeSecurityError where there is no such key.
        """
        link = self.links.get(partner)
        if link is None:
            raise ZigbeeSecurityError(f"no link key with {partner:016X}")
        link.outgoing += 1
        header = SecurityHeader(
            key=key, frame_counter=link.outgoing, source_eui64=self.owner if named else None
        )
        return protected_aps(frame, link.key, header, source=self.owner)

    def open(self, frame: ApsFrame, partner: int) -> ApsFrame:
        """The frame in clear. Raises ZigbeeSecurityError, also for a counter used before, and DecodeError."""
        link = self.links.get(partner)
        if link is None:
            raise ZigbeeSecurityError(f"no link key with {partner:016X}")
        secured = decode_secured(frame.payload)
        counter = secured.header.frame_counter
        if counter <= link.incoming:
            raise ZigbeeSecurityError("a frame counter that was used before")
        opened = unprotect_aps(frame, link.key, source=partner, secured=secured)
        link.incoming = counter
        return opened
