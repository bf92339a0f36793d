"""Every DLMS use case at every device that it is for: reads of the rows' types, writes of no other."""

from dataclasses import replace

import pytest

from device_profiles.model import EsmeVariant
from harness.codecs.cosem_data import NULL, Data, DataTag
from harness.codecs.cosem_shapes import items_of
from harness.codecs.dlms import decode_access_response
from harness.codecs.dlms_types import AccessKind, DataAccessResult
from harness.codecs.message import Cra
from harness.emulators.access import key_of
from harness.emulators.cosem.rows import key_of_item
from harness.emulators.cosem.typed import has_shape
from harness.gbcs.catalogue import use_case, use_cases
from harness.gbcs.roles import DeviceRole
from harness.gbcs.use_case import Access, PayloadFamily

ESME = DeviceRole.ESME
PLACES = [
    (one.id, role)
    for one in use_cases()
    if one.payload_family is PayloadFamily.DLMS and not one.message_type.is_alert
    for role in sorted(one.targets)
]
READS = [place for place in PLACES if use_case(place[0]).access is Access.READ]
UPDATES = [place for place in PLACES if use_case(place[0]).access is Access.UPDATE]


@pytest.mark.parametrize(("name", "role"), READS)
def test_reads_answer_with_the_types_of_the_rows(dlms, name, role):
    asking = dlms(name, role)
    request = asking.request()
    message = asking.answer(request)
    response = decode_access_response(message.payload)
    assert {one.result for one in response.results} == {DataAccessResult.SUCCESS}
    items = {key_of_item(item): item for item in items_of(name)}
    for key, value in asking.values(request, message).items():
        shape = items[key].output if key[3] else items[key].value
        has_second = asking.variant is EsmeVariant.TWIN_ELEMENT
        assert has_shape(value, shape, second_element=has_second), (items[key].title, value)


@pytest.mark.parametrize(("name", "role"), UPDATES)
def test_every_item_of_an_update_is_answered(dlms, name, role):
    asking = dlms(name, role)
    request = asking.request()
    response = decode_access_response(asking.answer(request).payload)
    assert len(response.results) == len(response.data) == len(request.specifications)
    assert response.invoke_id == request.invoke_id


def given_wrongly(request, place):
    """A request with a datum of a type that no row has."""
    data = list(request.data)
    data[place] = Data(DataTag.BCD, 1)
    return replace(request, data=tuple(data))


@pytest.mark.parametrize(("name", "role"), UPDATES)
def test_values_of_a_wrong_type_are_refused(dlms, name, role):
    asking = dlms(name, role)
    given = {AccessKind.SET, AccessKind.ACTION}
    places = [place for place, one in enumerate(asking.request().specifications) if one.kind in given]
    assert places
    for place in places:
        message = asking.answer(given_wrongly(asking.request(), place))
        if message.cra is Cra.ALERT:
            # What may only have one value makes the command another one.
            continue
        response = decode_access_response(message.payload)
        assert response.results[place].result != DataAccessResult.SUCCESS
        assert all(one.result == DataAccessResult.OTHER_REASON for one in response.results[place + 1 :])
        assert set(response.data[place:]) == {NULL}


def test_a_value_other_than_the_one_allowed_is_refused(dlms):
    asking = dlms("ECS37", ESME)
    request = asking.request()
    (entries,) = request.data
    (first, *_), tag = entries.value, entries.value[0].tag
    wrong = Data(tag, (first.value[0], Data(DataTag.BOOLEAN, value=False), *first.value[2:]))
    message = asking.answer(replace(request, data=(replace(entries, value=(wrong,)),)))
    (result,) = decode_access_response(message.payload).results
    assert result.result == DataAccessResult.SCOPE_OF_ACCESS_VIOLATED


def test_without_the_processing_option_what_follows_a_failure_is_still_carried_out(dlms):
    asking = dlms("ECS16", ESME)
    request = given_wrongly(asking.request(), 0)
    response = decode_access_response(asking.answer(replace(request, invoke_id=0)).payload)
    assert [one.result for one in response.results] == [DataAccessResult.TYPE_UNMATCHED, 0]


READ_BACK = {"ECS39b": "ECS40", "ECS34": "ECS26f", "ECS30a": "ECS26l", "ECS29c": "ECS26b", "ECS46a": "ECS61d"}


@pytest.mark.parametrize(("name", "reading"), READ_BACK.items())
def test_written_values_are_read_back(dlms, name, reading):
    asking = dlms(name, ESME)
    request = asking.request()
    response = decode_access_response(asking.answer(request).payload)
    assert {one.result for one in response.results} == {DataAccessResult.SUCCESS}
    written = dict(zip(map(key_of, request.specifications), request.data, strict=True))
    again = replace(asking, name=reading)
    asked = again.request()
    found = again.values(asked, again.answer(asked))
    assert written.keys() & found.keys()
    assert all(found[key] == datum for key, datum in written.items() if key in found)


def test_a_reading_use_case_writes_nothing(dlms):
    asking = dlms("ECS40", ESME)
    request = asking.request()
    specifications = tuple(replace(one, kind=AccessKind.SET) for one in request.specifications)
    data = (Data(DataTag.OCTET_STRING, b"1312345678111"),) * len(specifications)
    response = decode_access_response(
        asking.answer(replace(request, specifications=specifications, data=data)).payload
    )
    assert response.results[0].result == DataAccessResult.READ_WRITE_DENIED


@pytest.mark.parametrize(
    ("name", "gbcs"),
    [("ECS08", "4.0"), ("ECS26e", "4.0"), ("ECS47", "4.1"), ("ECS61d", "3.2"), ("ECS47a", "3.2")],
)
def test_what_a_version_does_not_know_is_answered_as_unknown(dlms, name, gbcs):
    asking = dlms(name, ESME, gbcs=gbcs)
    message = asking.answer(asking.request())
    alert = "ECS100" if gbcs >= "4.0" else "GCA"
    assert message.cra is Cra.ALERT
    assert message.message_code == use_case(alert).message_codes[0]


@pytest.mark.parametrize(
    ("name", "variant"),
    [("ECS24b", EsmeVariant.SINGLE_ELEMENT), ("ECS26k", EsmeVariant.TWIN_ELEMENT)],
)
def test_a_meter_without_the_equipment_does_not_know_the_use_case(dlms, name, variant):
    asking = dlms(name, ESME, variant=variant)
    assert asking.answer(asking.request()).cra is Cra.ALERT
