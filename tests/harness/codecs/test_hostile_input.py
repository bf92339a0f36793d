"""Damaged and hostile messages: one typed error, work and memory in proportion to the input, nothing else."""

import sys
import tracemalloc
from dataclasses import replace
from random import Random

import pytest

from harness.codecs.axdr import decode_data
from harness.codecs.dlms import decode_access_request, decode_access_response
from harness.codecs.envelope import decode_message, encode_message, split_message
from harness.codecs.errors import DecodeError
from harness.codecs.message import Cra, Message
from harness.codecs.payload import decode_payload, encode_payload
from harness.codecs.tree import message_tree
from harness.gbcs.catalogue import use_cases

EXTREMES = (0x00, 0x01, 0x7F, 0x80, 0x81, 0x82, 0x84, 0xFF)
CALLS_PER_OCTET = 400
BYTES_PER_OCTET = 400
"""Python's objects are large: a COSEM value of two octets is an object, its number and a place in a tuple."""


@pytest.fixture(autouse=True, scope="module")
def _catalogue_read():
    """Reading the catalogue is work of its own, done once."""
    for use_case in use_cases():
        assert isinstance(use_case.zcl, tuple)


class TooMuchWorkError(Exception):
    """More calls than the size of the input explains."""


def within_bounds(work, octets):
    """What ``work`` makes of the octets, or None for its typed error; no more calls than the size allows."""
    left = 20_000 + CALLS_PER_OCTET * len(octets)

    def count(frame, event, argument):
        nonlocal left
        left -= 1
        if left < 0:
            raise TooMuchWorkError(f"{octets[:40].hex()}…")

    sys.setprofile(count)
    try:
        return work(octets)
    except DecodeError as error:
        placed = error.field and error.reason and 0 <= error.offset <= len(octets)
        return None if placed else error
    finally:
        sys.setprofile(None)


def peak(work, octets):
    """Most bytes held at once while ``work`` is at the octets."""
    tracemalloc.start()
    try:
        work(octets)
    except DecodeError:
        pass
    finally:
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return most


def mutated(octets, random, others):
    """The octets with one to three faults of the kinds that links, firmware and attackers make."""
    found = bytearray(octets)
    for _ in range(random.randint(1, 3)):
        at = random.randrange(len(found) + 1)
        kind = random.randrange(7)
        if kind == 0 and at < len(found):
            found[at] ^= 1 << random.randrange(8)
        elif kind == 1 and at < len(found):
            found[at] = random.choice(EXTREMES)
        elif kind == 2:
            del found[at : at + random.randint(1, 8)]
        elif kind == 3:
            found[at:at] = found[at : at + random.randint(1, 16)]
        elif kind == 4:
            found[at:at] = bytes(random.choice(EXTREMES) for _ in range(random.randint(1, 5)))
        elif kind == 5:
            del found[at:]
        else:
            other = random.choice(others)
            found[at:] = other[random.randrange(len(other)) :]
    return bytes(found)


def look_into(message):
    """Decode, and build again what decodes: a value that decodes must encode to the same octets."""
    payload = decode_payload(message)
    assert encode_payload(payload) == message.payload
    return payload


def fuzz(rtds, rounds, seed):
    wires = [bytes.fromhex(path.read_text()) for path in sorted(rtds.rglob("*.HEX"))]
    messages = [decode_message(wire) for wire in wires]
    payloads = [message.payload for message in messages]
    random = Random(seed)
    for _ in range(rounds):
        for wire, message in zip(wires, messages, strict=True):
            damaged = mutated(wire, random, wires)
            found = within_bounds(decode_message, damaged)
            if isinstance(found, Message):
                assert encode_message(found) == damaged
            else:
                assert found is None
            inside = replace(message, payload=mutated(message.payload, random, payloads))
            result = within_bounds(lambda _, inside=inside: look_into(inside), inside.payload)
            assert not isinstance(result, DecodeError), result


@pytest.mark.rtds
def test_mutated_reference_messages(rtds):
    fuzz(rtds, rounds=1, seed=1)


@pytest.mark.rtds
@pytest.mark.slow
def test_mutated_reference_messages_at_length(rtds):
    fuzz(rtds, rounds=20, seed=2)


@pytest.mark.rtds
def test_trees_of_mutated_reference_messages(rtds):
    wires = [bytes.fromhex(path.read_text()) for path in sorted(rtds.rglob("*.HEX"))][::9]
    random = Random(3)
    for wire in wires:
        damaged = mutated(wire, random, wires)
        assert message_tree(damaged).octets == damaged


def request(data):
    """An access request of one get with these octets as its list of data."""
    return bytes.fromhex("d920000001000101000100000000000002") + data


HOSTILE_DATA = {
    "a count of millions": b"\x01\x83\xff\xff\xff",
    "a count of more than memory": b"\x01\x88" + b"\xff" * 8,
    "a length of more than memory": b"\x09\xfe" + b"\xff" * 126,
    "bits of more than memory": b"\x04\x88" + b"\xff" * 8,
    "nesting": b"\x02\x01" * 30_000,
    "nesting of types": b"\x13" + b"\x02\x01" * 30_000,
    "types of arrays of arrays": b"\x13" + b"\x01\xff\xff" * 12 + b"\x11" + b"\x82\xff\xff" + bytes(0xFFFF),
    "arrays of nulls in a compact array": b"\x13\x02\x02\x01\xff\xff\x00\x11\x82\xff\xff" + bytes(0xFFFF),
    "nulls in a compact array": b"\x13\x02\x82\x03\xe8" + b"\x00" * 999 + b"\x11\x82\xff\xff" + bytes(0xFFFF),
    "nothing but nulls": b"\x01\x82\xff\xff" + bytes(0xFFFF),
    "empty structures": b"\x01\x82\x7f\xff" + b"\x02\x00" * 0x7FFF,
    "empty structures in a compact array": b"\x13\x02\x00\x82\xff\xff" + bytes(0xFFFF),
}


@pytest.mark.parametrize("octets", HOSTILE_DATA.values(), ids=HOSTILE_DATA)
def test_hostile_data_cost_no_more_than_their_size(octets):
    for work, wire in ((decode_data, octets), (decode_access_request, request(b"\x01" + octets))):
        assert peak(work, wire) < 100_000 + BYTES_PER_OCTET * len(wire)
        within_bounds(work, wire)


@pytest.mark.parametrize("count", [b"\x83\xff\xff\xff", b"\x7f", b"\x88" + b"\xff" * 8])
def test_hostile_counts_in_lists(count):
    specifications = bytes.fromhex("d92000000100") + count + bytes(60)
    assert within_bounds(decode_access_request, specifications) is None
    assert within_bounds(decode_access_request, request(count + bytes(60))) is None
    assert within_bounds(decode_access_response, bytes.fromhex("da200000010000") + count + bytes(60)) is None


@pytest.mark.parametrize(
    "wire",
    [
        b"\xdd\0\0\0\0\0\0\x88" + b"\xff" * 8,
        b"\xdd\0\0\0\0\0\0\xff" + b"\xff" * 40,
        b"\xdf" * 70_000,
        b"\xdd" * 70_000,
    ],
)
def test_hostile_envelopes(wire):
    assert within_bounds(decode_message, wire) is None
    assert within_bounds(split_message, wire) is None
    assert peak(decode_message, wire) < 100_000 + 4 * len(wire)


@pytest.mark.parametrize(
    "opening", [b"\x01\x09\xff", b"\x01\x09\x01", b"\x30\x84\xff\xff\xff\xff", b"\x30\x80"]
)
@pytest.mark.parametrize("code", [0x0074, 0x0102, 0x0008, 0x0013, 0x1000, 0xFFFF])
@pytest.mark.parametrize("cra", list(Cra))
def test_hostile_payloads_of_other_families(opening, code, cra):
    for filling in (b"\x00", b"\xff", b"\x30\x82\xff\xff", b"\x02"):
        message = Message(
            cra=cra,
            originator_counter=0,
            originator=bytes(8),
            recipient=bytes(8),
            message_code=code,
            payload=opening + filling * 2000,
        )
        within_bounds(lambda _, message=message: decode_payload(message), message.payload)
