"""The channel of the hub's sub-GHz radio: changes, their limit, the log, and room for devices."""

from dataclasses import replace

import pytest

from device_profiles.model import DeviceKind, DeviceProfile, HanBand
from harness.codecs.cosem_data import BitString, Data, DataTag
from harness.codecs.dlms import decode_data_notification
from harness.codecs.envelope import decode_message
from harness.codecs.message import Cra
from harness.emulators.cosem.objects import Objects
from harness.emulators.subjects.event_logs import EventLogs
from harness.emulators.subjects.hub_log import HubLog
from harness.emulators.subjects.radio_channel import RadioChannel
from harness.emulators.subjects.radio_duty import SETTINGS
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.events import EventLog
from harness.gbcs.roles import DeviceRole
from harness.network.clock import DAY, MINUTE, Duration
from harness.network.port import Stimulus

CHF, GSME = DeviceRole.CHF, DeviceRole.GSME
SOON = Duration(5 * MINUTE)
USUAL_CHANGES = 4


def told(home):
    """What the hub says meanwhile: code, and what follows code and time."""
    found = []
    while (octets := home.receive(within=SOON)) is not None:
        message = decode_message(octets)
        if message.cra is Cra.ALERT:
            code, _, *further = decode_data_notification(message.payload).body.value
            found.append((code.value, [one.value for one in further]))
    return found


def channel(tester):
    return tester.home._reached(CHF).part(RadioChannel).mask


def ask(tester):
    hub = tester.home._reached(CHF)
    hub.part(RadioChannel).asked(tester.home.now)
    tester.home._collect(CHF, hub)
    return told(tester.home)


def disturb(tester):
    tester.home.operate(CHF, Stimulus.SUB_GHZ_NOISE)
    return told(tester.home)


def test_a_disturbed_radio_goes_to_the_next_channel_and_says_and_logs_so(tester):
    before = channel(tester)
    (started, _), (changed, (now, cause)) = disturb(tester)
    assert (started, changed) == (AlertCode.SUB_GHZ_CHANNEL_SCAN_STARTED, AlertCode.SUB_GHZ_CHANNEL_CHANGED)
    assert now == channel(tester) != before
    assert now.bits.startswith("11100")
    assert now.bits[5:].count("1") == 1
    assert cause == b"\x01"
    (entry,) = tester.home._reached(CHF).part(EventLogs).entries(EventLog.CHANNEL)
    assert entry.code == AlertCode.SUB_GHZ_CHANNEL_CHANGED
    assert entry.information == int(now.bits, 2).to_bytes(4, "big") + b"\x09\x01\x01"


def test_a_quiet_radio_that_is_asked_looks_and_stays(tester):
    before = channel(tester)
    (outcome, (members,)), (started, _) = ask(tester)
    assert (outcome, started) == (
        AlertCode.SUB_GHZ_CHANNEL_SCAN_OUTCOME,
        AlertCode.SUB_GHZ_CHANNEL_SCAN_STARTED,
    )
    assert [one.value for one in members] == [b"\x00", b"\x00"]
    assert channel(tester) == before


def test_changes_are_limited_within_a_week_and_free_after_it(tester):
    for _ in range(USUAL_CHANGES):
        assert disturb(tester)[-1][0] == AlertCode.SUB_GHZ_CHANNEL_CHANGED
    before = channel(tester)
    assert [code for code, _ in disturb(tester)] == [AlertCode.SUB_GHZ_CHANNEL_KEPT]
    assert channel(tester) == before
    ((outcome, (members,)),) = ask(tester)
    assert outcome == AlertCode.SUB_GHZ_CHANNEL_SCAN_OUTCOME
    assert [one.value for one in members] == [b"\x01", b"\x01"]
    tester.home.wait(Duration(7 * DAY))
    # It is still disturbed, and may go now.
    code, (now, cause) = ask(tester)[-1]
    assert (code, cause) == (AlertCode.SUB_GHZ_CHANNEL_CHANGED, b"\x00")
    assert now == channel(tester) != before


@pytest.fixture
def crowded(make_tester, profile):
    """A home whose gas meter has a sub-GHz radio alone, taken off the network of a hub without room."""
    meter = profile(DeviceKind.GSME)
    by_sub_ghz = replace(meter.model, name="By sub-GHz", model="0002", bands=frozenset({HanBand.SUB_GHZ}))
    home = make_tester(gsme=DeviceProfile(by_sub_ghz, meter.firmware)).home
    home._reached(CHF).part(HubLog).remove(home.devices[GSME].entity_id)
    home.operate(CHF, Stimulus.SUB_GHZ_FULL)
    return home


def add(home, role):
    device, hub = home.devices[role], home._reached(CHF)
    hub.part(HubLog).open(60, home.now)
    hub.part(HubLog).add(device.entity_id, device.install_code, home.now)
    home._collect(CHF, hub)
    return hub.part(HubLog).find(device.entity_id).joined


def test_a_device_that_there_is_no_room_for_stays_out_and_is_named(crowded):
    assert not add(crowded, GSME)
    assert told(crowded) == [(AlertCode.NO_SUB_GHZ_CAPACITY, [crowded.devices[GSME].entity_id])]


def test_a_device_with_another_radio_comes_in_all_the_same(crowded):
    crowded._reached(CHF).part(HubLog).remove(crowded.devices[DeviceRole.ESME].entity_id)
    assert add(crowded, DeviceRole.ESME)
    assert told(crowded) == []


def test_channels_are_those_of_the_settings_page_by_page(tester):
    empty = "0" * 27
    pages = ["11100" + empty, "11101" + empty[:-2] + "11", "11110" + empty, "11111" + empty]
    masks = [Data(DataTag.BIT_STRING, BitString(bits)) for bits in pages]
    numbers = [Data(DataTag.UNSIGNED, 100)] * 11
    hub = tester.home._reached(CHF)
    hub.part(Objects).put(SETTINGS, Data(DataTag.STRUCTURE, (*masks, *numbers)))
    tester.home._collect(CHF, hub)
    assert told(tester.home)[-1][0] == AlertCode.SUB_GHZ_CONFIGURATION_CHANGED
    wanted = {"11101" + empty[:-2] + two for two in ("01", "10")}
    seen = [channel(tester).bits]
    for _ in range(2):
        disturb(tester)
        seen.append(channel(tester).bits)
    assert set(seen) == wanted
    assert seen[0] == seen[2]
