"""A device's own keys and certificates: new pairs, new certificates, telling them (GBCS 13.4 to 13.6).

A key pair is made by CS02c and waits until CS02d brings the certificate that belongs to it; from the
next message on the device uses it. The answer to CS02d itself is signed by the key that the command
found: an assumption, as whoever waits for the answer does not know yet that the new key is in use, and
the reference set has new certificates for old keys only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from harness.codecs.asn1.credentials import (
    DIGITAL_SIGNATURE,
    KEY_AGREEMENT,
    DeviceCertificate,
    IssueFailure,
    IssueResponse,
    KeyUsageRequest,
    ProvideFailure,
    ProvideResponse,
    UpdateOutcome,
    UpdateResponse,
)
from harness.crypto.agreement import SharedSecrets
from harness.crypto.certificates import Certificate, KeyUsage, parse_certificate
from harness.crypto.errors import CertificateError, KeyUsageError
from harness.crypto.issuing import certification_request
from harness.crypto.keys import derive_private_key, public_octets
from harness.emulators.agreement import OwnKey
from harness.emulators.asn1_answer import Asn1Answer
from harness.emulators.subjects.alerts import Alerts
from harness.gbcs.alert_codes import AlertCode

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey

    from harness.codecs.cosem_data import BitString
    from harness.emulators.device import EmulatedDevice
    from harness.emulators.exchange import Exchange

_SCALAR_LENGTH: Final = 32
_USAGES: Final = {DIGITAL_SIGNATURE: KeyUsage.DIGITAL_SIGNATURE, KEY_AGREEMENT: KeyUsage.KEY_AGREEMENT}
_EVENTS: Final = {
    (KeyUsage.DIGITAL_SIGNATURE, True): AlertCode.DIGITAL_SIGNING_CERTIFICATE_REPLACED,
    (KeyUsage.DIGITAL_SIGNATURE, False): AlertCode.DIGITAL_SIGNING_CERTIFICATE_REPLACEMENT_FAILED,
    (KeyUsage.KEY_AGREEMENT, True): AlertCode.KEY_AGREEMENT_CERTIFICATE_REPLACED,
    (KeyUsage.KEY_AGREEMENT, False): AlertCode.KEY_AGREEMENT_CERTIFICATE_REPLACEMENT_FAILED,
}


def usage_of(named: BitString) -> KeyUsage | None:
    """The use that a device has keys for, None for any other."""
    return _USAGES.get(named)


class KeyPair:
    """A key pair that waits for its certificate.

    ``request`` asks for it (PKCS #10, DER). Without ``private`` it stands for a key that only the real
    device has.
    """

    __slots__ = ("private", "public", "request")

    def __init__(
        self, public: EllipticCurvePublicKey, private: EllipticCurvePrivateKey | None, request: bytes
    ) -> None:
        self.public = public
        self.private = private
        self.request = request


class OwnCredentials:
    """Certificates in force and key pairs in waiting.

    The faults are what the memory for keys and certificates fails with; None for one that works.
    ``prepared`` are key pairs that were made ahead.
    """

    __slots__ = (
        "_certificates",
        "_device",
        "_issued",
        "issue_fault",
        "prepared",
        "provide_fault",
        "update_fault",
        "waiting",
    )

    def __init__(self, device: EmulatedDevice) -> None:
        self._device = device
        self._certificates: dict[KeyUsage, bytes] = {}
        self._issued = 0
        self.waiting: dict[KeyUsage, KeyPair] = {}
        self.prepared: dict[KeyUsage, KeyPair] = {}
        self.issue_fault: IssueFailure | None = None
        self.update_fault: UpdateOutcome | None = None
        self.provide_fault: ProvideFailure | None = None

    def certificate(self, usage: KeyUsage) -> bytes | None:
        """The certificate (DER) for a use, None where there is none."""
        return self._certificates.get(usage) or self._device.template.certificate_for(usage)

    def put(self, usage: KeyUsage, certificate: bytes) -> None:
        """Hold a certificate (DER)."""
        self._certificates[usage] = certificate

    def make_key_pair(self, usage: KeyUsage) -> KeyPair:
        """Make a new key pair for a use; one that waited for the same use is lost."""
        pair = self.prepared.pop(usage, None) or self._new_key_pair(usage)
        self.waiting[usage] = pair
        return pair

    def _new_key_pair(self, usage: KeyUsage) -> KeyPair:
        # Nothing in a run is drawn by chance: keys follow from the keys that the device began with.
        self._issued += 1
        device = self._device
        seed = device.template.signing_key.private_numbers().private_value.to_bytes(_SCALAR_LENGTH, "big")
        private = derive_private_key(seed, f"{device.entity_id.hex()} {usage.value} {self._issued}")
        request = certification_request(private, usage, device.entity_id)
        return KeyPair(private.public_key(), private, request)

    def install(self, der: bytes) -> tuple[UpdateOutcome, KeyUsage | None]:
        """Take a certificate and its key pair into use; say what came of it, and for which use."""
        try:
            certificate = parse_certificate(der)
        except KeyUsageError:
            return UpdateOutcome.INVALID_KEY_USAGE, None
        except CertificateError:
            return UpdateOutcome.INVALID_CERTIFICATE, None
        usage = certificate.usage
        outcome = self._checked(certificate)
        if outcome is UpdateOutcome.SUCCESS:
            self._use(usage, self.waiting.pop(usage), der)
        return outcome, usage

    def _checked(self, certificate: Certificate) -> UpdateOutcome:
        if not certificate.is_device:
            return UpdateOutcome.INVALID_CERTIFICATE
        if certificate.entity_id != self._device.entity_id:
            return UpdateOutcome.WRONG_DEVICE_IDENTITY
        if certificate.usage not in _USAGES.values():
            return UpdateOutcome.INVALID_KEY_USAGE
        pair = self.waiting.get(certificate.usage)
        if pair is None:
            return UpdateOutcome.NO_CORRESPONDING_KEY_PAIR
        if public_octets(pair.public) != public_octets(certificate.public_key):
            return UpdateOutcome.WRONG_PUBLIC_KEY
        return UpdateOutcome.SUCCESS if self.update_fault is None else self.update_fault

    def _use(self, usage: KeyUsage, pair: KeyPair, certificate: bytes) -> None:
        self._certificates[usage] = certificate
        if pair.private is None:
            return
        if usage is KeyUsage.DIGITAL_SIGNATURE:
            self._device.signing_key = pair.private
        else:
            self._device.agreement = OwnKey(pair.private, SharedSecrets())


def _issue(exchange: Exchange) -> None:
    """CS02c: make a key pair, and ask for its certificate."""
    request: KeyUsageRequest = exchange.request
    own = exchange.device.part(OwnCredentials)
    usage = usage_of(request.key_usage)
    if usage is None:
        exchange.response = IssueResponse(IssueFailure.INVALID_KEY_USAGE)
    elif own.issue_fault is not None:
        exchange.response = IssueResponse(own.issue_fault)
    else:
        exchange.response = IssueResponse(own.make_key_pair(usage).request)


def _update(exchange: Exchange) -> None:
    """CS02d: take a new certificate into use, once this is answered."""
    device, request = exchange.device, exchange.request
    operation = exchange.planned(exchange.message.message_code, request)
    if operation is None:
        exchange.response = UpdateResponse(UpdateOutcome.SUCCESS)
        return
    argument: DeviceCertificate = operation.argument
    outcome, usage = device.part(OwnCredentials).install(argument.certificate)
    if usage is not None and (usage, True) in _EVENTS:
        code = _EVENTS[usage, outcome is UpdateOutcome.SUCCESS]
        device.part(Alerts).event(code, exchange.now, information=exchange.message.originator)
    exchange.response = UpdateResponse(outcome)


def _provide(exchange: Exchange) -> None:
    """CS02e: the certificate in force for a use."""
    request: KeyUsageRequest = exchange.request
    own = exchange.device.part(OwnCredentials)
    usage = usage_of(request.key_usage)
    if usage is None:
        exchange.response = ProvideResponse(ProvideFailure.INVALID_KEY_USAGE)
    elif own.provide_fault is not None:
        exchange.response = ProvideResponse(own.provide_fault)
    else:
        exchange.response = ProvideResponse(own.certificate(usage) or ProvideFailure.NO_CERTIFICATE_HELD)


ISSUE_CREDENTIALS: Final = Asn1Answer(_issue)
UPDATE_CERTIFICATE: Final = Asn1Answer(_update)
PROVIDE_CERTIFICATE: Final = Asn1Answer(_provide)
