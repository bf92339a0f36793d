"""Messages over a stream that brings octets in whatever pieces, in both forms."""

from collections import deque
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.codecs.framing import WrappedMessage, encode_gfi_line, encode_wrapped
from harness.gbcs.roles import DeviceRole
from harness.network.wports import COORDINATION, REMOTE_PARTIES, role_at, wport_of
from harness.transports.errors import TransportError
from harness.transports.link import Carried, Framing, MessageLink


class Tape:
    """A stream with what will come written down, and what was sent."""

    def __init__(self, *pieces: bytes) -> None:
        self.coming = deque(pieces)
        self.sent = bytearray()

    def write(self, octets: bytes, /) -> None:
        self.sent += octets

    def read(self, *, within: float) -> bytes:
        return self.coming.popleft() if self.coming else b""

    def close(self) -> None:
        self.coming.clear()


def pieces_of(octets: bytes, cuts: list[int]) -> list[bytes]:
    places = [0, *sorted(cut % (len(octets) + 1) for cut in cuts), len(octets)]
    # An empty piece would be nothing that came, which a stream gives only when it has waited.
    return [octets[one:other] for one, other in pairwise(places) if one < other]


messages = st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=4)
cuts = st.lists(st.integers(0, 400), max_size=6)


@given(messages, cuts)
def test_lines_of_text_in_pieces(sent: list[bytes], cuts: list[int]) -> None:
    link = MessageLink(Tape(*pieces_of(b"".join(map(encode_gfi_line, sent)), cuts)), Framing.GFI)
    came = [link.receive(within=0.01) for _ in sent]
    assert came == [Carried(octets) for octets in sent]
    assert link.receive(within=0) is None


@given(messages, cuts, st.sampled_from(DeviceRole))
def test_wrapped_messages_say_who_they_are_from(sent: list[bytes], cuts: list[int], role: DeviceRole) -> None:
    stream = b"".join(encode_wrapped(WrappedMessage(wport_of(role), REMOTE_PARTIES, one)) for one in sent)
    link = MessageLink(Tape(*pieces_of(stream, cuts)), Framing.WRAPPER)
    came = [link.receive(within=0.01) for _ in sent]
    assert [(one.octets, one.source, one.destination) for one in came if one] == [
        (octets, role, None) for octets in sent
    ]


def test_what_is_sent_stands_in_its_form() -> None:
    tape = Tape()
    MessageLink(tape, Framing.GFI).send(Carried(b"\xdf\x09", to_port=wport_of(DeviceRole.ESME)))
    assert bytes(tape.sent) == b"GBCS:DATA#0:2:DF09\r\n"
    tape = Tape()
    MessageLink(tape, Framing.WRAPPER).send(Carried(b"\xdf\x09", to_port=wport_of(DeviceRole.ESME)))
    assert bytes(tape.sent) == bytes.fromhex("0001 0001 0103 0002 df09")


def test_answers_about_the_test_are_kept_apart() -> None:
    answer = encode_wrapped(WrappedMessage(COORDINATION, REMOTE_PARTIES, b"{}"))
    alert = encode_wrapped(WrappedMessage(wport_of(DeviceRole.GSME), REMOTE_PARTIES, b"alert"))
    link = MessageLink(Tape(alert + answer + alert), Framing.WRAPPER)
    found = link.receive(within=0.01, coordination=True)
    assert found is not None
    assert (found.octets, found.coordinates) == (b"{}", True)
    assert [one.octets for _ in range(2) if (one := link.receive(within=0))] == [b"alert", b"alert"]


@pytest.mark.parametrize(
    ("framing", "octets"), [(Framing.GFI, b"hello\r\n"), (Framing.WRAPPER, b"\x00\x02" + bytes(6))]
)
def test_what_is_no_frame_is_told(framing: Framing, octets: bytes) -> None:
    with pytest.raises(TransportError, match=f"in the form {framing}"):
        MessageLink(Tape(octets), framing).receive(within=0.01)


def test_every_device_has_a_port_of_its_own() -> None:
    ports = [wport_of(role) for role in DeviceRole]
    assert [role_at(port) for port in ports] == list(DeviceRole)
    assert role_at(REMOTE_PARTIES) is None
    assert {REMOTE_PARTIES, COORDINATION}.isdisjoint(ports)
