"""Making certificates for a test PKI, the same octets each time (profile: ``certificates``; RFC 5280).

Serial numbers and key identifiers follow from the key, validity is fixed, and authorities sign
deterministically (RFC 6979). The policy is a number of our own: nobody else's rules are claimed.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha1, sha256
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from harness.codecs.declaration import length_octets
from harness.crypto.certificates import KeyUsage
from harness.crypto.keys import public_octets
from harness.crypto.signature import sign

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey

    from harness.gbcs.roles import RemotePartyRole

_SERIAL_LENGTH: Final = 16
_KEY_ID_LENGTH: Final = 8


def _tlv(tag: int, *contents: bytes) -> bytes:
    content = b"".join(contents)
    return bytes((tag,)) + length_octets(len(content)) + content


def _sequence(*contents: bytes) -> bytes:
    return _tlv(0x30, *contents)


def _oid(octets: str) -> bytes:
    return _tlv(0x06, bytes.fromhex(octets))


_ECDSA_WITH_SHA256: Final = _sequence(_oid("2a8648ce3d040302"))
_P256_KEY: Final = _sequence(_oid("2a8648ce3d0201"), _oid("2a8648ce3d030107"))
_VERSION_3: Final = _tlv(0xA0, _tlv(0x02, b"\x02"))
_COMMON_NAME: Final = _oid("550403")
_ORGANIZATIONAL_UNIT: Final = _oid("55040b")
_UNIQUE_IDENTIFIER: Final = _oid("55042d")
_KEY_USAGE: Final = _oid("551d0f")
_SUBJECT_KEY_ID: Final = _oid("551d0e")
_AUTHORITY_KEY_ID: Final = _oid("551d23")
_SUBJECT_ALT_NAME: Final = _oid("551d11")
_BASIC_CONSTRAINTS: Final = _oid("551d13")
_EXTENSION_REQUEST: Final = _oid("2a864886f70d01090e")
_POLICIES: Final = _oid("551d20")
_HARDWARE_MODULE_NAME: Final = _oid("2b06010505070804")
_WRAPPED_CONTINGENCY_KEY: Final = _oid("2b06010505070114")
_TRUE: Final = _tlv(0x01, b"\xff")
# 2.25 is everybody's to use under a UUID (ITU-T X.667); this one was drawn for this project.
_OWN_ARC: Final = "6982bcb0bfacd2c4a2b79587d7c294feaee0a978"
_POLICY: Final = _sequence(_POLICIES, _TRUE, _tlv(0x04, _sequence(_sequence(_oid(_OWN_ARC + "01")))))
_HARDWARE_TYPE: Final = _oid(_OWN_ARC + "02")
_VALID_FROM: Final = _tlv(0x17, b"160101000000Z")
_VALID_TO: Final = _tlv(0x17, b"491231235959Z")
# A device's certificate has no end (RFC 5280, 4.1.2.5).
_VALID_TO_AS_DEVICE: Final = _tlv(0x18, b"99991231235959Z")
_NOBODY: Final = _sequence()
"""The empty subject of a device."""
_USAGE_BITS: Final = {
    KeyUsage.DIGITAL_SIGNATURE: bytes.fromhex("0780"),
    KeyUsage.KEY_AGREEMENT: bytes.fromhex("0308"),
    # keyCertSign and cRLSign
    KeyUsage.CERTIFICATE_SIGNING: bytes.fromhex("0106"),
}


@dataclass(frozen=True, slots=True)
class Authority:
    """Who signs certificates: its name in DER and its key."""

    name: bytes
    private_key: EllipticCurvePrivateKey

    @property
    def key_id(self) -> bytes:
        """Identifier of its key, 8 octets."""
        return key_identifier(self.private_key.public_key())


def key_identifier(public: EllipticCurvePublicKey) -> bytes:
    """Key identifier, 8 octets: 0100 and the last 60 bits of the SHA-1 of the point (RFC 5280, 4.2.1.2)."""
    digest = sha1(b"\x04" + public_octets(public), usedforsecurity=False).digest()[-_KEY_ID_LENGTH:]
    return bytes((0x40 | digest[0] & 0x0F,)) + digest[1:]


def organisation_name(common_name: str, role: RemotePartyRole, entity_id: bytes | None) -> bytes:
    """Subject of an organisation in DER: CN, role in OU, and its entity identifier where it has one."""
    parts = [
        (_COMMON_NAME, _tlv(0x0C, common_name.encode())),
        (_ORGANIZATIONAL_UNIT, _tlv(0x0C, f"{role:02X}".encode())),
    ]
    if entity_id is not None:
        parts.append((_UNIQUE_IDENTIFIER, _tlv(0x03, b"\x00", entity_id)))
    return _sequence(*(_tlv(0x31, _sequence(kind, value)) for kind, value in parts))


def authority_name(common_name: str) -> bytes:
    """Subject of an authority over devices in DER: CN alone."""
    return _sequence(_tlv(0x31, _sequence(_COMMON_NAME, _tlv(0x0C, common_name.encode()))))


def organisation_certificate(
    issuer: Authority,
    public: EllipticCurvePublicKey,
    usage: KeyUsage,
    subject: bytes,
    contingency_key: bytes = b"",
) -> bytes:
    """Certificate in DER of an organisation or authority whose name is ``subject`` (DER).

    A root's carries its contingency key, an ApexContingencyKey in DER.
    """
    is_authority = usage is KeyUsage.CERTIFICATE_SIGNING
    extensions = [_extension(_BASIC_CONSTRAINTS, _sequence(_TRUE), critical=True)] if is_authority else []
    if contingency_key:
        extensions.append(_extension(_WRAPPED_CONTINGENCY_KEY, contingency_key))
    return _certificate(issuer, public, usage, subject, extensions)


def device_certificate(
    issuer: Authority, public: EllipticCurvePublicKey, usage: KeyUsage, entity_id: bytes
) -> bytes:
    """Certificate in DER of a device; ``entity_id`` is 8 octets."""
    module = _sequence(_HARDWARE_TYPE, _tlv(0x04, entity_id))
    names = _sequence(_tlv(0xA0, _HARDWARE_MODULE_NAME, _tlv(0xA0, module)))
    alternative = _extension(_SUBJECT_ALT_NAME, names, critical=True)
    return _certificate(issuer, public, usage, _NOBODY, [alternative])


def certification_request(private: EllipticCurvePrivateKey, usage: KeyUsage, entity_id: bytes) -> bytes:
    """A device's request for a certificate (PKCS #10, RFC 2986, DER); ``entity_id`` is 8 octets.

    The subject is empty; use and identity stand in the extensions that are asked for.
    """
    module = _sequence(_HARDWARE_TYPE, _tlv(0x04, entity_id))
    names = _sequence(_tlv(0xA0, _HARDWARE_MODULE_NAME, _tlv(0xA0, module)))
    extensions = _sequence(
        _extension(_KEY_USAGE, _tlv(0x03, _USAGE_BITS[usage]), critical=True),
        _extension(_SUBJECT_ALT_NAME, names, critical=True),
    )
    point = b"\x04" + public_octets(private.public_key())
    information = _sequence(
        _tlv(0x02, b"\x00"),
        _NOBODY,
        _sequence(_P256_KEY, _tlv(0x03, b"\x00", point)),
        _tlv(0xA0, _sequence(_EXTENSION_REQUEST, _tlv(0x31, extensions))),
    )
    return _sequence(information, _ECDSA_WITH_SHA256, _signature(private, information))


def _certificate(
    issuer: Authority,
    public: EllipticCurvePublicKey,
    usage: KeyUsage,
    subject: bytes,
    extensions: list[bytes],
) -> bytes:
    point = b"\x04" + public_octets(public)
    bits = _USAGE_BITS[usage]
    to_be_signed = _sequence(
        _VERSION_3,
        _tlv(0x02, _serial(issuer, point, subject, bits)),
        _ECDSA_WITH_SHA256,
        issuer.name,
        _sequence(_VALID_FROM, _VALID_TO_AS_DEVICE if subject == _NOBODY else _VALID_TO),
        subject,
        _sequence(_P256_KEY, _tlv(0x03, b"\x00", point)),
        _tlv(
            0xA3,
            _sequence(
                _extension(_KEY_USAGE, _tlv(0x03, bits), critical=True),
                _extension(_SUBJECT_KEY_ID, _tlv(0x04, key_identifier(public))),
                _extension(_AUTHORITY_KEY_ID, _sequence(_tlv(0x80, issuer.key_id))),
                _POLICY,
                *extensions,
            ),
        ),
    )
    return _sequence(to_be_signed, _ECDSA_WITH_SHA256, _signature(issuer.private_key, to_be_signed))


def _signature(private: EllipticCurvePrivateKey, octets: bytes) -> bytes:
    signature = sign(private, octets)
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    return _tlv(0x03, b"\x00", encode_dss_signature(r, s))


def _extension(kind: bytes, value: bytes, *, critical: bool = False) -> bytes:
    return _sequence(kind, _TRUE if critical else b"", _tlv(0x04, value))


def _serial(issuer: Authority, point: bytes, subject: bytes, bits: bytes) -> bytes:
    """Sixteen octets, positive and without a leading zero."""
    digest = sha256(issuer.name + point + subject + bits).digest()[:_SERIAL_LENGTH]
    return bytes((0x40 | digest[0] & 0x3F,)) + digest[1:]
