"""A lower tester of commands that replace credentials: certificates by anybody, and what came of them."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from harness.codecs.asn1.credentials import (
    DIGITAL_SIGNATURE,
    KEY_AGREEMENT,
    CellUsage,
    CredentialsRequest,
    ReplaceCredentials,
    Replacement,
    ReplacementControl,
    ReplacementMode,
    TrustAnchorCell,
)
from harness.codecs.asn1.payloads import decode_asn1, encode_asn1
from harness.codecs.envelope import decode_message
from harness.codecs.message import Cra, Message
from harness.crypto.agreement import shared_secret
from harness.crypto.certificates import KeyUsage
from harness.crypto.issuing import organisation_certificate, organisation_name
from harness.crypto.protection import mac_holds, protect, signature_holds
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.clock import MINUTE, Duration

BROKER = RemotePartyRole.ACCESS_CONTROL_BROKER
CODES = {mode: 0x0100 + mode for mode in ReplacementMode} | {
    ReplacementMode.LOAD_CONTROLLER_BY_LOAD_CONTROLLER: 0x0125
}


def cell(role, usage=DIGITAL_SIGNATURE, *, top_up=False):
    return TrustAnchorCell(role, usage, CellUsage.PREPAYMENT_TOP_UP if top_up else None)


def issued(party, usage, *, issuer, role=None, entity_id=None):
    """A certificate of a party's key, by any issuer, and as any role's."""
    name = organisation_name("Anybody", party.role if role is None else role, entity_id or party.entity_id)
    public = party.ds_public if usage is KeyUsage.DIGITAL_SIGNATURE else party.ka_public
    return organisation_certificate(issuer, public, usage, name)


@dataclass
class CredentialTester:
    """Parties that replace credentials on one device, and the broker who vouches for them."""

    tester: object
    target: DeviceRole
    counters: dict = field(default_factory=dict)
    broker: object = None

    def __post_init__(self):
        self.pki = self.tester.pki
        self.broker = self.pki.party(BROKER)
        self.device = self.tester.device(self.target)

    def next_counter(self, sender):
        self.counters[sender.entity_id] = self.counters.get(sender.entity_id, 0) + 1
        return self.counters[sender.entity_id]

    def both(self, party, role=None):
        """Certificates of a party for both cells of a role."""
        role = party.role if role is None else role
        return (
            Replacement(party.ds_certificate, cell(role)),
            Replacement(party.ka_certificate, cell(role, KEY_AGREEMENT)),
        )

    def request(self, mode, replacements, counter, *, path=None, time=None, **control):
        path = (self.pki.issuing_certificate,) if path is None else path
        return ReplaceCredentials(
            ReplacementControl(mode=mode, authorising_counter=counter, **control),
            tuple(replacements),
            tuple(path),
            time,
        )

    def replace(self, sender, mode, replacements, *, signer=None, counter=None, **rest):
        """The outcome of a replacement; False where the device is silent."""
        counter = self.next_counter(sender) if counter is None else counter
        payload = encode_asn1(self.request(mode, replacements, counter, **rest))
        if mode is not ReplacementMode.ACCESS_CONTROL_BROKER_BY_ACB:
            signer = signer or sender.ds_private
        message = self.ask(CODES[mode], payload, sender, signer=signer, counter=counter)
        if message is None:
            return False
        assert message.date_time is not None
        assert message.mac is None
        return decode_asn1(message.message_code, Cra.RESPONSE, message.payload).outcome

    def ask(self, code, payload, sender, *, signer=None, counter=None, with_mac=True, recipient=None):
        """Send a command and give its response, None for silence."""
        counter = self.next_counter(sender) if counter is None else counter
        message = Message(
            cra=Cra.COMMAND,
            originator_counter=counter,
            originator=sender.entity_id,
            recipient=recipient or self.device.entity_id,
            message_code=code,
            payload=payload,
        )
        secret = shared_secret(self.broker.ka_private, self.device.ka_public) if with_mac else None
        self.tester.home.send(protect(message, signer=signer, mac_secret=secret))
        return self.response_to(counter, sender)

    def response_to(self, counter, sender):
        wait = Duration(40 * MINUTE) if self.target is DeviceRole.GSME else MINUTE
        while (octets := self.tester.home.receive(within=wait)) is not None:
            message = decode_message(octets)
            if message.cra is Cra.RESPONSE and message.originator_counter == counter:
                self.check_protection(octets, message, sender)
                return message
        return None

    def check_protection(self, octets, message, sender):
        if message.mac is None:
            assert signature_holds(octets, self.device.ds_public)
        else:
            assert mac_holds(octets, shared_secret(sender.ka_private, self.device.ka_public))

    def held(self, *roles):
        """What the device says that it holds of some roles, as the broker is told."""
        request = CredentialsRequest(cell(BROKER, KEY_AGREEMENT), roles)
        # A stand-alone controller came with load controllers: it only has the use case that knows them.
        code = 0x011B if self.target is DeviceRole.SAPC else 0x0008
        message = self.ask(code, encode_asn1(request), self.broker)
        return decode_asn1(message.message_code, Cra.RESPONSE, message.payload).details


@pytest.fixture
def make_trustee(make_tester):
    """A device of a fresh home, and those who may replace what it trusts."""

    def make(target=DeviceRole.ESME, **changes):
        return CredentialTester(make_tester(**changes), target)

    return make
