"""DLMS commands of any use case for devices of any make-up, from the catalogue's rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from device_profiles.model import DeviceKind, EsmeVariant, Feature
from harness.cases.cosem_requests import Ends, access_request, protected_items
from harness.cases.cosem_values import Filling
from harness.codecs.axdr import decode_data
from harness.codecs.cosem_data import Data
from harness.codecs.dlms import decode_access_response, encode_access_request
from harness.codecs.dlms_types import AccessRequest
from harness.codecs.envelope import decode_message
from harness.codecs.message import Cra, Message
from harness.crypto.agreement import shared_secret
from harness.crypto.protection import protect
from harness.emulators.access import key_of
from harness.emulators.cosem.rows import key_of_item
from harness.emulators.device import EmulatedDevice
from harness.emulators.kinds import KINDS
from harness.gbcs.catalogue import use_case
from harness.gbcs.equipment import Equipment, equipment_of
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.clock import DAY

DATA_PROTECTION = 30
_KINDS = {
    DeviceRole.ESME: DeviceKind.ESME,
    DeviceRole.SAPC: DeviceKind.SAPC,
    DeviceRole.CHF: DeviceKind.COMMS_HUB,
}
_SENDERS = (RemotePartyRole.SUPPLIER, RemotePartyRole.NETWORK_OPERATOR, RemotePartyRole.LOAD_CONTROLLER)


def variant_for(name: str) -> EsmeVariant:
    """The metrology of a meter that has a use case."""
    needed = equipment_of(name)
    if Equipment.SECOND_ELEMENT in needed:
        return EsmeVariant.TWIN_ELEMENT
    return EsmeVariant.POLYPHASE if Equipment.THREE_PHASES in needed else EsmeVariant.SINGLE_ELEMENT


@dataclass
class DlmsTester:
    """One use case with one device: who asks, what is asked, what comes back."""

    tester: Any
    name: str
    role: DeviceRole
    variant: EsmeVariant

    @property
    def sender(self) -> RemotePartyRole:
        """A party that the device knows and that may ask."""
        allowed = use_case(self.name).roles_at(self.role)
        known = KINDS[self.role].cells
        return next(
            (one for one in _SENDERS if one in allowed and one in known),
            RemotePartyRole.ACCESS_CONTROL_BROKER,
        )

    @property
    def device(self) -> EmulatedDevice:
        return self.tester.home._reached(self.role)

    def request(self) -> AccessRequest:
        """What the use case asks for, with the next counter."""
        self.tester.counter += 1
        party = self.tester.party(self.sender).entity_id
        ends = Ends(self.tester.counter, party, self.tester.device(self.role).entity_id)
        now = self.tester.home.now
        return access_request(use_case(self.name), ends, Filling(now), (now - DAY, now))

    def command(self, request: AccessRequest) -> bytes:
        """A request in a message, protected."""
        row, device = use_case(self.name), self.tester.device(self.role)
        message = Message(
            cra=Cra.COMMAND,
            originator_counter=self.tester.counter,
            originator=self.tester.party(self.sender).entity_id,
            recipient=device.entity_id,
            message_code=row.message_codes[0],
            payload=encode_access_request(request),
        )
        signer = self.tester.party(self.sender).ds_private if row.message_type.is_critical else None
        broker = self.tester.party(RemotePartyRole.ACCESS_CONTROL_BROKER)
        return protect(message, signer=signer, mac_secret=shared_secret(broker.ka_private, device.ka_public))

    def answer(self, request: AccessRequest) -> Message:
        """What comes back."""
        self.tester.home.send(self.command(request))
        octets = self.tester.receive()
        assert octets is not None, "silence"
        return decode_message(octets)

    def values(self, request: AccessRequest, message: Message) -> dict[Any, Data]:
        """Each item that was read, with its value in clear."""
        found = {}
        response = decode_access_response(message.payload)
        for specification, datum in zip(request.specifications, response.data, strict=True):
            if specification.class_id != DATA_PROTECTION:
                found[key_of(specification)] = datum
                continue
            protected = datum.value[1].value
            plain = decode_data(self.tester.decrypted(message, protected, self.sender))
            items = protected_items(use_case(self.name))
            found.update(zip(map(key_of_item, items), plain.value, strict=True))
        return found


@pytest.fixture
def dlms(make_tester: Any, profile: Any) -> Callable[..., DlmsTester]:
    """A use case, and a device of a role that has it: by version and equipment, unless told otherwise."""

    def make(
        name: str, role: DeviceRole, *, gbcs: str | None = None, variant: EsmeVariant | None = None
    ) -> DlmsTester:
        kind, metrology = _KINDS[role], variant or variant_for(name)
        made = profile(
            kind,
            gbcs=gbcs or use_case(name).until or "4.1",
            variant=metrology if kind is DeviceKind.ESME else None,
            features=frozenset(Feature),
        )
        return DlmsTester(make_tester(**{kind: made}), name, role, metrology)

    return make
