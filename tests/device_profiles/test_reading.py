"""Profile files: what is read, and that every mistake is told at once with its place."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_profiles.documents import json_schema
from device_profiles.errors import InputError
from device_profiles.model import (
    DeviceKind,
    DeviceModel,
    EsmeVariant,
    Feature,
    Firmware,
    HanBand,
    Region,
    SpecificationFamily,
    TechnicalSpecification,
    Version,
    WanTechnology,
)
from device_profiles.reading import FEATURES_OF, read_model
from device_profiles.writing import file_name, write_model

METER = """\
kind: esme
name: Test S1
maker: Test & Sons
manufacturer: f1aa
model: "2A01"
hardware_version: 01
hardware_revision: 0e
variant: single_element
features: [load_switch, boost]
bands: [2.4GHz]
firmwares:
  - version: 0123E500
    specification: SMETS 4.2
    gbcs: 3.2
  - version: 0123e500
    specification: SMETS 5.0
    gbcs: 4.10
    defects: [role-not-checked]
    features: [alcs]
"""


def _problems(text: str) -> list[str]:
    with pytest.raises(InputError) as refused:
        read_model(text.encode(), "meter.yaml")
    return [str(problem) for problem in refused.value.problems]


def test_a_file_reads_as_a_model() -> None:
    model = read_model(METER.encode(), "meter.yaml")
    assert model.key == "esme-F1AA-2A01-010E"
    assert model.features == {Feature.LOAD_SWITCH, Feature.BOOST}
    assert model.features_known
    assert model.source == "meter.yaml:1"
    assert [firmware.version for firmware in model.firmwares] == ["0123E500", "0123E500"]
    assert model.firmwares[1].defects == ("role-not-checked",)
    assert model.wan == frozenset()


def test_versions_are_never_numbers() -> None:
    model = read_model(METER.encode(), "meter.yaml")
    assert str(model.firmwares[1].gbcs) == "4.10"
    assert model.firmwares[1].gbcs > Version.parse("4.9")
    assert model.firmwares[0].version == "0123E500"


def test_features_left_out_are_unknown_and_an_empty_list_is_none() -> None:
    without = METER.replace("features: [load_switch, boost]\n", "")
    assert not read_model(without.encode(), "meter.yaml").features_known
    empty = read_model(METER.replace("[load_switch, boost]", "[]").encode(), "meter.yaml")
    assert empty.features_known
    assert empty.features == frozenset()


def test_every_mistake_is_told_at_once_in_the_order_of_lines() -> None:
    text = METER.replace("kind: esme", "kind: esm").replace("manufacturer: f1aa", "manufactuer: f1aa")
    text = text.replace("gbcs: 3.2", "gbcs: three").replace("0123e500", "123E500").replace("boost", "bost")
    assert _problems(text) == [
        (
            "meter.yaml:1:1: manufacturer: this field is missing: "
            "expected the manufacturer code, four hexadecimal digits"
        ),
        (
            "meter.yaml:1:7: kind: expected the kind of device, "
            "one of comms_hub, esme, gsme, ppmid, ihd, hcalcs, sapc; got 'esm'"
        ),
        "meter.yaml:4:1: manufactuer: unknown field: did you mean manufacturer?",
        (
            "meter.yaml:9:25: features[1]: "
            "expected one of alcs, boost, apc, load_switch, valve, han_ota; got 'bost'"
        ),
        "meter.yaml:14:11: firmwares[0].gbcs: expected a GBCS version such as 3.2; got 'three'",
        (
            "meter.yaml:15:14: firmwares[1].version: "
            "expected the OTA file version, eight hexadecimal digits; got '123E500'"
        ),
    ]


Edit = Callable[[str], str]


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda text: text.replace("variant: single_element\n", ""), "variant: expected single_element"),
        (lambda text: text.replace("kind: esme", "kind: gsme"), "variant: expected no variant"),
        (lambda text: text + "wan: [cellular_4g]\n", "wan: expected only with kind comms_hub"),
        (lambda text: text + "regions: [north]\n", "regions: expected only with kind comms_hub"),
        (lambda text: text.replace("boost", "valve"), "features[1]: expected a feature that a esme can have"),
        (lambda text: text.replace("[alcs]", "[valve]"), "firmwares[1].features[0]: expected a feature"),
        (lambda text: text.replace("SMETS 4.2", "CHTS 1.3"), "firmwares[0].specification: expected a SMETS"),
        (
            lambda text: text.replace("SMETS 5.0", "SMETS 4.2").replace("4.10", "3.2"),
            "firmwares[1]: expected each firmware once under the same versions: repeats firmwares[0]",
        ),
        (lambda text: text.replace("SMETS 4.2", "SMETS4.2"), 'expected a version such as "SMETS 4.2"'),
        (lambda text: text[: text.index("firmwares")] + "firmwares: []\n", "expected a list of one or more"),
        (lambda text: text[: text.index("firmwares")] + "firmwares: x\n", "expected a list of one or more"),
        (
            lambda text: text.replace("[role-not-checked]", "[Role]"),
            "firmwares[1].defects[0]: expected an item",
        ),
        (lambda text: text.replace("name: Test S1", "name: ' '"), "name: expected the name of the model"),
        (lambda text: "just text", "expected a mapping of fields"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(edit: Edit, said: str) -> None:
    assert any(said in problem for problem in _problems(edit(METER)))


def test_a_first_generation_hub_is_made_to_smets() -> None:
    hub = METER.replace("kind: esme", "kind: comms_hub").replace("variant: single_element\n", "")
    hub = hub.replace("features: [load_switch, boost]\n", "").replace("    features: [alcs]\n", "")
    smets1 = hub.replace("SMETS 4.2", "SMETS 1.2").replace("SMETS 5.0", "CHTS 1.4")
    assert read_model(smets1.encode(), "hub.yaml").kind is DeviceKind.COMMS_HUB
    assert any("expected a CHTS version for a comms_hub" in problem for problem in _problems(hub))


def _hexadecimal(digits: int) -> st.SearchStrategy[str]:
    return st.text("0123456789ABCDEF", min_size=digits, max_size=digits)


@st.composite
def models(draw: st.DrawFn) -> DeviceModel:
    """Any model that a file can hold."""
    kind = draw(st.sampled_from(DeviceKind))
    hub = kind is DeviceKind.COMMS_HUB
    features = (
        st.frozensets(st.sampled_from(sorted(FEATURES_OF[kind])))
        if FEATURES_OF[kind]
        else st.just(frozenset())
    )
    version = st.builds(
        lambda parts: Version(tuple(parts)), st.lists(st.integers(0, 999), min_size=2, max_size=4)
    )
    firmware = st.builds(
        Firmware,
        version=_hexadecimal(8),
        specification=st.builds(
            TechnicalSpecification,
            st.just(SpecificationFamily.CHTS if hub else SpecificationFamily.SMETS),
            version,
        ),
        gbcs=version,
        defects=st.lists(st.sampled_from(["role-not-checked", "stale-gpf-mirror"]), unique=True).map(tuple),
        image_hash=st.none() | _hexadecimal(64),
        features=features,
    )
    listings = st.lists(
        firmware, min_size=1, max_size=3, unique_by=lambda one: (one.version, one.specification, one.gbcs)
    )
    name = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=20)
    known = draw(st.booleans())
    return DeviceModel(
        kind=kind,
        name=draw(name),
        maker=draw(name),
        manufacturer=draw(_hexadecimal(4)),
        model=draw(_hexadecimal(4)),
        hardware_version=draw(_hexadecimal(2)),
        hardware_revision=draw(_hexadecimal(2)),
        firmwares=tuple(draw(listings)),
        variant=draw(st.sampled_from(EsmeVariant)) if kind is DeviceKind.ESME else None,
        features=draw(features) if known else frozenset(),
        bands=draw(st.frozensets(st.sampled_from(HanBand))),
        wan=draw(st.frozensets(st.sampled_from(WanTechnology))) if hub else frozenset(),
        regions=draw(st.frozensets(st.sampled_from(Region))) if hub else frozenset(),
        features_known=known,
    )


@given(models())
def test_a_written_model_reads_back_as_itself(model: DeviceModel) -> None:
    assert replace(read_model(write_model(model).encode(), "x.yaml"), source="") == model


@given(models())
def test_a_file_name_is_safe_anywhere(model: DeviceModel) -> None:
    assert set(file_name(model)) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_.")


def test_the_schema_knows_every_field_and_refuses_others() -> None:
    schema = json_schema()
    assert schema["additionalProperties"] is False
    assert set(schema["required"]) <= set(schema["properties"])
    assert schema["$defs"]["FirmwareDocument"]["additionalProperties"] is False
    assert all("description" in field for field in schema["properties"].values())
