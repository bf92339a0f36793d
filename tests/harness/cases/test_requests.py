"""Commands made from the catalogue are the reference messages, octet for octet."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from harness.cases.cosem_requests import access_request, octet_string
from harness.cases.zcl_requests import attributes_of, gbz_request
from harness.codecs.cosem_data import Data
from harness.codecs.envelope import decode_message
from harness.codecs.message import Message
from harness.codecs.payload import encode_payload
from harness.gbcs.catalogue import use_case
from harness.network.clock import SECOND, Instant, datetime_of

DLMS = {
    "ECS04b": "1.5_ECS04b",
    "ECS17b": "4.1.1_ECS17b",
    "ECS22b": "4.8.1_ECS22b",
    "ECS43": "7.2_ECS43",
    "ECS52": "11.2_ECS52",
    "ECS70": "8.1.1_ECS70Commission",
}
GBZ = {"GCS13a": "4.1.1_GCS13a", "GCS32": "7.2_GCS32", "GCS38": "11.2_GCS38", "GCS40b": "1.5_GCS40b"}
# What the catalogue leaves open, as the reference messages fill it in.
RANGES = {
    "ECS22b": ("07DE0C1FFF000000008000FF", "07DF0101FF000000008000FF"),
    "ECS70": ("07DE0C1FFF173B0A008000FF", "07DF0101FF00000A008000FF"),
}


def _commands(rtds: Path, folder: str) -> list[Message]:
    files = sorted((rtds / "messages" / folder).glob("*_COMMAND_GBCS.HEX"))
    assert files
    return [decode_message(bytes.fromhex(file.read_text().strip())) for file in files]


def _range(identifier: str) -> list[Data]:
    return [octet_string(bytes.fromhex(text)) for text in RANGES.get(identifier, ())]


@pytest.mark.rtds
@pytest.mark.parametrize("identifier", DLMS)
def test_access_requests(rtds: Path, identifier: str) -> None:
    for message in _commands(rtds, DLMS[identifier]):
        request = access_request(
            use_case(identifier),
            counter=message.originator_counter,
            device=message.recipient,
            party=message.originator,
            values=_range(identifier),
        )
        assert encode_payload(request) == message.payload


@pytest.mark.rtds
@pytest.mark.parametrize("identifier", GBZ)
def test_gbz_requests(rtds: Path, identifier: str) -> None:
    for message in _commands(rtds, GBZ[identifier]):
        # An issuer event id is the time at which the command was made.
        event = Instant(int.from_bytes(bytes.fromhex("804A371C"), "little") * SECOND)
        assert encode_payload(gbz_request(use_case(identifier), event)) == message.payload


def test_the_event_id_of_the_reference_messages_is_the_time_that_they_say() -> None:
    event = Instant(int.from_bytes(bytes.fromhex("804A371C"), "little") * SECOND)
    assert datetime_of(event) == datetime(2015, 1, 1, tzinfo=UTC)


def test_attributes_are_read_in_the_order_of_the_templates() -> None:
    assert attributes_of(use_case("GCS13a")) == (0x0302, 0x0301, 0x0300, 0x0000)


def test_a_constant_with_a_choice_needs_a_value() -> None:
    # ECS02 sets the payment mode: the catalogue allows two values, so the caller says which.
    with pytest.raises(ValueError, match="none is given: SuspendDebt"):
        access_request(use_case("ECS02"), counter=1, device=bytes(8), party=bytes(8))
