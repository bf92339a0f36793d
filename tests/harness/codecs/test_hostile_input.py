"""Damaged and hostile messages: one typed error, work and memory in proportion to the input, nothing else."""

import sys
import tracemalloc
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
import yaml

from harness.codecs.asn1.payloads import decode_asn1
from harness.codecs.axdr import decode_data
from harness.codecs.block_transfer import decode_block
from harness.codecs.dlms import decode_access_request, decode_access_response
from harness.codecs.envelope import decode_message, encode_message, split_message
from harness.codecs.errors import DecodeError
from harness.codecs.framing import GfiReader, WrapperReader
from harness.codecs.gbz import decode_gbz, decode_gbz_alert
from harness.codecs.gbz_layout import GBZ_ALERTS
from harness.codecs.han.aps import decode_aps
from harness.codecs.han.beacon import decode_beacon
from harness.codecs.han.mac import decode_mac
from harness.codecs.han.nwk import decode_nwk
from harness.codecs.han.security import decode_secured
from harness.codecs.message import Cra, Message
from harness.codecs.ota import decode_ota_image
from harness.codecs.payload import decode_payload, encode_payload
from harness.codecs.tree import message_tree
from harness.codecs.zcl import decode_command
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


DECODERS = {
    "message": decode_message,
    "data": decode_data,
    "request": decode_access_request,
    "response": decode_access_response,
    "gbz": decode_gbz,
    "instruction alert": lambda octets: decode_gbz_alert(octets, GBZ_ALERTS["FDEIA-ZigBee"]),
    "receipt alert": lambda octets: decode_gbz_alert(octets, GBZ_ALERTS["FDRA-ZigBee"]),
    "integrity alert": lambda octets: decode_gbz_alert(octets, GBZ_ALERTS["MIIWA-ZigBee"]),
    "display message": lambda octets: decode_command(0x0703, 0x09, 0, octets),
    "attributes": lambda octets: decode_command(0x0000, 0x18, 1, octets),
    "credentials command": lambda octets: decode_asn1(0x0102, Cra.COMMAND, octets),
    "log command": lambda octets: decode_asn1(0x0013, Cra.COMMAND, octets),
    "text line": lambda octets: GfiReader().feed(octets),
    "wrapper": lambda octets: WrapperReader().feed(octets),
    "block": decode_block,
    "image": decode_ota_image,
    "mac": decode_mac,
    "nwk": decode_nwk,
    "secured": decode_secured,
    "aps": decode_aps,
    "beacon": decode_beacon,
}


def _pieces(described):
    """Octets of a case: pieces in hexadecimal, some of them many times."""
    for piece in described:
        digits, _, times = str(piece).partition("*")
        yield bytes.fromhex(digits) * int(times or 1)


def corpus():
    """Every case of the corpus, named by its file and its own name."""
    for path in sorted(Path(__file__).with_name("corpus").glob("*.yaml")):
        for case in yaml.safe_load(path.read_text(encoding="utf-8")):
            yield pytest.param(case, id=f"{path.stem}: {case['name']}")


@pytest.mark.parametrize("case", list(corpus()))
def test_corpus(case):
    octets, decode = b"".join(_pieces(case["octets"])), DECODERS[case["as"]]
    field = None
    try:
        decode(octets)
    except DecodeError as error:
        field = error.field
    assert field == case.get("refused")
    assert peak(decode, octets) < 100_000 + BYTES_PER_OCTET * len(octets)
    assert not isinstance(within_bounds(decode, octets), DecodeError)


def test_every_case_says_what_it_guards():
    cases = [parameter.values[0] for parameter in corpus()]
    assert {case["as"] for case in cases} == set(DECODERS)
    for case in cases:
        assert case["guards"]
        assert ("refused" in case) != case.get("reads", False)


def test_hostile_envelopes_are_split_no_differently():
    for parameter in corpus():
        case = parameter.values[0]
        octets = b"".join(_pieces(case["octets"]))
        if case["as"] == "message" and len(octets) > 60:
            assert within_bounds(split_message, octets) is None


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
