"""Identifiers of the products list that a spreadsheet has read as numbers, made whole where that is certain.

The list writes an identity twice: in columns of its own, and concatenated (model, hardware version,
revision). A cell that is a spreadsheet's reading of the concatenated text is taken from there. Nothing
is guessed: a firmware version of "10000" may have been 00010000 or 000001E4.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from device_profiles.cpl_table import (
    CONCATENATED,
    FIRMWARE,
    HARDWARE_REVISION,
    HARDWARE_VERSION,
    HASH,
    MANUFACTURER,
    MODEL,
    CplRow,
)

_NOTHING_READ = frozenset({"", "NAN", "NA", "N/A", "#N/A", "NONE", "NULL"})
_NUMBER = re.compile(r"[0-9]+(\.[0-9]*)?(E[+-]?[0-9]+)?", re.ASCII)
_HASH_DIGITS = 64


class Unrecoverable(Exception):  # noqa: N818 - reads as what it says of the row
    """Why no identity can be had from a row."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Identifiers as upper-case hexadecimal text, and what had to be recovered to get them."""

    manufacturer: str
    model: str
    hardware_version: str
    hardware_revision: str
    firmware: str
    image_hash: str | None
    recovered: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    title: str
    column: str
    digits: int
    within: slice | None = None
    """Where the concatenated column repeats it."""


_PARTS = (
    _Part("manufacturer identifier", MANUFACTURER, 4),
    _Part("model identifier", MODEL, 4, slice(0, 4)),
    _Part("hardware version", HARDWARE_VERSION, 2, slice(4, 6)),
    _Part("hardware revision", HARDWARE_REVISION, 2, slice(6, 8)),
    _Part("firmware version", FIRMWARE, 8),
)


def identity_of(row: CplRow) -> Identity:
    """The identity that a row has. Raises Unrecoverable."""
    whole = _hexadecimal(row, CONCATENATED)
    concatenated = whole if _is_hexadecimal(whole, 8) else None
    recovered: list[str] = []
    values: list[str] = []
    for part in _PARTS:
        value, how = _read(part, _hexadecimal(row, part.column), concatenated)
        values.append(value)
        if how:
            recovered.append(how)
    image_hash = _hexadecimal(row, HASH)
    if image_hash and not _is_hexadecimal(image_hash, _HASH_DIGITS):
        raise Unrecoverable(f"image hash is not {_HASH_DIGITS} hexadecimal digits")
    manufacturer, model, version, revision, firmware = values
    return Identity(manufacturer, model, version, revision, firmware, image_hash or None, tuple(recovered))


def _hexadecimal(row: CplRow, column: str) -> str:
    return row.text(column).replace(":", "").upper()


def _is_hexadecimal(text: str, digits: int) -> bool:
    return len(text) == digits and all(character in "0123456789ABCDEF" for character in text)


def _read(part: _Part, text: str, concatenated: str | None) -> tuple[str, str]:
    """The value of a part, and how it was recovered (empty where it stood as it should)."""
    whole = _is_hexadecimal(text, part.digits)
    beside = concatenated[part.within] if concatenated and part.within else None
    if whole and beside in (None, text):
        return text, ""
    if beside is not None:
        if text in _NOTHING_READ:
            return beside, f"{part.title} missing, taken from the concatenated column"
        if _same_number(text, beside):
            return beside, f"{part.title} read as a number, restored as the concatenated column has it"
        if whole:
            raise Unrecoverable(f"{part.title} {text} contradicts the concatenated column, {concatenated}")
    if part.digits == 2 and len(text) == 1 and text.isascii() and text.isdigit():
        # No other text of two hexadecimal digits reads as this number.
        return f"0{text}", f"{part.title} read as a number, its leading zero restored"
    raise Unrecoverable(f"{part.title} {text!r} is not {part.digits} hexadecimal digits")


def _same_number(text: str, beside: str) -> bool:
    readable = _NUMBER.fullmatch(text) and _NUMBER.fullmatch(beside)
    return bool(readable) and float(text) == float(beside)
