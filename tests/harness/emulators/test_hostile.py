"""Authentic nonsense: whatever a well protected payload holds, a device answers it or refuses it."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.codecs.envelope import decode_message
from harness.codecs.message import Cra
from harness.gbcs.roles import DeviceRole, RemotePartyRole

PLACES = (
    DeviceRole.CHF,
    DeviceRole.GPF,
    DeviceRole.ESME,
    DeviceRole.GSME,
    DeviceRole.PPMID,
    DeviceRole.HCALCS,
    DeviceRole.SAPC,
)
NAMES = ("ECS52", "ECS17b", "ECS22b", "ECS70", "ECS04b", "GCS13a", "GCS32", "CS02a", "CS07", "CS06")


@st.composite
def mutations(draw, octets):
    """A payload with octets changed, taken out, doubled or put in."""
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, max(0, len(octets) - 1)))
        what = draw(st.sampled_from("cdix"))
        new = draw(st.binary(min_size=1, max_size=3))
        if what == "c":
            octets = octets[:place] + new + octets[place + len(new) :]
        elif what == "d":
            octets = octets[:place] + octets[place + len(new) :]
        elif what == "i":
            octets = octets[:place] + new + octets[place:]
        else:
            octets = octets[:place] + octets[place:] * 2
    return octets


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), target=st.sampled_from(PLACES), name=st.sampled_from(NAMES))
def test_every_payload_ends_in_a_response_or_an_alert(tester, data, target, name):
    sender = RemotePartyRole.ACCESS_CONTROL_BROKER if name == "CS02a" else RemotePartyRole.SUPPLIER
    message = tester.message(name, target, tester.PAYLOADS[name], sender=sender)
    payload = data.draw(mutations(message.payload) | st.binary(max_size=80))
    octets = tester.command(name, target, sender=sender, payload=payload.hex())
    device = tester.home._reached(target)
    device.receive(octets, tester.home.now)
    sent = [decode_message(one.octets) for one in device.outgoing(tester.home.now)]
    assert sent
    assert {one.cra for one in sent} <= {Cra.RESPONSE, Cra.ALERT}
    assert sum(one.cra is Cra.RESPONSE for one in sent) <= 1


def test_setting_by_selection_is_denied(tester):
    payload = "d920{low}00 01 05 0008 0000010000ff 09 01 00 01 1605"
    message = tester.exchange("ECS70", DeviceRole.ESME, payload=payload)
    assert message.payload[-4:] == bytes.fromhex("00010203")


def test_attribute_asked_for_many_times_is_no_read_of_the_use_case(tester):
    payload = f"0109 01 01 0702 {3 + 2 * 30_000:04x} 00 00 00" + 30_000 * "0000"
    tester.home.send(tester.command("GCS13a", DeviceRole.GPF, payload=payload))
    assert {message.message_code for message in tester.alerts()} == {0x1000}


def test_log_asked_for_many_times_at_once_is_refused(tester):
    item = (
        "0205 120007 0906 0000630100ff 0f02 120000"
        " 0202 1601 0202 090c07ea0202ff000000008000ff 090c07ea0203ff000000008000ff"
    )
    payload = tester.PAYLOADS["ECS22b"].replace("0101 " + item, "0164 " + 100 * item)
    assert payload != tester.PAYLOADS["ECS22b"]
    message = tester.exchange("ECS22b", DeviceRole.ESME, payload=payload)
    assert message.payload[-4:] == bytes.fromhex("0001030d")
