"""Definitions: what they may say, what they become, and that every mistake has its place."""

from pathlib import Path

import pytest

from device_profiles import catalogue
from device_profiles.errors import InputError
from device_profiles.model import DeviceKind, DeviceModel, Firmware, Region
from device_profiles.writing import write_model
from test_matrix import Matrix, load_matrix
from test_matrix.matrix import NONE

DEFINITION = """\
name: mine
title: A matrix of my own
level: firmware
factors:
  region: [north, south]
  comms_hub: {where: 868MHz in bands}
  esme: {where: variant = polyphase}
  ppmid: {optional: true, level: model}
constraints:
  - id: old-meters-without-display
    require: esme.gbcs < 3.0 implies not ppmid.present
    because: It is said so.
"""


def _matrix(folder: Path, text: str = DEFINITION, level: str | None = None) -> Matrix:
    path = folder / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return load_matrix(path, level=level)


def _problems(folder: Path, text: str) -> list[str]:
    with pytest.raises(InputError) as refused:
        _matrix(folder, text)
    return [str(problem).replace(f"{folder}/", "") for problem in refused.value.problems]


def test_factors_come_in_the_order_that_they_are_written(tmp_path: Path) -> None:
    matrix = _matrix(tmp_path)
    assert [factor.name for factor in matrix.factors] == ["region", "comms_hub", "esme", "ppmid"]
    moved = DEFINITION.replace("  region: [north, south]\n", "").replace(
        "constraints", "  region: [north, south]\nconstraints"
    )
    assert [factor.name for factor in _matrix(tmp_path, moved).factors][-1] == "region"


def test_levels_are_what_conditions_and_granularity_leave(tmp_path: Path) -> None:
    matrix = _matrix(tmp_path)
    esmes = [level.profile for level in matrix.factor("esme").levels]
    assert all(profile is not None and profile.model.variant == "polyphase" for profile in esmes)
    ppmids = matrix.factor("ppmid").levels
    assert ppmids[0].key == NONE
    models = [level.profile.model.key for level in ppmids[1:] if level.profile]
    assert models == [model.key for model in catalogue() if model.kind is DeviceKind.PPMID]


def test_a_level_given_by_hand_overrides_all_others(tmp_path: Path) -> None:
    sizes = [
        [len(factor.levels) for factor in _matrix(tmp_path, level=level).factors]
        for level in ("model", "firmware", "listing")
    ]
    assert all(model <= firmware <= listing for model, firmware, listing in zip(*sizes, strict=True))
    assert sizes[0] < sizes[1] < sizes[2]


def _age(firmware: Firmware) -> tuple[object, ...]:
    return firmware.gbcs, firmware.specification.version, int(firmware.version, 16)


def _levels_of(matrix: Matrix, model: DeviceModel) -> list[Firmware]:
    profiles = [level.profile for level in matrix.factor(model.kind).levels if level.profile]
    return [profile.firmware for profile in profiles if profile.model == model]


def test_a_model_stands_for_its_latest_firmware() -> None:
    matrix = load_matrix("national", level="model")
    for model in catalogue():
        assert _levels_of(matrix, model) == [max(model.firmwares, key=_age)]


def test_a_firmware_stands_under_its_latest_versions() -> None:
    matrix = load_matrix("national", level="firmware")
    for model in catalogue():
        versions = dict.fromkeys(firmware.version for firmware in model.firmwares)
        assert _levels_of(matrix, model) == [
            max((one for one in model.firmwares if one.version == version), key=_age) for version in versions
        ]


def test_a_home_is_what_its_row_says(tmp_path: Path) -> None:
    matrix = _matrix(tmp_path)
    with_display = next(row for row in matrix.rows(0, matrix.count()) if row[3] != 0)
    home = matrix.home(with_display)
    assert home.region is Region.NORTH
    assert list(home.devices) == [DeviceKind.COMMS_HUB, DeviceKind.ESME, DeviceKind.PPMID]
    for factor, index in zip(matrix.factors[1:], with_display[1:], strict=True):
        assert factor.kind is not None
        assert home.get(factor.kind) is factor.levels[index].profile
    without = next(row for row in matrix.rows(0, matrix.count()) if row[3] == 0)
    assert matrix.home(without).get(DeviceKind.PPMID) is None


def test_own_constraints_hold_for_every_home(tmp_path: Path) -> None:
    matrix = _matrix(tmp_path)
    homes = [matrix.home(row) for row in matrix.rows(0, matrix.count())]
    old = [home for home in homes if str(home.devices[DeviceKind.ESME].firmware.gbcs) == "1.1"]
    assert old
    assert all(home.get(DeviceKind.PPMID) is None for home in old)


def test_a_standard_constraint_can_be_left_out(tmp_path: Path) -> None:
    fewer = _matrix(tmp_path)
    more = _matrix(tmp_path, DEFINITION + "leave_out: [wan-in-region, hub-in-region]\n")
    assert more.count() > fewer.count()
    assert {one.id for one in fewer.constraints} - {one.id for one in more.constraints} == {
        "wan-in-region",
        "hub-in-region",
    }


def test_profiles_come_from_files_beside_the_definition(tmp_path: Path) -> None:
    hub = next(model for model in catalogue() if model.kind is DeviceKind.COMMS_HUB)
    (tmp_path / "profiles").mkdir()
    text = write_model(hub).replace(hub.model, "FFFF").replace(hub.name, "Of my own")
    (tmp_path / "profiles" / "hub.yaml").write_text(text)
    with_mine = DEFINITION.replace("868MHz in bands", "name = 'Of my own'")
    matrix = _matrix(tmp_path, with_mine + "profiles: [built-in, profiles]\n")
    assert {level.profile.model.model for level in matrix.factor("comms_hub").levels if level.profile} == {
        "FFFF"
    }


def test_the_same_model_from_two_sources_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "hub.yaml").write_text(write_model(catalogue()[0]))
    (problem,) = _problems(tmp_path, DEFINITION + "profiles: [built-in, hub.yaml]\n")
    assert problem.startswith(
        "hub.yaml:1: model: expected each model from one source, device_profiles/models/"
    )


def test_a_table_of_versions_can_be_ones_own(tmp_path: Path) -> None:
    (tmp_path / "pairs.yaml").write_text(
        "as_of: '2030-01-01'\npairs:\n  - {gbcs: '4.1', smets: ['5.1'], chts: ['1.5']}\n"
    )
    matrix = _matrix(tmp_path, DEFINITION + "version_pairs: pairs.yaml\n")
    for row in matrix.rows(0, matrix.count()):
        assert {str(one.firmware.gbcs) for one in matrix.home(row).devices.values()} == {"4.1"}
    assert matrix.count() > 0


def test_every_mistake_is_told_at_once_with_its_place(tmp_path: Path) -> None:
    text = DEFINITION.replace("868MHz in bands", "868Hz in bands")
    text = text.replace("variant = polyphase", "variant > polyphase")
    text = text.replace("implies not ppmid.present", "implies not ihd.present")
    text += "leave_out: [wan-in-regions]\n"
    assert _problems(tmp_path, text) == [
        "mine.yaml:6:22: factors.comms_hub.where: unknown word 868Hz: did you mean 868MHz?",
        "mine.yaml:7:25: factors.esme.where: variant is a word: compare it with = != or in [...]",
        (
            "mine.yaml:11:42: constraints[0].require: there is no factor ihd here: "
            "it has region, comms_hub, esme, ppmid"
        ),
        "mine.yaml:13:13: leave_out[0]: unknown standard constraint: did you mean wan-in-region?",
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "level: firmware",
            "level: firmwares",
            "level: expected the level of the device factors, one of model",
        ),
        ("  esme:", "  esmee:", "factors.esmee: unknown field: did you mean esme?"),
        ("optional: true", "optional: perhaps", "factors.ppmid.optional: expected true where"),
        ("[north, south]", "[north, wales]", "factors.region[1]: expected one of north, central, south"),
        ("[north, south]", "[]", "factors.region: expected a list of regions"),
        ("variant = polyphase", "gbcs > 9.0", "factors.esme: expected at least one device: none satisfies"),
        ("    because: It is said so.\n", "", "constraints[0].because: this field is missing"),
        (
            "old-meters-without-display",
            "wan-in-region",
            "constraints[0].id: expected an id of its own: a standard",
        ),
        ("title: A matrix of my own\n", "", "title: this field is missing"),
        (
            DEFINITION[DEFINITION.index("  region") : DEFINITION.index("constraints")],
            "  {}\n",
            "factors: expected at",
        ),
    ],
)
def test_a_mistake_is_told_with_its_field(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in DEFINITION
    assert any(said in problem for problem in _problems(tmp_path, DEFINITION.replace(old, new)))


def test_constraints_that_look_at_too_much_are_refused(tmp_path: Path) -> None:
    everything = " or ".join(
        f"{kind}.firmware = 00000000" for kind in ("comms_hub", "esme", "gsme", "ppmid", "ihd", "hcalcs")
    )
    text = f"""\
name: wide
title: Too much at once
level: firmware
factors: {{comms_hub: {{}}, esme: {{}}, gsme: {{}}, ppmid: {{}}, ihd: {{}}, hcalcs: {{}}}}
constraints:
  - {{id: all, require: "{everything}", because: no reason}}
"""
    (problem,) = _problems(tmp_path, text)
    assert problem.startswith("mine.yaml:6:3: constraints: expected constraints that each look at less")


def test_an_unknown_name_says_what_there_is() -> None:
    with pytest.raises(InputError, match="did you mean national"):
        load_matrix("nationl")


def test_the_list_matrix_needs_a_list() -> None:
    with pytest.raises(InputError, match="--cpl FILE"):
        load_matrix("cpl")
