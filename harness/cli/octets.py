"""Octets as people give them to a command: hexadecimal, base64, or a file that holds those or the octets."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path

import click

from device_profiles.errors import InputError, InputProblem

_SHOWN = 60
_LONGEST = 1 << 24
"""Far above any message or firmware image of this network."""


def read_octets(given: str) -> bytes:
    """The octets that an argument stands for.

    ``-`` is standard input; the name of a file is what it holds; all else must read as hexadecimal or
    base64. Spaces and line ends between digits do not matter. Raises InputError, and OSError for an
    unreadable file.
    """
    if given == "-":
        with click.open_file("-", "rb") as stream:
            return _octets_in(stream.read(_LONGEST + 1), "standard input")
    if _names_a_file(given):
        with Path(given).open("rb") as stream:
            return _octets_in(stream.read(_LONGEST + 1), given)
    found = octets_of_text(given)
    if found is None:
        raise _unreadable(given if len(given) <= _SHOWN else f"{given[:_SHOWN]}…")
    return found


def _names_a_file(given: str) -> bool:
    try:
        return Path(given).is_file()
    except (OSError, ValueError):
        # Too long for a name, or holding what no name may hold.
        return False


def octets_of_text(text: str) -> bytes | None:
    """The octets of hexadecimal or base64 text, or None where it is neither or empty."""
    digits = "".join(text.split())
    if not digits:
        return None
    try:
        return bytes.fromhex(digits)
    except ValueError:
        pass
    try:
        return base64.b64decode(digits, validate=True)
    except (binascii.Error, ValueError):
        return None


def _octets_in(content: bytes, source: str) -> bytes:
    if len(content) > _LONGEST:
        raise InputError([InputProblem(source, 0, 0, "", f"expected at most {_LONGEST} octets")])
    if not content.isascii():
        return content
    found = octets_of_text(content.decode("ascii"))
    if found is None:
        raise _unreadable(source)
    return found


def _unreadable(source: str) -> InputError:
    return InputError(
        [InputProblem(source, 0, 0, "", "expected hexadecimal, base64, or a file that holds them")]
    )
