"""Certificates of organisations and devices (GBCS 4.3, 12; RFC 5280).

X.509 version 3, a P-256 key, signed with ECDSA and SHA-256. keyUsage is critical and says one thing:
digitalSignature, keyAgreement, or for an authority keyCertSign (with or without cRLSign).

- An organisation has its role in the subject's OU, two hexadecimal digits, and its entity identifier
  (EUI-64, 8 octets) in the subject's x500UniqueIdentifier, a BIT STRING without unused bits.
- A device has an empty subject, and its entity identifier in subjectAltName, critical, as the serial
  number of a hardwareModuleName (RFC 4108).
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from harness.crypto.errors import CertificateError, KeyUsageError
from harness.crypto.keys import public_key_from_octets, public_octets
from harness.gbcs.roles import RemotePartyRole

if TYPE_CHECKING:
    from datetime import datetime

ENTITY_ID_LENGTH: Final = 8
WRAPPED_CONTINGENCY_KEY: Final = x509.ObjectIdentifier("1.3.6.1.5.5.7.1.20")
HARDWARE_MODULE_NAME: Final = x509.ObjectIdentifier("1.3.6.1.5.5.7.8.4")
_VERSION_3_THEN_INTEGER: Final = bytes.fromhex("a003020102" + "02")
_PEM: Final = re.compile(rb"-----BEGIN CERTIFICATE-----\s(.*?)-----END CERTIFICATE-----", re.DOTALL)
_LIBRARY_ERRORS: Final = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)
_CACHED: Final = 1 << 14
_ROLES: Final = {f"{role:02X}": role for role in RemotePartyRole}


class KeyUsage(Enum):
    """What a certificate's key may do."""

    DIGITAL_SIGNATURE = "digitalSignature"
    KEY_AGREEMENT = "keyAgreement"
    CERTIFICATE_SIGNING = "keyCertSign"


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A certificate as GBCS reads it.

    ``entity_id`` is 8 octets, None only for an authority that has none. ``role`` is None for a device,
    and for an authority that names none. ``issuer`` and ``subject`` are names in DER; key identifiers
    are the octets as they stand. ``wrapped_contingency_key`` is an ApexContingencyKey in DER, which
    roots have and nobody else.
    """

    der: bytes = field(repr=False)
    serial: int
    entity_id: bytes | None
    role: RemotePartyRole | None
    usage: KeyUsage
    public_key: ec.EllipticCurvePublicKey = field(repr=False)
    issuer: bytes = field(repr=False)
    subject: bytes = field(repr=False)
    subject_key_id: bytes
    authority_key_id: bytes
    not_before: datetime
    not_after: datetime
    wrapped_contingency_key: bytes = field(default=b"", repr=False)

    @property
    def is_device(self) -> bool:
        """Whether this is a device's certificate."""
        return self.role is None and self.entity_id is not None


@lru_cache(maxsize=_CACHED)
def parse_certificate(der: bytes) -> Certificate:
    """The certificate in DER octets; the same octets give the same object. Raises CertificateError."""
    _require_positive_serial(der)
    try:
        return _typed(x509.load_der_x509_certificate(der))
    except CertificateError:
        raise
    except _LIBRARY_ERRORS as error:
        raise CertificateError(f"certificate: {_one_line(error)}") from None


def certificate_from_pem(text: bytes) -> Certificate:
    """The first certificate in a PEM. Raises CertificateError."""
    found = _PEM.search(text)
    try:
        if found is not None:
            return parse_certificate(b64decode(b"".join(found[1].split()), validate=True))
    except binascii.Error:
        pass
    raise CertificateError("certificate: expected a PEM certificate")


def pem_of(der: bytes) -> bytes:
    """A certificate in DER octets as PEM text."""
    return x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM)


def check_issued_by(certificate: Certificate, issuer: Certificate) -> None:
    """Check that ``issuer`` is an authority that signed ``certificate``. Raises CertificateError."""
    if issuer.usage is not KeyUsage.CERTIFICATE_SIGNING:
        raise CertificateError("chain: the issuer's key may not sign certificates")
    if certificate.issuer != issuer.subject:
        raise CertificateError("chain: the issuer's name is not the one that the certificate gives")
    if certificate.authority_key_id != issuer.subject_key_id:
        raise CertificateError("chain: the issuer's key identifier is not the one that the certificate gives")
    if not is_signed_by(certificate, issuer.public_key):
        raise CertificateError("chain: the issuer did not sign the certificate")


def is_signed_by(certificate: Certificate, public: ec.EllipticCurvePublicKey) -> bool:
    """Whether the owner of a key signed the certificate."""
    return _is_signed_by(certificate.der, public_octets(public))


@lru_cache(maxsize=_CACHED)
def _is_signed_by(der: bytes, point: bytes) -> bool:
    signed = x509.load_der_x509_certificate(der)
    public = public_key_from_octets(point)
    try:
        public.verify(signed.signature, signed.tbs_certificate_bytes, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def check_chain(certificate: Certificate, *path: Certificate, at: datetime | None = None) -> None:
    """Check a certificate against its issuing authority, and that against the next, up to a root.

    ``path`` goes from the issuer to the root, which signs itself; with ``at`` every certificate must be
    valid then. Raises CertificateError.
    """
    if not path:
        raise CertificateError("chain: no authority to check against")
    chain = (certificate, *path, path[-1])
    for issued, issuer in pairwise(chain):
        check_issued_by(issued, issuer)
        if at is not None and not issued.not_before <= at <= issued.not_after:
            raise CertificateError(f"chain: certificate {issued.serial:x} is not valid at {at.isoformat()}")


def _require_positive_serial(der: bytes) -> None:
    """Refuse what the library would only warn of, and what is not version 3 (RFC 5280, 4.1.2.2)."""
    # Before the version stand two tags with lengths of at most three octets each.
    place = der.find(_VERSION_3_THEN_INTEGER, 0, 8 + len(_VERSION_3_THEN_INTEGER))
    if place < 0:
        raise CertificateError("certificate: expected X.509 version 3 in DER")
    start = place + len(_VERSION_3_THEN_INTEGER) + 1
    serial = der[start : start + der[start - 1]] if start < len(der) else b""
    if not any(serial) or serial[0] & 0x80:
        raise CertificateError("serial number: expected a positive one")


def _typed(found: x509.Certificate) -> Certificate:
    public_key = found.public_key()
    if not isinstance(public_key, ec.EllipticCurvePublicKey) or not isinstance(
        public_key.curve, ec.SECP256R1
    ):
        raise CertificateError("public key: expected one on the curve P-256")
    if found.signature_algorithm_oid != x509.SignatureAlgorithmOID.ECDSA_WITH_SHA256:
        raise CertificateError("signature: expected ECDSA with SHA-256")
    extensions = found.extensions
    usage = _usage(extensions)
    role, entity_id = _holder(found.subject, extensions, usage)
    return Certificate(
        der=found.public_bytes(Encoding.DER),
        serial=found.serial_number,
        entity_id=entity_id,
        role=role,
        usage=usage,
        public_key=public_key,
        issuer=found.issuer.public_bytes(),
        subject=found.subject.public_bytes(),
        subject_key_id=_key_id(extensions, x509.SubjectKeyIdentifier),
        authority_key_id=_key_id(extensions, x509.AuthorityKeyIdentifier),
        not_before=found.not_valid_before_utc,
        not_after=found.not_valid_after_utc,
        wrapped_contingency_key=_wrapped_contingency_key(extensions),
    )


def _holder(
    subject: x509.Name, extensions: x509.Extensions, usage: KeyUsage
) -> tuple[RemotePartyRole | None, bytes | None]:
    if not len(subject.rdns):
        return None, _device(extensions)
    units = subject.get_attributes_for_oid(x509.NameOID.ORGANIZATIONAL_UNIT_NAME)
    if usage is KeyUsage.CERTIFICATE_SIGNING and not units:
        return None, None
    role, entity_id = _role([str(unit.value) for unit in units]), _unique_identifier(subject)
    if entity_id is None and usage is not KeyUsage.CERTIFICATE_SIGNING:
        raise CertificateError("subject: expected an entity identifier in x500UniqueIdentifier")
    return role, entity_id


def _usage(extensions: x509.Extensions) -> KeyUsage:
    try:
        found = extensions.get_extension_for_class(x509.KeyUsage)
    except x509.ExtensionNotFound:
        raise KeyUsageError("keyUsage: expected, not there") from None
    if not found.critical:
        raise KeyUsageError("keyUsage: expected to be critical")
    flags = {
        KeyUsage.DIGITAL_SIGNATURE: found.value.digital_signature,
        KeyUsage.KEY_AGREEMENT: found.value.key_agreement,
        KeyUsage.CERTIFICATE_SIGNING: found.value.key_cert_sign,
    }
    held = [usage for usage, is_set in flags.items() if is_set]
    if len(held) != 1:
        raise KeyUsageError("keyUsage: expected exactly one of digitalSignature, keyAgreement, keyCertSign")
    return held[0]


def _role(units: list[str]) -> RemotePartyRole:
    role = _ROLES.get(units[0].upper()) if len(units) == 1 else None
    if role is None:
        raise CertificateError("subject: expected one OU, a role in two hexadecimal digits")
    return role


def _unique_identifier(subject: x509.Name) -> bytes | None:
    found = [name.value for name in subject.get_attributes_for_oid(x509.NameOID.X500_UNIQUE_IDENTIFIER)]
    if not found:
        return None
    value = found[0]
    # A BIT STRING: one octet for how many bits are unused, then the identifier.
    if len(found) > 1 or not isinstance(value, bytes) or len(value) != 1 + ENTITY_ID_LENGTH or value[0]:
        raise CertificateError("subject: expected one x500UniqueIdentifier of 8 octets")
    return value[1:]


def _device(extensions: x509.Extensions) -> bytes:
    try:
        names = extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        raise CertificateError("certificate: neither a subject nor a subjectAltName") from None
    others = names.value.get_values_for_type(x509.OtherName)
    modules = [name.value for name in others if name.type_id == HARDWARE_MODULE_NAME]
    if len(modules) != 1:
        raise CertificateError("subjectAltName: expected one hardwareModuleName")
    return _serial_number(modules[0])


def _serial_number(hardware_module_name: bytes) -> bytes:
    """The 8 octets of hwSerialNum in SEQUENCE { hwType OBJECT IDENTIFIER, hwSerialNum OCTET STRING }."""
    octets = hardware_module_name
    serial = octets[-ENTITY_ID_LENGTH:]
    type_length = len(octets) - 6 - ENTITY_ID_LENGTH
    frame = bytes((0x30, len(octets) - 2, 0x06, type_length)) if 0 < type_length < 0x60 else b""
    if not frame or octets[:4] != frame or octets[-10:-8] != bytes((0x04, ENTITY_ID_LENGTH)):
        raise CertificateError(
            "subjectAltName: expected a hardwareModuleName with a serial number of 8 octets"
        )
    return serial


def _key_id(
    extensions: x509.Extensions, kind: type[x509.SubjectKeyIdentifier | x509.AuthorityKeyIdentifier]
) -> bytes:
    try:
        value = extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return b""
    octets = value.digest if isinstance(value, x509.SubjectKeyIdentifier) else value.key_identifier
    return octets or b""


def _wrapped_contingency_key(extensions: x509.Extensions) -> bytes:
    try:
        value = extensions.get_extension_for_oid(WRAPPED_CONTINGENCY_KEY).value
    except x509.ExtensionNotFound:
        return b""
    return value.value if isinstance(value, x509.UnrecognizedExtension) else b""


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
