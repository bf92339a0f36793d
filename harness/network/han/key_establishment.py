"""Key establishment between a device and its trust centre: the message flow (Smart Energy annex C.5).

Four exchanges: certificates, ephemeral public values, and each end's proof that it has the key. The
proofs and the key follow from a shared secret as annex C.4.2 has it.

The shared secret itself is a stand-in. Annex C works it out by ECMQV over sect283k1 from implicit
certificates, an arithmetic that no well-kept library offers. Here it is the keyed hash of what the
certificates and ephemeral values are, under the link key that the two ends already share: as in the
real thing both ends come to the same secret, it differs each time, and an end that is not who it says
cannot prove it. It is not secret from whoever knows the earlier link key, and it will not
interoperate with a real device. Frames, fields and order are real.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from harness.codecs.errors import DecodeError
from harness.codecs.han.implicit_certificate import (
    SUITE_2,
    Suite2Certificate,
    decode_implicit_certificate,
    encode_implicit_certificate,
)
from harness.crypto.zigbee import aes_mmo, keyed_hash
from harness.network.clock import SECOND, Duration, Instant
from harness.network.han.clusters import Cluster, Heard, Says, heard_in, number, octets
from harness.network.han.node import Node
from harness.network.han.stack_types import Indication
from harness.network.han.transport import NETWORK_ONLY

PATIENCE: Final = Duration(30 * SECOND)
_GENERATE_SECONDS: Final = 8
_POINT_LENGTH: Final = 37
_FIVE_YEARS: Final = 157_680_000
_KEY_AGREEMENT: Final = 0x08
_INITIATE, _EPHEMERAL, _CONFIRM, _TERMINATE = range(4)
_CLIENT_MARK, _SERVER_MARK = b"\x02", b"\x03"


class Termination(IntEnum):
    """Why key establishment ended (annex C.3.1.2.3.4); 0 here: because it was done."""

    DONE = 0
    UNKNOWN_ISSUER = 1
    BAD_KEY_CONFIRM = 2
    BAD_MESSAGE = 3
    NO_RESOURCES = 4
    UNSUPPORTED_SUITE = 5
    NO_ANSWER = 0xFF


_Fields = tuple[tuple[str, int | bytes], ...]


def _ask(command: int, fields: _Fields) -> Says:
    return Says(Cluster.KEY_ESTABLISHMENT, command, fields)


def _answer(command: int, fields: _Fields) -> Says:
    return Says(Cluster.KEY_ESTABLISHMENT, command, fields, from_server=True)


def _point(*parts: bytes) -> bytes:
    """Octets of a point's compressed form, out of what they are to depend on."""
    seed = aes_mmo(b"".join(parts))
    return (b"\x02" + b"".join(keyed_hash(seed, bytes((place,))) for place in range(3)))[:_POINT_LENGTH]


def certificate_of(eui64: int, issuer: int) -> Suite2Certificate:
    """The certificate that a device of an EUI-64 shows: the same each time."""
    subject = eui64.to_bytes(8, "big")
    return Suite2Certificate(
        serial=eui64,
        issuer=issuer,
        valid_from=946_684_800,
        valid_for=_FIVE_YEARS,
        subject=eui64,
        key_usage=_KEY_AGREEMENT,
        public_value=_point(b"certificate", subject),
    )


@dataclass(slots=True)
class _Exchange:
    """One key establishment as one end sees it: the client's and the server's parts, as far as known."""

    partner: int
    until: Instant
    own_ephemeral: bytes
    client: bytes = b""
    server: bytes = b""
    client_ephemeral: bytes = b""
    server_ephemeral: bytes = b""

    def derived(self, link_key: bytes) -> tuple[bytes, bytes]:
        """Key of the proofs, and the new link key (annex C.4.2.2)."""
        identities = _subject(self.client) + _subject(self.server)
        material = self.client + self.server + self.client_ephemeral + self.server_ephemeral
        secret = keyed_hash(link_key, material)
        mac_key, key = (aes_mmo(secret + bytes((0, 0, 0, place)) + identities) for place in (1, 2))
        return mac_key, key

    def proof(self, mac_key: bytes, mark: bytes) -> bytes:
        """What shows that an end has the key (annex C.4.2.4)."""
        ends = [
            (_subject(self.client), self.client_ephemeral),
            (_subject(self.server), self.server_ephemeral),
        ]
        if mark == _SERVER_MARK:
            ends.reverse()
        (first, first_ephemeral), (second, second_ephemeral) = ends
        return keyed_hash(mac_key, mark + first + second + first_ephemeral + second_ephemeral)


def _subject(certificate: bytes) -> bytes:
    return decode_implicit_certificate(SUITE_2, certificate).subject.to_bytes(8, "big")


class KeyEstablishment:
    """One end; a hub serves, a device begins. ``done`` is told the partner and how it ended."""

    def __init__(
        self, node: Node, issuer: int, done: Callable[[int, Termination, Instant], None], *, seed: bytes
    ) -> None:
        self._node = node
        self._issuer = issuer
        self._done = done
        self._seed = seed
        self._rounds = 0
        self._exchanges: dict[int, _Exchange] = {}
        own = certificate_of(node.settings.eui64, issuer)
        self._certificate = encode_implicit_certificate(own)
        node.attach(Cluster.KEY_ESTABLISHMENT, self)

    def begin(self, address: int, now: Instant) -> None:
        """Establish a key with the trust centre at an address."""
        exchange = self._exchange(self._node.eui64_of(address), now)
        exchange.client = self._certificate
        self._exchanges[address] = exchange
        self._say(address, _ask(_INITIATE, self._identity()), 1, now)

    def _exchange(self, partner: int, now: Instant) -> _Exchange:
        self._rounds += 1
        ephemeral = _point(
            b"ephemeral",
            self._seed,
            self._node.settings.eui64.to_bytes(8, "big"),
            partner.to_bytes(8, "big"),
            self._rounds.to_bytes(4, "big"),
        )
        return _Exchange(partner, Instant(now + PATIENCE), ephemeral)

    def _identity(self) -> _Fields:
        return (
            ("suite", SUITE_2),
            ("ephemeral_data_generate_time", _GENERATE_SECONDS),
            ("confirm_key_generate_time", _GENERATE_SECONDS),
            ("identity", self._certificate),
        )

    def _say(self, address: int, says: Says, sequence: int, now: Instant) -> None:
        octets = says.octets(sequence)
        self._node.send(address, Cluster.KEY_ESTABLISHMENT, octets, now, service=NETWORK_ONLY)

    def heard(self, indication: Indication, now: Instant) -> None:
        """Take a command of the other end."""
        heard = heard_in(Cluster.KEY_ESTABLISHMENT, indication.payload)
        if heard is None:
            return
        try:
            if heard.frame.command == _TERMINATE:
                self._end(indication.source, Termination(number(heard.command, "status") or 1), now)
            elif heard.frame.from_server:
                self._answered(indication.source, heard, now)
            else:
                self._asked(indication.source, heard, now)
        except (DecodeError, ValueError):
            self._refuse(indication.source, heard, Termination.BAD_MESSAGE, now)

    # The server's side

    def _asked(self, address: int, heard: Heard, now: Instant) -> None:
        if heard.frame.command == _INITIATE:
            self._asked_initiate(address, heard, now)
            return
        exchange = self._exchanges.get(address)
        if exchange is None:
            self._refuse(address, heard, Termination.BAD_MESSAGE, now)
        elif heard.frame.command == _EPHEMERAL:
            exchange.client_ephemeral = octets(heard.command, "ephemeral_data")
            exchange.server_ephemeral = exchange.own_ephemeral
            self._reply(address, heard, (("ephemeral_data", exchange.own_ephemeral),), now)
        else:
            self._asked_confirm(address, exchange, heard, now)

    def _asked_initiate(self, address: int, heard: Heard, now: Instant) -> None:
        if number(heard.command, "suite") != SUITE_2:
            self._refuse(address, heard, Termination.UNSUPPORTED_SUITE, now)
            return
        identity = octets(heard.command, "identity")
        certificate = decode_implicit_certificate(SUITE_2, identity)
        if certificate.issuer != self._issuer:
            self._refuse(address, heard, Termination.UNKNOWN_ISSUER, now)
            return
        exchange = self._exchange(self._node.eui64_of(address), now)
        exchange.client, exchange.server = identity, self._certificate
        self._exchanges[address] = exchange
        self._reply(address, heard, self._identity(), now)

    def _asked_confirm(self, address: int, exchange: _Exchange, heard: Heard, now: Instant) -> None:
        link = self._node.keys.links.get(exchange.partner)
        if link is None or not exchange.client_ephemeral:
            self._refuse(address, heard, Termination.BAD_MESSAGE, now)
            return
        mac_key, key = exchange.derived(link.key)
        proof = octets(heard.command, "message_authentication_code")
        if proof != exchange.proof(mac_key, _CLIENT_MARK):
            self._refuse(address, heard, Termination.BAD_KEY_CONFIRM, now)
            return
        answer = exchange.proof(mac_key, _SERVER_MARK)
        self._reply(address, heard, (("message_authentication_code", answer),), now)
        self._node.keys.share(exchange.partner, key)
        self._end(address, Termination.DONE, now)

    def _reply(self, address: int, heard: Heard, fields: _Fields, now: Instant) -> None:
        self._say(address, _answer(heard.frame.command, fields), heard.frame.sequence, now)

    # The client's side

    def _answered(self, address: int, heard: Heard, now: Instant) -> None:
        exchange = self._exchanges.get(address)
        if exchange is None:
            return
        if heard.frame.command == _INITIATE:
            exchange.server = octets(heard.command, "identity")
            if decode_implicit_certificate(SUITE_2, exchange.server).issuer != self._issuer:
                self._refuse(address, heard, Termination.UNKNOWN_ISSUER, now)
                return
            exchange.client_ephemeral = exchange.own_ephemeral
            fields = (("ephemeral_data", exchange.own_ephemeral),)
            self._say(address, _ask(_EPHEMERAL, fields), 2, now)
        elif heard.frame.command == _EPHEMERAL:
            exchange.server_ephemeral = octets(heard.command, "ephemeral_data")
            mac_key, _ = exchange.derived(self._node.keys.links[exchange.partner].key)
            proof = exchange.proof(mac_key, _CLIENT_MARK)
            self._say(address, _ask(_CONFIRM, (("message_authentication_code", proof),)), 3, now)
        else:
            self._confirmed(address, exchange, heard, now)

    def _confirmed(self, address: int, exchange: _Exchange, heard: Heard, now: Instant) -> None:
        mac_key, key = exchange.derived(self._node.keys.links[exchange.partner].key)
        proof = octets(heard.command, "message_authentication_code")
        if proof != exchange.proof(mac_key, _SERVER_MARK):
            self._refuse(address, heard, Termination.BAD_KEY_CONFIRM, now)
            return
        self._node.keys.share(exchange.partner, key)
        self._end(address, Termination.DONE, now)

    # How it ends

    def _refuse(self, address: int, heard: Heard, status: Termination, now: Instant) -> None:
        fields = (("status", int(status)), ("wait_time", _GENERATE_SECONDS), ("suite", SUITE_2))
        say = _ask if heard.frame.from_server else _answer
        self._say(address, say(_TERMINATE, fields), heard.frame.sequence, now)
        self._end(address, status, now)

    def _end(self, address: int, status: Termination, now: Instant) -> None:
        exchange = self._exchanges.pop(address, None)
        if exchange is not None:
            self._done(exchange.partner, status, now)

    def wake(self, now: Instant) -> None:
        """End what got no answer in time."""
        for address, exchange in list(self._exchanges.items()):
            if exchange.until <= now:
                self._end(address, Termination.NO_ANSWER, now)

    def wake_at(self) -> Instant | None:
        """When the next exchange is out of time."""
        if not self._exchanges:
            return None
        return min(exchange.until for exchange in self._exchanges.values())
