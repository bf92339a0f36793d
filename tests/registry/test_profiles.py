"""Every built-in profile: fictional, well named, of allowed versions, and part of some home."""

from collections import Counter
from importlib.resources import files

import numpy as np
import pytest

from device_profiles import catalogue, profiles_of
from device_profiles.model import DeviceKind, DeviceModel, DeviceProfile, Feature, HanBand, Version
from device_profiles.writing import write_model
from test_matrix import load_matrix
from test_matrix.sources import version_pairs

MODELS = catalogue()
PROFILES = [profile for model in MODELS for profile in profiles_of(model)]
each_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.key)
each_profile = pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.key)


def test_every_file_is_a_model_and_named_after_it() -> None:
    names = {entry.name for entry in (files("device_profiles") / "models").iterdir()}
    sources = {model.source.rpartition(":")[0].rpartition("/")[2]: model for model in MODELS}
    assert names == set(sources)
    assert all(name.startswith(model.kind) for name, model in sources.items())


def test_the_catalogue_is_as_varied_as_the_real_list() -> None:
    firmwares = Counter()
    for model in MODELS:
        firmwares[model.kind] += len({firmware.version for firmware in model.firmwares})
    assert firmwares[DeviceKind.COMMS_HUB] >= 14
    assert firmwares[DeviceKind.ESME] >= 26
    assert firmwares[DeviceKind.GSME] >= 18
    assert firmwares[DeviceKind.PPMID] + firmwares[DeviceKind.IHD] >= 24
    assert firmwares[DeviceKind.HCALCS] + firmwares[DeviceKind.SAPC] >= 3
    versions = {str(profile.firmware.gbcs) for profile in PROFILES}
    assert versions == {"1.0", "1.1", "2.0", "2.1", "3.2", "4.0", "4.1"}


def test_hubs_cover_every_band_region_and_technology() -> None:
    hubs = [model for model in MODELS if model.kind is DeviceKind.COMMS_HUB]
    assert {technology for hub in hubs for technology in hub.wan} == set(type(next(iter(hubs[0].wan))))
    assert {region for hub in hubs for region in hub.regions} == set(type(next(iter(hubs[0].regions))))
    assert {hub.bands for hub in hubs} == {frozenset({HanBand.GHZ_2_4}), frozenset(HanBand)}


def test_some_firmware_is_listed_under_two_versions() -> None:
    times = Counter((profile.model.key, profile.firmware.version) for profile in PROFILES)
    assert sum(1 for count in times.values() if count > 1) >= 3


def test_most_firmwares_are_clean_and_a_defect_is_in_few() -> None:
    carried = Counter(
        defect
        for model in MODELS
        for defects in {firmware.version: firmware.defects for firmware in model.firmwares}.values()
        for defect in defects
    )
    assert len(carried) >= 10
    assert max(carried.values()) <= 3
    assert sum(1 for profile in PROFILES if not profile.firmware.defects) > 0.8 * len(PROFILES)


def test_optional_equipment_is_there() -> None:
    esmes = [profile for profile in PROFILES if profile.kind is DeviceKind.ESME]
    present = {feature for profile in esmes for feature in profile.features}
    assert present == {Feature.ALCS, Feature.BOOST, Feature.APC, Feature.LOAD_SWITCH}
    assert len({profile.model.variant for profile in esmes}) == 3


@each_model
def test_makers_are_nobody(model: DeviceModel) -> None:
    # ZigBee has given manufacturer codes from 0x1000 up; those from 0xF000 on belong to nobody.
    assert model.manufacturer.startswith("F")
    maker = {other.maker for other in MODELS if other.manufacturer == model.manufacturer}
    assert maker == {model.maker}


@each_model
def test_a_profile_says_everything_it_can(model: DeviceModel) -> None:
    assert model.features_known
    assert model.bands
    assert bool(model.wan) == bool(model.regions) == (model.kind is DeviceKind.COMMS_HUB)
    assert [other for other in MODELS if other.name == model.name] == [model]
    assert len(write_model(model).splitlines()) > 10


@each_profile
def test_versions_stand_together_in_the_table(profile: DeviceProfile) -> None:
    assert version_pairs().allow(profile.firmware)


@each_profile
def test_abilities_came_with_their_version(profile: DeviceProfile) -> None:
    if profile.kind is DeviceKind.COMMS_HUB and HanBand.SUB_GHZ in profile.model.bands:
        assert profile.firmware.gbcs >= Version.parse("2.0")
    if Feature.HAN_OTA in profile.features:
        assert profile.firmware.gbcs >= Version.parse("4.0")


def test_every_firmware_is_in_some_home_of_the_national_matrix() -> None:
    matrix = load_matrix("national", level="listing")
    for position, factor in enumerate(matrix.factors):
        found = matrix.project([factor.name]).tuples[:, 0]
        missing = np.setdiff1d(np.arange(len(factor.levels)), found)
        assert [factor.levels[index].key for index in missing] == [], position
    in_factors = {level.key for factor in matrix.factors for level in factor.levels if level.profile}
    assert in_factors == {profile.key for profile in PROFILES}
