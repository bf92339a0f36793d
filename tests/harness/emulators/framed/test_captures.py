"""What goes on around a home of frames, wide area network included, as another's analyser reads it."""

import pytest

from device_profiles.model import DeviceKind
from harness.crypto.agreement import shared_secret
from harness.crypto.utrn import COUNTER_STEP, TokenScope, ValueClass, make_token
from harness.execution.capturing import wan_capture
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.clock import HOUR, MINUTE
from harness.network.entries import Entry, Feedback
from harness.network.han.capture import capture_keys_of
from harness.network.port import Display, Stimulus

CHF, ESME, GSME, PPMID = DeviceRole.CHF, DeviceRole.ESME, DeviceRole.GSME, DeviceRole.PPMID


def _top_up(tester):
    home = tester.home
    supplier, meter = tester.party(RemotePartyRole.SUPPLIER), tester.device(GSME)
    scope = TokenScope(originator=supplier.entity_id, target=meter.entity_id, counter=7 * COUNTER_STEP)
    z = shared_secret(supplier.prepayment_private, meter.ka_public)
    home.enter(PPMID, Entry.UTRN, make_token(z, scope, 10, ValueClass.POUNDS), about=GSME)
    home.wait(HOUR)
    assert home.read_display(PPMID, Display.LAST_ENTRY) == Feedback.ACCEPTED


def _outage(tester):
    home = tester.home
    for role in (ESME, CHF):
        home.operate(role, Stimulus.POWER_OFF)
        home.wait(5 * MINUTE)
        home.operate(role, Stimulus.POWER_ON)
        home.wait(5 * MINUTE)


def _another_hub(tester):
    home = tester.home
    home.replace_hub(home.profile.devices[DeviceKind.COMMS_HUB])
    home.wait(HOUR)


def _remote_messages(tester):
    payload = tester.PAYLOADS["ECS22b"].replace("07ea0202ff", "07ea0102ff")
    assert len(tester.exchange("ECS22b", ESME, payload=payload).payload) > 10_000
    for name, target in (("ECS52", ESME), ("GCS13a", GSME), ("CS07", PPMID), ("CS07", DeviceRole.HCALCS)):
        tester.exchange(name, target)


# A flow, and what must be said of the frames in the home
FLOWS = {
    "top-up through the PPMID": (_top_up, ("PCS01", "GET-RESPONSE", "PUT")),
    "outages": (_outage, ("Rejoin Request", "Rejoin Response", "Request Tunnel Response")),
    "another hub": (_another_hub, ("Request Tunnel", "Read Attributes")),
    "remote messages": (_remote_messages, ("Response, ECS52", "GCS13a", "CS07", "fragment 15")),
}


@pytest.mark.parametrize("name", FLOWS)
def test_every_flow_around_a_home_is_read_by_another_analyser(factory, tester, analyse, name):
    play, said = FLOWS[name]
    framed = type(tester)(factory.build(tester.home.profile, frames=True, recorded=True), factory.pki)
    play(framed)
    home = framed.home
    read = analyse(home.recorder.capture(), capture_keys_of(home.network.nodes))
    assert len(read) == len(home.recorder.frames)
    assert [frame for frame in read if frame.complaint] == []
    summaries = "\n".join(frame.summary for frame in read)
    assert [words for words in said if words not in summaries] == []


def test_what_goes_over_the_wide_area_network_is_datagrams_to_the_message_port(tester, analyse):
    _remote_messages(tester)
    capture = wan_capture(tester.home)
    read = analyse(capture, ())
    assert len(read) == len(capture.packets) > len(tester.home.transcript) >= 10
    assert [one for one in read if one.complaint or one.layers[:3] != ("raw", "ip", "udp")] == []
    assert all(one.summary.startswith("4059 ") or "DLMS" in one.summary for one in read)
