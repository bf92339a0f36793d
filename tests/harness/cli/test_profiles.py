"""``harness profiles`` as a person and as a script meet it."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from device_profiles import catalogue, load_models, profiles_of
from device_profiles.model import DeviceModel, Version
from device_profiles.writing import write_model
from harness.cli import command, main
from harness.cli.columns import columns, in_columns, ranges
from harness.emulators.abilities import has_version
from harness.emulators.defect import all_defects
from harness.gbcs.catalogue import use_case
from harness.gbcs.roles import DeviceRole

LIST_HEADER = (
    "Version,Entry.number,Entry.status,Device_Type.name,Device_Model.manufacturer_identifier,"
    "Device_Model.model_identifier,Device_Model.hardware_version.version,Device_Model.hardware_version.revision,"
    "Device_Model.model_identifier_concatenated_with_hardware_version,Device_Model.firmware_version,"
    "SMETS_CHTS Version.Version_number_and_effective_date,GBCS Version.version_number,"
    "Manufacturer_Image.hash\n"
)
LIST_ROWS = (
    "V,1,Current,Gas Smart Meter,F1AA,0001,1,00,00010100,00000001,SMETS V4.2,GBCS Version 3.2,\n"
    "V,2,Current,Gas Smart Meter,F1AA,0001,1,00,00010100,00000002,SMETS V4.2 ,GBCS Version 3.2,\n"
    "V,3,Current,Communications Hub,F1AB,0002,NaN,52,0002A152,00000003,CHTS V1.3,GBCS Version 3.2,\n"
    "V,4,Removed,Gas Smart Meter,F1AA,0001,1,00,00010100,00000003,SMETS V4.2,GBCS Version 3.2,\n"
    "V,5,Current,nobody.cs,F1AA,0001,1,00,00010100,00000004,SMETS V4.2,GBCS Version 3.2,\n"
)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(
        command, [str(one) for one in arguments], standalone_mode=False, catch_exceptions=False
    )


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    """What the command line says of bad input, having ended with exit code 2."""
    with pytest.raises(SystemExit) as stop:
        main([str(one) for one in arguments])
    assert stop.value.code == 2
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    return said.err


@pytest.fixture
def products_list(tmp_path: Path) -> Path:
    path = tmp_path / "list.csv"
    path.write_text(LIST_HEADER + LIST_ROWS, encoding="utf-8")
    return path


def test_list_names_every_model_and_ends_with_totals() -> None:
    lines = run("profiles", "list").output.splitlines()
    assert lines[0].split() == ["MODEL", "NAME", "MAKER", "BANDS", "GBCS", "FIRMWARES", "DEFECTS"]
    assert [line.split()[0] for line in lines[1:-1]] == [model.key for model in catalogue()]
    assert lines[-1].startswith(f"{len(catalogue())} models, ")


def test_list_can_be_narrowed_to_a_kind() -> None:
    lines = run("profiles", "list", "--kind", "gsme").output.splitlines()
    assert all(line.startswith("gsme-") for line in lines[1:-1])


def test_list_as_json_has_everything_of_a_model() -> None:
    listed = json.loads(run("profiles", "list", "--json").output)
    assert [model["key"] for model in listed] == [model.key for model in catalogue()]
    for described, model in zip(listed, catalogue(), strict=True):
        assert [one["version"] for one in described["firmwares"]] == [one.version for one in model.firmwares]
        assert described["bands"] == sorted(model.bands)


@pytest.mark.parametrize("name", ["Tamar LR2", "tamar lr2", "comms_hub-F101-3102-0200", "lr2", "3102-02"])
def test_show_finds_a_model_by_what_tells_it_apart(name: str) -> None:
    output = run("profiles", "show", name).output
    assert "comms_hub-F101-3102-0200" in output
    assert "long_range_radio" in output
    assert "20040002  CHTS 1.4       4.0   han_ota" in output


def test_show_takes_the_key_of_a_profile_too() -> None:
    profile = "esme-F111-2A02-0101/38041002@SMETS-4.2/GBCS-3.2"
    assert "Harrow & Vale S2" in run("profiles", "show", profile).output


def test_show_says_what_is_unknown(products_list: Path) -> None:
    output = run("profiles", "show", "comms_hub", "--cpl", products_list).output
    unknown = [
        line.removesuffix("unknown").strip() for line in output.splitlines() if line.endswith("unknown")
    ]
    assert unknown == ["Features", "HAN bands", "WAN", "Regions"]


def test_show_states_what_the_device_supports() -> None:
    output = run("profiles", "show", "Penhallow Two").output
    use_cases = output.partition("ESME: use cases\n")[2].partition("\n\n")[0].splitlines()
    assert use_cases[0].split() == ["USE", "CASE", "CODE", "TYPE", "GBCS", "FROM", "FIRMWARES", "TITLE"]
    by_name = {line.split()[0]: line for line in use_cases[1:]}
    assert " all " in by_name["ECS52"]
    assert "06050000 (GBCS 4.0)" in by_name["CS02f"]
    assert "GCS38" not in by_name
    assert "ESME: alerts" in output
    assert "9 0-0:10.0.106.255 m1" in output.partition("ESME: objects and attributes")[2]


@pytest.mark.parametrize("model", catalogue(), ids=lambda model: model.key)
def test_every_statement_is_what_the_emulated_device_has(model: DeviceModel) -> None:
    stated = json.loads(run("profiles", "show", model.key, "--json").output)["statements"]
    profiles = tuple(profiles_of(model))
    assert [one["gbcs"] for one in stated if one["role"] == stated[0]["role"]] == [
        str(profile.firmware.gbcs) for profile in profiles
    ]
    for one in stated:
        role = DeviceRole[one["role"]]
        for entry in one["use_cases"]:
            row = use_case(entry["id"])
            assert role in row.targets
            assert has_version(row, Version.parse(one["gbcs"]))
        named = {name for item in one["items"] for name in item["use_cases"]}
        assert named <= {entry["id"] for entry in one["use_cases"]}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Tamar LR3", "Tamar LR3: expected a model, did you mean Tamar LR"),
        ("zzz", "zzz: expected a model, see harness profiles list\n"),
        ("esme", "esme: expected one model, this is"),
    ],
)
def test_show_of_no_model_is_one_line(capsys: pytest.CaptureFixture[str], name: str, said: str) -> None:
    found = refusal(capsys, "profiles", "show", name)
    assert found.startswith(said)
    assert found.count("\n") == 1


def test_own_files_are_listed_in_place_of_the_catalogue(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(write_model(catalogue()[3]))
    listed: list[Any] = json.loads(run("profiles", "list", "--from", tmp_path, "--json").output)
    assert [model["key"] for model in listed] == [catalogue()[3].key]


def test_check_says_that_there_is_no_mistake(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(write_model(catalogue()[0]))
    assert run("profiles", "check", tmp_path).output == "no mistakes; models: 1, firmware entries: 3\n"


def test_check_notes_versions_that_no_matrix_will_take(tmp_path: Path) -> None:
    text = write_model(catalogue()[0]).replace('gbcs: "1.1"', 'gbcs: "4.1"')
    (tmp_path / "one.yaml").write_text(text)
    output = run("profiles", "check", tmp_path).output
    assert "CHTS 1.0 with GBCS 4.1 is not a pair of the version table of 2022-09-21" in output
    assert json.loads(run("profiles", "check", tmp_path, "--json").output)["remarks"]


def test_check_tells_every_mistake_on_a_line_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = write_model(catalogue()[0]).replace("kind: comms_hub", "kind: hub").replace("gbcs", "gcbs")
    path = tmp_path / "one.yaml"
    path.write_text(text)
    lines = refusal(capsys, "profiles", "check", path).splitlines()
    assert len(lines) == 1 + 2 * 3
    assert all(line.startswith(f"{path}:") for line in lines)


def test_check_knows_which_defects_there_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    defect = next(iter(all_defects().values()))
    model = next(model for model in catalogue() if model.kind not in defect.applies_to)
    path = tmp_path / "one.yaml"

    def said_of(named: str) -> str:
        firmware = replace(model.firmwares[0], defects=(named,))
        path.write_text(write_model(replace(model, firmwares=(firmware,))))
        return refusal(capsys, "profiles", "check", path)

    unknown = said_of(defect.id[:-1])
    assert unknown == f"{path}:1: defects: unknown defect {defect.id[:-1]}: did you mean {defect.id}?\n"
    assert said_of(defect.id).startswith(f"{path}:1: defects: expected a defect of a {model.kind}")


def test_schema_is_json() -> None:
    assert json.loads(run("profiles", "schema").output)["type"] == "object"


def test_import_accounts_for_every_entry(products_list: Path, tmp_path: Path) -> None:
    out = tmp_path / "profiles"
    output = run("profiles", "import-cpl", products_list, "--out", out).output
    assert output.splitlines() == [
        "kind       variant  models  firmwares  listings",
        "comms_hub           1       1          1",
        "gsme                1       2          2",
        "",
        f"5 entries in {products_list}",
        "imported      3",
        "recovered     3  of those imported",
        "     2  hardware version read as a number, restored as the concatenated column has it",
        "        lines 2-3",
        "     1  hardware version missing, taken from the concatenated column",
        "        line 4 (entry 3)",
        "skipped       2",
        "     1  status is Removed",
        "        line 5 (entry 4)",
        "     1  unknown device type 'nobody.cs'",
        "        line 6 (entry 5)",
        f"2 profile files written to {out}",
    ]
    assert [model.key for model in load_models([out])] == ["comms_hub-F1AB-0002-A152", "gsme-F1AA-0001-0100"]


def test_import_as_json_has_each_note(products_list: Path) -> None:
    account = json.loads(run("profiles", "import-cpl", products_list, "--json").output)
    assert (account["entries"], account["imported"], account["recovered"], account["skipped"]) == (5, 3, 3, 2)
    assert account["skips"][1] == {"line": 6, "entry": "5", "reason": "unknown device type 'nobody.cs'"}
    assert account["written"] == []


def test_import_without_out_writes_nothing_and_says_how(products_list: Path) -> None:
    before = set(products_list.parent.iterdir())
    assert "--out DIR" in run("profiles", "import-cpl", products_list).output.splitlines()[-1]
    assert set(products_list.parent.iterdir()) == before


def test_import_notes_files_that_are_not_its_own(products_list: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.yaml").write_text("")
    output = run("profiles", "import-cpl", products_list, "--out", tmp_path / "out").output
    assert "holds 1 more profile files" in output.splitlines()[-1]


def test_import_of_something_else_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "list.csv"
    path.write_text("a,b\n1,2\n")
    said = refusal(capsys, "profiles", "import-cpl", path)
    assert said.startswith(
        f"{path}:1: expected the columns of a Central Products List; missing: Entry.number"
    )
    assert said.count("\n") == 1


def test_columns_are_as_wide_as_they_need_to_be() -> None:
    assert list(columns([])) == []
    assert list(in_columns(("A", "BB"), [("ccc", "")])) == ["A    BB", "ccc"]


@pytest.mark.parametrize(
    ("numbers", "text"), [([], ""), ([3], "3"), ([1, 2, 3, 7, 9, 10], "1-3, 7, 9-10"), ([2, 1, 2], "1-2")]
)
def test_line_numbers_are_drawn_together(numbers: list[int], text: str) -> None:
    assert ranges(numbers) == text
