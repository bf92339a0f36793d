"""Certification paths as devices follow them: from a certificate up to the root that they hold.

GBCS 4.3.2.6, 13.3 and RFC 5280, 6. Issuing certificates come along with the certificate; the root is
known by its name, key identifier and key alone. A root is succeeded by one that signs itself and that
the root in force vouches for (RFC 4210, 4.4: "new with old").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.crypto.certificates import Certificate, KeyUsage, check_issued_by, is_signed_by
from harness.crypto.errors import CertificateError, UntrustedIssuerError
from harness.crypto.keys import public_octets
from harness.gbcs.roles import RemotePartyRole

if TYPE_CHECKING:
    from datetime import datetime

    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey


@dataclass(frozen=True, slots=True)
class Root:
    """A root in force: its name (DER), its key identifier and its key."""

    name: bytes
    key_id: bytes
    public_key: EllipticCurvePublicKey

    def vouches_for(self, certificate: Certificate) -> bool:
        """Whether a certificate names this root as its issuer."""
        return certificate.issuer == self.name and certificate.authority_key_id == self.key_id


def check_path(
    certificate: Certificate, intermediates: Sequence[Certificate], root: Root, *, at: datetime | None = None
) -> None:
    """Check that a path leads from a certificate over some of ``intermediates`` to ``root``.

    With ``at``, all on the path must be valid then. Raises UntrustedIssuerError where there is no path,
    CertificateError for a path with something wrong on it.
    """
    left = list(intermediates)
    while not root.vouches_for(certificate):
        _check_validity(certificate, at)
        issuer = next((one for one in left if _is_issuer(one, certificate)), None)
        if issuer is None:
            raise UntrustedIssuerError("path: it does not lead to the root")
        if issuer.role is not RemotePartyRole.ISSUING_AUTHORITY:
            raise CertificateError("path: an issuer is no issuing authority")
        check_issued_by(certificate, issuer)
        left.remove(issuer)
        certificate = issuer
    _check_validity(certificate, at)
    if not is_signed_by(certificate, root.public_key):
        raise CertificateError("path: the root did not sign the certificate that names it")


def check_self_signed(certificate: Certificate, *, at: datetime | None = None) -> None:
    """Check that a certificate is a root's. Raises CertificateError."""
    if certificate.role is not RemotePartyRole.ROOT:
        raise CertificateError("root: expected the role of a root")
    check_issued_by(certificate, certificate)
    _check_validity(certificate, at)


def check_succession(
    successor: Certificate, intermediates: Sequence[Certificate], root: Root, *, at: datetime | None = None
) -> None:
    """Check that the root in force hands over to another. Raises CertificateError."""
    check_self_signed(successor, at=at)
    point = public_octets(successor.public_key)
    for link in intermediates:
        if link.subject == successor.subject and public_octets(link.public_key) == point:
            if link.usage is not KeyUsage.CERTIFICATE_SIGNING or not root.vouches_for(link):
                continue
            _check_validity(link, at)
            if not is_signed_by(link, root.public_key):
                raise CertificateError("succession: the root in force did not sign the link")
            return
    raise UntrustedIssuerError("succession: the root in force does not vouch for the new one")


def _is_issuer(candidate: Certificate, certificate: Certificate) -> bool:
    return (
        candidate.subject == certificate.issuer and candidate.subject_key_id == certificate.authority_key_id
    )


def _check_validity(certificate: Certificate, at: datetime | None) -> None:
    if at is not None and not certificate.not_before <= at <= certificate.not_after:
        raise CertificateError(f"path: certificate {certificate.serial:x} is not valid at {at.isoformat()}")
