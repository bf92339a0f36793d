"""The recipient is found in every message that has one, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.codecs.envelope import decode_message, encode_message
from harness.codecs.message import Cra, Message, Supplementary
from harness.network.addressing import recipient_of

ENTITY = st.binary(min_size=8, max_size=8)


@given(
    originator=ENTITY,
    recipient=ENTITY,
    payload=st.binary(max_size=300),
    mac=st.none() | st.binary(min_size=12, max_size=12),
    party=st.none() | ENTITY,
)
def test_recipient_of_every_message(originator, recipient, payload, mac, party):
    message = Message(
        cra=Cra.COMMAND,
        originator_counter=1,
        originator=originator,
        recipient=recipient,
        message_code=0x59,
        payload=payload,
        supplementary=None if party is None else Supplementary(remote_party=party),
        mac=mac,
    )
    octets = encode_message(message)
    assert recipient_of(octets) == recipient
    for length in range(21):
        assert recipient_of(octets[:length]) is None


@given(st.binary(max_size=60))
def test_noise_has_a_recipient_of_eight_octets_or_none(octets):
    found = recipient_of(octets)
    assert found is None or (len(found) == 8 and found in octets)


@pytest.mark.rtds
def test_recipients_of_the_reference_messages(rtds):
    paths = sorted((rtds / "messages").glob("*/*.HEX"))
    assert paths
    for path in paths:
        octets = bytes.fromhex(path.read_text().strip())
        assert recipient_of(octets) == decode_message(octets).recipient, path.name
