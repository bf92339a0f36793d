"""Next values come into force when the supplier says: now, at a time, or never."""

import pytest

from harness.codecs.cosem_data import Data, DataTag
from harness.codecs.cosem_date_time import NEVER, NOW
from harness.emulators.cosem.objects import Objects
from harness.emulators.cosem.passive import ACTIVATED, set_time
from harness.emulators.refusal import AccessRefused
from harness.emulators.subjects.clock import date_time_of
from harness.emulators.subjects.presets import Presets
from harness.emulators.subjects.put_off import PutOff
from harness.emulators.subjects.putting_off import Cause
from harness.gbcs.catalogue import use_cases
from harness.gbcs.roles import DeviceRole
from harness.gbcs.use_case import ItemKind, obis_octets
from harness.network.clock import HOUR, Instant

LOW_CREDIT = (9000, obis_octets("0-0:94.44.128.9"), 6, False)
PASSIVE = (9000, obis_octets("0-0:94.44.128.9"), 4, False)
ACTIVE = (111, obis_octets("0-0:19.0.0.255"), 16, False)
CAUSE = Cause(0x00DE, b"SUPPLIER", 7)
FIVE = Data(DataTag.DOUBLE_LONG, 5_000)


@pytest.fixture
def device(tester):
    return tester.home._reached(DeviceRole.ESME)


def active(device):
    return device.part(Objects).written(ACTIVE)


def wake(device, at):
    due = device.wake_at()
    while due is not None and due <= at:
        device.wake(due)
        due = device.wake_at()


def test_now(device):
    device.part(Objects).put(PASSIVE, FIVE)
    device.part(Presets).values[ACTIVE, b""] = Data(DataTag.DOUBLE_LONG, 1)
    set_time(device, LOW_CREDIT, NOW.to_octets(), device.template.start, CAUSE)
    assert active(device) == FIVE
    assert device.part(Presets).value(ACTIVE, b"") is None


def test_at_a_time(device):
    device.part(Objects).put(PASSIVE, FIVE)
    start = device.template.start
    due = Instant(start + HOUR)
    set_time(device, LOW_CREDIT, date_time_of(due).to_octets(), start, CAUSE)
    wake(device, Instant(due - 1))
    assert active(device) is None
    wake(device, due)
    assert active(device) == FIVE
    assert not device.part(PutOff).waiting


@pytest.mark.parametrize("later", [NEVER, date_time_of(Instant(2**52))])
def test_another_time_takes_the_place_of_one_that_waits(device, later):
    device.part(Objects).put(PASSIVE, FIVE)
    start = device.template.start
    due = Instant(start + HOUR)
    set_time(device, LOW_CREDIT, date_time_of(due).to_octets(), start, CAUSE)
    set_time(device, LOW_CREDIT, later.to_octets(), start, CAUSE)
    wake(device, due)
    assert active(device) is None


def test_what_nobody_wrote_does_not_come_into_force(device):
    set_time(device, LOW_CREDIT, NOW.to_octets(), device.template.start, CAUSE)
    assert active(device) is None


def test_a_time_that_is_none_is_refused(device):
    with pytest.raises(AccessRefused):
        set_time(device, LOW_CREDIT, bytes.fromhex("07ea0d04ff000000008000ff"), device.template.start, CAUSE)


def test_activations_name_items_of_the_catalogue():
    rows = {
        (row.class_id, row.instance, row.index, row.kind is ItemKind.METHOD)
        for one in use_cases()
        for row in one.cosem
    }
    named = ACTIVATED.keys() & rows
    assert {(9000, obis_octets("0-0:63.1.1.255"), 6, False), LOW_CREDIT} <= named
    times = {row for row in rows if row[0] == 9000 and row[2] == 6}
    assert times <= ACTIVATED.keys()
    for key in named:
        assert all(passive in rows for passive, _, _ in ACTIVATED[key])
        assert all(target in rows for _, target, _ in ACTIVATED[key])
