"""How a device comes to the secret that it shares with a party (GBCS 4.3.3.2).

An emulated device has its own key agreement key. One that stands in for a device of which only the
certificate is known takes the secret from the party's side: both sides come to the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from harness.crypto.agreement import SharedSecrets, shared_secret
from harness.crypto.keystore import KeyName, KeyUse

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey

    from harness.crypto.keystore import KeyStore

_AGREEMENT_USES: Final = (KeyUse.KEY_AGREEMENT, KeyUse.PREPAYMENT_KEY_AGREEMENT)


class Agreement(Protocol):
    """Secrets (Z, 32 octets) by a party's entity identifier and public key; None where no key leads there."""

    def with_known(self, party: bytes, public: EllipticCurvePublicKey, /) -> bytes | None:
        """The secret with a party whose key is kept, and will be asked for again."""
        ...

    def with_stranger(self, party: bytes, public: EllipticCurvePublicKey, /) -> bytes | None:
        """The secret with a party whose key came along with a command."""
        ...


@dataclass(frozen=True, slots=True)
class OwnKey:
    """Agreement with the device's own private key. Secrets with known parties are worked out once."""

    private: EllipticCurvePrivateKey
    secrets: SharedSecrets

    def with_known(self, _party: bytes, public: EllipticCurvePublicKey, /) -> bytes:
        """The secret with a party, kept for the next time."""
        return self.secrets.of(self.private, public)

    def with_stranger(self, _party: bytes, public: EllipticCurvePublicKey, /) -> bytes:
        """The secret with a party, not kept."""
        return shared_secret(self.private, public)


@dataclass(frozen=True, slots=True)
class PartiesKeys:
    """Agreement for a device without private key, with the private keys of the parties in a key store."""

    entity_id: bytes
    keys: KeyStore

    def with_known(self, party: bytes, public: EllipticCurvePublicKey, /) -> bytes | None:
        """The secret by the private key that belongs to the party's public key."""
        mine = KeyName(self.entity_id, KeyUse.KEY_AGREEMENT)
        for use in _AGREEMENT_USES:
            if self.keys.public_key(party, use) == public:
                return self.keys.shared_secret(mine, KeyName(party, use))
        return None

    with_stranger = with_known
