"""A folder of keys and certificates, read as they are asked for.

A file is called ``<entity identifier, 16 hexadecimal digits>-<use>.<kind>``: the use is ``ds`` for
digital signature, ``ka`` for key agreement or ``pp-ka`` for key agreement over prepayment tokens; the
kind is ``pem`` for a certificate (or a bare public key) and ``key`` for a private key (unencrypted
PEM). Other files are left alone. What a file is called decides whose key it is taken for, whatever a
certificate inside says: stores in use hold such files.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from harness.crypto.agreement import SharedSecrets
from harness.crypto.certificates import Certificate, certificate_from_pem
from harness.crypto.errors import CryptoError, KeyStoreError
from harness.crypto.keys import private_key_from_pem, public_key_from_pem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeVar

    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey

    from harness.gbcs.roles import RemotePartyRole

    T = TypeVar("T")

_NAME: Final = re.compile(r"([0-9a-fA-F]{16})-(ds|ka|pp-ka)\.(pem|key)")
_CERTIFICATE_MARK: Final = b"BEGIN CERTIFICATE"


class KeyUse(StrEnum):
    """What a key is for, as file names say it."""

    DIGITAL_SIGNATURE = "ds"
    KEY_AGREEMENT = "ka"
    PREPAYMENT_KEY_AGREEMENT = "pp-ka"


class KeyName(NamedTuple):
    """Which key: its owner's entity identifier (8 octets) and its use."""

    entity_id: bytes
    use: KeyUse


class KeyStore:
    """Keys and certificates by owner and use. Raises KeyStoreError when a file is not what its name says."""

    def __init__(self, certificates: dict[KeyName, Path], private_keys: dict[KeyName, Path]) -> None:
        self._certificate_files = certificates
        self._private_files = private_keys
        self._certificates: dict[KeyName, Certificate | None] = {}
        self._public: dict[KeyName, EllipticCurvePublicKey | None] = {}
        self._private: dict[KeyName, EllipticCurvePrivateKey | None] = {}
        self._secrets = SharedSecrets()

    @classmethod
    def open(cls, folder: Path) -> KeyStore:
        """The key store in a folder. Raises OSError where the folder cannot be listed."""
        found: dict[str, dict[KeyName, Path]] = {"pem": {}, "key": {}}
        for path in sorted(folder.iterdir()):
            if match := _NAME.fullmatch(path.name):
                name = KeyName(bytes.fromhex(match[1]), KeyUse(match[2]))
                found[match[3]].setdefault(name, path)
        return cls(found["pem"], found["key"])

    def __len__(self) -> int:
        return len(self._certificate_files) + len(self._private_files)

    def __repr__(self) -> str:
        return (
            f"KeyStore({len(self._certificate_files)} certificates, {len(self._private_files)} private keys)"
        )

    def certificate(self, entity_id: bytes, use: KeyUse) -> Certificate | None:
        """The certificate of an entity for a use; None where there is none, or only a bare public key."""
        return _once(self._certificates, KeyName(entity_id, use), self._read_certificate)

    def private_key(self, entity_id: bytes, use: KeyUse) -> EllipticCurvePrivateKey | None:
        """The private key of an entity for a use, or None."""
        return _once(self._private, KeyName(entity_id, use), self._read_private)

    def public_key(self, entity_id: bytes, use: KeyUse) -> EllipticCurvePublicKey | None:
        """The public key of an entity for a use: its certificate's, or else its private key's, or None."""
        return _once(self._public, KeyName(entity_id, use), self._read_public)

    def shared_secret(self, one: KeyName, other: KeyName) -> bytes | None:
        """Z of two keys, 32 octets; None unless one's private and the other's public key are here."""
        for mine, theirs in ((one, other), (other, one)):
            private, public = self.private_key(*mine), self.public_key(*theirs)
            if private is not None and public is not None:
                return self._secrets.of(private, public)
        return None

    def role_of(self, entity_id: bytes) -> RemotePartyRole | None:
        """The role in an organisation's own certificates; None for devices and unknown entities."""
        for use in KeyUse:
            certificate = self.certificate(entity_id, use)
            if certificate is not None and certificate.entity_id == entity_id:
                return certificate.role
        return None

    def holders(self, role: RemotePartyRole) -> tuple[bytes, ...]:
        """Entity identifiers of the organisations with a role, ascending."""
        return tuple(entity_id for entity_id in self._entity_ids if self.role_of(entity_id) is role)

    def misfiled(self) -> Iterator[tuple[Path, bytes | None]]:
        """Files whose certificate names another entity than the file does, and the one it names."""
        for name, path in self._certificate_files.items():
            certificate = self.certificate(*name)
            if certificate is not None and certificate.entity_id != name.entity_id:
                yield path, certificate.entity_id

    @cached_property
    def _entity_ids(self) -> tuple[bytes, ...]:
        return tuple(sorted({name.entity_id for name in self._certificate_files}))

    def _read_certificate(self, name: KeyName) -> Certificate | None:
        path = self._certificate_files.get(name)
        if path is None:
            return None
        text = path.read_bytes()
        if _CERTIFICATE_MARK not in text:
            return None
        return _read(path, lambda: certificate_from_pem(text))

    def _read_private(self, name: KeyName) -> EllipticCurvePrivateKey | None:
        path = self._private_files.get(name)
        return None if path is None else _read(path, lambda: private_key_from_pem(path.read_bytes()))

    def _read_public(self, name: KeyName) -> EllipticCurvePublicKey | None:
        certificate = self.certificate(*name)
        if certificate is not None:
            return certificate.public_key
        path = self._certificate_files.get(name)
        if path is not None:
            return _read(path, lambda: public_key_from_pem(path.read_bytes()))
        private = self.private_key(*name)
        return None if private is None else private.public_key()


def _once(known: dict[KeyName, T], name: KeyName, read: Callable[[KeyName], T]) -> T:
    if name not in known:
        known[name] = read(name)
    return known[name]


def _read(path: Path, parse: Callable[[], T]) -> T:
    try:
        return parse()
    except CryptoError as error:
        raise KeyStoreError(f"{path}: {error}") from None
