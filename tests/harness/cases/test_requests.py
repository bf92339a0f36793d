"""Commands made from the catalogue are the reference messages, octet for octet or but for values."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from harness.cases.cosem_requests import Ends, access_request
from harness.cases.cosem_values import Filling
from harness.cases.terms import Terms, cosem_filling, log_range, zcl_filling
from harness.cases.zcl_requests import attributes_of, gbz_request
from harness.codecs.cosem_data import Data, DataTag
from harness.codecs.dlms_types import AccessRequest, AccessSpecification
from harness.codecs.envelope import decode_message
from harness.codecs.gbz_types import GbzPayload
from harness.codecs.message import Message
from harness.codecs.payload import decode_payload, encode_payload
from harness.codecs.zcl import decode_zcl
from harness.codecs.zcl_types import ZclCommand
from harness.gbcs.catalogue import by_message_code, use_case, use_cases
from harness.gbcs.use_case import PayloadFamily, UseCase
from harness.network.clock import SECOND, Instant, datetime_of, instant_of

EVENT = Instant(int.from_bytes(bytes.fromhex("804A371C"), "little") * SECOND)
NEW_YEAR = instant_of(datetime(2015, 1, 1, tzinfo=UTC))
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
TERMS = {
    "ECS22b": Terms(span=(Instant(NEW_YEAR - 86_400 * SECOND), NEW_YEAR)),
    "ECS70": Terms(
        given=(
            ("validity_interval_start", bytes.fromhex("07DE0C1FFF173B0A008000FF")),
            ("validity_interval_end", bytes.fromhex("07DF0101FF00000A008000FF")),
        )
    ),
}
# Which controllers a command is about is its sender's choice.
CHOSEN = {"ECS46a", "ECS47", "ECS47a", "GCS20"}


def _commands(rtds: Path, folder: str) -> list[Message]:
    files = sorted((rtds / "messages" / folder).glob("*_COMMAND_GBCS.HEX"))
    assert files
    return [decode_message(bytes.fromhex(file.read_text().strip())) for file in files]


def _all_commands(rtds: Path, family: PayloadFamily) -> Iterator[tuple[UseCase, Message]]:
    for file in sorted((rtds / "messages").glob("*/*SUCCESS*_COMMAND_GBCS.HEX")):
        message = decode_message(bytes.fromhex(file.read_text().strip()))
        row = by_message_code(message.message_code)
        if row is not None and row.payload_family is family and row.id not in CHOSEN:
            yield row, message


def _request(row: UseCase, message: Message, terms: Terms) -> AccessRequest:
    ends = Ends(message.originator_counter, message.originator, message.recipient)
    return access_request(row, ends, cosem_filling(EVENT, terms), log_range(EVENT, terms))


@pytest.mark.rtds
@pytest.mark.parametrize("identifier", DLMS)
def test_access_requests(rtds: Path, identifier: str) -> None:
    for message in _commands(rtds, DLMS[identifier]):
        request = _request(use_case(identifier), message, TERMS.get(identifier, Terms()))
        assert encode_payload(request) == message.payload


@pytest.mark.rtds
@pytest.mark.parametrize("identifier", GBZ)
def test_gbz_requests(rtds: Path, identifier: str) -> None:
    for message in _commands(rtds, GBZ[identifier]):
        # An issuer event id is the time at which the command was made.
        request = gbz_request(use_case(identifier), zcl_filling(EVENT, Terms()))
        assert encode_payload(request) == message.payload


@pytest.mark.rtds
def test_every_access_request_names_the_items_of_the_reference_messages_with_data_of_their_types(
    rtds: Path,
) -> None:
    seen = 0
    for row, message in _all_commands(rtds, PayloadFamily.DLMS):
        wanted, made = decode_payload(message), _request(row, message, Terms())
        assert isinstance(wanted, AccessRequest)
        assert [_named(one) for one in made.specifications] == [_named(one) for one in wanted.specifications]
        for specification, own, theirs in zip(made.specifications, made.data, wanted.data, strict=True):
            assert _alike(own, theirs), (row.id, specification, own, theirs)
        seen += 1
    assert seen > 80


@pytest.mark.rtds
def test_every_gbz_request_has_the_commands_and_fields_of_the_reference_messages(rtds: Path) -> None:
    seen = 0
    for row, message in _all_commands(rtds, PayloadFamily.GBZ):
        wanted, made = decode_payload(message), gbz_request(row, zcl_filling(EVENT, Terms()))
        assert isinstance(wanted, GbzPayload)
        assert _shape(made) == _shape(wanted), row.id
        seen += 1
    assert seen > 40


def test_requests_can_be_encoded_for_every_use_case() -> None:
    for row in use_cases():
        if row.message_type.is_alert:
            continue
        if row.payload_family is PayloadFamily.DLMS:
            filling = Filling(EVENT)
            assert encode_payload(access_request(row, Ends(1, bytes(8), bytes(8)), filling, (EVENT, EVENT)))
        elif row.payload_family is PayloadFamily.GBZ:
            assert encode_payload(gbz_request(row, zcl_filling(EVENT, Terms())))


def test_the_event_id_of_the_reference_messages_is_the_time_that_they_say() -> None:
    assert datetime_of(EVENT) == datetime(2015, 1, 1, tzinfo=UTC)


def test_attributes_are_read_in_the_order_of_the_templates() -> None:
    assert attributes_of(use_case("GCS13a")) == (0x0302, 0x0301, 0x0300, 0x0000)


def test_a_use_case_without_a_template_makes_no_request() -> None:
    with pytest.raises(ValueError, match="GCS53 has no template"):
        gbz_request(use_case("GCS53"), zcl_filling(EVENT, Terms()))


def _named(one: AccessSpecification) -> tuple[object, ...]:
    return one.kind, one.class_id, one.instance, one.index, one.selector is None


def _alike(own: Data, theirs: Data) -> bool:
    """Of one type; structures member by member, arrays whatever their length."""
    if own.tag is not theirs.tag:
        return False
    if isinstance(own.value, tuple) and isinstance(theirs.value, tuple):
        if own.tag is DataTag.ARRAY:
            return not own.value or all(_alike(own.value[0], one) for one in theirs.value)
        return len(own.value) == len(theirs.value) and all(map(_alike, own.value, theirs.value))
    return True


def _shape(payload: GbzPayload) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []
    for one in payload.components:
        command = decode_zcl(one)
        assert isinstance(command, ZclCommand)
        names = tuple(field.name for field in command.fields)
        head = (one.cluster, one.frame_control, one.sequence, one.command, one.from_date_time is None)
        found.append((*head, command.name, names))
    return found


@pytest.mark.parametrize(("given", "controller"), [((), 1), ((3,), 3), ((5,), 5)])
def test_a_command_names_the_controller_that_a_value_is_for(given: tuple[int, ...], controller: int) -> None:
    title = "AuxiliaryLoadControlSwitch[{}]: activationMinutes"
    terms = Terms(given=tuple((title.format(number), 7) for number in given))
    filling = cosem_filling(NEW_YEAR, terms)
    request = access_request(use_case("ECS47"), Ends(1, bytes(8), bytes(8)), filling, (NEW_YEAR, NEW_YEAR))
    instances = [bytes((0, 0, 94, 44, 116 + controller, place)) for place in (1, 2)]
    assert [one.instance for one in request.specifications[:2]] == instances
    assert len(request.specifications) == 3
    assert (request.data[0].value == 7) is bool(given)
