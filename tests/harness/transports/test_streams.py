"""Streams over real sockets and a real terminal line, on this machine."""

import os
import threading

import pytest

from harness.transports.errors import LinkClosedError, TransportError
from harness.transports.streams import SerialStream, TcpListener, TcpStream

WITHIN = 10.0


@pytest.fixture
def ends():
    listener = TcpListener("127.0.0.1", 0)
    near = TcpStream.connect(*listener.address)
    far = listener.accept(within=WITHIN)
    yield near, far
    for one in (near, far, listener):
        one.close()


def test_octets_go_both_ways(ends) -> None:
    near, far = ends
    near.write(b"\x00\x01down")
    assert far.read(within=WITHIN) == b"\x00\x01down"
    far.write(b"up")
    assert near.read(within=WITHIN) == b"up"


def test_nothing_is_nothing_and_not_an_end(ends) -> None:
    near, _ = ends
    assert near.read(within=0) == b""


def test_an_end_is_told(ends) -> None:
    near, far = ends
    far.close()
    with pytest.raises(LinkClosedError):
        near.read(within=WITHIN)


def test_nobody_connects() -> None:
    listener = TcpListener("127.0.0.1", 0)
    assert listener.accept(within=0) is None
    with pytest.raises(TransportError, match="cannot listen"):
        TcpListener(*listener.address)
    listener.close()


def test_nobody_listens() -> None:
    listener = TcpListener("127.0.0.1", 0)
    address = listener.address
    listener.close()
    with pytest.raises(TransportError, match="no connection"):
        TcpStream.connect(*address)


def test_a_serial_line() -> None:
    pytest.importorskip("serial", reason="serial lines need pyserial")
    ours, theirs = os.openpty()
    line = SerialStream(os.ttyname(theirs), 115_200)
    try:
        assert line.read(within=0) == b""
        threading.Timer(0.05, os.write, (ours, b"GBCS:DATA#0:1:00\r\n")).start()
        came = line.read(within=WITHIN)
        while not came.endswith(b"\n"):
            came += line.read(within=WITHIN)
        assert came == b"GBCS:DATA#0:1:00\r\n"
        line.write(b"answer")
        assert os.read(ours, 6) == b"answer"
    finally:
        line.close()
        os.close(ours)
        os.close(theirs)


def test_a_serial_line_that_is_not_there() -> None:
    pytest.importorskip("serial", reason="serial lines need pyserial")
    with pytest.raises(TransportError, match="cannot open /dev/no-such-line"):
        SerialStream("/dev/no-such-line", 9600)
