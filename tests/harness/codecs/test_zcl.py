"""ZCL payloads: every command of the table, attributes of every type, the reference messages, and faults."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.codecs.declaration import Little, Octets, Rest
from harness.codecs.envelope import decode_message
from harness.codecs.errors import DecodeError, EncodeError
from harness.codecs.gbz import decode_gbz
from harness.codecs.gbz_types import GbzComponent, Protection
from harness.codecs.message import Cra
from harness.codecs.zcl import decode_zcl, decode_zcl_payload, encode_zcl_payload, with_zcl
from harness.codecs.zcl_commands import GENERAL, commands
from harness.codecs.zcl_layout import (
    Attribute,
    Conditional,
    Each,
    EntryOf,
    Named,
    Optional,
    String,
    value_layout,
)
from harness.codecs.zcl_types import AttributeRecord, EncryptedPayload, Entry, ZclCommand, ZclField

_TYPES = [code for code in range(256) if value_layout(code) is not None]


def _numbers(part: Little) -> st.SearchStrategy[int]:
    bits = part.count * 8
    return (
        st.integers(-(1 << bits - 1), (1 << bits - 1) - 1)
        if part.signed and bits
        else st.integers(0, (1 << bits) - 1)
    )


@st.composite
def _attributes(draw: st.DrawFn, part: Attribute) -> AttributeRecord:
    attribute = draw(st.integers(0, 0xFFFF))
    status = draw(st.integers(0, 0xFF)) if part.status else None
    if not part.typed or status:
        return AttributeRecord(attribute, status)
    data_type = draw(st.sampled_from(_TYPES))
    return AttributeRecord(attribute, status, data_type, draw(values(value_layout(data_type))))


@st.composite
def _fields(draw: st.DrawFn, part: Named) -> tuple[ZclField, ...]:
    found: dict[str, Any] = {}
    for name, described in part.parts.items():
        inner = described
        if isinstance(described, Conditional):
            inner = described.part_in(found)
        elif isinstance(described, Optional):
            if not draw(st.booleans()):
                break
            inner = described.part
        if inner is not None:
            found[name] = draw(values(inner))
    return tuple(ZclField(name, value) for name, value in found.items())


_BY_PART: dict[type, Any] = {
    Little: _numbers,
    Octets: lambda part: st.binary(min_size=part.count, max_size=part.count),
    Rest: lambda _: st.binary(max_size=30),
    String: lambda _: st.binary(max_size=30),
    Each: lambda part: st.lists(values(part.part), max_size=4).map(tuple),
    Attribute: _attributes,
    EntryOf: lambda part: _fields(part).map(Entry),
    Named: _fields,
}


def values(part: Any) -> st.SearchStrategy[Any]:
    """Values that a part of a payload carries, from its own declaration."""
    strategy: st.SearchStrategy[Any] = _BY_PART[type(part)](part)
    return strategy


def _component(cluster: int, command: int, *, general: bool = False, server: bool = False) -> GbzComponent:
    return GbzComponent(
        cluster=cluster, frame_control=(0 if general else 1) | 8 * server, sequence=0, command=command
    )


_ALL = {
    **{
        f"general {command:02X}": (_component(0x0702, command, general=True), found)
        for command, found in GENERAL.items()
    },
    **{
        f"{cluster:04X} {'server' if server else 'client'} {command:02X}": (
            _component(cluster, command, server=server),
            found,
        )
        for (cluster, server, command), found in commands().items()
    },
}


@pytest.mark.parametrize("key", _ALL)
def test_every_command_comes_back(key: str) -> None:
    component, (name, layout) = _ALL[key]

    @given(values(layout))
    def attempt(fields: tuple[ZclField, ...]) -> None:
        command = ZclCommand(name, fields)
        filled = with_zcl(component, command)
        assert decode_zcl(filled) == command

    attempt()


@pytest.mark.parametrize("key", _ALL)
def test_nothing_but_the_typed_error(key: str) -> None:
    component, _ = _ALL[key]

    @given(st.binary(max_size=40))
    def attempt(octets: bytes) -> None:
        try:
            command = decode_zcl_payload(component, octets)
        except DecodeError as error:
            assert error.field  # noqa: PT017 - both outcomes are allowed, but not an error without a field
        else:
            assert encode_zcl_payload(component, command) == octets

    attempt()


@given(st.binary(max_size=60), st.binary(min_size=12, max_size=12))
def test_encrypted_payloads_come_back(ciphertext: bytes, tag: bytes) -> None:
    component = GbzComponent(
        cluster=0x0702, frame_control=0x18, sequence=0, command=1, protection=Protection()
    )
    payload = EncryptedPayload(ciphertext, tag)
    assert decode_zcl(with_zcl(component, payload)) == payload


def test_an_encrypted_payload_needs_its_header() -> None:
    with pytest.raises(EncodeError, match="protection"):
        with_zcl(_component(0x0702, 1, general=True, server=True), EncryptedPayload(b"", bytes(12)))


def test_fields_have_the_standards_names() -> None:
    component = _component(0x0702, 0x0B)
    command = decode_zcl_payload(component, bytes.fromhex("00000000804a371c00000000000000000001"))
    assert command.name == "Change Supply"
    assert command["issuer_event_id"] == 0x1C374A80
    assert command["supply_control_bits"] == 1
    with pytest.raises(KeyError):
        command["no such field"]


def test_an_unknown_command_keeps_its_octets_under_a_name() -> None:
    component = _component(0x0702, 0x7F)
    command = decode_zcl_payload(component, b"\1\2")
    assert command == ZclCommand("unknown", (ZclField("payload", b"\1\2"),))
    assert encode_zcl_payload(component, command) == b"\1\2"


@pytest.mark.parametrize(
    ("octets", "field"),
    [
        ("02068600", "attributes[1].attribute"),
        ("060200FE", "attributes[0].data_type"),
        ("06020041FF", "attributes[0].value"),
    ],
)
def test_faults_are_named(octets: str, field: str) -> None:
    with pytest.raises(DecodeError) as caught:
        decode_zcl_payload(_component(0x0702, 1, general=True, server=True), bytes.fromhex(octets))
    assert caught.value.field == field


def test_another_commands_fields_are_refused() -> None:
    with pytest.raises(EncodeError, match="name"):
        encode_zcl_payload(_component(0x0702, 0x0B), ZclCommand("Get Snapshot", ()))
    with pytest.raises(EncodeError, match="fields"):
        encode_zcl_payload(_component(0x0702, 0x0B), ZclCommand("Change Supply", ()))


@pytest.mark.rtds
def test_reference_messages_come_back_by_name(rtds: Path) -> None:
    seen = 0
    for path in sorted(rtds.glob("messages/*/*.HEX")):
        message = decode_message(bytes.fromhex(path.read_text().strip()))
        if not message.payload.startswith(b"\x01\x09") or message.cra is Cra.ALERT:
            continue
        for component in decode_gbz(message.payload).components:
            payload = decode_zcl(component)
            assert not isinstance(payload, ZclCommand) or payload.name != "unknown", path.name
            assert with_zcl(component, payload) == component, path.name
            seen += 1
    assert seen
