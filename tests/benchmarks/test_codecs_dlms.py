"""How fast messages are parsed and built: ``pytest tests/benchmarks --benchmark-only``.

One round goes over all DLMS access messages of the Reference Test Data Set; ``messages_per_second`` and
the ratios to the declarations and between directions stand in the extra information of each benchmark.
Nothing here decides by wall time.
"""

import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from harness.codecs import declaration
from harness.codecs.dlms_layout import ACCESS_REQUEST, ACCESS_RESPONSE, REQUEST_TAG, RESPONSE_TAG
from harness.codecs.envelope import decode_message, encode_message, split_message
from harness.codecs.envelope_layout import MESSAGE
from harness.codecs.payload import decode_payload, encode_payload

pytestmark = pytest.mark.rtds
LAYOUTS = {REQUEST_TAG: ACCESS_REQUEST, RESPONSE_TAG: ACCESS_RESPONSE}


def parse(octets):
    message = decode_message(octets)
    return message, decode_payload(message)


def build(parsed):
    message, payload = parsed
    return encode_message(replace(message, payload=encode_payload(payload)))


def parse_by_declaration(octets):
    message = declaration.parse_whole(MESSAGE, octets)
    return message, declaration.parse_whole(LAYOUTS[message.payload[0]], message.payload)


def build_by_declaration(parsed):
    message, payload = parsed
    built = declaration.build(LAYOUTS[message.payload[0]], payload)
    return declaration.build(MESSAGE, replace(message, payload=built))


@pytest.fixture(scope="module")
def access_messages(rtds):
    octets = [bytes.fromhex(path.read_text()) for path in sorted(rtds.rglob("*.HEX"))]
    return [one for one in octets if decode_message(one).payload[0] in LAYOUTS]


def seconds(work: Callable[[object], object], inputs: list[object]) -> float:
    """Least time of three goes over the inputs, for the ratios."""
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        for one in inputs:
            work(one)
        best = min(best, time.perf_counter() - start)
    return best


def run(benchmark, work, inputs, reference):
    def over_all():
        for one in inputs:
            work(one)

    benchmark(over_all)
    least = seconds(work, inputs)
    benchmark.extra_info["messages_per_second"] = round(len(inputs) / least)
    benchmark.extra_info["microseconds_per_message"] = round(1e6 * least / len(inputs), 2)
    benchmark.extra_info["times_as_fast_as_reference"] = round(seconds(*reference) / least, 1)


@pytest.mark.benchmark(group="DLMS access messages of the RTDS")
def test_parse(benchmark, access_messages):
    run(benchmark, parse, access_messages, (parse_by_declaration, access_messages))


@pytest.mark.benchmark(group="DLMS access messages of the RTDS")
def test_build(benchmark, access_messages):
    """The reference here is parsing: building is to be no slower."""
    parsed = [parse(octets) for octets in access_messages]
    run(benchmark, build, parsed, (parse, access_messages))


@pytest.mark.benchmark(group="DLMS access messages of the RTDS")
def test_build_against_the_declaration(benchmark, access_messages):
    parsed = [parse(octets) for octets in access_messages]
    run(benchmark, build, parsed, (build_by_declaration, parsed))


@pytest.mark.benchmark(group="envelopes of the RTDS")
def test_envelope(benchmark, access_messages):
    run(
        benchmark,
        decode_message,
        access_messages,
        (lambda one: declaration.parse_whole(MESSAGE, one), access_messages),
    )


@pytest.mark.benchmark(group="envelopes of the RTDS")
def test_split(benchmark, access_messages):
    """What a check of MAC or signature needs; the reference is decoding the envelope."""
    run(benchmark, split_message, access_messages, (decode_message, access_messages))


@pytest.mark.benchmark(group="one exchange")
def test_exchange(benchmark, access_messages):
    """Two messages built and two parsed, as an exchange has; of the shorter ones, which commands are."""
    short = [octets for octets in access_messages if len(octets) < 300]
    parsed = [parse(octets) for octets in short]
    pairs = list(zip(short, parsed, strict=True))

    def exchange(pair):
        octets, values = pair
        build(values)
        parse(octets)
        build(values)
        parse(octets)

    run(
        benchmark,
        exchange,
        pairs,
        (lambda pair: (build_by_declaration(pair[1]), parse_by_declaration(pair[0])), pairs),
    )
