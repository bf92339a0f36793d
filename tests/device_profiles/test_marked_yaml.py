"""YAML as text with places: nothing is resolved, nothing is lost, everything has its line."""

from importlib.resources import files

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from device_profiles import marked_yaml
from device_profiles.errors import InputError
from device_profiles.marked_yaml import dotted, parse_yaml


def _problems(text: str | bytes) -> list[str]:
    octets = text.encode() if isinstance(text, str) else text
    with pytest.raises(InputError) as refused:
        parse_yaml(octets, "x.yaml")
    return [str(problem) for problem in refused.value.problems]


@pytest.mark.parametrize(
    "text",
    ["4.10", "0123E5", "1e3", "007", "0x1F", "yes", "null", "~", "2022-09-21", "1_000", ".inf", "12:30"],
)
def test_a_scalar_stays_the_text_that_was_written(text: str) -> None:
    assert parse_yaml(f"a: {text}".encode(), "x.yaml").value == {"a": text}


def test_places_are_those_of_values_and_keys() -> None:
    document = parse_yaml(b"a:\n  - b: 1\n    c:   'two'\n", "x.yaml")
    assert document.values_at["a", 0, "c"] == (3, 10)
    assert document.keys_at["a", 0, "c"] == (3, 5)
    assert str(document.problem(("a", 0, "c"), "expected three")) == "x.yaml:3:10: a[0].c: expected three"


def test_a_missing_thing_is_reported_where_it_should_have_been() -> None:
    document = parse_yaml(b"top:\n  - x: 1\n", "x.yaml")
    assert str(document.problem(("top", 0, "y"), "expected y")).startswith("x.yaml:2:5: top[0].y")


@pytest.mark.parametrize(("text", "column"), [("a: b and c", 4), ("a: 'b and c'", 5), ('a:   "b and c"', 7)])
def test_a_problem_within_a_text_points_at_the_character(text: str, column: int) -> None:
    document = parse_yaml(text.encode(), "x.yaml")
    assert document.problem_within(("a",), 2, "or").column == column + 2


def test_a_problem_within_a_folded_text_points_at_its_start() -> None:
    document = parse_yaml(b"a: >-\n  b\n  c\n", "x.yaml")
    assert (
        document.problem_within(("a",), 2, "or").line,
        document.problem_within(("a",), 2, "or").column,
    ) == (1, 4)


def test_every_duplicate_key_is_reported() -> None:
    assert _problems("a: 1\nb: {c: 1, c: 2}\na: 3\n") == [
        "x.yaml:2:11: b.c: expected each key once, it stands in line 2 already",
        "x.yaml:3:1: a: expected each key once, it stands in line 1 already",
    ]


def test_aliases_are_refused() -> None:
    assert "aliases are not read" in _problems("a: &x [1]\nb: *x\n")[0]


def test_a_recursive_alias_is_refused() -> None:
    assert "aliases are not read" in _problems("a: &x [*x]\n")[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the document is empty"),
        ("a: [1", "expected YAML"),
        ("a: 1\n---\nb: 2\n", "x.yaml:2:1: expected one document"),
        ("? [a]\n: 1\n", "expected a plain word as key"),
        (b"a: \xff\xfe\n", "expected UTF-8 text"),
        (b"a: \x00\n", "expected YAML"),
        ("[" * 100_000, "expected at most 30 levels"),
        ("{a: " * 100_000, "expected at most 30 levels"),
        ("- " * 100_000, "expected at most 30 levels"),
    ],
)
def test_what_is_not_readable_is_one_typed_error(text: str | bytes, said: str) -> None:
    assert said in _problems(text)[0]


@given(st.binary(max_size=200))
def test_octets_of_any_kind_give_a_document_or_an_input_error(octets: bytes) -> None:
    try:
        parse_yaml(octets, "x.yaml")
    except InputError as error:
        assert error.problems  # noqa: PT017 - either outcome is right, any other exception is not


@given(
    st.recursive(st.text("ab1.:- #'\"", max_size=5), lambda inner: st.lists(inner, max_size=3), max_leaves=8)
)
def test_json_text_reads_as_itself(value: object) -> None:
    import json  # noqa: PLC0415 - only here

    assert parse_yaml(json.dumps({"a": value}).encode(), "x.yaml").value == {"a": value}


def test_places_read_as_people_write_them() -> None:
    assert dotted(("firmwares", 2, "gbcs")) == "firmwares[2].gbcs"


def test_without_libyaml_the_built_in_files_read_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    paths = sorted((files("device_profiles") / "models").iterdir(), key=lambda path: path.name)
    octets = [path.read_bytes() for path in paths]
    fast = [parse_yaml(each, "x.yaml") for each in octets]
    monkeypatch.setattr(marked_yaml, "_Loader", yaml.BaseLoader)
    assert [parse_yaml(each, "x.yaml") for each in octets] == fast
