"""The keys of a captured home area network, in the form in which tshark and Wireshark take them.

Both keep ZigBee keys in a table: a file ``zigbee_pc_keys`` in the profile's folder, or one option a key
on the command line. A row is the key in hexadecimal, its byte order, and a label. Keys derived from a
link key are worked out by the reader and need no row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from harness.codecs.errors import EncodeError

KEYS_FILE_NAME: Final = "zigbee_pc_keys"
_KEY_LENGTH: Final = 16
_HEAD: Final = "# ZigBee keys of a capture, for the profile's folder or as rows of -o uat:zigbee_pc_keys:\n"


@dataclass(frozen=True, slots=True)
class CaptureKey:
    """A network or link key of 16 octets, in the order in which ZigBee sends it, and what to call it."""

    key: bytes
    label: str


def keys_file(keys: Iterable[CaptureKey]) -> str:
    """Text of the table's file. Raises EncodeError for a key or a label that it cannot hold."""
    return _HEAD + "".join(f"{_row(key)}\n" for key in keys)


def tshark_options(keys: Iterable[CaptureKey]) -> tuple[str, ...]:
    """Command line words that give the keys to tshark. Raises EncodeError."""
    return tuple(word for key in keys for word in ("-o", f"uat:{KEYS_FILE_NAME}:{_row(key)}"))


def _row(key: CaptureKey) -> str:
    if len(key.key) != _KEY_LENGTH:
        raise EncodeError("key", f"expected {_KEY_LENGTH} octets, got {len(key.key)}")
    if not key.label.isprintable() or '"' in key.label or "\\" in key.label:
        raise EncodeError("label", f"{key.label!r} has characters that the table does not take")
    return f'"{key.key.hex(":").upper()}","Normal","{key.label}"'
