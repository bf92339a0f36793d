"""What methods do by their class alone: resets, and bringing next values into force."""

import pytest

from harness.codecs.cosem_data import CompactArray, Data, DataTag, TypeDescription
from harness.emulators.cosem.objects import Objects
from harness.emulators.cosem.rows import generic_rows
from harness.emulators.subjects.presets import Presets
from harness.gbcs.catalogue import use_case
from harness.gbcs.roles import DeviceRole
from harness.gbcs.use_case import Access, obis_octets

ESME = DeviceRole.ESME


def held(asking, key):
    return asking.device.part(Objects).written(key)


@pytest.mark.parametrize("name", ["ECS28b"])
def test_registers_are_put_back_to_nought(dlms, name):
    asking = dlms(name, ESME)
    request = asking.request()
    keys = [(one.class_id, one.instance, 2, False) for one in request.specifications]
    counters = [key for key in keys if key in asking.device.template.objects]
    assert counters
    for key in counters:
        asking.device.part(Objects).put(key, Data(DataTag.DOUBLE_LONG_UNSIGNED, 7))
    asking.answer(request)
    assert {held(asking, key).value for key in counters} == {0}


def test_a_log_is_emptied(dlms):
    asking = dlms("ECS15c", ESME)
    key = (7, obis_octets("0-17:99.98.2.255"), 2, False)
    number = TypeDescription(DataTag.DOUBLE_LONG_UNSIGNED)
    log = Data(DataTag.COMPACT_ARRAY, CompactArray(number, (Data(DataTag.DOUBLE_LONG_UNSIGNED, 1),)))
    asking.device.part(Objects).put(key, log)
    asking.device.part(Presets).values[key] = log
    asking.answer(asking.request())
    assert held(asking, key).value == CompactArray(number, ())
    assert asking.device.part(Presets).value(key) is None


def test_the_next_rate_of_a_debt_comes_into_force_by_method(dlms):
    asking = dlms("ECS07", ESME)
    request = asking.request()
    asking.answer(request)
    passive, active = ((113, obis_octets("0-0:19.20.1.255"), index, False) for index in (6, 5))
    objects = asking.device.part(Objects)
    assert objects.written(active) is not None
    assert objects.written(active) == objects.written(passive)


def test_rows_say_what_is_read_where_a_read_and_an_update_name_the_same_item():
    names = ("ECS34", "ECS26f")
    rows = generic_rows((name, use_case(name).access) for name in names)
    assert {use_case(name).access for name in names} == set(Access)
    (row,) = rows.values()
    assert row.key == (21, obis_octets("0-0:16.0.0.255"), 2, False)
    assert row.read is not None
    assert row.write is not None
