"""Updates: what a command changes shows on the device, and nothing else does."""

import pytest

from device_profiles.model import DeviceKind
from harness.codecs.dlms import decode_access_response
from harness.codecs.dlms_types import DataAccessResult
from harness.emulators.subjects.clock import Clock, TimeStatus
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.clock import HOUR
from harness.network.port import Display

ESME, GSME = DeviceRole.ESME, DeviceRole.GSME


def state(tester, role):
    return tester.home.read_display(role, Display.SUPPLY_STATE)


def results(message):
    return [result.result for result in decode_access_response(message.payload).results]


def test_balance_reset_on_the_electricity_meter(tester):
    assert tester.home.read_display(ESME, Display.METER_BALANCE) != "0"
    message = tester.exchange("ECS04b", ESME)
    assert message.payload == bytes.fromhex(f"da20{tester.counter:06x}000003000000 03 030003000300")
    assert message.mac is None
    assert tester.home.read_display(ESME, Display.METER_BALANCE) == "0"


def test_load_switch_opens_arms_and_closes(tester):
    assert state(tester, ESME) == "enabled"
    assert results(tester.exchange("ECS44", ESME)) == [DataAccessResult.SUCCESS]
    assert state(tester, ESME) == "enabled"
    for name, expected in (("ECS43", "disabled"), ("ECS44", "armed"), ("ECS42", "enabled")):
        assert results(tester.exchange(name, ESME)) == [DataAccessResult.SUCCESS]
        assert state(tester, ESME) == expected


def test_register_stands_still_while_the_load_switch_is_open(tester):
    tester.exchange("ECS43", ESME)
    shown = tester.home.read_display(ESME, Display.IMPORT_REGISTER)
    tester.home.wait(HOUR)
    assert tester.home.read_display(ESME, Display.IMPORT_REGISTER) == shown
    tester.exchange("ECS42", ESME)
    tester.home.wait(HOUR)
    assert int(tester.home.read_display(ESME, Display.IMPORT_REGISTER)) > int(shown)


def test_script_of_another_use_case_does_not_fit(tester):
    payload = tester.PAYLOADS["ECS42"]
    tester.home.send(tester.command("ECS43", ESME, payload=payload))
    assert len(tester.alerts()) == 2
    assert state(tester, ESME) == "enabled"


def test_meter_without_a_load_switch_does_not_know_the_use_case(make_tester, profile):
    tester = make_tester(esme=profile(DeviceKind.ESME, features=frozenset()))
    tester.home.send(tester.command("ECS43", ESME))
    assert [message.message_code for message in tester.alerts()] == [0x0120]


def test_clock_is_set_from_the_hub(tester):
    message = tester.exchange("ECS70", ESME)
    response = decode_access_response(message.payload)
    assert [result.result for result in response.results] == [DataAccessResult.SUCCESS] * 5
    assert len(response.data[3].value) == 12
    assert response.data[4].value == 0


def test_clock_outside_the_range_is_left_alone_and_not_trusted(tester):
    payload = tester.PAYLOADS["ECS70"].replace("07ea0204", "07ea0203")
    before = tester.home.read_display(ESME, Display.CLOCK)
    message = tester.exchange("ECS70", ESME, payload=payload)
    assert results(message) == [0, 0, *[DataAccessResult.OTHER_REASON] * 3]
    assert tester.home.read_display(ESME, Display.CLOCK) >= before
    assert tester.home._reached(ESME).part(Clock).status is TimeStatus.UNRELIABLE


@pytest.mark.parametrize(
    "stamp", ["07ea0d04ff000000008000ff", "270f0c1fff173b3b007fffff", "ffffffffffffffffff8000ff"]
)
def test_range_that_is_no_time_is_refused(tester, stamp):
    payload = tester.PAYLOADS["ECS70"].replace("07ea0204ff000000008000ff", stamp)
    assert results(tester.exchange("ECS70", ESME, payload=payload))[1:3] == [
        DataAccessResult.SCOPE_OF_ACCESS_VIOLATED,
        DataAccessResult.OTHER_REASON,
    ]


def test_valve_closes_and_is_armed_never_opened(tester):
    message = tester.exchange("GCS32", GSME)
    assert message.payload == bytes.fromhex("01090101070200100900 0c 00000000804a371c00000000 00")
    assert state(tester, GSME) == "disabled"
    message = tester.exchange("GCS39", GSME)
    assert message.payload == bytes.fromhex("01090101070200100900 0c 00000000804a371c00000000 01")
    assert state(tester, GSME) == "armed"
    shown = tester.home.read_display(GSME, Display.GAS_REGISTER)
    tester.home.wait(HOUR)
    assert tester.home.read_display(GSME, Display.GAS_REGISTER) == shown


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        ("00000000 00 01", "01000000 00 01"),
        ("00000000 00 01", "00000000 00 00"),
    ],
    ids=["at a time", "unacknowledged"],
)
def test_change_of_supply_in_another_way_than_its_template_is_refused(tester, said, instead):
    payload = tester.PAYLOADS["GCS32"].replace(said, instead)
    assert payload != tester.PAYLOADS["GCS32"]
    tester.home.send(tester.command("GCS32", GSME, payload=payload))
    assert tester.alerts()
    assert state(tester, GSME) == "enabled"


def test_gas_balance_is_adjusted_and_reset(tester):
    shown = int(tester.home.read_display(GSME, Display.METER_BALANCE))
    tester.exchange("GCS40a", GSME)
    assert int(tester.home.read_display(GSME, Display.METER_BALANCE)) == shown + 100
    message = tester.exchange("GCS40b", GSME)
    assert message.payload == bytes.fromhex("010901010705000508000b0500")
    assert tester.home.read_display(GSME, Display.METER_BALANCE) == "0"


def test_adjustment_under_the_code_of_a_reset_does_not_fit(tester):
    tester.home.send(tester.command("GCS40b", GSME, payload=tester.PAYLOADS["GCS40a"]))
    assert {message.message_code for message in tester.alerts()} == {0x1000}


@pytest.mark.parametrize("name", ["ECS42", "ECS43", "ECS04b", "ECS70"])
def test_network_operator_may_change_nothing(tester, name):
    before = [tester.home.read_display(ESME, what) for what in (Display.SUPPLY_STATE, Display.METER_BALANCE)]
    tester.home.send(tester.command(name, ESME, sender=RemotePartyRole.NETWORK_OPERATOR))
    assert {message.message_code for message in tester.alerts()} == {0x1000}
    after = [tester.home.read_display(ESME, what) for what in (Display.SUPPLY_STATE, Display.METER_BALANCE)]
    assert before == after
