"""Every Reference Test Data Set message: octets to typed values, and from those values to the same octets."""

from dataclasses import replace

import pytest

from harness.codecs.envelope import decode_message, encode_message
from harness.codecs.payload import decode_payload, encode_payload

pytestmark = pytest.mark.rtds


def test_every_message_is_rebuilt_from_its_values(rtds):
    files = sorted((rtds / "messages").rglob("*.HEX"))
    assert files
    for path in files:
        octets = bytes.fromhex(path.read_text())
        message = decode_message(octets)
        payload = decode_payload(message)
        again = replace(message, payload=encode_payload(payload))
        assert encode_message(again) == octets, path.name
