"""Loss of the mains: silence, registers that stand still, and ECS80 once it is over."""

from datetime import timedelta

import pytest

from device_profiles.model import DeviceKind, EsmeVariant
from harness.codecs.cosem_date_time import CosemDateTime
from harness.codecs.dlms import decode_data_notification
from harness.codecs.envelope import decode_message
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.clock import HOUR, MINUTE, SECOND, Duration, datetime_of
from harness.network.port import Display, Stimulus

ESME = DeviceRole.ESME


def outage(tester, length, role=ESME):
    tester.home.operate(role, Stimulus.POWER_OFF)
    began = tester.home.now
    tester.home.wait(length)
    tester.home.operate(role, Stimulus.POWER_ON)
    return began, tester.home.now


@pytest.mark.parametrize("variant", list(EsmeVariant))
@pytest.mark.parametrize(
    ("length", "code"),
    [(Duration(3 * MINUTE - SECOND), 0x8F35), (Duration(3 * MINUTE), 0x8F36), (Duration(9 * HOUR), 0x8F36)],
)
def test_outage_is_reported_with_its_times(make_tester, profile, variant, length, code):
    tester = make_tester(esme=profile(DeviceKind.ESME, variant=variant))
    times = outage(tester, length)
    alerts = tester.alerts()
    assert {alert.recipient for alert in alerts} == {
        tester.party(role).entity_id for role in (RemotePartyRole.SUPPLIER, RemotePartyRole.NETWORK_OPERATOR)
    }
    for alert in alerts:
        assert (alert.message_code, alert.mac) == (0x0067, None)
        raised, _, *stamps = decode_data_notification(alert.payload).body.value
        assert raised.value == code
        for stamp, moment in zip(stamps, times, strict=True):
            written = CosemDateTime.from_octets(stamp.value).to_datetime()
            assert timedelta(0) <= datetime_of(moment) - written < timedelta(seconds=1)


def test_dark_device_is_silent(tester):
    tester.home.operate(ESME, Stimulus.POWER_OFF)
    tester.home.send(tester.command("ECS52", ESME))
    # The hub says that it did not get through.
    assert decode_message(tester.receive()).originator == tester.device(DeviceRole.CHF).entity_id
    assert tester.receive() is None
    assert tester.home.read_display(ESME, Display.IMPORT_REGISTER) is None
    assert tester.home.read_display(DeviceRole.IHD, Display.IMPORT_REGISTER) is None


def test_nothing_is_used_during_an_outage(tester):
    shown = tester.home.read_display(ESME, Display.IMPORT_REGISTER)
    outage(tester, HOUR)
    assert tester.home.read_display(ESME, Display.IMPORT_REGISTER) == shown


def test_supply_stays_off_when_the_mains_come_back(tester):
    tester.exchange("ECS43", ESME)
    shown = tester.home.read_display(ESME, Display.IMPORT_REGISTER)
    outage(tester, MINUTE)
    tester.home.wait(HOUR)
    assert tester.home.read_display(ESME, Display.SUPPLY_STATE) == "disabled"
    assert tester.home.read_display(ESME, Display.IMPORT_REGISTER) == shown


def test_switching_on_what_is_on_is_no_outage(tester):
    tester.home.operate(ESME, Stimulus.POWER_ON)
    tester.home.operate(ESME, Stimulus.RESTART)
    assert tester.alerts() == []


def test_switching_off_twice_is_one_outage(tester):
    tester.home.operate(ESME, Stimulus.POWER_OFF)
    tester.home.wait(Duration(2 * MINUTE))
    outage(tester, Duration(2 * MINUTE))
    (code, *_), _ = (decode_data_notification(alert.payload).body.value for alert in tester.alerts())
    assert code.value == 0x8F36


@pytest.mark.parametrize("function", [DeviceRole.CHF, DeviceRole.GPF])
def test_hub_without_power_carries_nothing(tester, function):
    tester.home.operate(function, Stimulus.POWER_OFF)
    for name, target in (("ECS52", ESME), ("GCS38", DeviceRole.GPF), ("GCS38", DeviceRole.GSME)):
        tester.home.send(tester.command(name, target))
    assert tester.receive() is None
    tester.home.operate(function, Stimulus.POWER_ON)
    assert tester.exchange("ECS52", ESME).message_code == 0x59


def test_outage_report_waits_for_nobody(tester):
    """A hub that is dark when the meter reports loses the report."""
    tester.home.operate(DeviceRole.CHF, Stimulus.POWER_OFF)
    outage(tester, MINUTE)
    assert tester.receive() is None
