"""The products list: what is recovered, what is left out and why, on made-up rows and on the real list."""

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_profiles import load_models
from device_profiles.cpl import CplImport, import_cpl
from device_profiles.cpl_recovery import Unrecoverable, identity_of
from device_profiles.cpl_table import (
    CONCATENATED,
    FIRMWARE,
    GBCS,
    HARDWARE_REVISION,
    HARDWARE_VERSION,
    HASH,
    MANUFACTURER,
    MODEL,
    NUMBER,
    SPECIFICATION,
    STATUS,
    TYPE,
    CplRow,
)
from device_profiles.errors import InputError
from device_profiles.model import DeviceKind, DeviceModel, EsmeVariant
from device_profiles.writing import file_name, write_model

WHOLE = {
    NUMBER: "000001",
    STATUS: "Current",
    TYPE: "Gas Smart Meter",
    MANUFACTURER: "F1AB",
    MODEL: "01E3",
    HARDWARE_VERSION: "0A",
    HARDWARE_REVISION: "05",
    CONCATENATED: "01E30A05",
    FIRMWARE: "00012E10",
    SPECIFICATION: "SMETS V4.2 ",
    GBCS: "GBCS Version 3.2  ",
    HASH: "AB" * 32,
}


def _row(**changes: str) -> dict[str, str]:
    names = {
        "number": NUMBER, "status": STATUS, "type": TYPE, "manufacturer": MANUFACTURER, "model": MODEL,
        "version": HARDWARE_VERSION, "revision": HARDWARE_REVISION, "concatenated": CONCATENATED,
        "firmware": FIRMWARE, "specification": SPECIFICATION, "gbcs": GBCS, "hash": HASH,
    }  # fmt: skip
    return WHOLE | {names[name]: value for name, value in changes.items()}


def _csv(path: Path, rows: Sequence[dict[str, str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(WHOLE))
        writer.writeheader()
        writer.writerows(rows)
    return path


def _imported(tmp_path: Path, *rows: dict[str, str]) -> CplImport:
    return import_cpl(_csv(tmp_path / "list.csv", rows))


def test_a_whole_row_becomes_a_firmware_of_a_model(tmp_path: Path) -> None:
    found = _imported(tmp_path, _row())
    (model,) = found.models
    assert (model.kind, model.key) == (DeviceKind.GSME, "gsme-F1AB-01E3-0A05")
    (firmware,) = model.firmwares
    assert (firmware.version, str(firmware.specification), str(firmware.gbcs)) == (
        "00012E10",
        "SMETS 4.2",
        "3.2",
    )
    assert firmware.image_hash == "AB" * 32
    assert (found.entries, found.imported, found.recovered, found.skipped) == (1, 1, (), ())


def test_nothing_is_claimed_that_the_list_does_not_say(tmp_path: Path) -> None:
    (model,) = _imported(tmp_path, _row()).models
    assert [*model.bands, *model.wan, *model.regions, *model.features] == []
    assert not model.features_known
    assert all(firmware.defects == () for firmware in model.firmwares)


@pytest.mark.parametrize(
    ("damage", "how"),
    [
        ({"version": "NaN"}, "missing"),
        ({"version": ""}, "missing"),
        ({"version": "10", "concatenated": "01E31005"}, ""),
        ({"model": "1000"}, "read as a number"),
        ({"model": "1E+03"}, "read as a number"),
        ({"revision": "5"}, "read as a number"),
        ({"revision": "5.0"}, "read as a number"),
        ({"revision": "5", "concatenated": "NaN"}, "leading zero restored"),
        ({"model": "01e3", "version": "0a"}, ""),
    ],
)
def test_damage_that_the_row_itself_explains_is_recovered(
    tmp_path: Path, damage: dict[str, str], how: str
) -> None:
    found = _imported(tmp_path, _row(**damage))
    (model,) = found.models
    assert model.model == "01E3"
    assert model.hardware_revision == "05"
    assert [note.line for note in found.recovered] == ([2] if how else [])
    assert all(how in note.reason for note in found.recovered)


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        ({"firmware": "10000"}, "firmware version '10000' is not 8 hexadecimal digits"),
        ({"firmware": "NaN"}, "firmware version 'NAN' is not 8 hexadecimal digits"),
        ({"manufacturer": "12"}, "manufacturer identifier '12' is not 4 hexadecimal digits"),
        ({"version": "NaN", "concatenated": "NaN"}, "hardware version 'NAN' is not 2 hexadecimal digits"),
        ({"model": "0001"}, "model identifier 0001 contradicts the concatenated column, 01E30A05"),
        ({"hash": "AB"}, "image hash is not 64 hexadecimal digits"),
        ({"status": "Removed"}, "status is Removed"),
        ({"status": ""}, "status is missing"),
        ({"type": "octopus.cs"}, "unknown device type 'octopus.cs'"),
        ({"specification": "SMETS V1.2", "gbcs": "GBCS Version 0.0"}, "SMETS1"),
        ({"specification": "SMETS"}, "versions not readable"),
        ({"gbcs": "GBCS Version 3"}, "versions not readable"),
        ({"specification": "CHTS V1.3"}, "CHTS V1.3 on a gsme, which is made to SMETS"),
        ({"type": "Communications Hub"}, "SMETS V4.2 on a comms_hub, which is made to CHTS"),
    ],
)
def test_what_cannot_be_had_is_skipped_with_its_reason(
    tmp_path: Path, damage: dict[str, str], reason: str
) -> None:
    found = _imported(tmp_path, _row(**damage), _row(number="2", firmware="00000001"))
    assert found.entries == 2
    assert found.imported == 1
    (note,) = found.skipped
    assert (note.line, note.entry) == (2, "1")
    assert note.reason.startswith(reason)


def test_a_concatenated_column_that_is_damaged_itself_takes_nothing_away(tmp_path: Path) -> None:
    (model,) = _imported(tmp_path, _row(concatenated="1.00E+35")).models
    assert model.key == "gsme-F1AB-01E3-0A05"


def test_the_same_firmware_under_two_versions_is_two_listings_and_a_repeat_is_skipped(tmp_path: Path) -> None:
    older = _row(number="2", specification="SMETS V3.1", gbcs="GBCS Version 2.1")
    found = _imported(tmp_path, _row(), older, _row(number="3"))
    assert [str(firmware.gbcs) for firmware in found.models[0].firmwares] == ["3.2", "2.1"]
    assert [(note.entry, note.reason) for note in found.skipped] == [("3", "repeats the entry in line 2")]


def test_one_hardware_is_one_kind_of_meter(tmp_path: Path) -> None:
    single = _row(type="Single Element Electricity Metering Equipment")
    poly = _row(number="2", type="Polyphase Electricity Metering Equipment", firmware="00000002")
    found = _imported(tmp_path, single, poly)
    assert found.models[0].variant is EsmeVariant.SINGLE_ELEMENT
    assert found.skipped[0].reason.startswith("listed as polyphase, but as single_element in")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "missing: Entry.number"),
        (b"a,b\n1,2\n", "missing: Entry.number"),
        (b"Entry.number,\xff\n", "expected a CSV file in UTF-8"),
        (b"PK\x03\x04 and then nothing", "expected an XLSX workbook"),
        (b'"' + b"x" * 200_000 + b'"', "expected a CSV file: field larger"),
    ],
)
def test_a_file_that_is_no_list_is_an_input_error(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "list"
    path.write_bytes(content)
    with pytest.raises(InputError, match=said):
        import_cpl(path)


def test_a_workbook_with_two_header_rows_and_colons_reads_like_the_csv(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    own = [column for column in WHOLE if column != CONCATENATED]
    sheet.append(["Data Group", *(column.split(".")[0] for column in own)])
    sheet.append(["Data Attribute", *(column.split(".", 1)[1] for column in own)])
    sheet.append(["Notes", *("what it means" for _ in own)])
    with_colons = WHOLE | {
        MANUFACTURER: "F1:AB",
        MODEL: "01:E3",
        FIRMWARE: "00:01:2E:10",
        HASH: ":".join(["AB"] * 32),
    }
    sheet.append([None, *(with_colons[column] for column in own)])
    sheet.append([None, *((with_colons | {HARDWARE_REVISION: 6})[column] for column in own)])
    path = tmp_path / "list.xlsx"
    workbook.save(path)
    found = import_cpl(path)
    assert [(model.key, model.source.rpartition(":")[2]) for model in found.models] == [
        ("gsme-F1AB-01E3-0A05", "4"),
        ("gsme-F1AB-01E3-0A06", "5"),
    ]
    assert _without_source(found.models[:1]) == _without_source(_imported(tmp_path, _row()).models)
    assert "leading zero restored" in found.recovered[0].reason


_hexadecimal = st.integers(0, 0xFFFFFFFF).map(lambda number: f"{number:08X}")


@given(_hexadecimal, st.sampled_from([MODEL, HARDWARE_VERSION, HARDWARE_REVISION]), st.booleans())
def test_a_spreadsheet_never_turns_one_identity_into_another(whole: str, column: str, as_float: bool) -> None:
    """Cells as a spreadsheet leaves them: read as a number where they can be, as nothing where not."""
    cells = {MODEL: whole[:4], HARDWARE_VERSION: whole[4:6], HARDWARE_REVISION: whole[6:]}
    try:
        number = float(cells[column])
        damaged = str(number) if as_float or not number.is_integer() else str(int(number))
    except (ValueError, OverflowError):
        damaged = "NaN"
    with_other = WHOLE | cells | {CONCATENATED: whole}
    identity = identity_of(CplRow(2, with_other | {column: damaged}))
    assert identity.model + identity.hardware_version + identity.hardware_revision == whole
    try:
        alone = identity_of(CplRow(2, with_other | {column: damaged, CONCATENATED: ""}))
    except Unrecoverable:
        return
    if column != MODEL:  # Two digits cannot be mistaken; four can: 1000 may have been 01E3.
        assert alone.hardware_version + alone.hardware_revision == whole[4:]


def _without_source(models: Sequence[DeviceModel]) -> list[DeviceModel]:
    return [replace(model, source="") for model in models]


@pytest.fixture(scope="module")
def from_csv(cpl: Path) -> CplImport:
    return import_cpl(cpl / "central_products_list_2.051.csv")


@pytest.fixture(scope="module")
def from_xlsx(cpl: Path) -> CplImport:
    return import_cpl(cpl / "central_products_list_2.051.xlsx")


@pytest.mark.cpl
def test_the_real_list_gives_the_models_and_firmwares_that_it_has(from_csv: CplImport) -> None:
    models = Counter((model.kind.value, model.variant) for model in from_csv.models)
    firmwares = Counter(
        {
            group: sum(
                len({firmware.version for firmware in model.firmwares})
                for model in from_csv.models
                if (model.kind.value, model.variant) == group
            )
            for group in models
        }
    )
    single, twin, poly = EsmeVariant.SINGLE_ELEMENT, EsmeVariant.TWIN_ELEMENT, EsmeVariant.POLYPHASE
    assert models == {
        ("comms_hub", None): 26,
        ("esme", single): 29,
        ("esme", poly): 10,
        ("esme", twin): 2,
        ("gsme", None): 25,
        ("ppmid", None): 25,
        ("hcalcs", None): 2,
    }
    assert firmwares == {
        ("comms_hub", None): 126,
        ("esme", single): 197,
        ("esme", poly): 25,
        ("esme", twin): 8,
        ("gsme", None): 100,
        ("ppmid", None): 95,
        ("hcalcs", None): 2,
    }


@pytest.mark.cpl
def test_the_account_of_the_real_list_is_whole(from_csv: CplImport) -> None:
    reasons = Counter(note.reason for note in from_csv.skipped)
    assert reasons == {"SMETS1": 131, "status is Removed": 35, "unknown device type 'octopus.cs'": 1}
    assert from_csv.entries == 729
    assert from_csv.imported + len(from_csv.skipped) == from_csv.entries
    assert sum(len(model.firmwares) for model in from_csv.models) == from_csv.imported
    (unknown,) = (note for note in from_csv.skipped if "octopus" in note.reason)
    assert (unknown.line, unknown.entry) == (483, "485")
    twice = [
        (model.key, version)
        for model in from_csv.models
        for version, times in Counter(firmware.version for firmware in model.firmwares).items()
        if times > 1
    ]
    assert len(twice) == 9


@pytest.mark.cpl
def test_damaged_csv_and_undamaged_workbook_give_the_same(from_csv: CplImport, from_xlsx: CplImport) -> None:
    """All but entry 485, of which only the workbook still knows what it is."""
    assert from_xlsx.recovered == ()
    assert from_xlsx.imported == from_csv.imported + 1

    def listings(found: CplImport) -> set[tuple[object, ...]]:
        return {
            (replace(model, firmwares=(), source=""), firmware)
            for model in found.models
            for firmware in model.firmwares
        }

    assert listings(from_csv) <= listings(from_xlsx)
    ((model, firmware),) = listings(from_xlsx) - listings(from_csv)
    assert (model.key, firmware.version) == ("ppmid-10E0-000D-0001", "00010000")  # type: ignore[attr-defined] # heterogeneous tuple


@pytest.mark.cpl
def test_written_profiles_load_back_identically(from_csv: CplImport, tmp_path: Path) -> None:
    for model in from_csv.models:
        (tmp_path / file_name(model)).write_text(write_model(model), encoding="utf-8")
    assert _without_source(load_models([tmp_path])) == _without_source(from_csv.models)
