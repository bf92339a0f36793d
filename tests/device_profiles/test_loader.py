"""Files and folders of profiles: all problems of all files, each model once."""

from pathlib import Path

import pytest

from device_profiles import catalogue, json_schema, load_models, profiles_of
from device_profiles.errors import InputError
from device_profiles.home import HomeProfile
from device_profiles.model import DeviceKind
from device_profiles.writing import file_name, write_model


def test_folders_are_searched_and_models_come_in_one_order(tmp_path: Path) -> None:
    for number, model in enumerate(reversed(catalogue())):
        folder = tmp_path / str(number % 3)
        folder.mkdir(exist_ok=True)
        (folder / file_name(model)).write_text(write_model(model), encoding="utf-8")
    assert [model.key for model in load_models([tmp_path])] == [model.key for model in catalogue()]


def test_problems_of_all_files_come_together(tmp_path: Path) -> None:
    good = write_model(catalogue()[0])
    (tmp_path / "a.yaml").write_text(good.replace("kind:", "knd:"))
    (tmp_path / "b.yml").write_text("kind: [")
    (tmp_path / "c.yaml").write_text(good)
    (tmp_path / "d.yaml").write_text(good)
    with pytest.raises(InputError) as refused:
        load_models([tmp_path])
    paths = [Path(problem.path).name for problem in refused.value.problems]
    assert paths == ["a.yaml", "a.yaml", "b.yml", "d.yaml"]
    assert "c.yaml:1 has it too" in str(refused.value)


def test_a_folder_without_profiles_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="expected profile files"):
        load_models([tmp_path])


def test_a_missing_file_is_an_os_error_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        load_models([tmp_path / "nowhere.yaml"])


def test_profiles_are_the_firmware_entries_of_a_model() -> None:
    model = next(model for model in catalogue() if len(model.firmwares) > 1)
    profiles = profiles_of(model)
    assert [profile.firmware for profile in profiles] == list(model.firmwares)
    assert len({profile.key for profile in profiles}) == len(profiles)


def test_the_catalogue_is_read_once() -> None:
    assert catalogue() is catalogue()


def test_a_schema_is_to_be_had() -> None:
    assert json_schema()["title"]


def test_a_home_orders_its_devices_and_lets_nobody_change_them() -> None:
    gsme, hub = (
        next(profiles_of(model)[0] for model in catalogue() if model.kind is kind)
        for kind in (DeviceKind.GSME, DeviceKind.COMMS_HUB)
    )
    home = HomeProfile({DeviceKind.GSME: gsme, DeviceKind.COMMS_HUB: hub})
    assert list(home.devices) == [DeviceKind.COMMS_HUB, DeviceKind.GSME]
    assert home.get(DeviceKind.ESME) is None
    with pytest.raises(TypeError):
        home.devices[DeviceKind.ESME] = hub  # type: ignore[index] # the point of the test
