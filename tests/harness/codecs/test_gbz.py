"""GBZ payloads: round trips, both paths alike, the reference messages, one error for what is malformed."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.codecs import declaration
from harness.codecs.envelope import decode_message
from harness.codecs.errors import DecodeError, EncodeError
from harness.codecs.gbz import decode_gbz, decode_gbz_alert, encode_gbz, encode_gbz_alert
from harness.codecs.gbz_layout import GBZ_ALERTS, GBZ_COMPONENT_ALERT, GBZ_PAYLOAD
from harness.codecs.gbz_types import (
    ExecutedInstruction,
    GbzAlert,
    GbzComponent,
    GbzPayload,
    ImageReceipt,
    IntegrityIssue,
    Protection,
)
from harness.codecs.message import Cra

_OCTET = st.integers(0, 0xFF)
_COMPONENTS = st.builds(
    GbzComponent,
    cluster=st.integers(0, 0xFFFF),
    frame_control=_OCTET,
    sequence=_OCTET,
    command=_OCTET,
    payload=st.binary(max_size=60),
    from_date_time=st.none() | st.integers(0, 2**32 - 1),
    protection=st.none() | st.builds(Protection, _OCTET, _OCTET),
)
_PAYLOADS = st.lists(_COMPONENTS, max_size=5).map(lambda components: GbzPayload(tuple(components)))


@given(_PAYLOADS)
def test_payloads_come_back_on_both_paths(payload: GbzPayload) -> None:
    octets = encode_gbz(payload)
    assert octets == declaration.build(GBZ_PAYLOAD, payload)
    assert decode_gbz(octets) == payload
    assert declaration.parse_whole(GBZ_PAYLOAD, octets) == payload


@given(_PAYLOADS, st.data())
def test_both_paths_agree_on_anything(payload: GbzPayload, data: st.DataObject) -> None:
    octets = bytearray(encode_gbz(payload))
    octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(_OCTET)
    changed = bytes(octets[: data.draw(st.integers(0, len(octets)))])
    outcomes = []
    for decode in (decode_gbz, lambda taken: declaration.parse_whole(GBZ_PAYLOAD, taken)):
        try:
            outcomes.append(decode(changed))
        except DecodeError as error:
            outcomes.append((error.field, error.offset, error.reason))
    assert outcomes[0] == outcomes[1]


@given(
    st.builds(
        GbzAlert, st.integers(0, 0xFFFF), st.integers(0, 2**32 - 1), count=_OCTET, body=st.binary(max_size=40)
    )
)
def test_alerts_come_back(alert: GbzAlert) -> None:
    assert decode_gbz_alert(encode_gbz_alert(alert)) == alert


_BODIES = {
    "FDEIA-ZigBee": st.builds(
        ExecutedInstruction,
        message_code=st.integers(0, 0xFFFF),
        originator_counter=st.integers(0, 2**64 - 1),
        cluster=st.integers(0, 0xFFFF),
        frame_control=_OCTET,
        command=_OCTET,
    ),
    "FDRA-ZigBee": st.builds(ImageReceipt, st.binary(min_size=32, max_size=32), st.booleans()),
    "MIIWA-ZigBee": st.builds(IntegrityIssue, st.binary(min_size=2, max_size=2)),
}


@pytest.mark.parametrize("use_case", GBZ_ALERTS)
@given(data=st.data())
def test_alerts_of_use_cases_come_back(use_case: str, data: st.DataObject) -> None:
    alert = GbzAlert(0x8F66, 1, count=1, body=data.draw(_BODIES[use_case]))
    octets = encode_gbz_alert(alert)
    assert decode_gbz_alert(octets, GBZ_ALERTS[use_case]) == alert
    for wrong in (octets[:-2], octets + b"\0\0"):
        with pytest.raises(DecodeError):
            decode_gbz_alert(wrong, GBZ_ALERTS[use_case])


@given(st.lists(_COMPONENTS, min_size=1, max_size=3).map(tuple))
def test_alerts_with_components_come_back(components: tuple[GbzComponent, ...]) -> None:
    alert = GbzAlert(0x8F0A, 0, count=len(components), components=components)
    assert decode_gbz_alert(encode_gbz_alert(alert), GBZ_COMPONENT_ALERT) == alert


def test_an_alert_has_components_or_a_body() -> None:
    component = GbzComponent(cluster=0, frame_control=0, sequence=0, command=0)
    with pytest.raises(EncodeError, match="not both"):
        encode_gbz_alert(GbzAlert(0x8F0A, 0, 1, b"body", (component,)))


@given(st.binary(max_size=40))
def test_nothing_but_the_typed_error(octets: bytes) -> None:
    for decode in (decode_gbz, decode_gbz_alert):
        try:
            decode(octets)
        except DecodeError as error:
            assert error.field  # noqa: PT017 - both outcomes are allowed, but not an error without a field


@pytest.mark.parametrize(
    ("octets", "field"),
    [
        ("0108 00", "profile"),
        ("0109 01 00 0702 0003 01 00 00", "components[0].control"),
        ("0109 01 05 0702 0003 01 00 00", "components[0].control"),
        ("0109 01 01 0702 0004 01 00 00", "components[0]"),
        ("0109 01 01 0702 0002 01 00", "components[0].command"),
        ("0109 00 00", "end"),
    ],
)
def test_faults_are_named(octets: str, field: str) -> None:
    with pytest.raises(DecodeError) as caught:
        decode_gbz(bytes.fromhex(octets))
    assert caught.value.field == field


def test_more_components_than_the_count_holds_are_refused() -> None:
    component = GbzComponent(cluster=0, frame_control=0, sequence=0, command=0)
    with pytest.raises(EncodeError):
        encode_gbz(GbzPayload((component,) * 256))


@pytest.mark.rtds
def test_reference_messages_come_back(rtds: Path) -> None:
    seen = 0
    for path in sorted(rtds.glob("messages/*/*.HEX")):
        message = decode_message(bytes.fromhex(path.read_text().strip()))
        if not message.payload.startswith(b"\x01\x09"):
            continue
        seen += 1
        if message.cra is Cra.ALERT:
            assert encode_gbz_alert(decode_gbz_alert(message.payload)) == message.payload, path.name
        else:
            assert encode_gbz(decode_gbz(message.payload)) == message.payload, path.name
    assert seen
