"""The rows of a Central Products List, from its CSV or from the workbook, before anything is made of them.

A workbook has the list twice: with two header rows (group and attribute), and as a sheet meant to be
saved as CSV. Either is read; the first sheet that has the columns counts.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from device_profiles.errors import InputError, InputProblem

NUMBER = "Entry.number"
STATUS = "Entry.status"
TYPE = "Device_Type.name"
MANUFACTURER = "Device_Model.manufacturer_identifier"
MODEL = "Device_Model.model_identifier"
HARDWARE_VERSION = "Device_Model.hardware_version.version"
HARDWARE_REVISION = "Device_Model.hardware_version.revision"
CONCATENATED = "Device_Model.model_identifier_concatenated_with_hardware_version"
FIRMWARE = "Device_Model.firmware_version"
SPECIFICATION = "SMETS_CHTS Version.Version_number_and_effective_date"
GBCS = "GBCS Version.version_number"
HASH = "Manufacturer_Image.hash"

_NEEDED = (
    NUMBER,
    STATUS,
    TYPE,
    MANUFACTURER,
    MODEL,
    HARDWARE_VERSION,
    HARDWARE_REVISION,
    FIRMWARE,
    SPECIFICATION,
    GBCS,
)
# Header rows stand at the top, below a title at most.
_HEADER_WITHIN = 10
_ZIP_MAGIC = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class CplRow:
    """One entry as it stands. ``line`` is that of the CSV file or the row of the sheet, from 1."""

    line: int
    cells: Mapping[str, str]

    def text(self, column: str) -> str:
        """The cell without surrounding space; empty where there is none."""
        return self.cells.get(column, "").strip()


def read_rows(path: Path) -> list[CplRow]:
    """All entries of the list in ``path``. Raises InputError where it is no such list."""
    octets = path.read_bytes()
    sheets = _workbook(octets, path) if octets.startswith(_ZIP_MAGIC) else [_csv(octets, path)]
    missing: Sequence[str] = _NEEDED
    for sheet in sheets:
        lines = list(sheet)
        found = _header(lines)
        if found is not None:
            header, below = found
            return list(_entries(header, lines[below:]))
        missing = min(missing, _missing(lines), key=len)
    expected = f"expected the columns of a Central Products List; missing: {', '.join(missing)}"
    raise InputError([InputProblem(str(path), 1, 0, "", expected)])


Line = tuple[int, list[str]]


def _csv(octets: bytes, path: Path) -> list[Line]:
    try:
        reader = csv.reader(io.StringIO(octets.decode("utf-8-sig"), newline=""))
        return [(reader.line_num, cells) for cells in reader]
    except UnicodeDecodeError as error:
        line = octets.count(b"\n", 0, error.start) + 1
        raise InputError([InputProblem(str(path), line, 0, "", "expected a CSV file in UTF-8")]) from None
    except csv.Error as error:
        raise InputError([InputProblem(str(path), 0, 0, "", f"expected a CSV file: {error}")]) from None


def _workbook(octets: bytes, path: Path) -> Iterator[list[Line]]:
    import openpyxl  # noqa: PLC0415 - half a second, and only workbooks need it

    try:
        workbook = openpyxl.load_workbook(io.BytesIO(octets), read_only=True, data_only=True)
        for sheet in workbook.worksheets:
            rows = sheet.iter_rows(values_only=True)
            yield [(number, [_cell(value) for value in row]) for number, row in enumerate(rows, start=1)]
    except Exception as error:  # noqa: BLE001 - a damaged archive fails in as many ways as it has parts
        said = f"expected an XLSX workbook: {error}"
        raise InputError([InputProblem(str(path), 0, 0, "", said)]) from None


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _header(lines: Sequence[Line]) -> tuple[list[str], int] | None:
    """Column names, and how many lines lie above the first entry's."""
    for at, (_, cells) in enumerate(lines[:_HEADER_WITHIN]):
        names = [cell.strip() for cell in cells]
        if set(_NEEDED) <= set(names):
            return names, at + 1
        if at:
            groups = [cell.strip() for cell in lines[at - 1][1]]
            joined = [f"{group}.{name}" for group, name in zip(groups, names, strict=False)]
            if set(_NEEDED) <= set(joined):
                return joined, at + 1
    return None


def _missing(lines: Sequence[Line]) -> list[str]:
    names = {cell.strip() for _, cells in lines[:_HEADER_WITHIN] for cell in cells}
    return [column for column in _NEEDED if column not in names]


def _entries(header: Sequence[str], lines: Iterable[Line]) -> Iterator[CplRow]:
    """Rows that hold an entry: what stands between header and first entry explains the columns."""
    begun = False
    for number, cells in lines:
        row = CplRow(number, dict(zip(header, cells, strict=False)))
        begun = begun or row.text(NUMBER).isdigit()
        if begun and any(cell.strip() for cell in cells):
            yield row
