"""Dispatch of payloads: by first octet, message code and direction, both ways."""

from dataclasses import replace

import pytest

from harness.codecs.asn1.joining import ReadDeviceLog, UnjoinCode, UnjoinResponse
from harness.codecs.cosem_data import NULL, Data, DataTag
from harness.codecs.dlms_types import (
    AccessKind,
    AccessRequest,
    AccessResponse,
    AccessResult,
    AccessSpecification,
    DataNotification,
)
from harness.codecs.errors import DecodeError, EncodeError
from harness.codecs.gbz_types import (
    ExecutedInstruction,
    GbzAlert,
    GbzComponent,
    GbzPayload,
    ImageReceipt,
    IntegrityIssue,
)
from harness.codecs.message import Cra, Message
from harness.codecs.payload import decode_payload, encode_payload, family_of
from harness.gbcs.use_case import PayloadFamily

COMPONENT = GbzComponent(cluster=0x0702, frame_control=0, sequence=0, command=0, payload=b"\0\0")
PAYLOADS = [
    (
        Cra.COMMAND,
        0x0027,
        AccessRequest(0x20000001, (AccessSpecification(AccessKind.GET, 1, bytes(6), 2),), (NULL,)),
    ),
    (
        Cra.RESPONSE,
        0x0027,
        AccessResponse(0x20000001, (Data(DataTag.UNSIGNED, 1),), (AccessResult(AccessKind.GET, 0),)),
    ),
    (Cra.ALERT, 0x0067, DataNotification(0x20000001, Data(DataTag.STRUCTURE, ()))),
    (Cra.COMMAND, 0x0074, GbzPayload((COMPONENT,))),
    (Cra.RESPONSE, 0x0074, GbzPayload((COMPONENT,))),
    (Cra.ALERT, 0x008B, GbzAlert(0x8F0A, 1, count=1, components=(COMPONENT,))),
    (Cra.ALERT, 0x00CD, GbzAlert(0x8F66, 1, 1, ExecutedInstruction(0xA3, 5, 0x0700, 9, 5))),
    (Cra.ALERT, 0x00CF, GbzAlert(0x8F72, 1, 1, ImageReceipt(bytes(32)))),
    (Cra.ALERT, 0x00F2, GbzAlert(0x81A0, 1, 1, IntegrityIssue(b"\0\5"))),
    (Cra.ALERT, 0x1000, GbzAlert(0x8F30, 1)),
    (Cra.ALERT, 0x1000, DataNotification(0x20000001, Data(DataTag.STRUCTURE, ()))),
    (Cra.COMMAND, 0x0013, ReadDeviceLog()),
    (Cra.RESPONSE, 0x000F, UnjoinResponse(UnjoinCode.SUCCESS)),
    # A code that the catalogue does not have is no reason not to read the payload.
    (Cra.COMMAND, 0xFFFF, GbzPayload((COMPONENT,))),
]


def message(cra, code, payload):
    return Message(
        cra=cra,
        originator_counter=1,
        originator=bytes(8),
        recipient=bytes(8),
        message_code=code,
        payload=payload,
    )


@pytest.mark.parametrize(("cra", "code", "payload"), PAYLOADS)
def test_round_trip(cra, code, payload):
    assert decode_payload(message(cra, code, encode_payload(payload))) == payload


def test_family_must_be_that_of_the_use_case():
    gas = encode_payload(GbzPayload((COMPONENT,)))
    assert family_of(message(Cra.COMMAND, 0x0074, gas)) is PayloadFamily.GBZ
    with pytest.raises(DecodeError, match="expected DLMS for message code 0x0027, found GBZ"):
        decode_payload(message(Cra.COMMAND, 0x0027, gas))


def test_direction_must_be_that_of_the_message():
    request = message(Cra.COMMAND, 0x0027, encode_payload(PAYLOADS[0][2]))
    with pytest.raises(DecodeError) as caught:
        decode_payload(replace(request, cra=Cra.RESPONSE))
    assert caught.value.field == "access_response"


@pytest.mark.parametrize("octets", [b"", b"\xff\xff"])
def test_what_is_no_payload(octets):
    with pytest.raises(DecodeError, match="no payload begins with"):
        decode_payload(message(Cra.COMMAND, 0x0027, octets))


def test_what_no_payload_is_made_of():
    with pytest.raises(EncodeError, match="expected a payload"):
        encode_payload(NULL)
