"""``harness matrix`` as a person and as a script meet it."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from harness.cli import command, main
from test_matrix import load_matrix

MINE = """\
name: mine
title: My own
level: firmware
factors:
  comms_hub: {where: 868MHz in bands}
  esme: {}
"""


def run(*arguments: str | Path) -> str:
    words = [str(one) for one in arguments]
    result = CliRunner().invoke(command, ["matrix", *words], standalone_mode=False, catch_exceptions=False)
    assert result.return_value in (None, 0)
    return result.output


def test_count_ends_with_the_number_alone() -> None:
    lines = run("count").splitlines()
    matrix = load_matrix()
    assert lines[-1] == str(matrix.count())
    assert f"before constraints: {matrix.count_unconstrained()}" in lines


@pytest.mark.cpl
@pytest.mark.parametrize(
    ("level", "count"),
    [(["--level", "model"], "666250"), (["--level", "firmware"], "275310000"), ([], "666250")],
)
def test_count_of_the_real_list(cpl: Path, level: list[str], count: str) -> None:
    lines = run("count", "--cpl", cpl / "central_products_list_2.051.csv", *level).splitlines()
    assert lines[-1] == count
    assert f"before constraints: {count}" in lines


def test_count_as_json() -> None:
    counted: dict[str, Any] = json.loads(run("count", "--matrix", "demo", "--json"))
    assert counted["valid"] == load_matrix("demo").count()
    assert counted["factors"]["region"] == 2


def test_a_file_is_as_good_as_a_name(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(MINE)
    assert run("count", "--matrix", path).splitlines()[-1] == str(load_matrix(path).count())
    assert "mine: My own (level model)" in run("show", "--matrix", path, "--level", "model")


def test_show_has_levels_constraints_and_counts() -> None:
    matrix = load_matrix("demo")
    lines = run("show", "--matrix", "demo").splitlines()
    for factor in matrix.factors:
        assert f"{factor.name}: {len(factor.levels)}" in lines
        assert all(any(level.label in line for line in lines) for level in factor.levels)
    assert any(line.split()[0] == "wan-in-region" for line in lines if line.strip())
    assert "  excluding nothing here: allowed-versions, one-generation" in "\n".join(lines)
    assert lines[-1] == f"{matrix.count():,} valid of {matrix.count_unconstrained():,} combinations"


def test_show_as_json_names_every_level_and_constraint() -> None:
    matrix = load_matrix("national")
    shown: dict[str, Any] = json.loads(run("show", "--json"))
    assert [factor["name"] for factor in shown["factors"]] == [factor.name for factor in matrix.factors]
    assert shown["digest"] == matrix.digest
    excluded = {one["id"]: one["excludes_alone"] for one in shown["constraints"]}
    assert excluded["wan-in-region"] > 0
    assert excluded["allowed-versions/esme"] == 0


def test_sample_is_repeatable_and_of_the_size_asked_for() -> None:
    first = run("sample", "-n", "5", "--seed", "3")
    assert first == run("sample", "-n", "5", "--seed", "3")
    assert first != run("sample", "-n", "5", "--seed", "4")
    assert len(first.splitlines()) == 1 + 5
    homes = json.loads(run("sample", "-n", "5", "--seed", "3", "--json"))
    assert len(homes) == 5
    assert set(homes[0]) == {factor.name for factor in load_matrix().factors}


def test_list_names_the_built_in_matrices() -> None:
    assert [row["name"] for row in json.loads(run("list", "--json"))] == [
        "cpl",
        "demo",
        "national",
        "specimens",
    ]
    assert [line.split()[0] for line in run("list").splitlines()] == [
        "NAME",
        "cpl",
        "demo",
        "national",
        "specimens",
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["--matrix", "nationl"],
            "nationl: expected a matrix file or the name of a built-in matrix: did you mean",
        ),
        (
            ["--matrix", "cpl"],
            "test_matrix/matrices/cpl.yaml:4:12: profiles[0]: a Central Products List is needed",
        ),
        (
            ["--matrix", "{folder}/bad.yaml"],
            "{folder}/bad.yaml:5:28: factors.comms_hub.where: unknown word 900MHz",
        ),
    ],
)
def test_bad_input_is_one_line_and_exit_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    (tmp_path / "bad.yaml").write_text(MINE.replace("where: 868MHz", "where:       900MHz"))
    with pytest.raises(SystemExit) as stop:
        main(["matrix", "count", *(one.format(folder=tmp_path) for one in arguments)])
    assert stop.value.code == 2
    found = capsys.readouterr()
    assert found.out == ""
    assert found.err.startswith(said.format(folder=tmp_path))
    assert found.err.count("\n") == 1
