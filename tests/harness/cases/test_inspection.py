"""Answers that are wrong in one respect are told apart, each by its clause, expectation and observation."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from harness.cases.bench import Bench
from harness.cases.case import CheckFailed
from harness.cases.command import Command, secret_between
from harness.cases.inspection import Received, inspect_answer
from harness.codecs.cosem_date_time import CosemDateTime
from harness.codecs.envelope import decode_message
from harness.codecs.message import Message, Supplementary
from harness.crypto.protection import protect
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.clock import MINUTE, datetime_of

SUPPLIER = RemotePartyRole.SUPPLIER
Answered = tuple[Command, Received]


@pytest.fixture
def reading(bench: Bench) -> Answered:
    """A command without signature whose answer has a date-time, and that answer."""
    return _answered(bench, bench.command("ECS17b", DeviceRole.ESME, SUPPLIER))


@pytest.fixture
def critical(bench: Bench) -> Answered:
    """A critical command and its answer."""
    return _answered(bench, bench.command("ECS43", DeviceRole.ESME, SUPPLIER))


def _answered(bench: Bench, command: Command) -> Answered:
    bench.send(command)
    octets = bench.port.receive(within=5 * MINUTE)
    assert octets is not None
    return command, Received(octets, decode_message(octets), bench.now)


def _altered(bench: Bench, answered: Answered, **changes: object) -> Received:
    """The answer with other contents, protected anew as the device would."""
    command, received = answered
    message = replace(received.message, mac=None, **changes)
    device = bench.parties.device(command.order.device.entity_id)
    if command.signed:
        octets = protect(message, signer=device.ds_private)
    else:
        secret = secret_between(command.sender, command.order.device.key_agreement_certificate)
        octets = protect(message, mac_secret=secret)
    return Received(octets, decode_message(octets), received.at)


def _failure(command: Command, received: Received) -> CheckFailed:
    with pytest.raises(CheckFailed) as caught:
        inspect_answer(command, received)
    return caught.value


@pytest.mark.parametrize("name", ["reading", "critical"])
def test_answers_of_a_sound_device_pass(name: str, request: pytest.FixtureRequest, bench: Bench) -> None:
    command, received = answered = request.getfixturevalue(name)
    assert inspect_answer(command, received).message == received.message
    assert inspect_answer(command, _altered(bench, answered)).message == received.message


@pytest.mark.parametrize(
    ("changes", "clause", "expected"),
    [
        ({"originator_counter": 7}, "GBCS 7.2.7", "its command's counter, 8"),
        ({"recipient": bytes(8)}, "GBCS 7.2.7", "its command's originator as recipient, 0600"),
        ({"message_code": 0x0059}, "GBCS 7.2.7", "its command's message code, 0x0027"),
        (
            {"supplementary": Supplementary(remote_party=bytes(8))},
            "GBCS 7.2.8",
            "no supplementary fields",
        ),
        ({"date_time": None}, "GBCS 7.2.7", "the time of the answer"),
        ({"date_time": CosemDateTime(2026, 2, 30, 255, 0, 0, 0, 0)}, "GBCS 7.2.7", "a date-time in UTC"),
        ({"payload": b"\xda"}, "GBCS 7.2.9", "message code 0x0027"),
        ({"payload": b"\x30\x00"}, "GBCS 7.2.9", "message code 0x0027"),
    ],
)
def test_each_wrong_field_is_named(
    bench: Bench, reading: Answered, changes: dict[str, object], clause: str, expected: str
) -> None:
    failed = _failure(reading[0], _altered(bench, reading, **changes))
    assert failed.clause == clause
    assert expected in failed.expected
    assert failed.observed


@pytest.mark.parametrize(
    "changes",
    [
        {"originator_counter": 7},
        {"recipient": bytes(8)},
        {"message_code": 0x0059},
        {"supplementary": Supplementary(remote_party=bytes(8))},
        {"date_time": None},
    ],
)
def test_the_answer_that_would_have_been_right_is_right(
    bench: Bench, reading: Answered, changes: dict[str, object]
) -> None:
    command, received = reading
    octets = _failure(command, _altered(bench, reading, **changes)).instead
    inspect_answer(command, Received(octets, decode_message(octets), received.at))


def test_a_false_mac_is_held_against_the_true_one(reading: Answered) -> None:
    command, received = reading
    assert _failure(command, _flipped(received)).instead == received.octets


def test_a_check_that_does_not_know_the_right_answer_makes_none_up(bench: Bench, reading: Answered) -> None:
    assert _failure(reading[0], _altered(bench, reading, payload=b"\xda")).instead == b""


@pytest.mark.parametrize(("hours", "fails"), [(0, False), (1, True), (-1, True)])
def test_local_time_in_place_of_utc_is_seen(bench: Bench, reading: Answered, hours: int, fails: bool) -> None:
    moment = datetime_of(bench.now) + timedelta(hours=hours)
    received = _altered(bench, reading, date_time=CosemDateTime.from_datetime(moment))
    if fails:
        assert "date-time of the answer between" in _failure(reading[0], received).expected
    else:
        inspect_answer(reading[0], received)


def test_a_date_time_where_there_is_none_to_be(bench: Bench, critical: Answered) -> None:
    stamp = CosemDateTime.from_datetime(datetime_of(bench.now))
    assert (
        _failure(critical[0], _altered(bench, critical, date_time=stamp)).expected
        == "no date-time in the header"
    )


def _flipped(received: Received) -> Received:
    octets = received.octets[:-1] + bytes((received.octets[-1] ^ 1,))
    return Received(octets, decode_message(octets), received.at)


def _bare(received: Received) -> Received:
    octets = protect(replace(received.message, signature=b"", mac=None))
    return Received(octets, decode_message(octets), received.at)


@pytest.mark.parametrize(
    ("name", "spoil", "expected", "observed"),
    [
        ("reading", _flipped, "a MAC with the key", "does not hold"),
        ("critical", _flipped, "a signature that the ESME's certificate verifies", "does not verify"),
        ("reading", _bare, "a MAC and an empty signature", "no signature and no MAC"),
        ("critical", _bare, "a signature of the ESME and no MAC", "no signature and no MAC"),
    ],
)
def test_protection_that_does_not_hold(
    request: pytest.FixtureRequest,
    name: str,
    spoil: Callable[[Received], Received],
    expected: str,
    observed: str,
) -> None:
    command, received = request.getfixturevalue(name)
    failed = _failure(command, spoil(received))
    assert failed.clause == "GBCS 6.2.3"
    assert expected in failed.expected
    assert observed in failed.observed


def test_a_mac_where_a_signature_belongs(bench: Bench, critical: Answered) -> None:
    command, received = critical
    secret = secret_between(command.sender, command.order.device.key_agreement_certificate)
    message: Message = replace(received.message, signature=b"")
    octets = protect(message, mac_secret=secret)
    failed = _failure(command, Received(octets, decode_message(octets), received.at))
    assert failed.expected == "a signature of the ESME and no MAC"
    assert failed.observed == "no signature and a MAC"
