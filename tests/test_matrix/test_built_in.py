"""The built-in matrices and the standard constraints, held against every home that they let through."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from device_profiles.home import HomeProfile
from device_profiles.model import (
    DeviceKind,
    DeviceProfile,
    Feature,
    HanBand,
    Region,
    SpecificationFamily,
    Version,
    WanTechnology,
)
from test_matrix import Matrix, load_matrix
from test_matrix.claims import claim
from test_matrix.matrix import Factor, Level
from test_matrix.names import Names
from test_matrix.sources import matrix_definition, matrix_names, standard_constraints, version_pairs
from test_matrix.tabulate import tabulated

CELLULAR = {WanTechnology.CELLULAR_2G_3G, WanTechnology.CELLULAR_MESH, WanTechnology.CELLULAR_4G}
SERVES = {
    Region.NORTH: {WanTechnology.LONG_RANGE_RADIO, WanTechnology.CELLULAR_4G},
    Region.CENTRAL: CELLULAR,
    Region.SOUTH: CELLULAR,
}


@pytest.fixture(scope="module")
def national() -> Matrix:
    return load_matrix()


def test_the_default_is_national_with_well_over_a_hundred_thousand_homes(national: Matrix) -> None:
    assert national.name == "national"
    assert national.level == "firmware"
    assert 150_000 <= national.count() <= 250_000
    assert sum(len(chunk) for chunk in national.chunks(10_000)) == national.count()


def test_demo_is_small_and_shows_clean_and_defective_firmware() -> None:
    demo = load_matrix("demo")
    assert 40 <= demo.count() <= 500
    for factor in demo.factors[1:]:
        found = [bool(level.profile and level.profile.firmware.defects) for level in factor.levels]
        assert not all(found), factor.name
    assert any(level.profile and level.profile.firmware.defects for level in demo.factor("esme").levels)


@pytest.mark.parametrize("name", matrix_names())
def test_definitions_are_named_after_their_files(name: str) -> None:
    assert matrix_definition(name).name == name


def _valid(home: HomeProfile) -> bool:
    """The standard constraints written a second time, by hand."""
    hub = home.devices[DeviceKind.COMMS_HUB]
    assert home.region is not None
    if not (hub.model.wan & SERVES[home.region] and home.region in hub.model.regions):
        return False
    dual = HanBand.SUB_GHZ in hub.model.bands and hub.firmware.gbcs >= Version.parse("2.0")
    for device in home.devices.values():
        if device.model.bands == {HanBand.SUB_GHZ} and not dual:
            return False
        if Feature.HAN_OTA in device.features and Feature.HAN_OTA not in hub.features:
            return False
    return True


def test_exactly_the_homes_that_can_exist_are_let_through() -> None:
    """Both ways, for every combination of the demo's kinds of devices at model level."""
    matrix = load_matrix("national", level="model")
    without_extras = [
        factor for factor in matrix.factors if factor.name in ("region", "comms_hub", "gsme", "ppmid")
    ]
    standard = {constraint.id for constraint in standard_constraints()}
    plain = Matrix("plain", "", "model", tuple(without_extras), _standard_of(without_extras, standard))
    every = np.stack(
        np.meshgrid(*(np.arange(len(factor.levels)) for factor in without_extras), indexing="ij"), axis=-1
    ).reshape(-1, len(without_extras))
    expected = [tuple(row) for row in every.tolist() if _valid(plain.home(row))]
    assert [tuple(row) for row in plain.rows(0, plain.count()).tolist()] == expected
    assert 0 < len(expected) < len(every)


def _standard_of(factors: list[Factor], standard: set[str]) -> tuple[Any, ...]:
    names = tuple(factor.name for factor in factors)
    assert {"wan-in-region", "hub-in-region", "update-over-han", "sub-ghz-needs-dual-band-hub"} <= standard
    table = version_pairs()
    found = []
    for constraint in standard_constraints():
        for kind in constraint.for_each or [None]:
            if kind is None or kind in names:
                checked = claim(constraint.require, Names(names, device=kind))
                found.append(tabulated(constraint.id, constraint.because, checked, factors, table))
    return tuple(found)


def test_national_homes_have_one_display_and_load_control_where_it_belongs(national: Matrix) -> None:
    kinds = {kind: national.factors.index(national.factor(kind)) for kind in DeviceKind}
    rows = np.concatenate(list(national.chunks(50_000)))
    present = {kind: rows[:, position] > 0 for kind, position in kinds.items()}
    assert (present[DeviceKind.PPMID] != present[DeviceKind.IHD]).all()
    assert not (present[DeviceKind.HCALCS] & present[DeviceKind.SAPC]).any()
    assert present[DeviceKind.HCALCS].any()
    assert present[DeviceKind.SAPC].any()
    for row in national.sample(300, seed=7):
        assert _valid(national.home(row))


def test_homes_of_mixed_versions_are_there(national: Matrix) -> None:
    versions = [
        {profile.firmware.gbcs for profile in national.home(row).devices.values()}
        for row in national.sample(200, seed=1)
    ]
    assert sum(1 for found in versions if len(found) > 1) > 150


def _small(*profiles: DeviceProfile) -> Matrix:
    """Factors of one level each, under the standard constraints that speak of them."""
    kinds = dict.fromkeys(profile.kind for profile in profiles)
    factors = [
        Factor(
            kind,
            kind,
            tuple(Level(profile.key, profile.label, profile) for profile in profiles if profile.kind is kind),
        )
        for kind in kinds
    ]
    names = tuple(factor.name for factor in factors)
    table = version_pairs()
    constraints = [
        tabulated(constraint.id, "", claim(constraint.require, Names(names, device=kind)), factors, table)
        for constraint in standard_constraints()
        for kind in constraint.for_each
        if kind in names
    ]
    return Matrix("small", "", "firmware", tuple(factors), tuple(constraints))


SUB_GHZ = {HanBand.SUB_GHZ}
DUAL = set(HanBand)
HUB = {"bands": DUAL, "features": {Feature.HAN_OTA}}


def _cases() -> Iterator[Any]:
    def hub(gbcs: str = "4.0", spec: str = "1.4", **fields: Any) -> tuple[Any, ...]:
        return "comms_hub", gbcs, spec, HUB | fields

    def one(kind: str, gbcs: str = "3.2", spec: str = "4.2", **fields: Any) -> tuple[Any, ...]:
        return kind, gbcs, spec, fields

    smets1 = {"family": SpecificationFamily.SMETS}
    ota = {"features": {Feature.HAN_OTA}}
    yield pytest.param(True, hub(), one("gsme", bands=SUB_GHZ), id="sub-GHz with a dual-band hub")
    yield pytest.param(
        False, hub(bands={HanBand.GHZ_2_4}), one("gsme", bands=SUB_GHZ), id="sub-GHz, single band"
    )
    yield pytest.param(False, hub("1.1", "1.0"), one("ppmid", bands=SUB_GHZ), id="sub-GHz, hub before 2.0")
    yield pytest.param(True, hub("2.0", "1.1"), one("ppmid", bands=SUB_GHZ), id="sub-GHz, hub of 2.0")
    yield pytest.param(
        True, hub(bands={HanBand.GHZ_2_4}), one("gsme", bands=DUAL), id="dual-band device anywhere"
    )
    yield pytest.param(True, hub(bands=set()), one("gsme", bands=SUB_GHZ), id="hub of unknown bands")
    yield pytest.param(True, hub(bands={HanBand.GHZ_2_4}), one("gsme"), id="device of unknown bands")
    yield pytest.param(True, hub(), one("ppmid", **ota), id="update with a hub that can")
    yield pytest.param(False, hub(features=set()), one("ppmid", **ota), id="update with a hub that cannot")
    yield pytest.param(False, hub(features=set()), one("hcalcs", **ota), id="HCALCS with a hub that cannot")
    yield pytest.param(True, hub(features=set()), one("ppmid"), id="no update over the HAN")
    yield pytest.param(
        True, hub(features=set(), features_known=False), one("ppmid", **ota), id="hub of unknown abilities"
    )
    yield pytest.param(False, hub(), one("esme", "0.0", "1.2"), id="SMETS1 meter, SMETS2 hub")
    yield pytest.param(False, hub("0.0", "1.2", **smets1), one("esme"), id="SMETS1 hub, SMETS2 meter")
    yield pytest.param(True, hub("0.0", "1.2", **smets1), one("esme", "0.0", "1.2"), id="all SMETS1")
    yield pytest.param(False, hub(), one("esme", "4.1", "2.0"), id="versions that never stood together")
    yield pytest.param(False, hub("4.1", "1.0"), one("esme"), id="hub versions that never stood together")
    yield pytest.param(True, hub("1.1", "1.0"), one("esme", "4.1", "5.1"), id="mixed versions")


@pytest.mark.parametrize(("valid", "hub", "device"), list(_cases()))
def test_a_standard_constraint_lets_through_and_keeps_out(
    make_profile: Any, valid: bool, hub: tuple[Any, ...], device: tuple[Any, ...]
) -> None:
    profiles = [make_profile(kind, gbcs, spec, **fields) for kind, gbcs, spec, fields in (hub, device)]
    assert _small(*profiles).count() == int(valid)


def test_the_table_of_versions_is_dated_and_has_each_generation() -> None:
    table = version_pairs()
    assert table.as_of == "2022-09-21"
    assert {str(gbcs) for gbcs, _ in table.pairs} == {"0.0", "1.0", "1.1", "2.0", "2.1", "3.2", "4.0", "4.1"}


@pytest.fixture(scope="module")
def list_file(cpl: Path) -> Path:
    return cpl / "central_products_list_2.051.csv"


@pytest.mark.cpl
@pytest.mark.parametrize(
    ("level", "sizes", "count"),
    [
        (None, (26, 41, 25, 25), 666_250),
        ("model", (26, 41, 25, 25), 666_250),
        ("firmware", (126, 230, 100, 95), 275_310_000),
    ],
)
def test_the_real_list_has_exactly_so_many_homes(
    list_file: Path, level: str | None, sizes: tuple[int, ...], count: int
) -> None:
    matrix = load_matrix(cpl=list_file, level=level)
    assert [factor.name for factor in matrix.factors] == ["comms_hub", "esme", "gsme", "ppmid"]
    assert tuple(len(factor.levels) for factor in matrix.factors) == sizes
    assert matrix.count_unconstrained() == count
    # What the list does not say excludes nothing, and its version pairs are all in the table.
    assert matrix.count() == count


@pytest.mark.cpl
def test_the_real_list_can_be_listed_from_anywhere(list_file: Path) -> None:
    matrix = load_matrix(cpl=list_file, level="firmware")
    last = matrix.rows(matrix.count() - 2, matrix.count())
    assert last.tolist() == [[125, 229, 99, 93], [125, 229, 99, 94]]
    assert matrix.rows(100_000_000, 100_000_001).tolist() == [
        [int(one) for one in np.unravel_index(100_000_000, (126, 230, 100, 95))]
    ]
