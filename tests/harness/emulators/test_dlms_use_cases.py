"""Every DLMS use case at every device that it is for: reads of the rows' types, writes of no other."""

from dataclasses import replace

import pytest

from device_profiles.model import DeviceKind, EsmeVariant, Feature
from harness.cases.cosem_requests import Ends, access_request, protected_items
from harness.cases.cosem_values import Filling
from harness.codecs.axdr import decode_data
from harness.codecs.cosem_data import NULL, Data, DataTag
from harness.codecs.cosem_shapes import items_of
from harness.codecs.dlms import decode_access_response, encode_access_request
from harness.codecs.dlms_types import AccessKind, AccessRequest, DataAccessResult
from harness.codecs.envelope import decode_message
from harness.codecs.message import Cra, Message
from harness.crypto.agreement import shared_secret
from harness.crypto.protection import protect
from harness.emulators.access import key_of
from harness.emulators.cosem.rows import key_of_item
from harness.emulators.cosem.typed import has_shape
from harness.emulators.kinds import KINDS as MAKE_UPS
from harness.gbcs.catalogue import use_case, use_cases
from harness.gbcs.equipment import Equipment, equipment_of
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.gbcs.use_case import Access, PayloadFamily
from harness.network.clock import DAY

DATA_PROTECTION = 30
KINDS = {
    DeviceRole.ESME: DeviceKind.ESME,
    DeviceRole.SAPC: DeviceKind.SAPC,
    DeviceRole.CHF: DeviceKind.COMMS_HUB,
}
PLACES = [
    (one.id, role)
    for one in use_cases()
    if one.payload_family is PayloadFamily.DLMS and not one.message_type.is_alert
    for role in sorted(one.targets)
]
READS = [place for place in PLACES if use_case(place[0]).access is Access.READ]
UPDATES = [place for place in PLACES if use_case(place[0]).access is Access.UPDATE]
SENDERS = (RemotePartyRole.SUPPLIER, RemotePartyRole.NETWORK_OPERATOR, RemotePartyRole.LOAD_CONTROLLER)


def variant_for(name):
    needed = equipment_of(name)
    if Equipment.SECOND_ELEMENT in needed:
        return EsmeVariant.TWIN_ELEMENT
    return EsmeVariant.POLYPHASE if Equipment.THREE_PHASES in needed else EsmeVariant.SINGLE_ELEMENT


def equipped(make_tester, profile, name, role, *, gbcs=None, variant=None):
    """A home whose device in a role has its version, and everything that it needs unless told otherwise."""
    kind = KINDS[role]
    made = profile(
        kind,
        gbcs=gbcs or use_case(name).until or "4.1",
        variant=(variant or variant_for(name)) if kind is DeviceKind.ESME else None,
        features=frozenset(Feature),
    )
    return make_tester(**{kind: made})


def sender_of(name, role):
    allowed = use_case(name).roles_at(role)
    known = [one for one in SENDERS if one in MAKE_UPS[role].cells]
    return next((one for one in known if one in allowed), RemotePartyRole.ACCESS_CONTROL_BROKER)


def request_for(tester, name, role) -> AccessRequest:
    tester.counter += 1
    ends = Ends(tester.counter, tester.party(sender_of(name, role)).entity_id, tester.device(role).entity_id)
    now = tester.home.now
    return access_request(use_case(name), ends, Filling(now), (now - DAY, now))


def answer(tester, name, role, request):
    """The device's response to a request, None for silence."""
    row, sender, device = use_case(name), sender_of(name, role), tester.device(role)
    message = Message(
        cra=Cra.COMMAND,
        originator_counter=tester.counter,
        originator=tester.party(sender).entity_id,
        recipient=device.entity_id,
        message_code=row.message_codes[0],
        payload=encode_access_request(request),
    )
    signer = tester.party(sender).ds_private if row.message_type.is_critical else None
    broker = tester.party(RemotePartyRole.ACCESS_CONTROL_BROKER)
    secret = shared_secret(broker.ka_private, device.ka_public)
    tester.home.send(protect(message, signer=signer, mac_secret=secret))
    octets = tester.receive()
    return None if octets is None else decode_message(octets)


def values(tester, name, role, request, message):
    """Each item that was read, with its value in clear."""
    found = {}
    response = decode_access_response(message.payload)
    for specification, datum in zip(request.specifications, response.data, strict=True):
        if specification.class_id != DATA_PROTECTION:
            found[key_of(specification)] = datum
            continue
        protected = datum.value[1].value
        plain = decode_data(tester.decrypted(message, protected, sender_of(name, role)))
        items = protected_items(use_case(name))
        found.update(zip(map(key_of_item, items), plain.value, strict=True))
    return found


@pytest.mark.parametrize(("name", "role"), READS)
def test_reads_answer_with_the_types_of_the_rows(make_tester, profile, name, role):
    variant = variant_for(name)
    tester = equipped(make_tester, profile, name, role)
    request = request_for(tester, name, role)
    message = answer(tester, name, role, request)
    response = decode_access_response(message.payload)
    assert {one.result for one in response.results} == {DataAccessResult.SUCCESS}
    found = values(tester, name, role, request, message)
    items = {key_of_item(item): item for item in items_of(name)}
    for key, value in found.items():
        item = items[key]
        shape = item.output if key[3] else item.value
        has_second = variant is EsmeVariant.TWIN_ELEMENT
        assert has_shape(value, shape, second_element=has_second), (item.title, value)


@pytest.mark.parametrize(("name", "role"), PLACES)
def test_every_item_is_answered(make_tester, profile, name, role):
    tester = equipped(make_tester, profile, name, role)
    request = request_for(tester, name, role)
    response = decode_access_response(answer(tester, name, role, request).payload)
    assert len(response.results) == len(response.data) == len(request.specifications)
    assert response.invoke_id == request.invoke_id


def given_wrongly(request, place):
    """A request with a datum of a type that no row has."""
    data = list(request.data)
    data[place] = Data(DataTag.BCD, 1)
    return replace(request, data=tuple(data))


@pytest.mark.parametrize(("name", "role"), UPDATES)
def test_values_of_a_wrong_type_are_refused(make_tester, profile, name, role):
    tester = equipped(make_tester, profile, name, role)
    given = {AccessKind.SET, AccessKind.ACTION}
    first = request_for(tester, name, role)
    places = [place for place, one in enumerate(first.specifications) if one.kind in given]
    assert places
    for place in places:
        request = given_wrongly(request_for(tester, name, role), place)
        message = answer(tester, name, role, request)
        if message.cra is Cra.ALERT:
            # What may only have one value makes the command another one.
            continue
        response = decode_access_response(message.payload)
        assert response.results[place].result != DataAccessResult.SUCCESS
        assert all(one.result == DataAccessResult.OTHER_REASON for one in response.results[place + 1 :])
        assert set(response.data[place:]) == {NULL}


READ_BACK = {"ECS39b": "ECS40", "ECS34": "ECS26f", "ECS30a": "ECS26l", "ECS29c": "ECS26b", "ECS46a": "ECS61d"}


@pytest.mark.parametrize(("name", "reading"), READ_BACK.items())
def test_written_values_are_read_back(make_tester, profile, name, reading):
    role = DeviceRole.ESME
    tester = equipped(make_tester, profile, name, role)
    request = request_for(tester, name, role)
    response = decode_access_response(answer(tester, name, role, request).payload)
    assert {one.result for one in response.results} == {DataAccessResult.SUCCESS}
    asked = request_for(tester, reading, role)
    found = values(tester, reading, role, asked, answer(tester, reading, role, asked))
    written = dict(zip(map(key_of, request.specifications), request.data, strict=True))
    assert written.keys() & found.keys()
    assert all(found[key] == datum for key, datum in written.items() if key in found)


@pytest.mark.parametrize(
    ("name", "gbcs"),
    [("ECS08", "4.0"), ("ECS26e", "4.0"), ("ECS47", "4.1"), ("ECS61d", "3.2"), ("ECS47a", "3.2")],
)
def test_what_a_version_does_not_know_is_answered_as_unknown(make_tester, profile, name, gbcs):
    tester = equipped(make_tester, profile, name, DeviceRole.ESME, gbcs=gbcs)
    message = answer(tester, name, DeviceRole.ESME, request_for(tester, name, DeviceRole.ESME))
    alert = "ECS100" if gbcs >= "4.0" else "GCA"
    assert message.cra is Cra.ALERT
    assert message.message_code == use_case(alert).message_codes[0]


def test_a_meter_without_the_equipment_does_not_know_the_use_case(make_tester, profile):
    role = DeviceRole.ESME
    for name, variant in (("ECS24b", EsmeVariant.SINGLE_ELEMENT), ("ECS26k", EsmeVariant.TWIN_ELEMENT)):
        tester = equipped(make_tester, profile, name, role, variant=variant)
        assert answer(tester, name, role, request_for(tester, name, role)).cra is Cra.ALERT
