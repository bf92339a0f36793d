"""Streams of octets: TCP, and serial lines through pyserial where that is installed."""

from __future__ import annotations

import importlib
import math
import socket
from typing import Any, Final, Protocol, Self

from harness.transports.errors import LinkClosedError, TransportError

_PIECE: Final = 4096
_CONNECT_WITHIN: Final = 10.0
_WRITE_WITHIN: Final = 30.0
_SHORTEST: Final = 1e-6
"""Seconds. A socket takes zero for "do not wait", and then finds fault with having nothing."""


class Stream(Protocol):
    """Octets both ways, in order."""

    def write(self, octets: bytes, /) -> None:
        """Send. Raises TransportError."""
        ...

    def read(self, *, within: float) -> bytes:
        """What has come, after at most ``within`` seconds; empty for nothing.

        Raises LinkClosedError where nothing will come any more, and TransportError.
        """
        ...

    def close(self) -> None:
        """Let go of the line."""
        ...


class TcpStream:
    """A TCP connection."""

    __slots__ = ("_socket",)

    def __init__(self, connection: socket.socket) -> None:
        # Messages are small, and the other end waits for each.
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = connection

    @classmethod
    def connect(cls, host: str, port: int) -> Self:
        """A connection to whoever listens there. Raises TransportError."""
        try:
            return cls(socket.create_connection((host, port), timeout=_CONNECT_WITHIN))
        except OSError as error:
            raise TransportError(f"no connection to {host} port {port}: {error.strerror or error}") from None

    def write(self, octets: bytes, /) -> None:
        """Send. Raises LinkClosedError and TransportError."""
        self._socket.settimeout(_WRITE_WITHIN)
        try:
            self._socket.sendall(octets)
        except (BrokenPipeError, ConnectionResetError):
            raise LinkClosedError("the other end has closed the connection") from None
        except OSError as error:
            raise TransportError(f"cannot send: {error.strerror or error}") from None

    def read(self, *, within: float) -> bytes:
        """What has come, after at most ``within`` seconds."""
        self._socket.settimeout(max(within, _SHORTEST))
        try:
            octets = self._socket.recv(_PIECE)
        except TimeoutError:
            return b""
        except ConnectionResetError:
            octets = b""
        except OSError as error:
            raise TransportError(f"cannot receive: {error.strerror or error}") from None
        if not octets:
            raise LinkClosedError("the other end has closed the connection")
        return octets

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()


class TcpListener:
    """Waits for TCP connections. ``port`` 0 takes a free one."""

    __slots__ = ("_socket",)

    def __init__(self, host: str, port: int) -> None:
        """Raises TransportError where nothing can listen there."""
        try:
            self._socket = socket.create_server((host, port))
        except OSError as error:
            raise TransportError(f"cannot listen at {host} port {port}: {error.strerror or error}") from None

    @property
    def address(self) -> tuple[str, int]:
        """Host and port, the one that was taken where 0 was asked for."""
        host, port = self._socket.getsockname()[:2]
        return host, port

    def accept(self, *, within: float = math.inf) -> TcpStream | None:
        """The next connection; None where none was made in time (seconds)."""
        self._socket.settimeout(None if math.isinf(within) else max(within, _SHORTEST))
        try:
            connection, _ = self._socket.accept()
        except TimeoutError:
            return None
        return TcpStream(connection)

    def close(self) -> None:
        """Listen no longer."""
        self._socket.close()


class SerialStream:
    """A serial line: 8 data bits, no parity, one stop bit."""

    __slots__ = ("_line", "_lost")

    def __init__(self, device: str, baud: int) -> None:
        """Raises TransportError where there is no such line, or no pyserial."""
        try:
            serial: Any = importlib.import_module("serial")
        except ModuleNotFoundError:
            raise TransportError("serial lines need pyserial: pip install pyserial") from None
        self._lost: type[Exception] = serial.SerialException
        try:
            self._line = serial.Serial(device, baud, write_timeout=_WRITE_WITHIN)
        except (self._lost, ValueError) as error:
            raise TransportError(f"cannot open {device}: {error}") from None

    def write(self, octets: bytes, /) -> None:
        """Send. Raises TransportError."""
        try:
            self._line.write(octets)
        except self._lost as error:
            raise TransportError(f"cannot send: {error}") from None

    def read(self, *, within: float) -> bytes:
        """What has come, after at most ``within`` seconds."""
        self._line.timeout = within
        try:
            first: bytes = self._line.read(1)
            return first + self._line.read(self._line.in_waiting) if first else b""
        except (self._lost, OSError) as error:
            raise LinkClosedError(f"the serial line has gone: {error}") from None

    def close(self) -> None:
        """Close the line."""
        self._line.close()
