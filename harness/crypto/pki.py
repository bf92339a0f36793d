"""A public key infrastructure of our own, all of it following from a seed (GBCS 4.3).

Root and issuing authority for organisations, the same for devices, any number of remote parties of each
role, and any device. Two PKIs of one seed hold the same keys, serial numbers and signatures, bit for
bit, on every machine. Nothing is worked out before it is asked for, and nothing twice. **Keys from
here protect nothing**: whoever knows the seed has them all.
"""

from __future__ import annotations

from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from harness.crypto.certificates import KeyUsage
from harness.crypto.contingency import WRAP_KEY_LENGTH, wrap_contingency_key
from harness.crypto.issuing import (
    Authority,
    authority_name,
    device_certificate,
    organisation_certificate,
    organisation_name,
)
from harness.crypto.keys import derive_private_key
from harness.gbcs.roles import RemotePartyRole

if TYPE_CHECKING:
    from collections.abc import Callable

    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey

_PARTY_PREFIX: Final = bytes.fromhex("0600")
"""Start of our remote parties' EUI-64: locally administered (IEEE 802), and apart from devices'."""
_WITH_PREPAYMENT_KEY: Final = frozenset({RemotePartyRole.SUPPLIER})


class Credentials:
    """Who somebody is: entity identifier (8 octets), role (None for a device), keys and certificates (DER).

    Digital signature (``ds``) and key agreement (``ka``); for a supplier also key agreement over
    prepayment tokens, which is None for everybody else. Equal only to itself.
    """

    def __init__(
        self,
        entity_id: bytes,
        role: RemotePartyRole | None,
        derive: Callable[[str], EllipticCurvePrivateKey],
        certify: Callable[[EllipticCurvePublicKey, KeyUsage], bytes],
    ) -> None:
        self._entity_id = entity_id
        self._role = role
        self._derive = derive
        self._certify = certify

    def __repr__(self) -> str:
        return (
            f"Credentials({self._entity_id.hex()}, {self._role.name if self._role is not None else 'device'})"
        )

    @property
    def entity_id(self) -> bytes:
        """EUI-64, 8 octets."""
        return self._entity_id

    @property
    def role(self) -> RemotePartyRole | None:
        """Role of a remote party, None for a device."""
        return self._role

    @cached_property
    def ds_private(self) -> EllipticCurvePrivateKey:
        """The key that signs."""
        return self._derive("ds")

    @cached_property
    def ka_private(self) -> EllipticCurvePrivateKey:
        """The key that agrees on shared secrets."""
        return self._derive("ka")

    @cached_property
    def prepayment_private(self) -> EllipticCurvePrivateKey | None:
        """The key that agrees on the secret of prepayment tokens: suppliers only."""
        return self._derive("pp-ka") if self._role in _WITH_PREPAYMENT_KEY else None

    @cached_property
    def ds_public(self) -> EllipticCurvePublicKey:
        """The public half of ``ds_private``, the same object each time."""
        return self.ds_private.public_key()

    @cached_property
    def ka_public(self) -> EllipticCurvePublicKey:
        """The public half of ``ka_private``, the same object each time."""
        return self.ka_private.public_key()

    @cached_property
    def prepayment_public(self) -> EllipticCurvePublicKey | None:
        """The public half of ``prepayment_private``."""
        return None if self.prepayment_private is None else self.prepayment_private.public_key()

    @cached_property
    def ds_certificate(self) -> bytes:
        """Certificate of the key that signs, DER."""
        return self._certify(self.ds_public, KeyUsage.DIGITAL_SIGNATURE)

    @cached_property
    def ka_certificate(self) -> bytes:
        """Certificate of the key that agrees, DER."""
        return self._certify(self.ka_public, KeyUsage.KEY_AGREEMENT)

    @cached_property
    def prepayment_certificate(self) -> bytes | None:
        """Certificate of the key for prepayment tokens, DER."""
        public = self.prepayment_public
        return None if public is None else self._certify(public, KeyUsage.KEY_AGREEMENT)


class _Hierarchy:
    """A root and the issuing authority under it."""

    def __init__(
        self,
        derive: Callable[[str], EllipticCurvePrivateKey],
        root_name: bytes,
        issuing_name: bytes,
        contingency_key: Callable[[], bytes] = bytes,
    ) -> None:
        self._derive = derive
        self._root_name = root_name
        self._issuing_name = issuing_name
        self._contingency_key = contingency_key

    @cached_property
    def root(self) -> Authority:
        return Authority(self._root_name, self._derive("root"))

    @cached_property
    def issuing(self) -> Authority:
        return Authority(self._issuing_name, self._derive("issuing"))

    @cached_property
    def root_certificate(self) -> bytes:
        return self._certificate(self.root, self._contingency_key())

    @cached_property
    def issuing_certificate(self) -> bytes:
        return self._certificate(self.issuing)

    def _certificate(self, authority: Authority, contingency_key: bytes = b"") -> bytes:
        public = authority.private_key.public_key()
        return organisation_certificate(
            self.root, public, KeyUsage.CERTIFICATE_SIGNING, authority.name, contingency_key
        )


class SeededPki:
    """Everybody's credentials for a run. The seed may have any length; few octets make few PKIs."""

    def __init__(self, seed: bytes) -> None:
        self._seed = sha256(b"test PKI" + seed).digest()
        self._parties: dict[tuple[RemotePartyRole, int], Credentials] = {}
        self._devices: dict[bytes, Credentials] = {}
        self._organisations = _Hierarchy(
            self._deriver("organisations"),
            organisation_name("Test Root", RemotePartyRole.ROOT, None),
            organisation_name("Test Issuing", RemotePartyRole.ISSUING_AUTHORITY, None),
            lambda: wrap_contingency_key(self.contingency_private.public_key(), self.contingency_wrap_key),
        )
        self._makers = _Hierarchy(
            self._deriver("devices"),
            authority_name("Test Device Root"),
            authority_name("Test Device Issuing"),
        )

    def __repr__(self) -> str:
        return f"SeededPki({len(self._parties)} parties, {len(self._devices)} devices so far)"

    def party(self, role: RemotePartyRole, index: int = 0) -> Credentials:
        """A remote party: the ``index``-th (0 to 65535) holder of a role."""
        found = self._parties.get((role, index))
        if found is None:
            entity_id = _PARTY_PREFIX + bytes((0, role, 0, 0)) + index.to_bytes(2, "big")
            found = self._parties[role, index] = self._make_party(entity_id, role, index)
        return found

    def device(self, entity_id: bytes) -> Credentials:
        """The device of an entity identifier, 8 octets."""
        found = self._devices.get(entity_id)
        if found is None:
            found = self._devices[entity_id] = Credentials(
                entity_id,
                None,
                self._deriver(f"device {entity_id.hex()}"),
                lambda public, usage: device_certificate(self._makers.issuing, public, usage, entity_id),
            )
        return found

    @cached_property
    def contingency_private(self) -> EllipticCurvePrivateKey:
        """The key of last resort; its public half is encrypted in the root's certificate."""
        return self._deriver("organisations")("contingency")

    @property
    def contingency_wrap_key(self) -> bytes:
        """The symmetric key, 16 octets, that the contingency key is encrypted under."""
        return sha256(b"contingency" + self._seed).digest()[:WRAP_KEY_LENGTH]

    @property
    def organisation_root(self) -> Authority:
        """Who signs for the root over organisations."""
        return self._organisations.root

    @property
    def organisation_issuer(self) -> Authority:
        """Who issues organisations' certificates."""
        return self._organisations.issuing

    @property
    def device_issuer(self) -> Authority:
        """Who issues devices' certificates."""
        return self._makers.issuing

    @property
    def root_certificate(self) -> bytes:
        """Certificate of the root over organisations, DER; it signs itself."""
        return self._organisations.root_certificate

    @property
    def issuing_certificate(self) -> bytes:
        """Certificate of the authority that issues organisations' certificates, DER."""
        return self._organisations.issuing_certificate

    @property
    def device_root_certificate(self) -> bytes:
        """Certificate of the root over devices, DER; it signs itself."""
        return self._makers.root_certificate

    @property
    def device_issuing_certificate(self) -> bytes:
        """Certificate of the authority that issues devices' certificates, DER."""
        return self._makers.issuing_certificate

    def _make_party(self, entity_id: bytes, role: RemotePartyRole, index: int) -> Credentials:
        name = organisation_name(f"Test {role.name.replace('_', ' ').title()}", role, entity_id)
        own = self._deriver(f"party {entity_id.hex()}")
        is_root = role is RemotePartyRole.ROOT and not index
        return Credentials(
            entity_id,
            role,
            # The root of these devices sends nothing but commands of last resort.
            (lambda use: self.contingency_private if use == "ds" else own(use)) if is_root else own,
            lambda public, usage: organisation_certificate(self._organisations.issuing, public, usage, name),
        )

    def _deriver(self, owner: str) -> Callable[[str], EllipticCurvePrivateKey]:
        return lambda use: derive_private_key(self._seed, f"{owner} {use}")
