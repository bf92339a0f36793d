"""Each way to spoil a command spoils one thing, and leaves the rest as a device would accept it."""

from dataclasses import replace

import pytest

from harness.cases.bench import Bench
from harness.cases.command import Command
from harness.cases.tampering import (
    TRAILING,
    for_another_device,
    truncated_message,
    with_corrupted_mac,
    with_corrupted_signature,
    with_foreign_signature,
    with_longer_payload,
    with_shorter_payload,
    without_signature,
)
from harness.codecs.envelope import decode_message
from harness.codecs.errors import DecodeError
from harness.codecs.message import Message
from harness.crypto.protection import mac_holds, signature_holds
from harness.gbcs.roles import DeviceRole, RemotePartyRole

SUPPLIER = RemotePartyRole.SUPPLIER


@pytest.fixture
def command(bench: Bench) -> Command:
    return bench.command("ECS43", DeviceRole.ESME, SUPPLIER)


def _is_signed(command: Command, octets: bytes) -> bool:
    return signature_holds(octets, command.sender.ds_public)


def _is_maced(command: Command, octets: bytes) -> bool:
    assert command.mac_secret is not None
    return mac_holds(octets, command.mac_secret)


def _said(octets: bytes) -> Message:
    return replace(decode_message(octets), signature=b"", mac=None)


def test_the_command_itself_is_in_order(command: Command) -> None:
    assert _is_signed(command, command.octets)
    assert _is_maced(command, command.octets)
    assert _said(command.octets) == command.message


def test_a_corrupted_mac_alone(command: Command) -> None:
    octets = with_corrupted_mac(command)
    assert not _is_maced(command, octets)
    assert _is_signed(command, octets)
    assert _said(octets) == command.message


@pytest.mark.parametrize("spoil", [with_corrupted_signature, without_signature])
def test_a_spoilt_signature_alone(command: Command, spoil) -> None:
    octets = spoil(command)
    assert _is_maced(command, octets)
    assert not _is_signed(command, octets)
    assert _said(octets) == command.message


def test_a_signature_of_somebody_else(command: Command, bench: Bench) -> None:
    other = bench.parties.party(SUPPLIER, 1)
    octets = with_foreign_signature(command, other.ds_private)
    assert _is_maced(command, octets)
    assert signature_holds(octets, other.ds_public)
    assert not _is_signed(command, octets)
    assert _said(octets) == command.message


def test_another_recipient_alone(command: Command, bench: Bench) -> None:
    octets = for_another_device(command)
    message = _said(octets)
    assert message.recipient not in {device.entity_id for device in bench.port.devices.values()}
    assert replace(message, recipient=command.message.recipient) == command.message
    assert _is_signed(command, octets)
    assert _is_maced(command, octets)


@pytest.mark.parametrize(
    ("spoil", "payload"),
    [
        (with_longer_payload, lambda payload: payload + TRAILING),
        (with_shorter_payload, lambda payload: payload[:-1]),
    ],
)
def test_another_payload_alone(command: Command, spoil, payload) -> None:
    octets = spoil(command)
    assert _said(octets) == replace(command.message, payload=payload(command.message.payload))
    assert _is_signed(command, octets)
    assert _is_maced(command, octets)


def test_half_a_message_is_none(command: Command) -> None:
    octets = truncated_message(command)
    assert command.octets.startswith(octets)
    with pytest.raises(DecodeError):
        decode_message(octets)


def test_commands_without_a_signature_get_none(bench: Bench) -> None:
    reading = bench.command("ECS52", DeviceRole.ESME, SUPPLIER)
    for octets in (with_longer_payload(reading), for_another_device(reading)):
        assert decode_message(octets).signature == b""
        assert _is_maced(reading, octets)


def test_a_command_that_is_signed_in_place_of_a_mac(bench: Bench) -> None:
    asked = (SUPPLIER, RemotePartyRole.NETWORK_OPERATOR)
    command = bench.command("CS02a", DeviceRole.ESME, SUPPLIER, argument=asked)
    assert command.mac_secret is None
    assert _is_signed(command, command.octets)
    assert decode_message(with_corrupted_signature(command)).mac is None
    assert not _is_signed(command, with_corrupted_signature(command))
