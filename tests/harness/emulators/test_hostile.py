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
