"""What a load at a proportional controller says is passed on, by devices and versions that do so."""

import json

import pytest

from device_profiles.model import DeviceKind, Feature
from harness.codecs.cosem_data import DataTag
from harness.codecs.dlms import decode_data_notification
from harness.codecs.envelope import decode_message
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.catalogue import use_case
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.port import Stimulus

CONTROLLED = frozenset({Feature.LOAD_SWITCH, Feature.APC})


def told(tester, role):
    """Alerts that follow a report of the load, by recipient."""
    tester.home.operate(role, Stimulus.LOAD_REPORTS)
    found = {}
    while (octets := tester.home.receive(within=600_000_000)) is not None:
        message = decode_message(octets)
        assert message.message_code == use_case("ECS200").message_codes[0]
        found[message.recipient] = decode_data_notification(message.payload).body.value
    return found


@pytest.mark.parametrize("role", [DeviceRole.ESME, DeviceRole.SAPC])
def test_supplier_and_load_controller_hear_of_both_directions(make_tester, profile, role):
    tester = make_tester(esme=profile(DeviceKind.ESME, features=CONTROLLED))
    parties = [
        tester.party(one).entity_id for one in (RemotePartyRole.SUPPLIER, RemotePartyRole.LOAD_CONTROLLER)
    ]
    heard = told(tester, role)
    assert set(heard) == set(parties)
    for code, _, text in heard.values():
        assert code.value == AlertCode.APC_DATA
        assert text.tag is DataTag.UTF8_STRING
        assert json.loads(text.value) == {"outputState": "0", "inputState": "0", "other-data": ""}


def test_a_meter_without_such_a_controller_or_of_an_older_version_says_nothing(make_tester, profile):
    for meter in (
        profile(DeviceKind.ESME, features=frozenset({Feature.LOAD_SWITCH, Feature.ALCS})),
        profile(DeviceKind.ESME, features=CONTROLLED, gbcs="3.2"),
    ):
        assert told(make_tester(esme=meter), DeviceRole.ESME) == {}


@pytest.mark.parametrize("role", [DeviceRole.GSME, DeviceRole.CHF, DeviceRole.HCALCS])
def test_devices_that_control_no_load_get_no_report(tester, role):
    with pytest.raises(ValueError, match="controls no load"):
        tester.home.operate(role, Stimulus.LOAD_REPORTS)
