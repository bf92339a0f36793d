"""Every Reference Test Data Set message: octets to values, and from those values alone to the same octets."""

from pathlib import Path

import pytest

from harness.codecs import dlms
from harness.codecs.envelope import decode_message, encode_message

pytestmark = pytest.mark.rtds

DLMS = {
    0xD9: (dlms.decode_access_request, dlms.encode_access_request),
    0xDA: (dlms.decode_access_response, dlms.encode_access_response),
    0x0F: (dlms.decode_data_notification, dlms.encode_data_notification),
}


def messages(rtds: Path) -> list[tuple[str, bytes]]:
    files = sorted((rtds / "messages").rglob("*.HEX"))
    assert files
    return [(path.name, bytes.fromhex(path.read_text())) for path in files]


def test_every_message_is_rebuilt(rtds):
    for name, octets in messages(rtds):
        assert encode_message(decode_message(octets)) == octets, name


def test_every_dlms_payload_is_rebuilt(rtds):
    seen = 0
    for name, octets in messages(rtds):
        payload = decode_message(octets).payload
        if payload[0] in DLMS:
            decode, encode = DLMS[payload[0]]
            assert encode(decode(payload)) == payload, name
            seen += 1
    assert seen > 500
