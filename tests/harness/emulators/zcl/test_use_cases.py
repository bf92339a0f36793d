"""Every GBZ use case at every device that it is for: answers of the templates' form, and faults."""

from collections import Counter
from dataclasses import replace

import pytest

from device_profiles.model import DeviceKind, Feature
from harness.cases.zcl_requests import ZclFilling, gbz_request
from harness.codecs.envelope import decode_message
from harness.codecs.gbz import decode_gbz, encode_gbz
from harness.codecs.message import Cra, Message
from harness.codecs.zcl_types import ZclStatus
from harness.crypto.agreement import shared_secret
from harness.crypto.protection import protect
from harness.crypto.sensitive import decrypt_sensitive, sensitive_key, sensitive_parties
from harness.emulators.kinds import KINDS
from harness.emulators.loading.envelope import load_envelope
from harness.emulators.loading.gbz import load_gbz
from harness.emulators.subjects.presets import Presets
from harness.emulators.zcl.templates import DEFAULT_RESPONSE, assigned, steps_of
from harness.emulators.zcl_access import command_key
from harness.gbcs.catalogue import use_case, use_cases
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.gbcs.use_case import Access, MessageType, PayloadFamily
from harness.network.clock import DAY, Instant

GSME, GPF = DeviceRole.GSME, DeviceRole.GPF
PLACES = [
    (one.id, role)
    for one in use_cases()
    if one.payload_family is PayloadFamily.GBZ
    and not one.message_type.is_alert
    and one.message_type is not MessageType.PPMID_GSME
    for role in sorted(one.targets & {GSME, GPF})
]
READS = [place for place in PLACES if use_case(place[0]).access is Access.READ]
OF_ATTRIBUTES = [place for place in READS if any(asked.attributes for asked, _ in steps_of(place[0]))]
OPEN = [
    name
    for name, role in READS
    if role is GPF
    and (name, GSME) in READS
    and not any(answer.encrypted for _, answers in steps_of(name) for answer in answers)
]
"""Read off both, with nothing in the answer that each encrypts with its own key."""
_SENDERS = (RemotePartyRole.SUPPLIER, RemotePartyRole.NETWORK_OPERATOR)


class GbzTester:
    """One use case with one device: who asks, what is asked, what comes back."""

    def __init__(self, tester, name, role):
        self.tester, self.name, self.role = tester, name, role

    @property
    def sender(self):
        allowed = use_case(self.name).roles_at(self.role) & KINDS[self.role].cells.keys()
        return next((one for one in _SENDERS if one in allowed), RemotePartyRole.ACCESS_CONTROL_BROKER)

    @property
    def device(self):
        return self.tester.home._reached(self.role)

    def request(self):
        now = self.tester.home.now
        return gbz_request(use_case(self.name), ZclFilling(now, (Instant(now - DAY), now)))

    def command(self, request):
        self.tester.counter += 1
        row, device = use_case(self.name), self.tester.device(self.role)
        sender = self.tester.party(self.sender)
        message = Message(
            cra=Cra.COMMAND,
            originator_counter=self.tester.counter,
            originator=sender.entity_id,
            recipient=device.entity_id,
            message_code=row.message_codes[0],
            payload=encode_gbz(request),
        )
        signer = sender.ds_private if row.message_type.is_critical else None
        broker = self.tester.party(RemotePartyRole.ACCESS_CONTROL_BROKER)
        return protect(message, signer=signer, mac_secret=shared_secret(broker.ka_private, device.ka_public))

    def messages(self, octets):
        now = self.tester.home.now
        self.device.receive(octets, now)
        return [decode_message(sent.octets) for sent in self.device.outgoing(now)]

    def response(self, octets):
        (message,) = (one for one in self.messages(octets) if one.cra is Cra.RESPONSE)
        return message


@pytest.fixture
def gbz(make_tester, profile):
    def make(name, role, **changes):
        version = changes.pop("gbcs", None) or use_case(name).until or "4.1"
        meter = profile(DeviceKind.GSME, gbcs=version, features=frozenset(Feature))
        hub = profile(DeviceKind.COMMS_HUB, gbcs=version)
        return GbzTester(make_tester(**{DeviceKind.GSME: meter, DeviceKind.COMMS_HUB: hub}), name, role)

    return make


@pytest.mark.parametrize(("name", "role"), PLACES)
def test_answers_are_of_the_templates_form(gbz, name, role):
    asking = gbz(name, role)
    request = asking.request()
    response = decode_gbz(asking.response(asking.command(request)).payload)
    asked = {one.component.sequence: one for one in assigned(name, request.components)}
    assert {one.sequence for one in response.components} == set(asked)
    for component in response.components:
        template = asked[component.sequence].answer(component.command)
        if template is None:
            assert component.command == DEFAULT_RESPONSE, component
            continue
        assert component.frame_control == template.frame_control
        assert (component.protection is not None) == template.encrypted


@pytest.mark.parametrize(("name", "role"), OF_ATTRIBUTES)
def test_a_read_of_attributes_succeeds(gbz, name, role):
    asking = gbz(name, role)
    message = asking.response(asking.command(asking.request()))
    sender, device = asking.tester.party(asking.sender), asking.tester.device(role)
    key = sensitive_key(shared_secret(sender.ka_private, device.ka_public), sensitive_parties(message))
    for component in decode_gbz(message.payload).components:
        if component.command != 0x01 or component.frame_control & 0x03:
            continue
        octets = component.payload
        if component.protection is not None:
            octets = decrypt_sensitive(key, device.entity_id, octets[2:])
        assert octets[2] == ZclStatus.SUCCESS


@pytest.mark.parametrize(("name", "role"), PLACES)
def test_loaded_with_an_answer_another_device_answers_the_same(gbz, name, role):
    first, second = gbz(name, role), gbz(name, role)
    octets = first.command(first.request())
    answered = first.response(octets)
    load_envelope(second.device, answered)
    load_gbz(second.device, decode_message(octets), answered)
    assert replace(second.response(octets), signature=None) == replace(answered, signature=None)


@pytest.mark.parametrize(("name", "role"), PLACES)
def test_after_a_fault_nothing_more_is_done(gbz, name, role):
    asking = gbz(name, role)
    request = asking.request()
    for place, component in enumerate(request.components):
        faulty, replayed = gbz(name, role), gbz(name, role)
        presets = faulty.device.part(Presets)
        template = assigned(name, request.components)[place].template
        if template.attributes:
            key = (component.cluster, template.attributes[-1].attribute, False)
        else:
            key = command_key(component.cluster, component.frame_control, component.command)
        presets.faults[key] = ZclStatus.HARDWARE_FAILURE
        octets = faulty.command(request)
        answered = faulty.response(octets)
        statuses = Counter(
            one.payload for one in decode_gbz(answered.payload).components if one.command == DEFAULT_RESPONSE
        )
        first = min(
            number for number, one in enumerate(assigned(name, request.components)) if _names(one, key)
        )
        assert statuses[bytes((0xFF, ZclStatus.FAILURE))] == len(request.components) - first - 1
        load_envelope(replayed.device, answered)
        load_gbz(replayed.device, decode_message(octets), answered)
        assert replace(replayed.response(octets), signature=None) == replace(answered, signature=None)


def _names(asked, key):
    component, template = asked.component, asked.template
    if template.attributes:
        return any((component.cluster, one.attribute, False) == key for one in template.attributes)
    return command_key(component.cluster, component.frame_control, component.command) == key


@pytest.mark.parametrize(("name", "role"), PLACES)
def test_what_does_not_follow_the_template_is_discarded(gbz, name, role):
    asking = gbz(name, role)
    request = asking.request()
    first = request.components[0]
    spoilt = [
        replace(request, components=(*request.components, first, first)),
        replace(request, components=(replace(first, command=0x7F), *request.components[1:])),
        replace(request, components=(replace(first, from_date_time=7), *request.components[1:]))
        if first.from_date_time is None
        else replace(request, components=(replace(first, from_date_time=None), *request.components[1:])),
    ]
    if name == "GCS20":
        spoilt.pop(0)  # it may set as many events as there is room for
    for one in spoilt:
        assert {message.cra for message in asking.messages(asking.command(one))} == {Cra.ALERT}


@pytest.mark.parametrize("name", OPEN)
def test_the_proxy_answers_what_the_meter_answers(gbz, name):
    asking = gbz(name, GSME)
    at_proxy = GbzTester(asking.tester, name, GPF)
    answers = [
        decode_gbz(one.response(one.command(one.request())).payload).components for one in (asking, at_proxy)
    ]
    assert answers[0] == answers[1]


def test_what_was_published_is_answered_to_those_who_ask(gbz):
    telling = gbz("GCS25a", GSME)
    request = telling.request()
    telling.messages(telling.command(request))
    asking = GbzTester(telling.tester, "GCS21k", GSME)
    (answer,) = decode_gbz(asking.response(asking.command(asking.request())).payload).components
    assert answer.payload == request.components[0].payload


def test_of_two_tellings_the_later_counts(gbz):
    telling = gbz("GCS25a", GSME)
    for _ in range(2):
        telling.messages(telling.command(telling.request()))
        telling.tester.home.wait(DAY)
    asking = GbzTester(telling.tester, "GCS21k", GSME)
    assert len(decode_gbz(asking.response(asking.command(asking.request())).payload).components) == 1
