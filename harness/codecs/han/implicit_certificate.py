"""The implicit certificates that devices show each other when they establish a key (Smart Energy annex C.4).

A certificate has no signature: its public value and the issuer's public key give the subject's. Suite 1
is over sect163k1, suite 2 over sect283k1. Fields are most significant octet first:

========  ====================================================================================
suite 1   public value (22) · subject (8) · issuer (8) · attributes (10)
suite 2   type 00 (1) · serial (8) · curve 0D (1) · hash 08 (1) · issuer (8) · valid from (5)
          · valid for (4) · subject (8) · key usage (1) · public value (37)
========  ====================================================================================

Only the layout is here. Working a key out from it needs the arithmetic of those binary curves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from harness.codecs.declaration import Field, Fixed, Number, Octets, Record, build, parse_whole
from harness.codecs.errors import DecodeError, EncodeError

SUITE_1: Final = 0x0001
SUITE_2: Final = 0x0002


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite1Certificate:
    """Certificate of 48 octets. ``subject`` and ``issuer`` are EUI-64s."""

    public_value: bytes
    subject: int
    issuer: int
    attributes: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite2Certificate:
    """Certificate of 74 octets. Times are in seconds: since 1970 from when, and for how long."""

    serial: int
    issuer: int
    valid_from: int
    valid_for: int
    subject: int
    key_usage: int
    public_value: bytes


ImplicitCertificate = Suite1Certificate | Suite2Certificate

_LAYOUTS: Final = {
    SUITE_1: Record(
        Suite1Certificate,
        Field("public_value", Octets(22)),
        Field("subject", Number(8)),
        Field("issuer", Number(8)),
        Field("attributes", Octets(10)),
    ),
    SUITE_2: Record(
        Suite2Certificate,
        Field("type", Fixed(b"\0")),
        Field("serial", Number(8)),
        Field("curve", Fixed(b"\x0d")),
        Field("hash", Fixed(b"\x08")),
        Field("issuer", Number(8)),
        Field("valid_from", Number(5)),
        Field("valid_for", Number(4)),
        Field("subject", Number(8)),
        Field("key_usage", Number(1)),
        Field("public_value", Octets(37)),
    ),
}
_SUITE_OF: Final = {layout.made: suite for suite, layout in _LAYOUTS.items()}


def suite_of(certificate: ImplicitCertificate) -> int:
    """The key establishment suite that a certificate is of."""
    return _SUITE_OF[type(certificate)]


def decode_implicit_certificate(suite: int, octets: bytes) -> ImplicitCertificate:
    """The identity in an initiate command of that suite. Raises DecodeError."""
    if suite not in _LAYOUTS:
        raise DecodeError("suite", f"{suite:04X} is neither 0001 nor 0002", offset=0)
    certificate: ImplicitCertificate = parse_whole(_LAYOUTS[suite], octets)
    return certificate


def encode_implicit_certificate(certificate: ImplicitCertificate) -> bytes:
    """The identity for an initiate command of the certificate's suite. Raises EncodeError."""
    if type(certificate) not in _SUITE_OF:
        raise EncodeError("certificate", f"{certificate!r} is no implicit certificate")
    return build(_LAYOUTS[suite_of(certificate)], certificate)
