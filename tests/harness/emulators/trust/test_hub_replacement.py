"""Another hub in the old one's place: who is on its network before and after it was given the backup."""

import pytest

from device_profiles.model import DeviceKind
from harness.codecs.asn1.joining import (
    DeviceLogEntry,
    Join,
    JoinCode,
    JoinMethod,
    RestoreDeviceLog,
    Unjoin,
    UnjoinCode,
)
from harness.codecs.asn1.payloads import decode_asn1, encode_asn1
from harness.codecs.axdr import encode_data
from harness.codecs.cosem_data import NULL, Data, DataTag
from harness.codecs.dlms import decode_access_response
from harness.codecs.envelope import decode_message
from harness.codecs.message import Cra
from harness.gbcs.roles import DeviceRole, DeviceType
from harness.network.clock import HOUR, MINUTE, Duration
from harness.network.port import Stimulus

CHF, GPF, ESME, GSME, PPMID = (
    DeviceRole.CHF,
    DeviceRole.GPF,
    DeviceRole.ESME,
    DeviceRole.GSME,
    DeviceRole.PPMID,
)
LOG = "0068 00001e0300ff"


def hub_tester(make_trustee):
    """The broker before a hub, whichever is in the home now."""
    trustee = make_trustee(CHF)
    trustee.device = trustee.tester.device(CHF)
    return trustee


def access(trustee, code, item, argument):
    broker = trustee.broker
    counter = trustee.next_counter(broker)
    payload = bytes.fromhex(f"d920{counter:06x}00 01 03 {item} 01") + encode_data(argument)
    message = trustee.ask(code, payload, broker, counter=counter)
    answer = decode_access_response(message.payload)
    drain(trustee)
    return answer.results[0].result, answer.data[0]


def drain(trustee):
    """Leave no alert of a change to be taken for an answer."""
    while trustee.tester.home.receive(within=MINUTE) is not None:
        pass


def backup_of(trustee):
    """Network and entries of the hub's list, as CCS03 wants them."""
    code, item = 0x00FE, f"{LOG} 04"
    result, data = access(trustee, code, item, NULL)
    assert result == 0
    return Data(DataTag.STRUCTURE, data.value[1:])


def answers(trustee, role):
    """Whether a device still answers the supplier."""
    trustee.tester.home.send(trustee.tester.command("GCS38" if role is GSME else "ECS52", role))
    octets = trustee.tester.home.receive(within=Duration(40 * MINUTE))
    return octets is not None and decode_message(octets).cra is Cra.RESPONSE


@pytest.fixture
def replaced(make_trustee, profile):
    """A home whose hub was replaced, with the backup of the old one."""
    trustee = hub_tester(make_trustee)
    backup = backup_of(trustee)
    assert answers(trustee, ESME)
    old = {role: trustee.tester.home.devices[role].entity_id for role in (CHF, GPF)}
    trustee.tester.home.replace_hub(profile(DeviceKind.COMMS_HUB))
    trustee.device = trustee.tester.device(CHF)
    return trustee, backup, old


def test_new_hub_is_another_device_and_has_nobody(replaced):
    trustee, _, old = replaced
    new = trustee.tester.home.devices
    assert not {new[CHF].entity_id, new[GPF].entity_id} & set(old.values())
    assert backup_of(trustee).value[1].value == ()
    for role in (ESME, GSME):
        assert not answers(trustee, role)


def test_devices_of_the_backup_come_back(replaced):
    trustee, backup, _ = replaced
    result, _ = access(trustee, 0x0003, f"{LOG} 05", backup)
    assert result == 0
    for role in (ESME, GSME):
        assert answers(trustee, role)
    restored = backup_of(trustee)
    assert restored.value[0] == backup.value[0]
    identities = [[entry.value[0] for entry in one.value[1].value] for one in (backup, restored)]
    assert identities[0] == identities[1]
    # Each has agreed on another key with the new hub.
    assert all(
        before.value[1] != after.value[1]
        for before, after in zip(backup.value[1].value, restored.value[1].value, strict=True)
    )


def test_device_whose_key_the_backup_does_not_have_stays_away(replaced):
    trustee, backup, _ = replaced
    meter = trustee.tester.home.devices[ESME].entity_id
    network, entries = backup.value
    spoilt = tuple(
        Data(DataTag.STRUCTURE, (entry.value[0], Data(DataTag.OCTET_STRING, bytes(16))))
        if entry.value[0].value == meter
        else entry
        for entry in entries.value
    )
    access(trustee, 0x0003, f"{LOG} 05", Data(DataTag.STRUCTURE, (network, Data(DataTag.ARRAY, spoilt))))
    assert not answers(trustee, ESME)
    assert answers(trustee, GSME)


def test_second_replacement_needs_the_second_backup(replaced, profile):
    trustee, first, _ = replaced
    access(trustee, 0x0003, f"{LOG} 05", first)
    second = backup_of(trustee)
    trustee.tester.home.replace_hub(profile(DeviceKind.COMMS_HUB))
    trustee.device = trustee.tester.device(CHF)
    access(trustee, 0x0003, f"{LOG} 05", first)
    assert not answers(trustee, ESME)
    access(trustee, 0x0003, f"{LOG} 05", second)
    assert answers(trustee, ESME)


def test_gas_proxy_mirrors_the_meter_once_it_is_joined_again(replaced):
    trustee, backup, old = replaced
    home, tester, broker = trustee.tester.home, trustee.tester, trustee.broker
    access(trustee, 0x0003, f"{LOG} 05", backup)
    meter = home.devices[GSME].entity_id

    def register():
        message = tester.exchange("GCS13a", GPF)
        return message.payload

    nothing = register()
    trustee.target, trustee.device = GPF, tester.device(GPF)
    entries = RestoreDeviceLog((DeviceLogEntry(meter, DeviceType.GSME),))
    message = trustee.ask(0x008C, encode_asn1(entries), broker, counter=500)
    (restored,) = decode_asn1(0x008C, Cra.RESPONSE, message.payload).results
    assert restored.code is JoinCode.SUCCESS
    drain(trustee)
    assert register() != nothing
    # The meter's own log follows by a command of its supplier.
    trustee.target, trustee.device = GSME, tester.device(GSME)
    supplier = tester.party(2)
    left = trustee.ask(0x0010, encode_asn1(Unjoin(old[GPF])), supplier, counter=5_000)
    assert decode_asn1(0x0010, Cra.RESPONSE, left.payload).code is UnjoinCode.SUCCESS
    join = Join(JoinMethod.METHOD_B, home.devices[GPF].entity_id, DeviceType.GPF, None)
    joined = trustee.ask(0x000E, encode_asn1(join), supplier, counter=5_001)
    assert decode_asn1(0x000E, Cra.RESPONSE, joined.payload).code is JoinCode.SUCCESS


def test_what_the_old_hub_still_had_to_send_is_lost(make_trustee, profile):
    trustee = hub_tester(make_trustee)
    home = trustee.tester.home
    home.operate(CHF, Stimulus.WAN_LOST)
    home.send(trustee.tester.command("ECS52", ESME))
    home.operate(CHF, Stimulus.WAN_BACK)
    home.send(trustee.tester.command("GCS38", GSME))
    home.wait(MINUTE)
    home.replace_hub(profile(DeviceKind.COMMS_HUB))
    assert home.receive(within=HOUR) is None


def test_home_of_frames_goes_on_with_the_new_hub(factory, profile, make_trustee):
    factory.frames = True
    try:
        trustee = hub_tester(make_trustee)
    finally:
        factory.frames = False
    backup = backup_of(trustee)
    trustee.tester.home.replace_hub(profile(DeviceKind.COMMS_HUB))
    trustee.device = trustee.tester.device(CHF)
    assert not answers(trustee, ESME)
    access(trustee, 0x0003, f"{LOG} 05", backup)
    for role in (ESME, GSME):
        assert answers(trustee, role)
