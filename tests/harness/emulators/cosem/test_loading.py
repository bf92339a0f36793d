"""Loading a device with what another answered: it then answers the same, octet for octet."""

from dataclasses import replace

import pytest

from harness.codecs.axdr import encode_data
from harness.codecs.cosem_shapes import items_of
from harness.codecs.dlms import decode_access_response
from harness.codecs.dlms_types import DataAccessResult
from harness.codecs.envelope import decode_message
from harness.codecs.errors import DecodeError
from harness.codecs.message import Cra
from harness.emulators.access import argument_of, key_of
from harness.emulators.cosem.first_values import Origin, first_value
from harness.emulators.cosem.rows import key_of_item
from harness.emulators.loading.dlms import load_dlms
from harness.emulators.subjects.presets import Presets
from harness.gbcs.catalogue import use_case, use_cases
from harness.gbcs.roles import DeviceRole
from harness.gbcs.use_case import Access, PayloadFamily

PLACES = [
    (one.id, role)
    for one in use_cases()
    if one.payload_family is PayloadFamily.DLMS and not one.message_type.is_alert
    for role in sorted(one.targets)
]
READS = [place for place in PLACES if use_case(place[0]).access is Access.READ]


def response_of(asking, octets, now):
    """A device's response without its signature, which nobody else can make."""
    device = asking.device
    device.receive(octets, now)
    (response,) = (
        message
        for sent in device.outgoing(now)
        if (message := decode_message(sent.octets)).cra is Cra.RESPONSE
    )
    return replace(response, signature=None)


def differently(asking):
    """Have a device answer reads as no device like it would."""
    origin = Origin(b"somebody else", asking.device.template.start, second_element=True)
    for item in items_of(asking.name):
        key = key_of_item(item)
        if not key[3] or item.output is not None:
            shape = item.output if key[3] else item.value
            asking.device.part(Presets).values[key] = first_value(shape, origin)


@pytest.mark.parametrize(("name", "role"), READS)
def test_values(dlms, name, role):
    first, second = dlms(name, role), dlms(name, role)
    octets, now = first.command(first.request()), first.tester.home.now
    differently(first)
    answered = response_of(first, octets, now)
    load_dlms(second.device, decode_message(octets), answered)
    assert response_of(second, octets, now) == answered


@pytest.mark.parametrize(("name", "role"), PLACES)
def test_failures(dlms, name, role):
    asking = dlms(name, role)
    count = len(asking.request().specifications)
    for place in {0, count // 2, count - 1}:
        first, second = dlms(name, role), dlms(name, role)
        request = first.request()
        octets, now = first.command(request), first.tester.home.now
        key = (
            key_of(request.specifications[place]),
            argument_of(request.specifications[place], request.data[place]),
        )
        first.device.part(Presets).faults[key] = DataAccessResult.HARDWARE_FAULT
        answered = response_of(first, octets, now)
        results = [one.result for one in decode_access_response(answered.payload).results]
        assert not all(result == DataAccessResult.SUCCESS for result in results)
        assert set(results[results.index(next(filter(None, results))) + 1 :]) <= {
            DataAccessResult.OTHER_REASON
        }
        load_dlms(second.device, decode_message(octets), answered)
        assert response_of(second, octets, now) == answered


def test_a_value_counts_until_the_device_changes_it(dlms):
    asking = dlms("ECS39b", DeviceRole.ESME)
    request = asking.request()
    key = key_of(request.specifications[0])
    presets = asking.device.part(Presets)
    presets.values[key, b""] = presets.values[key] = request.data[0]
    asking.answer(request)
    assert presets.value(key, b"") is None
    assert not presets.values


def test_an_answer_that_cannot_be_decrypted_is_no_answer(dlms):
    asking = dlms("ECS17b", DeviceRole.ESME)
    octets, now = asking.command(asking.request()), asking.tester.home.now
    answered = response_of(asking, octets, now)
    spoilt = replace(answered, payload=answered.payload[:-20] + bytes(20))
    with pytest.raises(DecodeError):
        load_dlms(asking.device, decode_message(octets), spoilt)


def test_what_was_put_on_an_argument_comes_before_what_was_put_on_the_item(dlms):
    presets = dlms("ECS52", DeviceRole.ESME).device.part(Presets)
    presets.values["item"], presets.values["item", encode_data(first_value(None, None))] = 1, 2
    assert presets.value("item", b"\x00") == 2
    assert presets.value("item", b"\x01") == presets.value("item") == 1
    presets.forget("item")
    assert presets.value("item", b"\x00") is None
