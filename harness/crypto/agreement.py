"""Key agreement and key derivation (GBCS 4.3.3; SP 800-56A r3, C(0e, 2s); SP 800-56C).

Static keys on both sides: the two parties' long-term key agreement keys give the shared secret Z, 32
octets, the same from either end. Each message takes its own AES-128 key from Z::

    SHA-256(00000001 ‖ Z ‖ otherInfo), first 16 octets
    otherInfo = 60 85 74 06 08 03 00 ‖ originator(8) ‖ 09 ‖ CRA ‖ counter(8) ‖ recipient(8)

The first seven octets of otherInfo name the algorithm, AES-GCM-128 as DLMS knows it; 09 is the length
of CRA and counter together. The counter is unsigned, most significant octet first.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric import ec

if TYPE_CHECKING:
    from collections.abc import Callable

KEY_LENGTH: Final = 16
_COUNTER_OF_KDF: Final = bytes.fromhex("00000001")
_ALGORITHM: Final = bytes.fromhex("60857406080300")
_ECDH: Final = ec.ECDH()
_TRANSACTION: Final = tuple(bytes((9, cra)) for cra in range(256))
"""Length of CRA and counter, and the CRA."""


def shared_secret(private: ec.EllipticCurvePrivateKey, public: ec.EllipticCurvePublicKey) -> bytes:
    """Z of two parties: the x coordinate of d·Q, 32 octets."""
    return private.exchange(_ECDH, public)


def derive_key(z: bytes, *, originator: bytes, cra: int, counter: int, recipient: bytes) -> bytes:
    """The AES-128 key, 16 octets, of one message between the parties whose shared secret is ``z``.

    ``originator`` and ``recipient`` are 8 octets; ``cra`` is 1 to 3 as in the message, or 4 for
    sensitive data inside one. Raises OverflowError for a counter that is not an unsigned 64 bit number.
    """
    return sha256(
        b"".join(
            (
                _COUNTER_OF_KDF,
                z,
                _ALGORITHM,
                originator,
                _TRANSACTION[cra],
                counter.to_bytes(8, "big"),
                recipient,
            )
        )
    ).digest()[:KEY_LENGTH]


class SharedSecrets:
    """Shared secrets of pairs of keys, each worked out once.

    Agreement costs some forty times what the rest of a message check costs, and the pairs of a
    run are few. Pairs are told apart by their key objects, which are kept alive here: take keys from
    where they are kept (a PKI, a cached certificate) and not from a fresh parse each time. At most
    ``capacity`` pairs are kept; the oldest goes first.
    """

    __slots__ = ("_agree", "_capacity", "_known")

    def __init__(
        self,
        capacity: int = 1 << 16,
        agree: Callable[[ec.EllipticCurvePrivateKey, ec.EllipticCurvePublicKey], bytes] = shared_secret,
    ) -> None:
        self._capacity = capacity
        self._agree = agree
        self._known: dict[
            tuple[int, int], tuple[bytes, ec.EllipticCurvePrivateKey, ec.EllipticCurvePublicKey]
        ] = {}

    def of(self, private: ec.EllipticCurvePrivateKey, public: ec.EllipticCurvePublicKey) -> bytes:
        """Z of two parties, 32 octets."""
        pair = (id(private), id(public))
        found = self._known.get(pair)
        if found is None:
            if len(self._known) >= self._capacity:
                self._known.pop(next(iter(self._known)), None)
            found = self._known[pair] = (self._agree(private, public), private, public)
        return found[0]

    def __len__(self) -> int:
        return len(self._known)
